package condwait

import (
	"fmt"
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxLift is how many calls away a loop around a Wait is looked for.
const maxLift = 4

// A waiting is an operation that waits on a Cond: a Wait or a call that leads to
// one with no condition of its own.
type waiting struct {
	op   *skeleton.Op
	fn   *skeleton.Func
	wait *skeleton.Op
	cond string // what it waits on, as the function has it
}

// loopFaults reports the Waits behind which the condition is not tested again.
func (c *checker) loopFaults(waitingFuncs []*skeleton.Func) {
	for _, f := range waitingFuncs {
		for op := range ops(f) {
			switch {
			case op.Kind == syncapi.CondWait:
				c.check(waiting{op, f, op, c.text(op)}, maxLift)
			case op.Kind == syncapi.Call && len(op.Targets) == 1 && op.Targets[0].Func.Imported():
				if wait := passesWait(op.Targets[0].Func); wait != nil {
					c.check(waiting{op, f, wait, c.condText(op, wait)}, maxLift)
				}
			}
		}
	}
}

// passesWait returns the Wait of a function of another package that does
// nothing else to the Cond, its lock or a condition, nil if it is another.
func passesWait(f *skeleton.Func) *skeleton.Op {
	var wait *skeleton.Op
	if len(f.Blocks) != 1 || f.Effects {
		return nil
	}
	for op := range ops(f) {
		switch {
		case op.Kind == syncapi.CondWait && wait == nil:
			wait = op
		case !op.Is(syncapi.Return, syncapi.Work):
			return nil
		}
	}
	return wait
}

// condText spells the Cond that the callee of op waits on as its caller would.
func (c *checker) condText(op, wait *skeleton.Op) string {
	p, args := wait.Res, op.Targets[0].Args
	if p.Root != nil && p.Root.Kind == skeleton.Param && p.Root.Index < len(args) {
		return args[p.Root.Index].String() + p.Tail()
	}
	return p.String()
}

// check reports a wait behind which the condition is not tested again, unless
// that is left to the callers.
func (c *checker) check(w waiting, lift int) {
	call := c.view.CallOf(w.op)
	if call == nil || w.op.Kind != syncapi.CondWait && w.op.Kind != syncapi.Call {
		return
	}
	v, guard := c.recheck(w.fn, call)
	if v == tested {
		return
	}
	calls, right := c.callers(w, lift)
	switch {
	case v == guarded && right == 0:
		c.reportLoop(w, guard)
	case len(calls) > right && (right > 0 || v == bare && !locks(w.fn)):
		for _, up := range calls {
			c.check(up, lift-1)
		}
	case len(calls) == 0 && c.endsAt(w.fn), len(calls) > 0 && right == 0:
		c.reportLoop(w, guard)
	}
}

// callers returns the calls of the function that waits, and how many of them are
// in a loop that tests the condition.
func (c *checker) callers(w waiting, lift int) (ups []waiting, right int) {
	if lift == 0 {
		return nil, 0
	}
	for _, call := range c.calls[w.fn] {
		if call.started || call.op.Kind != syncapi.Call {
			continue
		}
		up := waiting{call.op, call.op.Fn, w.wait, w.cond}
		ups = append(ups, up)
		if c.right(up, lift-1) {
			right++
		}
	}
	return ups, right
}

// right reports whether a call, or the calls of its function in turn, are in a
// loop that tests the condition.
func (c *checker) right(w waiting, lift int) bool {
	call := c.view.CallOf(w.op)
	if call == nil {
		return true
	}
	v, _ := c.recheck(w.fn, call)
	if v != bare {
		return v == tested
	}
	ups, right := c.callers(w, lift)
	return right > 0 && right == len(ups)
}

// locks reports whether f takes a lock itself.
func locks(f *skeleton.Func) bool {
	for op := range ops(f) {
		if op.Is(syncapi.Lock, syncapi.RLock) {
			return true
		}
	}
	return false
}

// endsAt reports whether no caller of f, of which the package shows none, can be
// in a loop that tests the condition under the lock.
func (c *checker) endsAt(f *skeleton.Func) bool {
	switch {
	case c.started[f], locks(f):
		return true
	case c.handed[f]:
		return false
	case f.Obj == nil:
		return f.Parent == nil
	}
	return !ast.IsExported(f.Obj.Name()) && !leavesToCallers(f) && (!c.dynamic[f.Obj.Name()] || f.Obj.Signature().Recv() == nil)
}

// reportLoop reports a wait behind which the condition is not tested again.
func (c *checker) reportLoop(w waiting, guard ast.Stmt) {
	if c.done[w.op] {
		return
	}
	c.done[w.op] = true
	pos, end := c.view.Extent(w.op)
	d := analysis.Diagnostic{Pos: pos, End: end}
	if w.op == w.wait {
		d.Message = fmt.Sprintf("%s.Wait is not in a loop that tests its condition again", w.cond)
	} else {
		d.Message = fmt.Sprintf("this call of %s is not in a loop that tests the condition of %s again", c.view.Callee(w.op), w.cond)
	}
	switch guard := guard.(type) {
	case *ast.IfStmt:
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: guard.Cond.Pos(), End: guard.Cond.End(), Message: "the condition is tested here only",
		})
		d.SuggestedFixes = c.fix(w.fn, guard)
	case *ast.SwitchStmt:
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: guard.Pos(), End: guard.Body.Pos(), Message: "the condition is tested here only",
		})
	}
	if w.op != w.wait && !w.wait.Fn.Imported() {
		d.Related = append(d.Related, c.related(w.wait, c.text(w.wait)+".Wait is called here"))
	}
	report.Report(c.pass, d)
}

// fix returns the fix that makes a loop of the if statement around a Wait. It has
// to do nothing else, so that it may be done again.
func (c *checker) fix(f *skeleton.Func, s *ast.IfStmt) []analysis.SuggestedFix {
	if s.Init != nil || s.Else != nil || isElse(f, s) {
		return nil
	}
	for _, stmt := range s.Body.List {
		switch stmt.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt:
		default:
			return nil
		}
	}
	return []analysis.SuggestedFix{{
		Message:   "Test the condition in a loop",
		TextEdits: []analysis.TextEdit{{Pos: s.If, End: s.If + 2, NewText: []byte("for")}},
	}}
}

// isElse reports whether s stands behind an else.
func isElse(f *skeleton.Func, s *ast.IfStmt) bool {
	found := false
	ast.Inspect(f.Syntax(), func(n ast.Node) bool {
		outer, ok := n.(*ast.IfStmt)
		found = found || ok && outer.Else == s
		return !found
	})
	return found
}
