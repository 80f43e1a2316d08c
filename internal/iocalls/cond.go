package iocalls

import (
	"go/ast"
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/defuse"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// A Cond is what a function has to be handed to come to a wait: true, or false, for
// one of its parameters. Of several such conditions one is kept, so that a Cond may hold
// and the function not wait, but not the other way around.
type Cond struct {
	Param int // counted from 1; 0 if there is no condition
	Want  bool
}

func (c Cond) isAlways() bool { return c.Param == 0 }

// conditions knows when the calls of a package are made.
type conditions struct {
	info *types.Info
	uses *defuse.View
}

func newConditions(pass *analysis.Pass) conditions {
	root := pass.ResultOf[syntax.Analyzer].(*syntax.Tree)
	return conditions{pass.TypesInfo, defuse.New(pass.TypesInfo, root)}
}

// at returns when fn, of which call is a call, comes to a wait of what is called, which
// that does on the condition only; not possible if it never does.
func (c conditions) at(fn *types.Func, body *ast.BlockStmt, call *ast.CallExpr, only Cond) (_ Cond, possible bool) {
	if !only.isAlways() {
		arg := c.argument(call, only.Param-1)
		if want, known := c.constant(arg); known {
			if want != only.Want {
				return Cond{}, false
			}
		} else if own, ok := c.ofParam(fn, body, arg, only.Want); ok {
			return own, true
		}
	}
	if !hasBool(fn) {
		return Cond{}, true
	}
	for _, cond := range c.uses.Conditions(call) {
		if cond.Tag != nil {
			continue
		}
		if own, ok := c.ofParam(fn, body, cond.Expr, cond.Want); ok {
			return own, true
		}
	}
	return Cond{}, true
}

// possible reports whether what a call hands over may meet a condition.
func (c conditions) possible(call *ast.CallExpr, only Cond) bool {
	if only.isAlways() {
		return true
	}
	value, known := c.constant(c.argument(call, only.Param-1))
	return !known || value == only.Want
}

// argument returns the argument of a call for parameter i, nil if it cannot be told.
func (c conditions) argument(call *ast.CallExpr, i int) ast.Expr {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if s := c.info.Selections[sel]; s != nil && s.Kind() == types.MethodExpr {
			i++
		}
	}
	if i >= len(call.Args) {
		return nil
	}
	return call.Args[i]
}

// constant returns the value of a boolean constant.
func (c conditions) constant(e ast.Expr) (value, ok bool) {
	if e == nil {
		return false, false
	}
	v := c.info.Types[e].Value
	if v == nil || v.Kind() != constant.Bool {
		return false, false
	}
	return constant.BoolVal(v), true
}

// ofParam returns the condition that e is what is wanted, if e is a parameter of fn that
// stays as it was handed in, or the contrary of one.
func (c conditions) ofParam(fn *types.Func, body *ast.BlockStmt, e ast.Expr, want bool) (_ Cond, ok bool) {
	for _, cond := range defuse.Split(e, want) {
		id, isIdent := cond.Expr.(*ast.Ident)
		if !isIdent {
			continue
		}
		params := fn.Signature().Params()
		for i := range params.Len() {
			if v := params.At(i); v == c.info.Uses[id] && isBool(v.Type()) && !c.uses.Assigned(v, body) {
				return Cond{i + 1, cond.Want}, true
			}
		}
	}
	return Cond{}, false
}

// hasBool reports whether a function has a boolean parameter.
func hasBool(fn *types.Func) bool {
	for v := range fn.Signature().Params().Variables() {
		if isBool(v.Type()) {
			return true
		}
	}
	return false
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}
