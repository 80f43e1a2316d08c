package lockorder

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports locks that are taken in contradicting orders.
var Analyzer = &analysis.Analyzer{
	Name:     "lockorder",
	Doc:      docs.MustExtract(doc, "lockorder"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/lockorder",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer},
	Run:      report.Run(run),
}

// maxCycle bounds the locks of a cycle, maxTried the cycles of a package that
// are looked at, maxChoices the choices of edges by which one might close, and
// maxWays those that are tried and the paths that are searched for one.
const (
	maxCycle   = 4
	maxTried   = 200
	maxChoices = 1024
	maxWays    = 32
)

// A checker looks for cycles in the lock-order graph of a package.
//
// The edges of a cycle are confirmed one by one, each on a feasible path of
// its own (a may-analysis). That they run at the same time is not decided but
// for locks in variables of functions; it errs to silence for objects that are
// not shared yet and under common outer locks.
type checker struct {
	pass  *analysis.Pass
	locks *lockset.Locks
	edges map[hop][]*lockset.Edge
	next  map[lockset.Key][]lockset.Key // which locks are taken while one is held
	seen  map[string]bool               // cycles that have been reported
	tried int

	traces map[*lockset.Edge]*skeleton.Trace // see confirm
}

// A hop is from a lock that is held to one that is taken.
type hop struct{ from, to lockset.Key }

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		edges: make(map[hop][]*lockset.Edge),
		next:  make(map[lockset.Key][]lockset.Key),
		seen:  make(map[string]bool),

		traces: make(map[*lockset.Edge]*skeleton.Trace),
	}
	c.locks.View.Lock()
	defer c.locks.View.Unlock()
	if !c.locks.Any() {
		return nil, nil
	}
	edges := slices.DeleteFunc(c.locks.Edges(), func(e *lockset.Edge) bool { return c.lent(e.From) || c.lent(e.To) })
	for _, e := range edges {
		if e.From == e.To {
			c.siblings(e)
			continue
		}
		h := hop{e.From, e.To}
		if c.edges[h] == nil {
			c.next[e.From] = append(c.next[e.From], e.To)
		}
		c.edges[h] = append(c.edges[h], e)
	}
	for _, same := range c.edges {
		slices.SortStableFunc(same, func(a, b *lockset.Edge) int { return cmp.Compare(calls(a), calls(b)) })
	}
	rank := make(map[lockset.Key]int)
	for _, e := range edges {
		if _, ok := rank[e.From]; !ok {
			rank[e.From] = len(rank)
			c.cycles([]lockset.Key{e.From}, rank)
		}
	}
	return nil, nil
}

// lent reports whether the lock of a key may be that of another one: a pointer to it was
// handed in.
func (c *checker) lent(k lockset.Key) bool { return k.IsField() && c.locks.View.Lent(k.Class) }

// cycles checks the cycles of locks that begin with the given ones and have
// none of those that all cycles have been found of, which rank has. A cycle is
// found from its first lock.
func (c *checker) cycles(locks []lockset.Key, rank map[lockset.Key]int) {
	first := locks[0]
	for _, k := range c.next[locks[len(locks)-1]] {
		_, done := rank[k]
		switch {
		case k == first:
			c.check(locks)
		case done || len(locks) == maxCycle || slices.Contains(locks, k) || c.tried > maxTried:
		default:
			c.cycles(append(slices.Clone(locks), k), rank)
		}
	}
}

// check reports a cycle of locks unless something keeps it from closing.
func (c *checker) check(locks []lockset.Key) {
	name := c.name(locks)
	if c.tried++; c.tried > maxTried || c.seen[name] {
		return
	}
	hops := make([][]*lockset.Edge, len(locks))
	for i, from := range locks {
		hops[i] = c.edges[hop{from, locks[(i+1)%len(locks)]}]
	}
	known := len(c.traces)
	tried := 0
	for way := range ways(hops) {
		if c.readersOnly(way) || c.elsewhere(way) || distinct(way) || slices.ContainsFunc(way, c.refuted) {
			continue
		}
		if tried++; tried+len(c.traces)-known > maxWays {
			return
		}
		if c.possible(way) {
			c.seen[name] = true
			c.report(way)
			return
		}
	}
}

