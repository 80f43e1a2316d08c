package lockleak

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports mutexes that are not unlocked, or not as locked.
var Analyzer = &analysis.Analyzer{
	Name:     "lockleak",
	Doc:      docs.MustExtract(doc, "lockleak"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/lockleak",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at each function by itself, callees first, with those
// callees standing in at their calls that leave locks in another state.
//
// What is reported is a feasible path (a may-analysis, exact in the conditions
// that skeletons keep) from the operation that takes a lock to a return, on
// which the lock is held and nothing takes it over. Of conditions that are not
// kept, one under which the lock is taken may be the one under which it is
// released. So the branch behind which no release is left must be one that is
// reached with the lock held only (a must-analysis): this errs to silence.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	locks *lockset.Locks
	open  map[*skeleton.Func]bool // may be called by what the package does not show
	done  map[*skeleton.Op]bool   // what has been reported
	found []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		done:  make(map[*skeleton.Op]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	c.open = c.openFuncs()
	for _, f := range c.view.CalleesFirst() {
		if !f.Imported() && c.locks.Concerns(f) {
			c.function(f)
		}
	}
	slices.SortFunc(c.found, func(a, b analysis.Diagnostic) int { return int(a.Pos - b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// function checks one function.
func (c *checker) function(f *skeleton.Func) {
	c.dropped(f)
	g := c.locks.Whole(f)
	states := make(map[skeleton.Path]*state)
	loose := looseLocks(g)
	elements := elementLocks(g)
	for _, n := range g.Nodes {
		if elements[n.Res] && !lockset.IsAcquire(n) {
			continue // it may be that of the next turn of a loop
		}
		if !n.Op.Is(lockset.Ops...) || !n.Res.IsOne() && !elements[n.Res] || n.Frame.Widened || n.Frame.Func.Effects {
			continue
		}
		s := states[n.Res]
		if s == nil {
			s = c.stateOf(g, n.Res)
			states[n.Res] = s
		}
		switch {
		case lockset.IsRelease(n):
			c.release(s, n)
		case !loose[n.Res]:
			c.acquire(s, n)
		}
	}
}

// looseLocks returns the locks that g operates on in no known order somewhere:
// whether they are held anywhere is not known.
func looseLocks(g *skeleton.Graph) map[skeleton.Path]bool {
	loose := make(map[skeleton.Path]bool)
	for _, n := range g.Nodes {
		if n.Op.Is(lockset.Ops...) && (n.Frame.Widened || n.Frame.Func.Effects) {
			loose[n.Res] = true
		}
	}
	return loose
}

// elementLocks returns the locks in elements of maps and slices that g locks and
// unlocks in one element only, by operations of its own function.
func elementLocks(g *skeleton.Graph) map[skeleton.Path]bool {
	of := make(map[skeleton.Path]int)
	released := make(map[skeleton.Path]bool)
	for _, n := range g.Nodes {
		if !n.Op.Is(lockset.Ops...) || n.Res.IsOne() {
			continue
		}
		e := n.Op.Element()
		if old, seen := of[n.Res]; n.Frame.Call != nil || seen && old != e {
			e = 0
		}
		of[n.Res] = e
		released[n.Res] = released[n.Res] || lockset.IsRelease(n)
	}
	one := make(map[skeleton.Path]bool)
	for p, e := range of {
		one[p] = e != 0 && released[p]
	}
	return one
}

// acquire checks the lock that n takes.
func (c *checker) acquire(s *state, n *skeleton.Node) {
	site := lockset.OpIn(n, s.root())
	owes := c.owes(n)
	if c.done[site] || !owes && !panics(n, nil) || s.foreign(n) {
		return
	}
	var l *leak
	if c.view.Sure(func() bool { l = c.leakOf(s, n, site); return l != nil }) && (l.site != site || owes) {
		c.report(l)
	}
}

// owes reports whether it is for the function at the root to release what n
// takes: by itself, or by a call that is known to leave its lock to the caller.
func (c *checker) owes(n *skeleton.Node) bool {
	for fr := n.Frame; fr.Call != nil; fr = fr.Up {
		op := lockset.OpIn(n, fr)
		if c.done[op] || fr.Up.Call == nil && !c.locks.HandedOff(op) {
			return false
		}
	}
	return true
}

// panics reports whether the activation that takes the lock of n panics, by op if that is not
// nil: by itself, or by a callee which never returns.
func panics(n *skeleton.Node, op *skeleton.Op) bool {
	if n.Op.Fn.Imported() {
		return false
	}
	for _, m := range n.Graph.Nodes {
		if !m.Op.Is(syncapi.Panic) || m.Op.Fn.Imported() || op != nil && m.Op != op {
			continue
		}
		fr := m.Frame
		for fr != n.Frame && fr.Call != nil && !fr.Func.Returns {
			fr = fr.Up
		}
		if fr == n.Frame {
			return true
		}
	}
	return false
}

// dropped reports the TryLocks of f whose result is dropped.
func (c *checker) dropped(f *skeleton.Func) {
	if f.Syntax() == nil || !mayTry(f) {
		return
	}
	calls := make(map[ast.Node]bool)
	ast.Inspect(f.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt:
			calls[ast.Unparen(n.X)] = true
		case *ast.AssignStmt:
			if id, ok := n.Lhs[0].(*ast.Ident); ok && id.Name == "_" && len(n.Lhs) == 1 {
				calls[ast.Unparen(n.Rhs[0])] = true
			}
		}
		return true
	})
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if node := c.view.Node(op); op.Is(syncapi.TryLock, syncapi.TryRLock) && op.Res.IsOne() && calls[node] {
				c.done[op] = true
				c.found = append(c.found, analysis.Diagnostic{
					Pos: node.Pos(), End: node.End(),
					Message: fmt.Sprintf("the result of %s is dropped", funcText(node)),
				})
			}
		}
	}
}

func mayTry(f *skeleton.Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Is(syncapi.TryLock, syncapi.TryRLock) {
				return true
			}
		}
	}
	return false
}

