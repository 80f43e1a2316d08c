package guardedby

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// CategoryReadLocked is the category of a write under a lock that is held for
// reading only.
const CategoryReadLocked = "readlocked"

// Analyzer reports accesses without the lock that guards a field.
var Analyzer = &analysis.Analyzer{
	Name:      "guardedby",
	Doc:       docs.MustExtract(doc, "guardedby"),
	URL:       "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/guardedby",
	Requires:  []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer},
	Run:       report.Run(run),
	FactTypes: []analysis.Fact{new(guardedBy)},
}

// A checker infers which lock guards a place, and looks for accesses without.
//
// What is inferred is a belief in the sense of Engler et al., "Bugs as deviant
// behavior" (2001): it holds if the accesses under one lock (a must-analysis)
// clearly outnumber those where it is not held (a may-analysis of the lock).
// Accesses of which neither is known say nothing.
type checker struct {
	pass      *analysis.Pass
	locks     *lockset.Locks
	stated    map[skeleton.FieldClass]skeleton.FieldClass // the locks that comments name, none if there is no comment
	variables map[string]string                           // as stated, of package variables
	places    map[place]*accesses
	same      map[*types.TypeName]*types.TypeName // see key
	calls     map[*skeleton.Func][]*site
	runs      map[*skeleton.Func]bool                 // as a goroutine
	goes      map[*skeleton.Func]bool                 // as a goroutine, or is handed to what runs as one
	many      map[*skeleton.Func]bool                 // as several
	once      map[*skeleton.Func]bool                 // by a Once, or as one of its kind
	handed    map[*skeleton.Func]bool                 // to code that is not seen, or that picks it
	methods   map[*types.Func][]*skeleton.Func        // see implementing
	called    map[[2]*skeleton.Func]bool              // the calls of the second one by the first are told of
	shared    map[readLock]int                        // the finding about what is written under it
	entries   map[*skeleton.Func]map[lockset.Key]bool // see entry
	rootsOf   map[*skeleton.Func][]*skeleton.Func     // see roots
	done      map[token.Pos]bool
	values    map[token.Pos]ast.Expr // see statements
	adding    map[token.Pos]bool     // see statements
	found     []analysis.Diagnostic
}

// A readLock is a lock that a function holds for reading only where it writes.
type readLock struct {
	fn  *skeleton.Func
	key lockset.Key
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:      pass,
		locks:     pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		stated:    make(map[skeleton.FieldClass]skeleton.FieldClass),
		variables: make(map[string]string),
		entries:   make(map[*skeleton.Func]map[lockset.Key]bool),
		rootsOf:   make(map[*skeleton.Func][]*skeleton.Func),
		places:    make(map[place]*accesses),
		same:      make(map[*types.TypeName]*types.TypeName),
		calls:     make(map[*skeleton.Func][]*site),
		runs:      make(map[*skeleton.Func]bool),
		goes:      make(map[*skeleton.Func]bool),
		many:      make(map[*skeleton.Func]bool),
		once:      make(map[*skeleton.Func]bool),
		methods:   make(map[*types.Func][]*skeleton.Func),
		called:    make(map[[2]*skeleton.Func]bool),
		shared:    make(map[readLock]int),
		done:      make(map[token.Pos]bool),
	}
	c.readComments()
	c.locks.View.Lock()
	defer c.locks.View.Unlock()
	if !c.locks.Any() && len(c.stated) == 0 {
		return nil, nil
	}
	c.collect()
	for _, p := range c.sorted() {
		c.place(p, c.places[p])
	}
	slices.SortFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// sorted returns the places in the order of their first access.
func (c *checker) sorted() []place {
	var ps []place
	for p := range c.places {
		ps = append(ps, p)
	}
	slices.SortFunc(ps, func(a, b place) int {
		return cmp.Or(cmp.Compare(c.places[a].sites[0].op.Pos, c.places[b].sites[0].op.Pos), cmp.Compare(a.within, b.within))
	})
	return ps
}

// place reports the accesses to a place without the lock that guards it.
func (c *checker) place(p place, a *accesses) {
	if a.atomic {
		return
	}
	c.merge(a)
	guard, ok := c.guardOf(p, a)
	c.readLocked(p, a, guard)
	if !ok {
		return
	}
	without, expected, doubtful := c.against(p, a, guard)
	guard.held = slices.Concat(guard.held, expected)
	if guard.stated && !c.followed(p, guard) || !guard.stated && !c.checkedAgain(guard.held, without) && !c.unlockedEarly(guard, without, doubtful) && !convincing(guard.held, max(len(without)+doubtful, c.around(p, guard))) {
		return
	}
	for _, s := range expected {
		c.reportCallers(s, guard.Key, c.all(p))
	}
	told := make(map[*skeleton.Func]bool)
	for _, s := range without {
		if !told[s.op.Fn] {
			told[s.op.Fn] = true
			c.report(s, guard)
		}
	}
}

