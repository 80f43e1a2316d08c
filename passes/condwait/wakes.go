package condwait

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file looks for a Signal where a Broadcast is due: several goroutines wait for what,
// once it holds, holds for good, and each Signal wakes one of them.

// wakeFaults reports the Signals that leave goroutines asleep.
func (c *checker) wakeFaults(waiting []*skeleton.Func) {
	waits := make(map[*types.Var][]*skeleton.Op)
	var order []*types.Var
	for _, f := range waiting {
		for op := range ops(f) {
			v := c.condOf(op, syncapi.CondWait)
			if v == nil {
				continue
			}
			if waits[v] == nil {
				order = append(order, v)
			}
			waits[v] = append(waits[v], op)
		}
	}
	for _, v := range order {
		if c.onlySignalled(v) {
			c.wakesFew(v, waits[v])
		}
	}
}

// condOf returns the variable or field whose Cond op acts on as kind says, nil if it does
// something else or the package does not have that to itself.
func (c *checker) condOf(op *skeleton.Op, kind syncapi.Op) *types.Var {
	if op.Kind != kind {
		return nil
	}
	if v := chans.Variable(c.view, c.pass.TypesInfo, op); c.isOwn(v) {
		return v
	}
	return nil
}

// isOwn reports whether v is a variable of the package, or a field that no other can name.
func (c *checker) isOwn(v *types.Var) bool {
	return v != nil && v.Pkg() == c.pass.Pkg && (!v.IsField() || !c.index.Public(v))
}

// onlySignalled reports whether all that the package does to the Cond in v is to make it,
// to wait for it and to signal it.
func (c *checker) onlySignalled(v *types.Var) bool {
	for cur := range c.index.Uses(v) {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		switch cur.ParentEdgeKind() {
		case edge.SelectorExpr_X:
			switch cur.Parent().Node().(*ast.SelectorExpr).Sel.Name {
			case "L":
				continue
			case "Wait", "Signal":
				if cur.Parent().ParentEdgeKind() == edge.CallExpr_Fun {
					continue
				}
			}
			return false
		case edge.AssignStmt_Lhs, edge.KeyValueExpr_Key:
		default:
			return false
		}
	}
	return true
}

// wakesFew reports the first Signal of v if all together wake fewer goroutines than wait.
func (c *checker) wakesFew(v *types.Var, waits []*skeleton.Op) {
	var waiters, signals runs
	var start, signal *skeleton.Op
	for _, wait := range waits {
		if !c.staysTrue(wait) {
			return
		}
		n, at := c.waiters(wait.Fn, maxLift)
		waiters = waiters.plus(n)
		if at != nil {
			start = at
		}
	}
	for _, f := range c.view.Funcs {
		for op := range ops(f) {
			if c.condOf(op, syncapi.CondSignal) != v {
				continue
			}
			signals = signals.plus(c.times(op).of(c.runs(f, maxLift)))
			if signal == nil {
				signal = op
			}
		}
	}
	if start != nil && signal != nil && signals.fewerThan(waiters) {
		c.reportFew(signal, waits[0], start)
	}
}

// reportFew reports that signal wakes one of those that wait, which start starts.
func (c *checker) reportFew(signal, wait, start *skeleton.Op) {
	call := c.view.CallOf(signal)
	if call == nil {
		return
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	report.Report(c.pass, analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(),
		Message: c.text(signal) + ".Signal wakes one of several goroutines that wait for what holds from then on: nothing wakes the others",
		Related: []analysis.RelatedInformation{
			c.related(wait, c.text(wait)+".Wait is called here"),
			c.related(start, "several goroutines that wait are started here"),
		},
		SuggestedFixes: []analysis.SuggestedFix{{
			Message:   "Wake all of them",
			TextEdits: []analysis.TextEdit{{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte("Broadcast")}},
		}},
	})
}

// runs says how often something runs: n times, or some number that is not known.
type runs struct {
	n    int64
	many bool
}

func (r runs) plus(o runs) runs { return runs{r.n + o.n, r.many || o.many} }
func (r runs) of(o runs) runs   { return runs{r.n * o.n, r.many || o.many} }

// fewerThan reports whether r is known to be less than o: some number that is not known
// counts as two.
func (r runs) fewerThan(o runs) bool {
	return !r.many && r.n > 0 && (o.many && r.n == 1 || !o.many && r.n < o.n)
}

// times returns how often op runs in one call of its function.
func (c *checker) times(op *skeleton.Op) runs {
	node := c.view.Node(op)
	if node == nil {
		return runs{many: true}
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return runs{many: true}
	}
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch at.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			n := chans.Turns(c.pass.TypesInfo, cur, new(skeleton.Op))
			return runs{n, n == 0}
		}
		if at.Node() != op.Fn.Syntax() {
			continue // what is called where it stands
		}
		break
	}
	return runs{n: 1}
}

