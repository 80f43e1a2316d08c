package condwait

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file looks for what ends a wait and wakes nobody: a function that signals on one way
// and leaves by another one on which it has made true what others wait for.

// An ending is a value of a variable or field by which the condition of a loop around a
// Wait does not hold any more.
type ending struct {
	of     *types.Var
	isNil  bool // it is nil then, or is not
	isFlag bool // it is a flag, which has the value then
	value  string
	wait   *skeleton.Op
}

// unwokenFaults reports assignments that end a wait behind which their function may return
// and has woken nobody, though it does on another way. That the callers do not either is a
// must-analysis of those in the package.
func (c *checker) unwokenFaults(waiting []*skeleton.Func) {
	for _, f := range waiting {
		for op := range ops(f) {
			v := c.condOf(op, syncapi.CondWait)
			loop := c.loopAround(op)
			if v == nil || loop == nil {
				continue
			}
			for _, e := range c.endings(loop.Cond, false, maxLift) {
				e.wait = op
				c.unwoken(e)
			}
		}
	}
}

// endings returns what makes cond true or false, as is wanted: each alone does.
func (c *checker) endings(cond ast.Expr, want bool, calls int) []ending {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return c.endings(e.X, !want, calls)
		}
	case *ast.BinaryExpr:
		switch {
		case e.Op == token.LAND && !want || e.Op == token.LOR && want:
			return append(c.endings(e.X, want, calls), c.endings(e.Y, want, calls)...)
		case (e.Op == token.EQL || e.Op == token.NEQ) && c.pass.TypesInfo.Types[e.Y].IsNil():
			if v := chans.Named(c.pass.TypesInfo, e.X); c.isOwn(v) {
				return []ending{{of: v, isNil: want == (e.Op == token.EQL)}}
			}
		}
	case *ast.Ident, *ast.SelectorExpr:
		if v := chans.Named(c.pass.TypesInfo, e); c.isOwn(v) && skeleton.IsBool(v.Type()) {
			return []ending{{of: v, isFlag: true, value: fmt.Sprint(want)}}
		}
	case *ast.CallExpr:
		if result := c.root.OnlyReturned(typeutil.StaticCallee(c.pass.TypesInfo, e)); result != nil && calls > 0 {
			return c.endings(result, want, calls-1)
		}
	}
	return nil
}

// unwoken reports the assignments by which e comes about, and nobody is woken.
func (c *checker) unwoken(e ending) {
	for use := range c.index.Uses(e.of) {
		if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
			use = use.Parent()
		}
		as, ok := use.Parent().Node().(*ast.AssignStmt)
		if !ok || use.ParentEdgeKind() != edge.AssignStmt_Lhs || len(as.Lhs) != len(as.Rhs) || as.Tok != token.ASSIGN {
			continue
		}
		_, i := use.ParentEdge()
		if !c.comesAbout(e, use.Parent(), as.Rhs[i]) {
			continue
		}
		for _, f := range c.view.Funcs {
			if f.Syntax() == nil || as.Pos() < f.Syntax().Pos() || f.Syntax().End() < as.End() || c.signalOf(f, e.wait) == nil && (!e.isFlag || !c.silent(f, e.wait)) || c.signalledFor(f, e.wait) {
				continue
			}
			if left := c.leavesAsleep(f, as, e.wait); left != nil {
				c.reportUnwoken(as, left, e.wait)
			}
		}
	}
}

// comesAbout reports whether the assignment of value, at cur, makes e true.
func (c *checker) comesAbout(e ending, cur inspector.Cursor, value ast.Expr) bool {
	tv := c.pass.TypesInfo.Types[value]
	switch {
	case e.isFlag:
		return tv.Value != nil && tv.Value.String() == e.value
	case e.isNil:
		return tv.IsNil()
	}
	switch x := ast.Unparen(value).(type) {
	case *ast.CallExpr:
		return syncapi.MakesError(typeutil.StaticCallee(c.pass.TypesInfo, x))
	case *ast.UnaryExpr:
		return x.Op == token.AND
	case *ast.Ident:
		return chans.OfError(c.pass.TypesInfo, cur) && syncapi.IsError(tv.Type)
	}
	return false
}

