package leakedsend

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// sentinel returns a predicate that holds for the returns by which a receiver
// leaves because of a value that is the last one sent, or that is not sent.
// The value is known by a constant that it, or a field of it, is equal to.
func (c *checker) sentinel(ch *chans.Channel) func(*skeleton.Node) bool {
	return func(n *skeleton.Node) bool {
		if !n.Op.Is(syncapi.Return) {
			return false
		}
		ret, ok := c.view.Node(n.Op).(*ast.ReturnStmt)
		if !ok {
			return false
		}
		cur, ok := c.root.FindNode(ret)
		if !ok {
			return false
		}
		for at := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
			stmt, ok := at.Node().(*ast.IfStmt)
			if !ok {
				return false
			}
			if !within(stmt.Body, ret) {
				continue
			}
			if eq, ok := ast.Unparen(stmt.Cond).(*ast.BinaryExpr); ok && eq.Op == token.EQL && c.received(ch, eq.X) && c.ends(ch, eq) {
				return true
			}
		}
		return false
	}
}

func within(outer, n ast.Node) bool { return outer.Pos() <= n.Pos() && n.End() <= outer.End() }

// received reports whether e is a value that is received from the channel, or a
// field of one.
func (c *checker) received(ch *chans.Channel, e ast.Expr) bool {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		e = sel.X
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || c.pass.TypesInfo.Uses[id] == nil {
		return false
	}
	v := c.pass.TypesInfo.Uses[id]
	return slices.ContainsFunc(ch.Recvs, func(r *skeleton.Node) bool {
		node := c.view.Node(r.Op)
		if node == nil {
			return false
		}
		cur, ok := c.root.FindNode(node)
		return ok && c.defines(cur, v)
	})
}

// defines reports whether the receive at cur gives v its value.
func (c *checker) defines(cur inspector.Cursor, v types.Object) bool {
	var to ast.Expr
	if loop, ok := cur.Node().(*ast.RangeStmt); ok {
		to = loop.Key
	} else if as, ok := cur.Parent().Node().(*ast.AssignStmt); ok {
		to = as.Lhs[0]
	}
	id, ok := to.(*ast.Ident)
	return ok && c.pass.TypesInfo.ObjectOf(id) == v
}

// ends reports whether the value that meets the condition eq is the last one, or
// none of those that are sent.
func (c *checker) ends(ch *chans.Channel, eq *ast.BinaryExpr) bool {
	others := true
	for _, s := range ch.Sends {
		stmt, ok := c.view.Node(s.Op).(*ast.SendStmt)
		if !ok {
			return false
		}
		meets, known := c.meets(stmt.Value, eq)
		if meets && !slices.ContainsFunc(ch.Sends, func(o *skeleton.Node) bool { return o.Graph == s.Graph && skeleton.Leads(s, o, nil) }) {
			return true
		}
		others = others && known && !meets
	}
	return others
}

// meets reports whether v, which is sent, meets the condition eq, not known if
// that does not show.
func (c *checker) meets(v ast.Expr, eq *ast.BinaryExpr) (meets, known bool) {
	want := c.pass.TypesInfo.Types[eq.Y]
	sel, isField := ast.Unparen(eq.X).(*ast.SelectorExpr)
	if !isField {
		return c.equal(v, want)
	}
	v = ast.Unparen(v)
	if u, ok := v.(*ast.UnaryExpr); ok && u.Op == token.AND {
		v = ast.Unparen(u.X)
	}
	lit, ok := v.(*ast.CompositeLit)
	if !ok {
		return false, false
	}
	for _, el := range lit.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		if !ok {
			return false, false
		}
		if key, ok := kv.Key.(*ast.Ident); ok && key.Name == sel.Sel.Name {
			return c.equal(kv.Value, want)
		}
	}
	return false, want.Value != nil && !isZero(want.Value) // the field is zero
}

// equal reports whether v is a constant, or nil, that is equal to want.
func (c *checker) equal(v ast.Expr, want types.TypeAndValue) (equal, known bool) {
	got := c.pass.TypesInfo.Types[v]
	switch {
	case want.IsNil():
		return got.IsNil(), got.IsNil() || isNew(v)
	case want.Value == nil || got.Value == nil || want.Value.Kind() != got.Value.Kind():
		return false, false
	}
	return constant.Compare(got.Value, token.EQL, want.Value), true
}

// isNew reports whether v is something new, which is not nil.
func isNew(v ast.Expr) bool {
	switch e := ast.Unparen(v).(type) {
	case *ast.UnaryExpr:
		return e.Op == token.AND
	case *ast.CompositeLit, *ast.FuncLit:
		return true
	}
	return false
}

func isZero(v constant.Value) bool {
	switch v.Kind() {
	case constant.Bool:
		return !constant.BoolVal(v)
	case constant.String:
		return constant.StringVal(v) == ""
	case constant.Int:
		return constant.Sign(v) == 0
	}
	return false
}
