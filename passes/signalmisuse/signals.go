package signalmisuse

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

// signals reports the signals that a package asks for and that never come.
func (c *checker) signals() {
	pkg := c.index.Package("os/signal")
	if pkg == nil {
		return
	}
	w := &asked{checker: c, told: make(map[ast.Expr]bool), params: make(map[*types.Var]bool)}
	for _, name := range pkg.Scope().Names() {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		first, has := syncapi.SignalOperands(fn)
		if !ok || !has {
			continue
		}
		for cur := range c.index.Calls(fn) {
			call := cur.Node().(*ast.CallExpr)
			w.how = types.ExprString(call.Fun)
			w.args(call, first)
		}
	}
}

// asked follows the signals that are asked for, from the calls back to where they
// are named.
type asked struct {
	*checker
	how    string              // what asks for them
	told   map[ast.Expr]bool   // sources looked at already
	params map[*types.Var]bool // followed already
}

// args looks at the operands of a call from first on.
func (w *asked) args(call *ast.CallExpr, first int) {
	for i := first; i < len(call.Args); i++ {
		w.sources(w.values.Sources(call.Args[i]))
	}
}

// sources looks at where a signal, or a slice of signals, comes from.
func (w *asked) sources(list []values.Source) {
	for _, src := range list {
		if src.Param != nil {
			w.param(src.Param)
			continue
		}
		if w.told[src.Expr] {
			continue
		}
		w.told[src.Expr] = true
		switch e := ast.Unparen(src.Expr).(type) {
		case *ast.CompositeLit:
			for _, elem := range e.Elts {
				if kv, ok := elem.(*ast.KeyValueExpr); ok {
					elem = kv.Value
				}
				w.sources(w.values.Sources(elem))
			}
		case *ast.CallExpr:
			w.call(e)
		default:
			w.signal(e)
		}
	}
}

// call looks at a conversion, and at what append puts together.
func (w *asked) call(call *ast.CallExpr) {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	switch {
	case ok && w.pass.TypesInfo.Uses[id] == types.Universe.Lookup("append"):
		w.args(call, 0)
	case w.pass.TypesInfo.Types[call].Value != nil:
		w.signal(call)
	case w.pass.TypesInfo.Types[call.Fun].IsType() && len(call.Args) == 1:
		w.args(call, 0)
	}
}

// signal reports a signal that never comes.
func (w *asked) signal(e ast.Expr) {
	tv := w.pass.TypesInfo.Types[e]
	var v types.Object
	if id := symindex.LastIdent(e); id != nil {
		v = w.pass.TypesInfo.Uses[id]
	}
	if !syncapi.IsUncatchable(tv.Type, tv.Value, v) {
		return
	}
	report.Report(w.pass, analysis.Diagnostic{
		Pos: e.Pos(), End: e.End(),
		Message: fmt.Sprintf("%s never gets %s: no program can catch that signal", w.how, types.ExprString(e)),
	})
}

// param looks at what the callers of a function hand to its parameter v.
func (w *asked) param(v *types.Var) {
	if w.params[v] {
		return
	}
	w.params[v] = true
	cur, ok := w.root.FindByPos(v.Pos(), v.Pos())
	if !ok {
		return
	}
	for fn := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		var calls []*ast.CallExpr
		var t types.Type
		switch n := fn.Node().(type) {
		case *ast.FuncDecl:
			obj, _ := w.pass.TypesInfo.Defs[n.Name].(*types.Func)
			if obj == nil {
				return
			}
			calls, t = w.calls[obj], obj.Type()
		case *ast.FuncLit:
			calls, t = w.lits[n], w.pass.TypesInfo.TypeOf(n)
		}
		sig, _ := t.(*types.Signature)
		if sig == nil {
			return
		}
		for i := range sig.Params().Len() {
			if sig.Params().At(i) == v {
				w.callers(calls, i, sig.Variadic() && i == sig.Params().Len()-1)
			}
		}
		return
	}
}

// callers looks at the i-th argument of calls, and all behind it if it is
// variadic.
func (w *asked) callers(calls []*ast.CallExpr, i int, variadic bool) {
	for _, call := range calls {
		for j := i; j < len(call.Args) && (j == i || variadic); j++ {
			w.sources(w.values.Sources(call.Args[j]))
		}
	}
}
