package timerleak

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// intervals reports the tickers of f whose interval is a quotient, if nothing
// checks that the divisor is positive.
func (c *checker) intervals(f *skeleton.Func) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind != syncapi.NewTicker || c.inTest(op.Pos) {
				continue
			}
			if call, ok := c.view.Node(op).(*ast.CallExpr); ok && len(call.Args) == 1 {
				c.interval(call)
			}
		}
	}
}

func (c *checker) interval(call *ast.CallExpr) {
	cur, ok := c.root.FindNode(call)
	if !ok {
		return
	}
	d := &divisor{checker: c, at: cur}
	if !d.find(call.Args[0], 0) {
		c.unset(call, cur)
		return
	}
	if d.checked() {
		return
	}
	name := types.ExprString(d.expr)
	report := analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(),
		Message: fmt.Sprintf("nothing checks that %s is positive, without which this panics", name),
		Related: []analysis.RelatedInformation{{
			Pos: d.quo.Pos(), End: d.quo.End(),
			Message: fmt.Sprintf("this is not positive, or no number at all, unless %s is", name),
		}},
	}
	c.report(report)
}

// A divisor is what the interval of a ticker is divided by.
type divisor struct {
	*checker
	at   inspector.Cursor // the call that makes the ticker
	quo  *ast.BinaryExpr
	expr ast.Expr     // a variable or field
	via  []*types.Var // variables on the way from there to the call
}

// maxSteps bounds how many variables an interval is followed through.
const maxSteps = 3

// find looks for a quotient in e whose divisor is a parameter or a field.
func (d *divisor) find(e ast.Expr, steps int) bool {
	e = d.stripped(e)
	switch e := e.(type) {
	case *ast.BinaryExpr:
		switch e.Op {
		case token.QUO:
			d.quo = e
			return d.source(e.Y, steps)
		case token.MUL:
			return d.find(e.X, steps) || d.find(e.Y, steps)
		}
	case *ast.Ident:
		if rhs := d.follow(e, steps); rhs != nil {
			return d.find(rhs, steps+1)
		}
	}
	return false
}

// source finds the parameter or field that e is.
func (d *divisor) source(e ast.Expr, steps int) bool {
	e = d.stripped(e)
	switch e := e.(type) {
	case *ast.Ident:
		if v, ok := d.pass.TypesInfo.Uses[e].(*types.Var); ok && d.isParam(v) {
			d.expr, d.via = e, append(d.via, v)
			return true
		}
		if rhs := d.follow(e, steps); rhs != nil {
			return d.source(rhs, steps+1)
		}
	case *ast.SelectorExpr:
		v, ok := d.pass.TypesInfo.Uses[e.Sel].(*types.Var)
		if ok && v.IsField() && v.Pkg() == d.pass.Pkg {
			d.expr, d.via = e, append(d.via, v.Origin())
			return true
		}
	}
	return false
}

// stripped returns e without parentheses and conversions.
func (d *divisor) stripped(e ast.Expr) ast.Expr {
	for {
		e = ast.Unparen(e)
		call, ok := e.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || !d.pass.TypesInfo.Types[call.Fun].IsType() {
			return e
		}
		e = call.Args[0]
	}
}

// follow returns what a local variable is assigned, if that is once.
func (d *divisor) follow(id *ast.Ident, steps int) ast.Expr {
	v, ok := d.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.IsField() || v.Parent() == d.pass.Pkg.Scope() || steps == maxSteps {
		return nil
	}
	for use := range d.index.Uses(v) {
		switch use.ParentEdgeKind() {
		case edge.AssignStmt_Lhs, edge.IncDecStmt_X:
			return nil
		case edge.UnaryExpr_X:
			if use.Parent().Node().(*ast.UnaryExpr).Op == token.AND {
				return nil
			}
		}
	}
	d.via = append(d.via, v)
	def, ok := d.root.FindByPos(v.Pos(), v.Pos())
	if !ok {
		return nil
	}
	kind, i := def.ParentEdge()
	switch stmt := def.Parent().Node().(type) {
	case *ast.AssignStmt:
		if kind == edge.AssignStmt_Lhs && len(stmt.Lhs) == len(stmt.Rhs) {
			return stmt.Rhs[i]
		}
	case *ast.ValueSpec:
		if kind == edge.ValueSpec_Names && len(stmt.Values) == len(stmt.Names) {
			return stmt.Values[i]
		}
	}
	return nil
}

// isParam reports whether v is a parameter of a function around the call.
func (d *divisor) isParam(v *types.Var) bool {
	for encl := range d.at.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		var params *ast.FieldList
		switch f := encl.Node().(type) {
		case *ast.FuncDecl:
			params = f.Type.Params
		case *ast.FuncLit:
			params = f.Type.Params
		}
		if params != nil && params.Pos() <= v.Pos() && v.Pos() < params.End() {
			return true
		}
	}
	return false
}

