package doubleclose

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"iter"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// nils reports closes of channels that are nil whenever they are closed: the
// constant, and variables and fields that nothing gives a value. Of a struct
// that nothing in the package makes it is not known who does.
func (c *checker) nils() {
	var g *giver
	for op := range c.closes() {
		if op.Res.Root.Kind == skeleton.Nil {
			c.reportNil(op)
			continue
		}
		v := c.variable(op)
		if v == nil {
			continue
		}
		if g == nil {
			g = c.given()
		}
		if !g.vars[v] && (!v.IsField() || g.made[v]) {
			c.reportNil(op)
		}
	}
}

// closes yields the closes of the package, deferred ones and those on
// goroutines of their own among them.
func (c *checker) closes() iter.Seq[*skeleton.Op] {
	return func(yield func(*skeleton.Op) bool) {
		for _, f := range c.view.Funcs {
			for _, b := range f.Blocks {
				for _, op := range b.Ops {
					if op.Inner != nil {
						op = op.Inner
					}
					if op.Is(syncapi.Close) && op.Res.Root != nil && !yield(op) {
						return
					}
				}
			}
		}
	}
}

func (c *checker) reportNil(op *skeleton.Op) {
	pos, end := c.view.Extent(op)
	report.Report(c.pass, analysis.Diagnostic{Pos: pos, End: end, Message: fmt.Sprintf("%s is nil at this close", c.view.Text(op))})
}

// variable returns the variable or unexported field that op closes, if nothing
// but the code of this package can give it a value, and nothing made it one by
// which the skeleton knows it.
func (c *checker) variable(op *skeleton.Op) *types.Var {
	if op.Res.Root.Kind == skeleton.Made && op.Res.Sel == nil || len(c.pass.IgnoredFiles) > 0 {
		return nil
	}
	var obj types.Object
	switch e := ast.Unparen(c.operand(op)).(type) {
	case *ast.Ident:
		obj = c.pass.TypesInfo.Uses[e]
	case *ast.SelectorExpr:
		if sel := c.pass.TypesInfo.Selections[e]; sel != nil && sel.Kind() == types.FieldVal {
			obj = sel.Obj()
		}
	}
	v, ok := obj.(*types.Var)
	if !ok || v.Pkg() != c.pass.Pkg || !v.IsField() && v.Kind() != types.LocalVar && v.Kind() != types.PackageVar || v.Kind() != types.LocalVar && c.index.Public(v) {
		return nil
	}
	return v.Origin()
}

func (c *checker) operand(op *skeleton.Op) ast.Expr {
	e := c.view.Operand(op)
	if e == nil {
		return &ast.BadExpr{}
	}
	return e
}

// given returns the variables and fields that something in the package may
// give a value: an assignment, a literal, a range, or whoever has the address. A
// struct that is converted or decoded may have got all of its fields.
func (c *checker) given() *giver {
	g := &giver{c.pass.TypesInfo, make(map[types.Object]bool), make(map[types.Object]bool)}
	for _, file := range c.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			g.node(n)
			return true
		})
	}
	return g
}

// A giver notes variables that may have got a value, and the fields of structs
// that are made.
type giver struct {
	info       *types.Info
	vars, made map[types.Object]bool
}

func (g *giver) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, lhs := range n.Lhs {
			g.give(lhs)
		}
	case *ast.ValueSpec:
		for _, name := range n.Names {
			if len(n.Values) > 0 {
				g.give(name)
			} else if t := g.info.TypeOf(name); t != nil && !isPointer(t) {
				g.fields(t, g.made)
			}
		}
	case *ast.RangeStmt:
		g.give(n.Key)
		g.give(n.Value)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			g.give(n.X)
		}
	case *ast.KeyValueExpr:
		g.give(n.Key)
	case *ast.CompositeLit:
		g.fields(g.info.TypeOf(n), g.made)
		if len(n.Elts) > 0 {
			if _, keyed := n.Elts[0].(*ast.KeyValueExpr); !keyed {
				g.fields(g.info.TypeOf(n), g.vars)
			}
		}
	case *ast.CallExpr:
		switch {
		case g.info.Types[n.Fun].IsType():
			g.fields(g.info.TypeOf(n), g.vars)
		case g.info.Types[n.Fun].IsBuiltin() && len(n.Args) == 1 && g.info.Types[n.Args[0]].IsType(): // new
			g.fields(g.info.TypeOf(n), g.made)
		}
	}
}

func (g *giver) give(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := g.info.ObjectOf(e).(*types.Var); ok {
			g.vars[v.Origin()] = true
		}
	case *ast.SelectorExpr:
		if v, ok := g.info.ObjectOf(e.Sel).(*types.Var); ok {
			g.vars[v.Origin()] = true
		}
	}
}

// fields puts the fields of the struct t, or of what t points to, into set.
func (g *giver) fields(t types.Type, set map[types.Object]bool) {
	if t == nil {
		return
	}
	if isPointer(t) {
		t = t.Underlying().(*types.Pointer).Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for f := range st.Fields() {
		set[f.Origin()] = true
	}
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}