// runs returns how often f runs, by so many levels of callers: once if nothing in the
// package calls it, often if other packages may.
func (c *checker) runs(f *skeleton.Func, levels int) (n runs) {
	switch {
	case levels == 0 || f.Obj != nil && c.index.Public(f.Obj) || c.handed[f] && !c.started[f]:
		return runs{many: true}
	case len(c.calls[f]) == 0:
		return runs{n: 1}
	}
	for _, call := range c.calls[f] {
		n = n.plus(c.times(call.op).of(c.runs(call.op.Fn, levels-1)))
	}
	return n
}

// waiters returns how many goroutines are started that run f, by so many levels of callers,
// and what starts several.
func (c *checker) waiters(f *skeleton.Func, levels int) (n runs, start *skeleton.Op) {
	if levels == 0 {
		return n, nil
	}
	for _, call := range c.calls[f] {
		var m runs
		var at *skeleton.Op
		if call.started {
			m, at = c.times(call.op), call.op
		} else {
			m, at = c.waiters(call.op.Fn, levels-1)
		}
		n = n.plus(m)
		if at != nil && (start == nil || m.many || m.n > 1) {
			start = at
		}
	}
	return n, start
}

// staysTrue reports whether wait is in a loop whose condition, once it does not hold any
// more, never does again: what it reads is all set in one direction.
func (c *checker) staysTrue(wait *skeleton.Op) bool {
	loop := c.loopAround(wait)
	return loop != nil && len(loop.Body.List) == 1 && c.falls(loop.Cond)
}

// falls reports whether e only ever turns from true to false.
func (c *checker) falls(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR:
			return c.falls(e.X) && c.falls(e.Y)
		case token.LSS, token.LEQ:
			return c.moves(e.X, token.INC) && c.fixed(e.Y)
		case token.GTR, token.GEQ:
			return c.moves(e.X, token.DEC) && c.fixed(e.Y)
		}
	case *ast.UnaryExpr:
		return e.Op == token.NOT && c.becomes(e.X, "true")
	case *ast.Ident, *ast.SelectorExpr:
		return c.becomes(e, "false")
	}
	return false
}

// becomes reports whether all that is assigned to e, a flag, is the constant value.
func (c *checker) becomes(e ast.Expr, value string) bool {
	return c.written(e, func(as inspector.Cursor, i int) bool {
		stmt, ok := as.Node().(*ast.AssignStmt)
		if !ok || len(stmt.Lhs) != len(stmt.Rhs) || stmt.Tok != token.ASSIGN {
			return false
		}
		v := c.pass.TypesInfo.Types[stmt.Rhs[i]].Value
		return v != nil && v.String() == value
	})
}

// moves reports whether e, a number, is written by increments or decrements alone.
func (c *checker) moves(e ast.Expr, tok token.Token) bool {
	return c.written(e, func(as inspector.Cursor, _ int) bool {
		stmt, ok := as.Node().(*ast.IncDecStmt)
		return ok && stmt.Tok == tok
	})
}

// written reports whether e is a variable or field of the package that is written behind its
// declaration, always as isRight says.
func (c *checker) written(e ast.Expr, isRight func(stmt inspector.Cursor, i int) bool) bool {
	v := chans.Named(c.pass.TypesInfo, e)
	if !c.isOwn(v) {
		return false
	}
	writes := 0
	for cur := range c.index.Uses(v) {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		switch cur.ParentEdgeKind() {
		case edge.AssignStmt_Lhs, edge.IncDecStmt_X:
			_, i := cur.ParentEdge()
			if !isRight(cur.Parent(), i) {
				return false
			}
			writes++
		case edge.UnaryExpr_X:
			if cur.Parent().Node().(*ast.UnaryExpr).Op == token.AND {
				return false
			}
		case edge.RangeStmt_Key, edge.RangeStmt_Value, edge.SelectorExpr_X:
			return false
		}
	}
	return writes > 0
}

// fixed reports whether e is a constant, or a variable or field that is not assigned to
// behind its declaration.
func (c *checker) fixed(e ast.Expr) bool {
	if c.pass.TypesInfo.Types[e].Value != nil {
		return true
	}
	v := chans.Named(c.pass.TypesInfo, e)
	return c.isOwn(v) && !slices.ContainsFunc(slices.Collect(c.index.Uses(v)), func(cur inspector.Cursor) bool {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		switch cur.ParentEdgeKind() {
		case edge.AssignStmt_Lhs, edge.IncDecStmt_X, edge.UnaryExpr_X:
			return true
		}
		return false
	})
}