// checked reports whether the package compares the divisor or what comes of it
// with anything, hands it to a function that may check it, or gives it only
// values that are positive.
func (d *divisor) checked() bool {
	for _, v := range d.via {
		for use := range d.index.Uses(v) {
			if d.checks(use) {
				return true
			}
		}
	}
	v := d.via[len(d.via)-1]
	if v.IsField() {
		return d.setsPositive(v)
	}
	return d.passedPositive(v)
}

// checks reports whether a use of the divisor may be a check, or may change it.
func (d *divisor) checks(use inspector.Cursor) bool {
	kind, _ := use.ParentEdge()
	if kind == edge.SelectorExpr_Sel {
		use = use.Parent()
	}
	for {
		parent := use.Parent()
		kind, i := use.ParentEdge()
		switch kind {
		case edge.ParenExpr_X:
		case edge.BinaryExpr_X, edge.BinaryExpr_Y:
			switch parent.Node().(*ast.BinaryExpr).Op {
			case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
				return true
			}
			return false
		case edge.SwitchStmt_Tag, edge.CaseClause_List, edge.IncDecStmt_X:
			return true
		case edge.AssignStmt_Lhs:
			_, isField := parent.Node().(*ast.AssignStmt).Lhs[i].(*ast.SelectorExpr)
			return !isField
		case edge.UnaryExpr_X:
			return parent.Node().(*ast.UnaryExpr).Op == token.AND
		case edge.CallExpr_Args:
			call := parent.Node().(*ast.CallExpr)
			if !d.pass.TypesInfo.Types[call.Fun].IsType() {
				return call.Pos() != d.at.Node().Pos() && !d.harmless(call)
			}
		default:
			return false
		}
		use = parent
	}
}

// harmless reports whether a call does not look at the number it is handed: it
// makes something of that size.
func (d *divisor) harmless(call *ast.CallExpr) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return ok && d.pass.TypesInfo.Types[call.Fun].IsBuiltin() && (id.Name == "make" || id.Name == "print" || id.Name == "println")
}

// setsPositive reports whether the package gives a field only positive numbers.
func (d *divisor) setsPositive(v *types.Var) bool {
	set := false
	for use := range d.index.Uses(v) {
		var value ast.Expr
		if use.ParentEdgeKind() == edge.KeyValueExpr_Key {
			value = use.Parent().Node().(*ast.KeyValueExpr).Value
		} else if sel := use.Parent(); use.ParentEdgeKind() == edge.SelectorExpr_Sel {
			if kind, i := sel.ParentEdge(); kind == edge.AssignStmt_Lhs {
				stmt := sel.Parent().Node().(*ast.AssignStmt)
				value = stmt.Rhs[min(i, len(stmt.Rhs)-1)]
			}
		}
		if value == nil {
			continue
		}
		if !d.positive(value) {
			return false
		}
		set = true
	}
	return set
}

// passedPositive reports whether the parameter v is one of a function that only
// this package calls, and always with a positive number.
func (d *divisor) passedPositive(v *types.Var) bool {
	for encl := range d.at.Enclosing((*ast.FuncDecl)(nil)) {
		decl := encl.Node().(*ast.FuncDecl)
		fn, ok := d.pass.TypesInfo.Defs[decl.Name].(*types.Func)
		if !ok || fn.Exported() && d.pass.Pkg.Name() != "main" {
			return false
		}
		index := -1
		for i := range fn.Signature().Params().Len() {
			if fn.Signature().Params().At(i) == v {
				index = i
			}
		}
		calls := 0
		for call := range d.index.Calls(fn) {
			args := call.Node().(*ast.CallExpr).Args
			if index < 0 || index >= len(args) || !d.positive(args[index]) {
				return false
			}
			calls++
		}
		return calls > 0
	}
	return false
}

// positive reports whether e is a constant above zero, at least as large as one,
// or a variable that the package checks.
func (d *divisor) positive(e ast.Expr) bool {
	if val := d.pass.TypesInfo.Types[e].Value; val != nil {
		return (val.Kind() == constant.Int || val.Kind() == constant.Float) && constant.Sign(val) > 0
	}
	e = d.stripped(e)
	var obj types.Object
	switch e := e.(type) {
	case *ast.CallExpr:
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		return ok && id.Name == "max" && d.pass.TypesInfo.Types[e.Fun].IsBuiltin() && slices.ContainsFunc(e.Args, d.positive)
	case *ast.Ident:
		obj = d.pass.TypesInfo.Uses[e]
	case *ast.SelectorExpr:
		obj = d.pass.TypesInfo.Uses[e.Sel]
	}
	v, ok := obj.(*types.Var)
	if !ok {
		return false
	}
	for use := range d.index.Uses(v) {
		if d.checks(use) {
			return true
		}
	}
	return false
}