// silent reports whether f, which sets a flag that ends the wait, wakes nobody, nor does who calls
// it: those who wait may be woken again and again, by a goroutine or timer of the package.
func (c *checker) silent(f *skeleton.Func, wait *skeleton.Op) bool {
	if f.Obj == nil || c.wakesAbove(f, maxLift) {
		return false
	}
	return !slices.ContainsFunc(c.view.Funcs, func(g *skeleton.Func) bool {
		return c.signalOf(g, wait) != nil && (g.Parent != nil || c.view.OnlyStarted()[g] || c.view.Handed()[g])
	})
}

// wakesAbove reports whether f, or a function that names it, by so many levels, may wake anybody.
func (c *checker) wakesAbove(f *skeleton.Func, levels int) bool {
	if c.view.May(f, syncapi.CondSignal) || c.view.May(f, syncapi.CondBroadcast) {
		return true
	}
	if f.Obj == nil || levels == 0 {
		return false
	}
	for use := range c.index.Uses(f.Obj) {
		for at := range use.Enclosing((*ast.FuncDecl)(nil)) {
			fn, ok := c.pass.TypesInfo.Defs[at.Node().(*ast.FuncDecl).Name].(*types.Func)
			if g := c.view.FuncOf(fn); ok && g != nil && g != f && c.wakesAbove(g, levels-1) {
				return true
			}
		}
	}
	return false
}

// signalledFor reports whether a function that calls f may wake who waits by wait.
func (c *checker) signalledFor(f *skeleton.Func, wait *skeleton.Op) bool {
	return slices.ContainsFunc(c.calls[f], func(call call) bool { return c.signalOf(call.op.Fn, wait) != nil })
}

// leavesAsleep returns the return by which f may leave behind the assignment as, and has
// woken nobody who waits by wait; nil if there is none.
func (c *checker) leavesAsleep(f *skeleton.Func, as *ast.AssignStmt, wait *skeleton.Op) *skeleton.Node {
	v := c.condOf(wait, syncapi.CondWait)
	wakes := func(n *skeleton.Node) bool {
		switch {
		case n.Op.Is(syncapi.CondSignal, syncapi.CondBroadcast):
			return c.condOf(n.Op, n.Op.Kind) == v
		case n.Op.Is(syncapi.Call, syncapi.Go):
			return len(c.view.CallEffects(n, syncapi.CondSignal, syncapi.CondBroadcast)) > 0
		}
		return false
	}
	g := c.view.Outline(f, skeleton.Interest{Ops: []syncapi.Op{syncapi.Write, syncapi.CondSignal, syncapi.CondBroadcast}})
	var left *skeleton.Node
	if !c.view.Sure(func() bool {
		for w := range spawn.Nodes(g, syncapi.Write) {
			if w.Frame.Call != nil || w.Op.Pos < as.Pos() || as.End() <= w.Op.Pos || spawn.Path(g.Entry, w, wakes) == nil || inTurns(w, wakes) {
				continue
			}
			if n := spawn.Leaving(w, wakes); n != nil {
				left = n
			}
		}
		return left != nil
	}) {
		return nil
	}
	return left
}

// inTurns reports whether a loop behind w wakes: as often as there are any who wait.
func inTurns(w *skeleton.Node, wakes func(*skeleton.Node) bool) bool {
	return slices.ContainsFunc(w.Graph.Nodes, func(n *skeleton.Node) bool {
		return n.Op != nil && n.InLoop() && !n.SameLoop(w) && wakes(n) && skeleton.Leads(w, n, nil)
	})
}

// reportUnwoken reports the assignment as, which ends the wait of wait, and the return left
// past all signals.
func (c *checker) reportUnwoken(as *ast.AssignStmt, left *skeleton.Node, wait *skeleton.Op) {
	pos, end := c.view.Leaving(left.Op)
	if !pos.IsValid() || end <= pos || c.ended[as] {
		return
	}
	c.ended[as] = true
	cond := c.text(wait)
	d := analysis.Diagnostic{
		Pos: as.Pos(), End: as.End(),
		Message: fmt.Sprintf("this ends the wait for %s, but the return at %s wakes nobody: who waits sleeps on", cond, report.Place(c.pass.Fset, pos, as.Pos())),
		Related: []analysis.RelatedInformation{c.related(wait, cond+".Wait is called here"), {Pos: pos, End: end, Message: "here nobody has been woken"}},
	}
	report.Report(c.pass, d)
}
