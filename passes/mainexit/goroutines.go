package mainexit

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// main reports the goroutines that work when main has come to its end: behind their
// start there is nothing that waits, takes long, or is not known.
func (c *checker) main(decl *ast.FuncDecl) {
	w := &walk{checker: c, active: make(map[ast.Node]bool)}
	w.body(decl, decl.Body)
	for _, s := range w.started {
		report.Report(c.pass, analysis.Diagnostic{
			Pos: s.Pos(), End: s.Call.Fun.Pos() + 1,
			Message: "main returns without waiting for this goroutine",
			Related: []analysis.RelatedInformation{{
				Pos: decl.Body.Rbrace, End: decl.Body.Rbrace + 1, Message: "the process ends here",
			}},
		})
	}
}

// A walk goes through main, and what it calls, in the order of the syntax.
type walk struct {
	*checker
	started []*ast.GoStmt // and nothing has waited since
	active  map[ast.Node]bool
}

// body goes through the body of a function, and then what it defers.
func (w *walk) body(fn ast.Node, body *ast.BlockStmt) {
	if w.active[fn] {
		w.started = nil
		return
	}
	w.active[fn] = true
	defer delete(w.active, fn)
	var deferred []*ast.CallExpr
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			deferred = append(deferred, n.Call)
			return false
		case *ast.GoStmt:
			if w.works(n) {
				w.started = append(w.started, n)
			}
			return false
		case *ast.CallExpr:
			w.call(n)
		default:
			if w.waits(n) {
				w.started = nil
			}
		}
		return true
	})
	for _, call := range deferred {
		w.call(call)
	}
}

// waits reports whether a statement or expression may wait for a goroutine, or
// take long.
func (w *walk) waits(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.SelectStmt, *ast.SendStmt:
		return true
	case *ast.UnaryExpr:
		return n.Op == token.ARROW
	case *ast.ForStmt:
		return n.Cond == nil
	case *ast.RangeStmt:
		switch w.pass.TypesInfo.TypeOf(n.X).Underlying().(type) {
		case *types.Chan, *types.Signature:
			return true
		}
	}
	return false
}

// call follows a call.
func (w *walk) call(call *ast.CallExpr) {
	tv := w.pass.TypesInfo.Types[call.Fun]
	if tv.IsType() || tv.IsBuiltin() {
		return
	}
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		w.body(lit, lit.Body)
		return
	}
	fn := w.callee(call)
	switch {
	case fn == nil || fn.Pkg() == nil:
	case w.decls[fn] != nil:
		w.body(w.decls[fn], w.decls[fn].Body)
		return
	case syncapi.EffectOf(fn) != nil:
		if effect := syncapi.EffectOf(fn); !effect.Op.Blocks() && len(effect.Calls) == 0 {
			return
		}
	case isQuick(fn):
		return
	}
	w.started = nil
}

// works reports whether a goroutine does something, and does not wait for anything
// first: what only watches ends with main.
func (w *walk) works(s *ast.GoStmt) bool {
	var body *ast.BlockStmt
	if lit, ok := ast.Unparen(s.Call.Fun).(*ast.FuncLit); ok {
		body = lit.Body
	} else if fn := w.callee(s.Call); fn != nil && w.decls[fn] != nil {
		body = w.decls[fn].Body
	}
	return body != nil && w.worksIn(body)
}

// worksIn does what works does for the body of a function.
func (w *walk) worksIn(body *ast.BlockStmt) bool {
	calls, waits := false, false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
		case *ast.CallExpr:
			effect := syncapi.EffectOf(w.callee(n))
			if effect == nil {
				calls = calls || !w.pass.TypesInfo.Types[n.Fun].IsBuiltin()
			}
		default:
			waits = waits || w.waits(n)
		}
		return !waits
	})
	return calls && !waits
}
