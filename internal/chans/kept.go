package chans

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Made is [Made], but knows by the syntax of the package of more objects that f keeps
// them to itself: what other functions do to the fields of their type is then done to
// other objects.
func (p *Package) Made(f *skeleton.Func) []*Channel { return p.kept(f, Made(p.Locks, f)) }

// kept takes back what is said of those cs that f keeps to itself, or that are in an object which f
// returns, if nothing else in the package has to do with the field.
func (p *Package) kept(f *skeleton.Func, cs []*Channel) []*Channel {
	for _, c := range cs {
		if c.named && len(c.Escapes) == 1 && p.keeps(f, c) || len(c.Escapes) > 0 && !c.named && !c.Deferred && p.returnsHidden(c) {
			c.Escapes = nil
		}
	}
	return cs
}

// returnsHidden reports whether the function only returns the object that the channel is in, and
// all that the package does to the field is in the channel's graph.
func (p *Package) returnsHidden(c *Channel) bool {
	class, ok := c.Path.Class()
	if !ok || class.Var() == nil || class.Var().Pkg() == nil || p.Index.Public(class.Var()) {
		return false
	}
	for _, n := range c.Escapes {
		if !n.Op.Is(syncapi.Return) || n.Frame.Call != nil || n.Graph != c.Graph || slices.Contains(n.Args, c.Path) {
			return false
		}
	}
	u := UsesOf(p.Root, p.Index, p.Info, class.Var())
	if u.Open || u.Polled || u.Kept || len(u.Recvs) == 0 || len(u.Sends)+len(u.Closes) == 0 {
		return false // what is missing may yet be written
	}
	in := make(map[ast.Node]bool)
	for g := range spawn.Graphs(c.Graph) {
		for n := range spawn.Nodes(g, ops...) {
			in[c.Graph.View().Node(n.Op)] = true
		}
	}
	for _, cur := range slices.Concat(u.Sends, u.Recvs) {
		if !in[cur.Node()] {
			return false
		}
	}
	return !slices.ContainsFunc(u.Closes, func(call *ast.CallExpr) bool { return !in[call] })
}

// Of is [Of] in the same way.
func (p *Package) Of(f *skeleton.Func) []*Channel {
	return slices.DeleteFunc(p.Made(f), func(c *Channel) bool { return len(c.Escapes) > 0 })
}

// Owned is [Owned] in the same way, and takes a literal that sends, and which a goroutine hands
// to code unseen, to be called there again and again.
func (p *Package) Owned(f *skeleton.Func) []*Channel {
	return owned(p.kept(f, madeIn(p.Locks, f, true)))
}

// keeps reports whether the object that the channel is in is one that f keeps to itself.
func (p *Package) keeps(f *skeleton.Func, c *Channel) bool {
	class, ok := c.Path.Class()
	return ok && c.Path.Root.Name != "" && p.Keeps(f, class.Type)
}

// Keeps reports whether f, the methods of the type of and the functions that return one do
// no more with the names of such objects than to use their fields and methods.
func (p *Package) Keeps(f *skeleton.Func, of *types.TypeName) bool { return p.doKeep(f, of, false) }

// KeepsUntilReturn is [Package.Keeps], but for what f returns itself.
func (p *Package) KeepsUntilReturn(f *skeleton.Func, of *types.TypeName) bool {
	return p.doKeep(f, of, true)
}

func (p *Package) doKeep(f *skeleton.Func, of *types.TypeName, mayReturn bool) bool {
	for cur := range p.Root.Preorder((*ast.Ident)(nil)) {
		v, ok := p.Info.Uses[cur.Node().(*ast.Ident)].(*types.Var)
		if ok && NamedBy(v.Type()) == of && p.handsOn(f, cur, of, mayReturn) {
			return false
		}
	}
	return true
}

// handsOn reports whether f, a method of the type of or a function that returns one does
// more with the value that cur names than that, and than to return it if f may do so.
func (p *Package) handsOn(f *skeleton.Func, cur inspector.Cursor, of *types.TypeName, mayReturn bool) bool {
	for encl := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		decl := encl.Node().(*ast.FuncDecl)
		own := decl == f.Outermost().Syntax()
		if fn, _ := p.Info.Defs[decl.Name].(*types.Func); !own && (fn == nil || !concerns(fn.Signature(), of)) {
			return false
		}
		switch cur.ParentEdgeKind() {
		case edge.SelectorExpr_X, edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.AssignStmt_Lhs:
			return false
		case edge.ReturnStmt_Results:
			return own && !mayReturn
		}
		return true
	}
	return false
}

// concerns reports whether sig is that of a method of the type of, or returns one.
func concerns(sig *types.Signature, of *types.TypeName) bool {
	if recv := sig.Recv(); recv != nil && NamedBy(recv.Type()) == of {
		return true
	}
	for r := range sig.Results().Variables() {
		if NamedBy(r.Type()) == of {
			return true
		}
	}
	return false
}

// NamedBy returns the name of t, or of what it points to; nil if it has none.
func NamedBy(t types.Type) *types.TypeName {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}