// against returns the accesses that lack the lock: those that are to have it, and
// those whose callers are; and the number of those that lack it if some callers do,
// or if it may be there for others.
func (c *checker) against(p place, a *accesses, g guard) (without, expected []*site, doubtful int) {
	all := c.all(p)
	for _, s := range a.sites {
		switch {
		case !s.lacks(g.Key) || !s.counts() || s.vague || s.maker && !s.write || !c.entered(s, g.Key):
		case c.elsewhere(g.Key, s.path), ofLocked(s.fn):
			doubtful++
		case c.expects(s.fn, g.Key):
			expected = append(expected, s)
		case c.heldBySome(s.fn, g.Key):
			doubtful++
		case c.makes(s, a), announced(s, a), settled(s, a):
		case c.local(p) && !c.conflicts(s, all):
		default:
			without = append(without, s)
		}
	}
	return without, expected, doubtful
}

// announced reports whether s is a read behind a look at an atomic that every writer of
// the place sets when it has written.
func announced(s *site, a *accesses) bool {
	if s.write {
		return false
	}
	return slices.ContainsFunc(s.op.Fn.Ops(), func(load *skeleton.Op) bool {
		flag, ok := lockset.KeyOf(load.Res)
		return ok && load.Kind == syncapi.AtomicLoad && load.Pos < s.op.Pos && !slices.ContainsFunc(a.sites, func(w *site) bool {
			return w.write && !w.fresh && !sets(w, flag)
		})
	})
}

// settled reports whether s is a read behind a look that has found the place set, and every
// writer sets it only where it has found it not to be: it does not change any more.
func settled(s *site, a *accesses) bool {
	if s.write || !isBehind(s.op, true) {
		return false
	}
	return !slices.ContainsFunc(a.sites, func(w *site) bool { return w.write && !w.fresh && !isBehind(w.op, false) })
}

// isBehind reports whether op, on a field, comes only where a branch in its function says
// that this field is set, or that it is not.
func isBehind(op *skeleton.Op, set bool) bool {
	class, ok := op.Res.Class()
	return ok && op.Fn.OnlyBehind(op, func(c skeleton.Cond) bool {
		of, ok := c.Var.Class()
		return ok && of == class && c.Want == set
	})
}

// sets reports whether the function of w, a write, sets an atomic behind it.
func sets(w *site, flag lockset.Key) bool {
	return slices.ContainsFunc(w.op.Fn.Ops(), func(op *skeleton.Op) bool {
		key, ok := lockset.KeyOf(op.Res)
		return ok && key == flag && op.Is(syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS) && op.Pos > w.op.Pos
	})
}

// around returns how many of the accesses to what a place is in lack the lock.
func (c *checker) around(p place, g guard) int {
	n := 0
	for q, a := range c.places {
		if q.class == p.class && q.global == p.global && len(q.within) < len(p.within) && strings.HasPrefix(p.within, q.within) {
			without, _, doubtful := c.against(q, a, g)
			n = max(n, len(without)+doubtful)
		}
	}
	return n
}

// local reports whether a place is of this package, so that what writes to it is
// seen.
func (c *checker) local(p place) bool { return p.global != nil || p.class.Type.Pkg() == c.pass.Pkg }

// all returns the accesses to a place, to what it is in, and to what is in it.
func (c *checker) all(p place) []*site {
	var all []*site
	for q, a := range c.places {
		if q.class == p.class && q.global == p.global && (strings.HasPrefix(q.within, p.within) || strings.HasPrefix(p.within, q.within)) {
			all = append(all, a.sites...)
		}
	}
	return all
}

// followed reports whether the code does what the comment on a field says, by and
// large: where most accesses go without the lock, or none has it although some
// should, it is the comment that is wrong, or means another lock.
func (c *checker) followed(p place, g guard) bool {
	with, without := 0, 0
	for q, a := range c.places {
		if p.class != q.class || p.global != q.global {
			continue
		}
		for _, s := range a.sites {
			_, held := s.any[g.Key]
			switch {
			case held || c.expects(s.fn, g.Key):
				with++
			case s.lacks(g.Key) && s.counts():
				without++
			}
		}
	}
	return without <= max(with, 2) && (with > 0 || !c.local(p))
}

// convincing reports whether the accesses under a lock show that it guards
// what they access, although there are others: some are writes, of more than one
// function, and few others are there. What one function alone writes may be set
// once, and then needs no lock; a single reader without it, where others have
// it, is suspicious all the same.
func convincing(held []*site, without int) bool {
	writers, funcs := make(map[*skeleton.Func]bool), make(map[*skeleton.Func]bool)
	for _, s := range held {
		fn := s.op.Fn.Outermost()
		funcs[fn] = true
		if s.write {
			writers[fn] = true
		}
	}
	if len(writers) > 1 {
		return without <= 1 || len(writers) > 2 && 5*without <= len(held)
	}
	return len(writers) == 1 && len(funcs) > 2 && without <= 1
}

