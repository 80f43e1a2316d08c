package guardedby

import (
	"go/ast"
	"go/token"
	"slices"
)

// makes reports whether s makes the map or channel that is in a place, which is nil
// before, and as far as others set it: what uses it comes behind s.
func (c *checker) makes(s *site, a *accesses) bool {
	return s.write && isMake(c.assigned(s)) && !slices.ContainsFunc(a.sites, func(o *site) bool {
		return o.op.Fn != s.op.Fn && o.write && !o.fresh && !o.test && !c.isNil(c.assigned(o))
	})
}

// assigned returns what s assigns, nil if it is no assignment.
func (c *checker) assigned(s *site) ast.Expr {
	c.statements()
	pos, _ := c.extent(s)
	return c.values[pos]
}

// counts reports whether a statement at pos adds to what it writes.
func (c *checker) counts(pos token.Pos) bool {
	c.statements()
	return c.adding[pos]
}

// statements notes the assignments of the package, and those that add.
func (c *checker) statements() {
	if c.values != nil {
		return
	}
	c.values, c.adding = make(map[token.Pos]ast.Expr), make(map[token.Pos]bool)
	for _, file := range c.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IncDecStmt:
				c.adding[n.X.Pos()] = true
			case *ast.AssignStmt:
				switch {
				case n.Tok != token.ASSIGN && n.Tok != token.DEFINE:
					c.adding[n.Lhs[0].Pos()] = true
				case len(n.Lhs) == len(n.Rhs):
					for i, lhs := range n.Lhs {
						c.values[lhs.Pos()] = n.Rhs[i]
					}
				}
			}
			return true
		})
	}
}

// isMake reports whether an expression is a call of make.
func isMake(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "make"
}

// isNil reports whether an expression is nil.
func (c *checker) isNil(e ast.Expr) bool { return e != nil && c.pass.TypesInfo.Types[e].IsNil() }
