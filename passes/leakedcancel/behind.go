package leakedcancel

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file is about objects that hold the value and are kept as interfaces:
// skeletons do not follow a value that an interface hides, into a list of
// closers, say. It goes by the types of the objects, and errs to silence.

// maxCallees bounds how deep functions that are handed an object are looked into.
const maxCallees = 4

// behindInterface reports whether an object that holds the value may have
// become an interface by the end of the trace, in the root function or in one
// that it hands the object to.
func (c *checker) behindInterface(m *making, trace *skeleton.Trace) bool {
	objects := c.objects(m)
	fn := m.node.Graph.Root.Syntax()
	if len(objects) == 0 || fn == nil {
		return false
	}
	_, pos, end := c.exit(m.node.Graph.Root, trace)
	h := &hiding{c: c, objects: objects, exit: pos, seen: make(map[*types.Func]bool)}
	return h.in(fn, end, 0)
}

// objects returns the types of the objects of the root function that hold the value.
func (c *checker) objects(m *making) map[*types.TypeName]bool {
	names := []skeleton.Path{m.node.Res, m.result}
	objects := make(map[*types.TypeName]bool)
	add := func(p skeleton.Path) {
		if p.Root == nil {
			return
		}
		whole := skeleton.Path{Root: p.Root}
		if via := c.reached([]skeleton.Path{whole}, names); via != nil && via.Type != nil {
			note(objects, p.Root.Type)
			objects[via.Type] = true
		}
	}
	for _, n := range m.node.Graph.Nodes {
		if n.Op.Is(syncapi.Store) && c.reached(n.Args, names) != nil {
			names = append(names, n.Res)
		}
	}
	if m.object {
		note(objects, m.result.Root.Type)
	}
	for _, n := range m.node.Graph.Nodes {
		add(n.Res)
		for _, a := range n.Args {
			add(a)
		}
	}
	for _, name := range names {
		add(name)
	}
	return objects
}

// note adds the struct type of an object, or of what points to it.
func note(objects map[*types.TypeName]bool, t types.Type) {
	if name := structName(t); name != nil {
		objects[name] = true
	}
}

func structName(t types.Type) *types.TypeName {
	if t == nil {
		return nil
	}
	if ptr, ok := types.Unalias(t).Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil
	}
	if _, ok := named.Underlying().(*types.Struct); !ok {
		return nil
	}
	return named.Origin().Obj()
}

// A hiding looks for places where objects become interfaces.
type hiding struct {
	c       *checker
	objects map[*types.TypeName]bool
	exit    token.Pos // where the path leaves the root function
	seen    map[*types.Func]bool
}

// in reports whether there is one in fn, before end if that is set, or in what
// it hands an object to.
func (h *hiding) in(fn ast.Node, end token.Pos, depth int) bool {
	cur, ok := h.c.root.FindNode(fn)
	if !ok {
		return false
	}
	for use := range cur.Preorder((*ast.Ident)(nil), (*ast.SelectorExpr)(nil), (*ast.UnaryExpr)(nil), (*ast.CompositeLit)(nil), (*ast.CallExpr)(nil)) {
		if end.IsValid() && use.Node().Pos() >= end {
			continue
		}
		if call, ok := use.Node().(*ast.CallExpr); ok && h.callee(call, depth) {
			return true
		}
		e := use.Node().(ast.Expr)
		if h.isObject(e) && (h.becomesInterface(use) || depth == 0 && e.Pos() > h.exit && isElement(use)) {
			return true
		}
	}
	return false
}

func (h *hiding) isObject(e ast.Expr) bool {
	tv, ok := h.c.pass.TypesInfo.Types[e]
	return ok && tv.IsValue() && h.objects[structName(tv.Type)]
}