// ways yields the choices of one edge per hop, the first edges of all hops first:
// at most maxChoices.
func ways(hops [][]*lockset.Edge) iter.Seq[[]*lockset.Edge] {
	return func(yield func([]*lockset.Edge) bool) {
		total := 0
		for _, edges := range hops {
			total += len(edges) - 1
		}
		left := maxChoices
		// choose chooses edges of the hops behind way, whose indexes add up to sum.
		var choose func(way []*lockset.Edge, sum int) bool
		choose = func(way []*lockset.Edge, sum int) bool {
			edges := hops[len(way)]
			if len(way) == len(hops)-1 {
				if sum >= len(edges) {
					return true
				}
				left--
				return left >= 0 && yield(append(slices.Clip(way), edges[sum]))
			}
			for i := range min(sum+1, len(edges)) {
				if !choose(append(slices.Clip(way), edges[i]), sum-i) {
					return false
				}
			}
			return true
		}
		for sum := range total + 1 {
			if !choose(nil, sum) {
				return
			}
		}
	}
}

// confirm returns a path on which e is feasible, nil if there is none, or a bound
// was met.
func (c *checker) confirm(e *lockset.Edge) *skeleton.Trace {
	t, ok := c.traces[e]
	if !ok {
		if !c.locks.View.Sure(func() bool { t = c.locks.Confirm(e); return t != nil }) {
			t = nil
		}
		c.traces[e] = t
	}
	return t
}

// refuted reports whether e is known not to be feasible.
func (c *checker) refuted(e *lockset.Edge) bool {
	t, ok := c.traces[e]
	return ok && t == nil
}

// calls returns how many ends of an edge are in callees. The edge without is
// shown, of those that are alike.
func calls(e *lockset.Edge) int {
	n := 0
	for _, op := range []*skeleton.Op{e.First, e.Second} {
		if !op.Is(syncapi.Lock, syncapi.RLock) {
			n++
		}
	}
	return n
}

