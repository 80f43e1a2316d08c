package condwait

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file looks for what is waited for and changed without a lock: between the test in
// the loop and the Wait, a change and its signal go unnoticed.

// predicateFaults reports the writes to what the loops around Waits test, by functions
// which signal the Cond and do not hold its lock. That they do not is a must-analysis, with
// all locks that their callers in the package may hold.
func (c *checker) predicateFaults(waiting []*skeleton.Func) {
	tested := make(map[skeleton.FieldClass][]*skeleton.Op) // with the Waits
	for _, f := range waiting {
		for op := range ops(f) {
			if c.condOf(op, syncapi.CondWait) != nil {
				for _, class := range c.testedFor(op) {
					tested[class] = append(tested[class], op)
				}
			}
		}
	}
	if len(tested) == 0 {
		return
	}
	c.locks.Operations(func(a *lockset.Access) {
		n := a.Node
		class, ok := n.Res.Class()
		if !ok || a.Detached || n.Op.Fn.Imported() || !n.Res.Root.Visible() {
			return
		}
		for _, wait := range tested[class] {
			if signal := c.signalOf(n.Op.Fn, wait); signal != nil && n.Op.Fn != wait.Fn && !c.mayHold(a, signal) {
				c.reportUnlocked(n.Op, wait)
				return
			}
		}
	}, syncapi.Write)
}

// testedFor returns the fields that the condition of the loop around wait reads.
func (c *checker) testedFor(wait *skeleton.Op) (classes []skeleton.FieldClass) {
	loop := c.loopAround(wait)
	if loop == nil {
		return nil
	}
	for _, op := range wait.Fn.Ops() {
		if class, ok := op.Res.Class(); ok && op.Kind == syncapi.Read && loop.Cond.Pos() <= op.Pos && op.Pos < loop.Cond.End() {
			classes = append(classes, class)
		}
	}
	return classes
}

// loopAround returns the loop around wait that has a condition, nil if the innermost one of
// its function has none.
func (c *checker) loopAround(wait *skeleton.Op) *ast.ForStmt {
	node := c.view.Node(wait)
	if node == nil {
		return nil
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return nil
	}
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		if loop, ok := at.Node().(*ast.ForStmt); ok && loop.Cond != nil {
			return loop
		}
		return nil
	}
	return nil
}

// mayHold reports whether the lock of the Cond that signal wakes may be held at an access, or
// the function says by its name that it is.
func (c *checker) mayHold(a *lockset.Access, signal *skeleton.Op) bool {
	for _, l := range a.Holdings.May(a.Node) {
		if a.Node.Frame.Call != nil || c.conds.match(l, false, signal.Res) != other || c.conds.match(l, true, signal.Res) != other {
			return true
		}
	}
	if !a.Started && len(c.locks.MayHoldAtEntry(a.Func)) > 0 {
		return true
	}
	return slices.ContainsFunc([]*skeleton.Func{a.Func, a.Node.Op.Fn}, func(f *skeleton.Func) bool {
		return f.Obj != nil && strings.HasSuffix(strings.ToLower(f.Obj.Name()), "locked")
	})
}

// signalOf returns an operation of f that wakes who waits by wait, nil if there is none.
func (c *checker) signalOf(f *skeleton.Func, wait *skeleton.Op) *skeleton.Op {
	v := c.condOf(wait, syncapi.CondWait)
	for _, op := range f.Ops() {
		if op.Inner != nil {
			op = op.Inner
		}
		if c.condOf(op, syncapi.CondSignal) == v || c.condOf(op, syncapi.CondBroadcast) == v {
			return op
		}
	}
	return nil
}

// reportUnlocked reports a write of what wait waits for.
func (c *checker) reportUnlocked(write, wait *skeleton.Op) {
	pos, end := c.view.Extent(write)
	if c.done[write] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[write] = true
	cond := c.text(wait)
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s is written without the lock of %s: who waits for it may have tested it before, and miss the signal", c.view.Text(write), cond),
		Related: []analysis.RelatedInformation{c.related(wait, cond+".Wait is called here")},
	})
}
