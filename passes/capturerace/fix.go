package capturerace

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/races"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A use is a mention of a variable.
type use struct {
	id    *ast.Ident
	lit   *ast.FuncLit    // the outermost literal around it, below the function
	write *ast.AssignStmt // that assigns to it alone, blanks apart
	scope ast.Node        // where a variable declared by write is known
	loop  ast.Node        // the outermost loop around it, outside of literals
	taken bool            // its address is
}

// fix returns the fix that gives goroutines an err of their own, if the fault is
// just that they borrow one: each of them assigns it before it looks at it, and
// so does the function around them before it looks at it again.
func (c *checker) fix(p *races.Pair) []analysis.SuggestedFix {
	if p.First.Op.Kind != syncapi.Write || p.Subtests || p.First.Res.Sel != nil {
		return nil
	}
	decl, v := c.declOf(p.First.Op.Pos)
	if v == nil || !syncapi.IsError(v.Type()) {
		return nil
	}
	uses := c.uses(decl, v)
	byLit := make(map[*ast.FuncLit][]use)
	read := false
	for _, u := range uses {
		if u.taken {
			return nil
		}
		byLit[u.lit] = append(byLit[u.lit], u)
		read = read || u.lit == nil && u.write == nil && u.id.Pos() != v.Pos()
	}
	if !read {
		return nil // nothing would use the variable any more
	}
	var edits []analysis.TextEdit
	for _, u := range uses {
		own := byLit[u.lit]
		if u.lit == nil || u.id != own[0].id {
			continue
		}
		if !borrows(own) || !rewritten(byLit[nil], u) {
			return nil
		}
		at := u.write.TokPos
		edits = append(edits, analysis.TextEdit{Pos: at, End: at + 1, NewText: []byte(":=")})
	}
	return []analysis.SuggestedFix{{Message: "Declare " + v.Name() + " in the goroutine", TextEdits: edits}}
}

// declOf returns the function around pos and the variable that stands there.
func (c *checker) declOf(pos token.Pos) (decl *ast.FuncDecl, v *types.Var) {
	for _, file := range c.pass.Files {
		if pos < file.FileStart || pos > file.FileEnd {
			continue
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Pos() <= pos && pos < fn.End() {
				decl = fn
			}
		}
	}
	if decl == nil {
		return nil, nil
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Pos() == pos {
			v, _ = c.pass.TypesInfo.Uses[id].(*types.Var)
		}
		return true
	})
	if v == nil || v.Parent() == c.pass.Pkg.Scope() || decl.Type.Results != nil && decl.Type.Results.Pos() <= v.Pos() && v.Pos() < decl.Type.Results.End() {
		return nil, nil
	}
	return decl, v
}

// uses lists the mentions of v in decl, its declaration included, in source order.
func (c *checker) uses(decl *ast.FuncDecl, v *types.Var) []use {
	var uses []use
	var stack []ast.Node
	ast.Inspect(decl, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if id, ok := n.(*ast.Ident); ok && c.pass.TypesInfo.ObjectOf(id) == v {
			uses = append(uses, newUse(id, stack))
		}
		stack = append(stack, n)
		return true
	})
	return uses
}

// newUse describes id, which the nodes of stack are around, the outermost first.
func newUse(id *ast.Ident, stack []ast.Node) use {
	u := use{id: id}
	for _, n := range stack {
		switch n := n.(type) {
		case *ast.FuncLit:
			if u.lit == nil {
				u.lit = n
			}
		case *ast.ForStmt, *ast.RangeStmt:
			if u.lit == nil && u.loop == nil {
				u.loop = n
			}
		}
	}
	if len(stack) < 2 {
		return u
	}
	switch n := stack[len(stack)-1].(type) {
	case *ast.UnaryExpr:
		u.taken = n.Op == token.AND
	case *ast.AssignStmt:
		if n.Tok == token.ASSIGN && assignsOnly(n, id) {
			u.write, u.scope = n, stack[len(stack)-2]
		}
	}
	return u
}

// assignsOnly reports whether an assignment is to id, and to blanks.
func assignsOnly(n *ast.AssignStmt, id *ast.Ident) bool {
	found := false
	for _, lhs := range n.Lhs {
		l, ok := lhs.(*ast.Ident)
		if !ok || l != id && l.Name != "_" {
			return false
		}
		found = found || l == id
	}
	return found
}

// borrows reports whether the uses of a literal begin with an assignment, and
// are all where a variable declared by it would be known, one of them a read.
func borrows(own []use) bool {
	first := own[0]
	if first.write == nil || first.scope == nil {
		return false
	}
	switch first.scope.(type) {
	case *ast.BlockStmt, *ast.IfStmt:
	default:
		return false
	}
	read := false
	for _, u := range own[1:] {
		if u.id.Pos() > first.scope.End() || u.id.Pos() < first.write.End() {
			return false
		}
		read = read || u.write == nil
	}
	return read
}

// rewritten reports whether the function, outside of literals, assigns the
// variable behind the literal of u before it looks at it, around a loop as well.
func rewritten(outside []use, u use) bool {
	var next, turn *use
	for i := range outside {
		o := &outside[i]
		switch {
		case o.id.Pos() > u.lit.End():
			if next == nil {
				next = o
			}
		case u.loop != nil && u.loop.Pos() <= o.id.Pos() && turn == nil:
			turn = o
		}
	}
	if turn != nil && turn.write == nil {
		return false
	}
	return next == nil || next.write != nil
}