// checkedAgain reports whether all accesses without the lock are reads in functions that
// read again, and write, under it, by themselves or by what they call: they are made for
// others to have come first, and so to come by at the same time.
func (c *checker) checkedAgain(held, without []*site) bool {
	checked := make(map[*skeleton.Func]bool)
	for _, s := range without {
		reads, writes := false, false
		for _, h := range held {
			if h.op.Fn == s.op.Fn && h.op.Pos > s.op.Pos || h.op.Fn != s.op.Fn && c.callsBehind(s, h.op.Fn) {
				writes = writes || h.write
				reads = reads || !h.write && !writes
			}
		}
		checked[s.op.Fn] = checked[s.op.Fn] || reads && writes
	}
	return len(without) > 0 && !slices.ContainsFunc(without, func(s *site) bool { return s.write || !checked[s.op.Fn] })
}

// unlockedEarly reports whether the accesses without the lock are writes in functions that
// have taken it before, or that are called by such alone, and what they write is written
// and read under it by two others.
func (c *checker) unlockedEarly(g guard, without []*site, doubtful int) bool {
	funcs, written := make(map[*skeleton.Func]bool), false
	for _, h := range g.held {
		funcs[h.op.Fn.Outermost()] = true
		written = written || h.write
	}
	if !written || len(funcs) < 2 || len(without) != 1 || doubtful > 0 {
		return false
	}
	s := without[0]
	if !s.write || funcs[s.op.Fn.Outermost()] {
		return false
	}
	if takenBefore(s, g.Key) {
		return true
	}
	_, closed := c.locks.Callers(s.op.Fn)
	calls := c.calls[s.op.Fn]
	return closed && len(calls) > 0 && !slices.ContainsFunc(calls, func(call *site) bool { return !takenBefore(call, g.Key) })
}

// takenBefore reports whether the function of s takes the lock before s, on the same object.
func takenBefore(s *site, k lockset.Key) bool {
	return slices.ContainsFunc(s.op.Fn.Ops(), func(op *skeleton.Op) bool {
		key, ok := lockset.KeyOf(op.Res)
		return op.Is(syncapi.Lock) && ok && key == k && op.Pos < s.op.Pos && op.Res.Root == s.path.Root
	})
}

// callsBehind reports whether the function of s calls f, behind s.
func (c *checker) callsBehind(s *site, f *skeleton.Func) bool {
	return slices.ContainsFunc(c.calls[f], func(call *site) bool { return call.op.Fn == s.op.Fn && call.op.Pos > s.op.Pos })
}

// report reports an access without the lock.
func (c *checker) report(s *site, g guard) {
	pos, end := c.extent(s)
	if c.done[pos] {
		return
	}
	c.done[pos] = true
	d := analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s is %s without %s, %s", c.name(s), s.verb(), c.lockName(s, g.Key), g.reason()),
	}
	if i := slices.IndexFunc(g.held, func(h *site) bool { return h.write }); i >= 0 && !g.stated {
		example := g.held[i]
		pos, end := c.extent(example)
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: pos, End: end, Message: fmt.Sprintf("%s is written under %s here", c.name(example), c.lockName(example, g.Key)),
		})
	}
	c.found = append(c.found, d)
}

// reason says how it is known that a lock guards a place.
func (g guard) reason() string {
	if g.stated {
		return "which guards it by its comment"
	}
	writes := 0
	for _, h := range g.held {
		if h.write {
			writes++
		}
	}
	reads := len(g.held) - writes
	switch {
	case writes != 1:
		return fmt.Sprintf("under which it is written %d times", writes)
	case reads > 1:
		return fmt.Sprintf("under which it is written once and read %d times", reads)
	}
	return "under which it is written"
}

// readLocked reports the writes under a lock that is held for reading only.
func (c *checker) readLocked(p place, a *accesses, g guard) {
	if p.within != "" && !c.isMap(p) {
		return // slots that each reader may have of its own
	}
	for _, s := range a.sites {
		key, ok := s.onlyShared()
		if !ok || !s.write || c.once[s.op.Fn] || !s.counts() || s.vague || !usedElsewhere(a, s, key, c.isMap(p)) && !c.counter(s) {
			continue
		}
		if !c.isMap(p) && !c.counter(s) && readersWrite(a, key) {
			continue // as a rule
		}
		if g.held != nil && g.Key != key || !key.IsField() && p.global == nil && !always(a, key) {
			continue // what it is there for is something else
		}
		pos, end := c.extent(s)
		if c.done[pos] {
			continue
		}
		c.done[pos] = true
		fault := readLock{c.locker(s, key), key}
		if i, ok := c.shared[fault]; ok { // the fault is the lock
			c.found[i].Related = append(c.found[i].Related, analysis.RelatedInformation{
				Pos: pos, End: end, Message: fmt.Sprintf("%s is written as well", c.name(s)),
			})
			continue
		}
		c.shared[fault] = len(c.found)
		c.found = append(c.found, analysis.Diagnostic{
			Pos: pos, End: end, Category: CategoryReadLocked,
			Message: fmt.Sprintf("%s is written while %s is held for reading only", c.name(s), c.lockName(s, key)),
		})
	}
}

