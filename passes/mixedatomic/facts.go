package mixedatomic

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// atomicAccess is the fact that a package accesses a field, or a variable of its
// own, atomically; Writes if some of that writes.
type atomicAccess struct{ Writes bool }

// AFact marks the type as a fact.
func (*atomicAccess) AFact() {}

func (a *atomicAccess) String() string {
	if a.Writes {
		return "written atomically"
	}
	return "read atomically"
}

// export tells the packages that import this one of a place which it accesses
// atomically.
func (c *checker) export(at place, of *accesses) {
	v := c.variable(at)
	if at.element || len(of.atomic) == 0 || v == nil || !v.Exported() || v.Pkg() != c.pass.Pkg {
		return
	}
	fact := &atomicAccess{}
	for _, s := range of.atomic {
		fact.Writes = fact.Writes || writes(s.op)
	}
	c.pass.ExportObjectFact(v, fact)
}

// variable returns the field or package variable that a place is.
func (c *checker) variable(at place) *types.Var {
	if at.global != nil {
		v, _ := c.pass.Pkg.Scope().Lookup(at.global.Name).(*types.Var)
		return v
	}
	if at.class.Type == nil || at.class.Type.Parent() != c.pass.Pkg.Scope() {
		return nil
	}
	st, ok := at.class.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for f := range st.Fields() {
		if f.Name() == at.class.Field {
			return f
		}
	}
	return nil
}

// imported reports the plain accesses to fields and variables of other packages,
// which they access atomically.
func (c *checker) imported() {
	atomic := make(map[types.Object]*atomicAccess)
	for _, of := range c.pass.AllObjectFacts() {
		if fact, ok := of.Fact.(*atomicAccess); ok && of.Object.Pkg() != c.pass.Pkg {
			atomic[of.Object] = fact
		}
	}
	if len(atomic) == 0 {
		return
	}
	for _, file := range c.pass.Files {
		if report.InTest(c.pass, file.Pos()) {
			continue
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				c.importedIn(fn, atomic)
			}
		}
	}
}

// importedIn reports those of one function.
func (c *checker) importedIn(fn *ast.FuncDecl, atomic map[types.Object]*atomicAccess) {
	own := c.made(fn)
	written, taken := make(map[ast.Expr]bool), make(map[ast.Expr]bool)
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				written[ast.Unparen(lhs)] = true
			}
		case *ast.IncDecStmt:
			written[ast.Unparen(n.X)] = true
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				taken[ast.Unparen(n.X)] = true
			}
		case *ast.SelectorExpr:
			v, ok := c.pass.TypesInfo.Uses[n.Sel].(*types.Var)
			if !ok {
				return true
			}
			fact := atomic[v.Origin()]
			if fact == nil || taken[n] || !fact.Writes && !written[n] || own[c.base(n)] {
				return true
			}
			c.reportImported(n, v, written[n])
		}
		return true
	})
}

// base returns the variable that a selector starts from, if it is one.
func (c *checker) base(e *ast.SelectorExpr) types.Object {
	if id, ok := ast.Unparen(e.X).(*ast.Ident); ok {
		return c.pass.TypesInfo.Uses[id]
	}
	return nil
}

// made returns the variables of fn that hold what it has made itself.
func (c *checker) made(fn *ast.FuncDecl) map[types.Object]bool {
	own := make(map[types.Object]bool)
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE || len(assign.Lhs) != len(assign.Rhs) {
			return true
		}
		for i, lhs := range assign.Lhs {
			rhs := ast.Unparen(assign.Rhs[i])
			if u, ok := rhs.(*ast.UnaryExpr); ok && u.Op == token.AND {
				rhs = u.X
			}
			_, isLit := rhs.(*ast.CompositeLit)
			call, isCall := rhs.(*ast.CallExpr)
			if id, ok := lhs.(*ast.Ident); ok && (isLit || isCall && c.pass.TypesInfo.Types[call.Fun].IsBuiltin()) {
				own[c.pass.TypesInfo.Defs[id]] = true
			}
		}
		return true
	})
	delete(own, nil)
	return own
}

func (c *checker) reportImported(e *ast.SelectorExpr, v *types.Var, write bool) {
	if c.done[e.Pos()] {
		return
	}
	c.done[e.Pos()] = true
	how := "read"
	if write {
		how = "written"
	}
	c.found = append(c.found, analysis.Diagnostic{
		Pos: e.Pos(), End: e.End(),
		Message: types.ExprString(e) + " is " + how + " plainly, and accessed atomically by package " + v.Pkg().Name(),
	})
}
