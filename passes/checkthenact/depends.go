package checkthenact

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/defuse"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A dependence tells how an action depends on a check.
type dependence struct {
	data  bool          // its value is made from that
	conds []defuse.Cond // conditions on that decide whether it is done
}

func (d *dependence) any() bool { return d.data || len(d.conds) > 0 }

// depends tells how act, the value of which is values, depends on check.
func (c *checker) depends(act, check *point, values ...ast.Expr) *dependence {
	d := new(dependence)
	from := c.found(check)
	if from == nil || act.at() == check.at() {
		return d
	}
	values, conds := c.reached(act, values)
	d.data = c.uses.From(values...).Nodes[from]
	for _, cond := range conds {
		if c.uses.From(cond.Expr, cond.Tag).Nodes[from] {
			d.conds = append(d.conds, cond)
		}
	}
	return d
}

// node returns the expression or statement that op is.
func (c *checker) node(op *skeleton.Op) ast.Node {
	if op.Fn.Imported() {
		return nil
	}
	if op.Is(syncapi.Read, syncapi.Write) {
		if e := c.view.Accessed(op); e != nil {
			return e
		}
		return nil
	}
	if call := c.view.CallOf(op); call != nil {
		return call
	}
	return nil
}

// found returns the expression of the function at hand that has what check has
// found; nil if a helper does not return that, or a condition on that.
func (c *checker) found(check *point) ast.Node {
	for i, op := range check.chain[1:] {
		if op.Fn.Parent != nil {
			if i+2 < len(check.chain) {
				return nil
			}
			return c.node(op) // it stands in the function at hand, with what it is given to
		}
		node := c.node(op)
		if node == nil || !c.returns(op.Fn, node, !check.op().Is(syncapi.AtomicLoad)) {
			return nil
		}
	}
	return c.node(check.at())
}

// returns reports whether f returns what is made from node, alone or with whether there
// is any, or what is decided by it, if that is wanted.
func (c *checker) returns(f *skeleton.Func, node ast.Node, decided bool) bool {
	decl, ok := f.Syntax().(*ast.FuncDecl)
	if !ok || !isFinding(f.Obj) {
		return false
	}
	found := false
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			exprs := slices.Clone(n.Results)
			if decided {
				for _, cond := range c.uses.Conditions(n) {
					exprs = append(exprs, cond.Expr)
				}
			}
			found = found || len(n.Results) > 0 && c.uses.From(exprs...).Nodes[node]
		}
		return !found
	})
	return found
}

// isFinding reports whether a function has one result, or a second one that says whether
// there is one.
func isFinding(fn *types.Func) bool {
	if fn == nil {
		return false
	}
	results := fn.Signature().Results()
	if results.Len() != 2 {
		return results.Len() == 1
	}
	return skeleton.IsBool(results.At(1).Type())
}

// reached returns the values of act, and the conditions that it is done under, as the
// function at hand has them.
func (c *checker) reached(act *point, values []ast.Expr) ([]ast.Expr, []defuse.Cond) {
	var conds []defuse.Cond
	if node := c.node(act.op()); node != nil {
		conds = c.uses.Conditions(node)
	}
	for i := len(act.chain) - 1; i > 0; i-- {
		f, call := act.chain[i].Fn, act.chain[i-1]
		if f.Parent == nil {
			values = c.arguments(f, call, c.uses.From(values...).Vars)
			conds = c.conditionsOn(f, call, conds)
		}
		if node := c.node(call); node != nil {
			conds = append(conds, c.uses.Conditions(node)...)
		}
	}
	return values, conds
}

// conditionsOn returns those conditions that are on a parameter of f by itself, as the
// caller has them.
func (c *checker) conditionsOn(f *skeleton.Func, call *skeleton.Op, conds []defuse.Cond) []defuse.Cond {
	var outer []defuse.Cond
	for _, cond := range conds {
		if id, ok := cond.Expr.(*ast.Ident); ok && cond.Tag == nil {
			if arg := c.argument(f, call, c.pass.TypesInfo.Uses[id]); arg != nil {
				outer = append(outer, defuse.Cond{Expr: arg, Want: cond.Want})
			}
		}
	}
	return outer
}

// operand returns the argument i of the call that op is, from the end if i is
// negative; nil if there is none.
func (c *checker) operand(op *skeleton.Op, i int) []ast.Expr {
	call := c.call(op)
	if call == nil {
		return nil
	}
	if i < 0 {
		i += len(call.Args)
	}
	if i < 0 || i >= len(call.Args) {
		return nil
	}
	return []ast.Expr{ast.Unparen(call.Args[i])}
}

// variable returns the variable that an expression is, nil if it is none.
func (c *checker) variable(e ast.Expr) types.Object {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok {
		return nil
	}
	return v
}