// readersWrite reports whether several functions write the place, and none accesses it
// under the lock held for writing: the lock is there for something else, such as to keep
// the object open.
func readersWrite(a *accesses, key lockset.Key) bool {
	writers := make(map[*skeleton.Func]bool)
	for _, s := range a.sites {
		if s.fresh || s.test {
			continue
		}
		if shared, held := s.any[key]; held && !shared {
			return false
		}
		if s.write {
			writers[s.op.Fn.Outermost()] = true
		}
	}
	return len(writers) > 1
}

// usedElsewhere reports whether another function accesses under a lock what s
// does: else it need not be the lock of that. It must be a reader as well, so that
// the two may meet, unless they are functions that change a map.
func usedElsewhere(a *accesses, s *site, key lockset.Key, isMap bool) bool {
	return slices.ContainsFunc(a.sites, func(o *site) bool {
		shared, held := o.must[key]
		return o.op.Fn != s.op.Fn && held && (shared || isMap)
	})
}

// always reports whether no access lacks a lock.
func always(a *accesses, key lockset.Key) bool {
	return !slices.ContainsFunc(a.sites, func(s *site) bool { return s.lacks(key) && s.counts() })
}

// counter reports whether s counts in a number: each of several readers does.
func (c *checker) counter(s *site) bool {
	if s.path.Sel == nil || s.path.Sel.Owner == nil {
		return false
	}
	t := skeleton.FieldClass{Type: s.path.Sel.Owner, Field: s.path.Sel.Name}.FieldType()
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	pos, _ := c.extent(s)
	return ok && basic.Info()&types.IsNumeric != 0 && c.counts(pos)
}

// locker returns the function that holds a lock where s is: the one that calls the
// function of s, if that is called with the lock, and alone.
func (c *checker) locker(s *site, key lockset.Key) *skeleton.Func {
	f := s.op.Fn
	for range maxCallers {
		if _, ok := c.locks.HeldAtEntry(f)[key]; !ok {
			break
		}
		callers, ok := c.locks.Callers(f)
		if !ok || slices.ContainsFunc(callers, func(op *skeleton.Op) bool { return op.Fn != callers[0].Fn }) {
			break
		}
		f = callers[0].Fn
	}
	return f
}

// reportCallers reports the calls without the lock of a function that expects
// its callers to hold it, in functions that code elsewhere calls: of others it
// is not sure enough that they, too, are called without.
func (c *checker) reportCallers(s *site, guard lockset.Key, all []*site) {
	for _, call := range c.calls[s.fn] {
		if !call.lacks(guard) || !call.counts() || c.expects(call.fn, guard) || call.started == nil && !c.open(call.fn) {
			continue
		}
		if at := called(s, call); call.vague || c.local(placeAt(s.path)) && !c.conflicts(at, all) {
			continue
		}
		pos, end := c.locks.View.Extent(call.op)
		if c.done[pos] || c.called[[2]*skeleton.Func{call.op.Fn, s.fn}] {
			continue
		}
		c.done[pos] = true
		c.called[[2]*skeleton.Func{call.op.Fn, s.fn}] = true
		at, atEnd := c.extent(s)
		c.found = append(c.found, analysis.Diagnostic{
			Pos: pos, End: end,
			Message: fmt.Sprintf("%s is called without %s, which it needs to be held", c.locks.View.Callee(call.op), c.lockOfCall(call, s, guard)),
			Related: []analysis.RelatedInformation{{
				Pos: at, End: atEnd, Message: fmt.Sprintf("%s is %s here", c.name(s), s.verb()),
			}},
		})
	}
}

// called returns s as it is when its function is called at call.
func called(s, call *site) *site {
	at := *call
	at.op, at.write = s.op, s.write
	return &at
}

// extent returns where an access stands.
func (c *checker) extent(s *site) (pos, end token.Pos) { return c.locks.View.Extent(s.op) }

// name spells what is accessed, as the code does.
func (c *checker) name(s *site) string {
	return c.locks.View.Text(s.op)
}

func (s *site) verb() string {
	if s.write || s.op.Is(syncapi.Write) {
		return "written"
	}
	return "read"
}