// name names the locks of a cycle.
func (c *checker) name(locks []lockset.Key) string {
	var names []string
	for _, k := range locks {
		name := k.String()
		if r := k.Variable.Root; r != nil {
			name += c.pass.Fset.Position(r.Pos).String()
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return fmt.Sprint(names)
}

// elsewhere reports whether all locks of a cycle are another package's, and
// taken by nothing that is written in this one: it is not for this one to order
// them.
func (c *checker) elsewhere(edges []*lockset.Edge) bool {
	ours := func(op *skeleton.Op) bool { return op.Is(syncapi.Lock, syncapi.RLock) && !op.Fn.Imported() }
	return !slices.ContainsFunc(edges, func(e *lockset.Edge) bool {
		return ours(e.First) || ours(e.Second) || c.declares(e.From)
	})
}

// declares reports whether the lock of a key is declared by this package.
func (c *checker) declares(k lockset.Key) bool {
	if k.IsField() {
		return k.Class.Type.Pkg() == c.pass.Pkg
	}
	r := k.Variable.Root
	return r.Kind != skeleton.Global || !strings.Contains(r.Name, ".")
}

// readersOnly reports whether one of the locks is only read-locked, by the one
// that holds it as well as by the one that wants it.
func (c *checker) readersOnly(edges []*lockset.Edge) bool {
	for i, e := range edges {
		next := edges[(i+1)%len(edges)]
		if e.SharedSecond() && next.SharedFirst() {
			return true
		}
	}
	return false
}

// possible reports whether all edges are on feasible paths, with no lock held
// around all of them.
func (c *checker) possible(edges []*lockset.Edge) bool {
	var traces []*skeleton.Trace
	for _, e := range edges {
		t := c.confirm(e)
		if t == nil {
			return false
		}
		traces = append(traces, t)
	}
	return c.locks.View.Sure(func() bool { return c.close(edges, traces) })
}

// close reports whether edges that are feasible on the paths close a cycle.
func (c *checker) close(edges []*lockset.Edge, traces []*skeleton.Trace) bool {
	var common map[lockset.Key]bool
	for i, e := range edges {
		held := c.around(e, traces[i])
		if i == 0 {
			common = held
		}
		for k := range common {
			if !held[k] {
				delete(common, k)
			}
		}
	}
	for _, e := range edges {
		delete(common, e.From)
	}
	if len(common) > 0 || chosen(traces) || c.turnstile(edges) || c.joined(edges) {
		return false
	}
	return edges[0].From.IsField() || isGlobal(edges[0].From) || c.atOnce(edges)
}

// around returns the locks that are held at the second acquisition of e.
func (c *checker) around(e *lockset.Edge, t *skeleton.Trace) map[lockset.Key]bool {
	held := make(map[lockset.Key]bool)
	for k := range c.locks.HeldAtEntry(e.Func) {
		held[k] = true
	}
	for _, p := range append(lockset.Held(t.End()), lockset.Owed(t)...) {
		if k, ok := lockset.KeyOf(p); ok {
			held[k] = true
		}
	}
	return held
}

func isGlobal(k lockset.Key) bool {
	return k.Variable.Root != nil && k.Variable.Root.Kind == skeleton.Global
}

// report reports a cycle at its first edge.
func (c *checker) report(edges []*lockset.Edge) {
	first := slices.MinFunc(edges, func(a, b *lockset.Edge) int { // of which files were parsed in any order
		p, q := c.pass.Fset.Position(a.Second.Pos), c.pass.Fset.Position(b.Second.Pos)
		return cmp.Or(cmp.Compare(p.Filename, q.Filename), cmp.Compare(p.Offset, q.Offset))
	})
	i := slices.Index(edges, first)
	view := c.locks.View
	pos, end := view.Extent(first.Second)
	d := analysis.Diagnostic{Pos: pos, End: end}
	what := c.what(first)
	if len(edges) == 2 {
		other := edges[1-i]
		p, _ := view.Extent(other.Second)
		d.Message = fmt.Sprintf("%s, and %s locks them the other way round", what, report.Place(c.pass.Fset, p, pos))
	} else {
		d.Message = fmt.Sprintf("%s, which closes a cycle of %d locks", what, len(edges))
	}
	d.Related = append(d.Related, c.related(first.First, fmt.Sprintf("%s is %s here", c.held(first), locked(first.SharedFirst()))))
	for _, e := range append(slices.Clone(edges[i+1:]), edges[:i]...) {
		d.Related = append(d.Related,
			c.related(e.First, fmt.Sprintf("%s is %s here", c.held(e), locked(e.SharedFirst()))),
			c.related(e.Second, fmt.Sprintf("%s is %s here, while %s is %s", c.taken(e), locked(e.SharedSecond()), c.held(e), held(e.SharedFirst()))))
	}
	report.Report(c.pass, d)
}

func (c *checker) related(op *skeleton.Op, says string) analysis.RelatedInformation {
	pos, end := c.locks.View.Extent(op)
	return analysis.RelatedInformation{Pos: pos, End: end, Message: says}
}

// what says which lock is taken while which is held.
func (c *checker) what(e *lockset.Edge) string {
	by := ""
	if e.Second != e.Inner {
		by = fmt.Sprintf(" by this call of %s", c.locks.View.Callee(e.Second))
	}
	return fmt.Sprintf("%s is %s%s while %s is %s", c.taken(e), locked(e.SharedSecond()), by, c.held(e), held(e.SharedFirst()))
}

func locked(shared bool) string {
	if shared {
		return "read-locked"
	}
	return "locked"
}

func held(shared bool) string {
	if shared {
		return "read-locked"
	}
	return "held"
}

// held spells the lock that is held.
func (c *checker) held(e *lockset.Edge) string { return c.spell(e.First, e.Held, e.From) }

// taken spells the lock that is taken.
func (c *checker) taken(e *lockset.Edge) string { return c.spell(e.Second, e.Taken, e.To) }

// spell spells a lock as op has it, if that is the operation on it, or by its
// path, or by its type.
func (c *checker) spell(op *skeleton.Op, p skeleton.Path, k lockset.Key) string {
	switch {
	case op.Is(syncapi.Lock, syncapi.RLock) && !op.Fn.Imported():
		return c.locks.View.Text(op)
	case p.Root.Kind == skeleton.Value || p.Root.Kind == skeleton.Result || !p.IsOne():
		return k.String()
	}
	return p.String()
}
