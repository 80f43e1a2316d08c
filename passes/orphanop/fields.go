package orphanop

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// fields checks the receives and sends of f on channels in fields, and its waits for
// conditions: those that nothing in the package answers, which alone has them.
func (c *checker) fields(f *skeleton.Func) {
	for _, op := range f.Ops() {
		switch {
		case op.Kind == syncapi.Recv && !op.Range && chans.Bare(op):
			c.fieldRecv(op)
			c.elementRecv(op)
		case op.Kind == syncapi.Send && chans.Bare(op):
			c.fieldSend(op)
		case op.Kind == syncapi.CondWait:
			c.condWait(op)
		}
	}
}

func (c *checker) fieldRecv(op *skeleton.Op) {
	v := chans.Holder(c.view, c.root, c.pass.TypesInfo, op)
	if v == nil || v.Pkg() != c.pass.Pkg || !v.IsField() && v.Parent() != c.pass.Pkg.Scope() {
		return
	}
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || len(u.Makes) == 0 || len(u.Sends)+len(u.Closes) > 0 {
		return
	}
	c.reportOp(op, "this receive from "+c.view.Text(op)+" blocks forever: nothing sends to it or closes it")
}

// elementRecv checks a receive from one of the channels that a slice, array or map
// keeps.
func (c *checker) elementRecv(op *skeleton.Op) {
	var v *types.Var
	switch e := ast.Unparen(c.view.Operand(op)).(type) {
	case *ast.IndexExpr:
		v, _ = c.pass.TypesInfo.Uses[symindex.LastIdent(e.X)].(*types.Var)
	case *ast.Ident:
		v, _ = c.pass.TypesInfo.Uses[e].(*types.Var)
		if v == nil || !c.isElement(v) {
			return
		}
	}
	if v == nil || v.Pkg() != c.pass.Pkg {
		return
	}
	u := chans.ElementsOf(c.root, c.index, c.pass.TypesInfo, v.Origin())
	if u.Open || u.Polled || len(u.Makes) == 0 || len(u.Sends)+len(u.Closes) > 0 {
		return
	}
	c.reportOp(op, "this receive from "+c.view.Text(op)+" blocks forever: nothing sends to it or closes it")
}

// isElement reports whether v is the variable of a range over channels.
func (c *checker) isElement(v *types.Var) bool {
	def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	return ok && def.ParentEdgeKind() == edge.RangeStmt_Value
}

// byMethod reports whether the receive op is from a field that a method sends to
// or closes which nothing in the package calls by name: whoever has the object as
// an interface may.
func (c *checker) byMethod(op *skeleton.Op) bool {
	v := chans.Variable(c.view, c.pass.TypesInfo, op)
	if v == nil || !v.IsField() {
		return false
	}
	for use := range c.index.Uses(v) {
		for encl := range use.Enclosing((*ast.FuncDecl)(nil)) {
			decl := encl.Node().(*ast.FuncDecl)
			if decl.Recv != nil && c.answers(use) && !c.called(c.pass.TypesInfo.Defs[decl.Name]) {
				return true
			}
		}
	}
	return false
}

// answers reports whether the channel at a use is sent to or closed there.
func (c *checker) answers(use inspector.Cursor) bool {
	if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
		use = use.Parent()
	}
	switch use.ParentEdgeKind() {
	case edge.SendStmt_Chan:
		return true
	case edge.CallExpr_Args:
		id, ok := ast.Unparen(use.Parent().Node().(*ast.CallExpr).Fun).(*ast.Ident)
		return ok && c.pass.TypesInfo.Uses[id] == types.Universe.Lookup("close")
	}
	return false
}

// called reports whether the package names fn anywhere.
func (c *checker) called(fn types.Object) bool {
	for range c.index.Uses(fn) {
		return true
	}
	return false
}

// fieldSend checks a send on a channel in a field, which has no room, or is sent on again and
// again.
func (c *checker) fieldSend(op *skeleton.Op) {
	v := chans.Variable(c.view, c.pass.TypesInfo, op)
	if v == nil || v.Pkg() != c.pass.Pkg || !v.IsField() && v.Parent() != c.pass.Pkg.Scope() {
		return
	}
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || len(u.Makes) == 0 || len(u.Recvs) > 0 {
		return
	}
	if !slices.ContainsFunc(u.Makes, func(m *ast.CallExpr) bool { n, known := c.chans.Capacity(m); return n > 0 || !known }) {
		c.reportOp(op, "this send on "+c.view.Text(op)+" blocks forever: nothing receives from it")
	} else if len(u.Closes) == 0 && c.repeats(op) {
		c.reportOp(op, "this send on "+c.view.Text(op)+" blocks forever once there is no more room: nothing receives from it")
	}
}