// becomesInterface reports whether the object e is given to something of an
// interface type, or of a type parameter; not by a return, which is seen.
func (h *hiding) becomesInterface(cur inspector.Cursor) bool {
	info := h.c.pass.TypesInfo
	kind, i := cur.ParentEdge()
	switch parent := cur.Parent().Node().(type) {
	case *ast.CallExpr:
		return kind == edge.CallExpr_Args && h.asInterface(parent, i)
	case *ast.AssignStmt:
		return kind == edge.AssignStmt_Rhs && i < len(parent.Lhs) && isInterface(info.TypeOf(parent.Lhs[i]))
	case *ast.ValueSpec:
		return kind == edge.ValueSpec_Values && isInterface(info.TypeOf(parent.Type))
	case *ast.KeyValueExpr:
		lit, ok := cur.Parent().Parent().Node().(*ast.CompositeLit)
		return ok && (isInterface(info.TypeOf(parent.Key)) && kind == edge.KeyValueExpr_Key || kind == edge.KeyValueExpr_Value && holdsInterface(info.TypeOf(lit), parent.Key))
	case *ast.CompositeLit:
		return kind == edge.CompositeLit_Elts && holdsInterface(info.TypeOf(parent), nil)
	case *ast.SendStmt:
		ch, ok := info.TypeOf(parent.Chan).Underlying().(*types.Chan)
		return ok && isInterface(ch.Elem())
	case *ast.IndexExpr:
		mp, ok := info.TypeOf(parent.X).Underlying().(*types.Map)
		return ok && kind == edge.IndexExpr_Index && isInterface(mp.Key())
	}
	return false
}

// isElement reports whether the expression at cur is an element of a literal:
// of an error that is returned, say.
func isElement(cur inspector.Cursor) bool {
	kind := cur.ParentEdgeKind()
	return kind == edge.CompositeLit_Elts || kind == edge.KeyValueExpr_Value
}

// asInterface reports whether argument i of call is one of an interface type,
// or of a type parameter, for the callee.
func (h *hiding) asInterface(call *ast.CallExpr, i int) bool {
	info := h.c.pass.TypesInfo
	if tv := info.Types[call.Fun]; tv.IsType() {
		return isInterface(tv.Type) // a conversion
	}
	t := info.TypeOf(call.Fun)
	if callee := typeutil.StaticCallee(info, call); callee != nil {
		t = callee.Origin().Signature()
	}
	sig, ok := t.(*types.Signature)
	if !ok {
		sig, ok = t.Underlying().(*types.Signature)
	}
	if !ok || sig.Params().Len() == 0 {
		return false
	}
	last := sig.Params().Len() - 1
	if sig.Variadic() && i >= last && !call.Ellipsis.IsValid() {
		slice, ok := sig.Params().At(last).Type().Underlying().(*types.Slice)
		return ok && isInterface(slice.Elem())
	}
	return i <= last && isInterface(sig.Params().At(i).Type())
}

// callee reports whether the function of this package that call calls, and
// hands an object to, lets it become an interface.
func (h *hiding) callee(call *ast.CallExpr, depth int) bool {
	fn := typeutil.StaticCallee(h.c.pass.TypesInfo, call)
	if fn == nil || h.seen[fn.Origin()] || depth == maxCallees {
		return false
	}
	takes := false
	for _, arg := range call.Args {
		takes = takes || h.isObject(arg)
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		takes = takes || h.isObject(sel.X)
	}
	f := h.c.view.FuncOf(fn.Origin())
	if !takes || f == nil || f.Imported() || f.Syntax() == nil {
		return false
	}
	h.seen[fn.Origin()] = true
	return h.in(f.Syntax(), token.NoPos, depth+1)
}

func isInterface(t types.Type) bool { return t != nil && types.IsInterface(t) }

// holdsInterface reports whether the element of a literal of type t, or its
// field key, is an interface.
func holdsInterface(t types.Type, key ast.Expr) bool {
	switch t := t.Underlying().(type) {
	case *types.Slice:
		return isInterface(t.Elem())
	case *types.Array:
		return isInterface(t.Elem())
	case *types.Map:
		return isInterface(t.Elem())
	case *types.Pointer:
		return holdsInterface(t.Elem(), key)
	case *types.Struct:
		name, ok := key.(*ast.Ident)
		for f := range t.Fields() {
			if isInterface(f.Type()) && (!ok || f.Name() == name.Name) {
				return true
			}
		}
	}
	return false
}
