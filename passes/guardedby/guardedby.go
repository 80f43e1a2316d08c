package guardedby

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"

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
	pass   *analysis.Pass
	locks  *lockset.Locks
	stated map[place]string // what comments say
	places map[place]*accesses
	calls  map[*skeleton.Func][]*site
	runs   map[*skeleton.Func]bool    // as a goroutine
	handed map[*skeleton.Func]bool    // to code that is not seen, or that picks it
	called map[[2]*skeleton.Func]bool // the calls of the second one by the first are told of
	shared map[readLock]int           // the finding about what is written under it
	done   map[token.Pos]bool
	found  []analysis.Diagnostic
}

// A readLock is a lock that a function holds for reading only where it writes.
type readLock struct {
	fn  *skeleton.Func
	key lockset.Key
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		locks:  pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		stated: make(map[place]string),
		places: make(map[place]*accesses),
		calls:  make(map[*skeleton.Func][]*site),
		runs:   make(map[*skeleton.Func]bool),
		called: make(map[[2]*skeleton.Func]bool),
		shared: make(map[readLock]int),
		done:   make(map[token.Pos]bool),
	}
	c.readComments()
	c.locks.View.Lock()
	defer c.locks.View.Unlock()
	if len(c.stated) == 0 && !c.locks.Any() {
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
	c.readLocked(p, a)
	guard, held := c.guardOf(p, a)
	if guard == (lockset.Key{}) {
		return
	}
	var without, expected []*site
	for _, s := range a.sites {
		switch {
		case !s.lacks(guard) || !s.counts() || !c.entered(s, guard):
		case c.expects(s.fn, guard):
			expected = append(expected, s)
		case c.heldBySome(s.fn, guard):
		default:
			without = append(without, s)
		}
	}
	stated := c.stated[place{class: p.class}] != ""
	under := slices.Concat(held, expected)
	if stated && !c.followed(p.class, guard) || !stated && !convincing(under, without) {
		return
	}
	for _, s := range expected {
		c.reportCallers(s, guard)
	}
	if stated {
		held = nil // they are not the reason
	}
	told := make(map[*skeleton.Func]bool)
	for _, s := range without {
		if !told[s.op.Fn] {
			told[s.op.Fn] = true
			c.report(s, guard, held)
		}
	}
}

// followed reports whether the code does what the comment on a field says, by and
// large: where most accesses go without the lock, it is the comment that is wrong.
func (c *checker) followed(class skeleton.FieldClass, guard lockset.Key) bool {
	with, without := 0, 0
	for p, a := range c.places {
		if p.class != class {
			continue
		}
		for _, s := range a.sites {
			switch {
			case s.holds(guard) || c.expects(s.fn, guard):
				with++
			case s.lacks(guard) && s.counts():
				without++
			}
		}
	}
	return without <= max(with, 2)
}

// convincing reports whether the accesses under a lock show that it guards
// what they access, although there are others: some are writes, of more than one
// function, and few others are there. What one function alone writes may be set
// once, and then needs no lock; a single reader without it, where others have
// it, is suspicious all the same.
func convincing(held, without []*site) bool {
	writers, funcs := make(map[*skeleton.Func]bool), make(map[*skeleton.Func]bool)
	for _, s := range held {
		fn := s.op.Fn.Outermost()
		funcs[fn] = true
		if s.write {
			writers[fn] = true
		}
	}
	if len(writers) > 1 {
		return len(without) <= 1 || len(writers) > 2 && 5*len(without) <= len(held)
	}
	return len(writers) == 1 && len(funcs) > 2 && len(without) <= 1
}

// report reports an access without the lock.
func (c *checker) report(s *site, guard lockset.Key, held []*site) {
	pos, end := c.extent(s)
	if c.done[pos] {
		return
	}
	c.done[pos] = true
	lock, name := c.lockName(s, guard), c.name(s)
	writes := 0
	var example *site
	for _, h := range held {
		if h.write {
			writes++
			if example == nil {
				example = h
			}
		}
	}
	d := analysis.Diagnostic{Pos: pos, End: end}
	switch {
	case writes > 1:
		d.Message = fmt.Sprintf("%s is %s without %s, and %d writes are made under it", name, s.verb(), lock, writes)
	case writes == 1:
		d.Message = fmt.Sprintf("%s is %s without %s, under which it is written", name, s.verb(), lock)
	default:
		d.Message = fmt.Sprintf("%s is %s without %s, which guards it", name, s.verb(), lock)
	}
	if example != nil {
		pos, end := c.extent(example)
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: pos, End: end, Message: fmt.Sprintf("%s is written under %s here", c.name(example), c.lockName(example, guard)),
		})
	}
	c.found = append(c.found, d)
}

// readLocked reports the writes under a lock that is held for reading only.
func (c *checker) readLocked(p place, a *accesses) {
	if p.within != "" && !c.isMap(p) {
		return // slots that each reader may have of its own
	}
	for _, s := range a.sites {
		key, ok := s.onlyShared()
		if !ok || !s.write || !s.counts() || !usedElsewhere(a, s, key) && !isCounter(s.path) {
			continue
		}
		pos, end := c.extent(s)
		if c.done[pos] {
			continue
		}
		c.done[pos] = true
		if i, ok := c.shared[readLock{s.op.Fn, key}]; ok { // the fault is the lock
			c.found[i].Related = append(c.found[i].Related, analysis.RelatedInformation{
				Pos: pos, End: end, Message: fmt.Sprintf("%s is written as well", c.name(s)),
			})
			continue
		}
		c.shared[readLock{s.op.Fn, key}] = len(c.found)
		c.found = append(c.found, analysis.Diagnostic{
			Pos: pos, End: end, Category: CategoryReadLocked,
			Message: fmt.Sprintf("%s is written while %s is held for reading only", c.name(s), c.lockName(s, key)),
		})
	}
}

// usedElsewhere reports whether another function accesses under a lock what s
// does: else it need not be the lock of that.
func usedElsewhere(a *accesses, s *site, key lockset.Key) bool {
	return slices.ContainsFunc(a.sites, func(o *site) bool { return o.op.Fn != s.op.Fn && o.holds(key) })
}

// isCounter reports whether p is a number: each of several readers counts.
func isCounter(p skeleton.Path) bool {
	if p.Sel == nil || p.Sel.Owner == nil {
		return false
	}
	t := fieldType(skeleton.FieldClass{Type: p.Sel.Owner, Field: p.Sel.Name})
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsNumeric != 0
}

// reportCallers reports the calls without the lock of a function that expects
// its callers to hold it, in functions that code elsewhere calls: of others it
// is not sure enough that they, too, are called without.
func (c *checker) reportCallers(s *site, guard lockset.Key) {
	for _, call := range c.calls[s.fn] {
		if !call.lacks(guard) || !call.counts() || c.expects(call.fn, guard) || !call.started && !c.open(call.fn) {
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