// report reports a leak.
func (c *checker) report(l *leak) {
	c.done[l.site] = true
	pos, end := c.view.Extent(l.site)
	name, how := c.text(l.node, l.site), "locked"
	if lockset.IsShared(l.node) {
		how = "read-locked"
	}
	d := analysis.Diagnostic{Pos: pos, End: end, SuggestedFixes: c.fixLeak(l)}
	if l.deferred {
		d.Message = fmt.Sprintf("%s is %s, not unlocked, by this defer", name, how)
		c.found = append(c.found, d)
		return
	}
	at := l.end
	atPos, atEnd := c.view.Extent(l.shown(at))
	line := report.Place(c.pass.Fset, atPos, pos)
	var where, related string
	switch _, isReturn := c.view.Node(at).(*ast.ReturnStmt); {
	case l.starter != nil:
		start, _ := c.view.Extent(l.starter)
		where = fmt.Sprintf("when the goroutine of %s ends", report.Place(c.pass.Fset, start, pos))
		related = "this end of the goroutine leaves %s %s"
		atPos, atEnd = c.view.Leaving(at)
	case at.Kind == syncapi.Panic:
		where, related = "when the panic on "+line+" is recovered", "this panic leaves %s %s"
	case at.Kind == syncapi.Goexit:
		where, related = "when the call on "+line+" ends the goroutine", "this call leaves %s %s"
	case isReturn:
		where, related = "at the return on "+line, "this return leaves %s %s"
	default:
		atPos, atEnd = at.Fn.Closing()
		where, related = "at the end of "+funcName(at.Fn), "the end of "+funcName(at.Fn)+" leaves %s %s"
	}
	d.Message = fmt.Sprintf("%s is still %s %s", name, how, where)
	d.Related = []analysis.RelatedInformation{{Pos: atPos, End: atEnd, Message: fmt.Sprintf(related, name, how)}}
	c.found = append(c.found, d)
}

// shown returns at, which ends the function, or if that is in another package the call
// that comes to it.
func (l *leak) shown(at *skeleton.Op) *skeleton.Op {
	if !at.Fn.Imported() {
		return at
	}
	for _, n := range l.node.Graph.Nodes {
		if n.Op == at {
			return lockset.OpIn(n, l.node.Graph.Entry.Frame)
		}
	}
	return at
}

// text spells the lock of n, which site of the function takes or releases.
func (c *checker) text(n *skeleton.Node, site *skeleton.Op) string {
	if n.Op == site && site.Obj != nil {
		return c.view.Text(site)
	}
	return n.Res.String()
}

// funcText spells the function of a call.
func funcText(n ast.Node) string {
	if call, ok := n.(*ast.CallExpr); ok {
		return types.ExprString(ast.Unparen(call.Fun))
	}
	return "this call"
}

// funcName names f in a message.
func funcName(f *skeleton.Func) string {
	if d, ok := f.Syntax().(*ast.FuncDecl); ok {
		return d.Name.Name
	}
	return "the function literal"
}