// repeats reports whether op, or a call of the function that it is in, comes again in a loop,
// for the same object.
func (c *checker) repeats(op *skeleton.Op) bool {
	if op.Fn.Comes(op, op) && c.lasts(op.Res, op) {
		return true
	}
	return slices.ContainsFunc(c.view.Funcs, func(f *skeleton.Func) bool {
		return slices.ContainsFunc(f.Ops(), func(call *skeleton.Op) bool {
			return f.Comes(call, call) && slices.ContainsFunc(call.Targets, func(t *skeleton.Target) bool {
				if t.Func != op.Fn {
					return false
				}
				root := op.Res.Root
				return root.Kind != skeleton.Param || root.Owner != op.Fn || root.Index >= len(t.Args) || c.lasts(t.Args[root.Index], call)
			})
		})
	})
}

// lasts reports whether p is the same object in each turn of the loops that op is in: it is no
// element, and nothing that a turn makes.
func (c *checker) lasts(p skeleton.Path, op *skeleton.Op) bool {
	if !p.IsOne() {
		return false
	}
	if p.Root.Kind == skeleton.Param || p.Root.Kind == skeleton.Global {
		return true
	}
	node := c.view.Node(op)
	if node == nil {
		return false
	}
	cur, ok := c.root.FindByPos(node.Pos(), node.End())
	if !ok {
		return false
	}
	for loop := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if pos := p.Root.Pos; loop.Node().Pos() <= pos && pos < loop.Node().End() {
			return false
		}
	}
	return true
}

// condWait checks a wait for a condition.
func (c *checker) condWait(op *skeleton.Op) {
	v := chans.Variable(c.view, c.pass.TypesInfo, op)
	if v == nil || v.Pkg() != c.pass.Pkg || v.IsField() && c.index.Public(v) || !c.quiet(v) {
		return
	}
	c.reportOp(op, "this wait for "+c.view.Text(op)+" blocks forever: nothing signals it")
}

// quiet reports whether all that the package does to the condition in v is to
// make it and to wait for it.
func (c *checker) quiet(v *types.Var) bool {
	if !v.IsField() {
		def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
		if !ok || def.ParentEdgeKind() == edge.Field_Names {
			return false
		}
		if def.ParentEdgeKind() == edge.AssignStmt_Lhs && !c.makesCond(def) {
			return false
		}
	}
	for id := range c.index.Uses(v) {
		cur := id
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		switch cur.ParentEdgeKind() {
		case edge.SelectorExpr_X:
			if name := cur.Parent().Node().(*ast.SelectorExpr).Sel.Name; name != "Wait" && name != "L" {
				return false
			}
		case edge.AssignStmt_Lhs:
			if !c.makesCond(cur) {
				return false
			}
		case edge.KeyValueExpr_Key:
			if _, ok := ast.Unparen(cur.Parent().Node().(*ast.KeyValueExpr).Value).(*ast.CallExpr); !ok {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// makesCond reports whether what is assigned at cur is the result of a call.
func (c *checker) makesCond(cur inspector.Cursor) bool {
	as := cur.Parent().Node().(*ast.AssignStmt)
	_, i := cur.ParentEdge()
	if len(as.Lhs) != len(as.Rhs) {
		return false
	}
	_, ok := ast.Unparen(as.Rhs[i]).(*ast.CallExpr)
	return ok
}

func (c *checker) reportOp(op *skeleton.Op, message string) {
	pos, end := c.view.Extent(op)
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	c.found = append(c.found, analysis.Diagnostic{Pos: pos, End: end, Message: message})
}

// turns returns how often op runs by constant loops, see chans.Turns.
func (c *checker) turns(op, made *skeleton.Op) int64 {
	node := c.view.Node(op)
	if node == nil {
		return 0
	}
	cur, ok := c.root.FindByPos(node.Pos(), node.End())
	if !ok {
		return 0
	}
	return chans.Turns(c.pass.TypesInfo, cur, made)
}
