package ctxdropped

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxscope"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxChain bounds how many functions without a context a chain has: through more of them
// it is by design that none has got there.
const maxChain = 4

// spread notes that a function has no context and passes on none, unless there is no
// way for it to be given one.
func (c *checker) spread(fn *types.Func, d *drop) {
	if c.droppers[fn] != nil || d.depth > maxChain || !c.mayTake(fn) {
		return
	}
	c.droppers[fn] = d
	c.work = append(c.work, fn)
	if fn.Exported() && c.pass.Pkg.Name() != "main" {
		c.pass.ExportObjectFact(fn, &drops{d.how, d.depth})
	}
}

// mayTake reports whether a function could take a context: it is not main or init, does
// not take one already, and no interface of another package asks for it as it is.
func (c *checker) mayTake(fn *types.Func) bool {
	sig := fn.Signature()
	for p := range sig.Params().Variables() {
		if syncapi.IsContext(p.Type()) {
			return false
		}
	}
	if sig.Recv() == nil {
		return fn.Name() != "init" && (fn.Name() != "main" || fn.Pkg().Name() != "main")
	}
	return !c.imposed(fn, sig.Recv().Type())
}

// imposed reports whether the method fn of t is one of an interface that another package
// declares and t implements.
func (c *checker) imposed(fn *types.Func, t types.Type) bool {
	if _, ok := t.(*types.Pointer); !ok {
		t = types.NewPointer(t)
	}
	if fn.Name() == "Error" || fn.Name() == "String" {
		return true
	}
	return slices.ContainsFunc(c.pass.Pkg.Imports(), func(pkg *types.Package) bool {
		return slices.ContainsFunc(pkg.Scope().Names(), func(name string) bool {
			tn, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || !tn.Exported() || !types.IsInterface(tn.Type()) {
				return false
			}
			iface, ok := tn.Type().Underlying().(*types.Interface)
			if !ok || iface.NumMethods() == 0 || !iface.IsMethodSet() {
				return false
			}
			m, _, _ := types.LookupFieldOrMethod(tn.Type(), false, pkg, fn.Name())
			return m != nil && types.Implements(t, iface)
		})
	})
}

// chains follows the functions that pass on no context to their callers, up to those that
// have one.
func (c *checker) chains() {
	slices.SortStableFunc(c.work, func(a, b *types.Func) int { return cmp.Compare(a.Pos(), b.Pos()) })
	c.work = append(c.imported(), c.work...)
	for len(c.work) > 0 {
		fn := c.work[0]
		c.work = c.work[1:]
		for _, as := range append([]*types.Func{fn}, c.interfaces(fn)...) {
			for call := range c.index.Calls(as) {
				c.calls(call, call.Node(), fn)
			}
			c.values(as, fn)
		}
	}
}

// values looks at the uses of fn, by the name of the method as, other than calls: where
// a local variable that has it is called, and where it is handed to a function that
// calls it.
func (c *checker) values(as, fn *types.Func) {
	for cur := range c.index.Uses(as) {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		kind, i := cur.ParentEdge()
		switch kind {
		case edge.CallExpr_Args:
			if c.Argument(cur.Parent(), i) == ctxscope.AtOnce {
				c.calls(cur.Parent(), cur.Node(), fn)
			}
		case edge.AssignStmt_Rhs:
			as := cur.Parent().Node().(*ast.AssignStmt)
			id, ok := as.Lhs[i].(*ast.Ident)
			if !ok || len(as.Lhs) != len(as.Rhs) || c.pass.TypesInfo.Defs[id] == nil {
				continue
			}
			for use := range c.index.Uses(c.pass.TypesInfo.Defs[id]) {
				if use.ParentEdgeKind() == edge.CallExpr_Fun {
					c.calls(use.Parent(), use.Parent().Node(), fn)
				}
			}
		}
	}
}

// imported returns the functions of other packages of the module that pass on no
// context.
func (c *checker) imported() []*types.Func {
	var fns []*types.Func
	for _, of := range c.pass.AllObjectFacts() {
		fact, ok := of.Fact.(*drops)
		fn, isFunc := of.Object.(*types.Func)
		if ok && isFunc && fn.Pkg() != c.pass.Pkg && c.ours(fn.Pkg()) && c.index.Used(fn) {
			c.droppers[fn] = &drop{how: fact.How, by: fn.Name(), depth: fact.Depth}
			fns = append(fns, fn)
		}
	}
	slices.SortFunc(fns, func(a, b *types.Func) int {
		return cmp.Or(cmp.Compare(a.Pkg().Path(), b.Pkg().Path()), cmp.Compare(a.FullName(), b.FullName()))
	})
	return fns
}

// interfaces returns the methods of interfaces of the package that are fn, since no other
// type of the package implements them.
func (c *checker) interfaces(fn *types.Func) []*types.Func {
	recv := fn.Signature().Recv()
	if recv == nil || fn.Pkg() != c.pass.Pkg {
		return nil
	}
	var methods []*types.Func
	scope := c.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !types.IsInterface(tn.Type()) {
			continue
		}
		iface, ok := tn.Type().Underlying().(*types.Interface)
		if !ok || !iface.IsMethodSet() || c.implementers(iface) != 1 || !implements(recv.Type(), iface) {
			continue
		}
		if m, _, _ := types.LookupFieldOrMethod(tn.Type(), false, c.pass.Pkg, fn.Name()); m != nil {
			if m, ok := m.(*types.Func); ok {
				methods = append(methods, m)
			}
		}
	}
	return methods
}

func implements(t types.Type, iface *types.Interface) bool {
	return types.Implements(t, iface) || types.Implements(types.NewPointer(t), iface)
}

// implementers counts the types of the package that implement an interface.
func (c *checker) implementers(iface *types.Interface) int {
	n := 0
	scope := c.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || types.IsInterface(tn.Type()) {
			continue
		}
		if named, ok := tn.Type().(*types.Named); ok && named.TypeParams() == nil && implements(named, iface) {
			n++
		}
	}
	return n
}

// calls looks at a call of fn, which passes on no context, or of a function that is
// handed fn and calls it; site is the call or the argument.
func (c *checker) calls(cur inspector.Cursor, site ast.Node, fn *types.Func) {
	if c.IsTest(cur.Node()) || c.Explained(cur.Node()) || c.CleansUp(cur) || c.Ended(cur) {
		return
	}
	pl := c.Place(cur)
	if pl.Detached || pl.Deferred {
		return
	}
	d := c.droppers[fn]
	if pl.Ctx == "" {
		if caller := c.declared(pl.Fn); caller != nil {
			how := d.how
			if d.by == fn.Name() {
				how = "calls " + fn.Name() + ", which " + how
			}
			c.spread(caller, &drop{how: how, at: d.at, by: d.by, depth: d.depth + 1})
		}
		return
	}
	if c.hasSibling(fn) || c.chained[link{pl.Fn, fn}] {
		return
	}
	c.chained[link{pl.Fn, fn}] = true
	name, _ := site.(ast.Expr)
	if call, ok := site.(*ast.CallExpr); ok {
		name = call.Fun
	}
	diag := analysis.Diagnostic{
		Pos: site.Pos(), End: site.End(),
		Message: fmt.Sprintf("%s is not passed on to %s, which %s", pl.Ctx, types.ExprString(name), d.how),
	}
	if d.at != nil {
		diag.Related = []analysis.RelatedInformation{{
			Pos: d.at.Pos(), End: d.at.End(), Message: "this is passed on in place of " + pl.Ctx,
		}}
	}
	c.found = append(c.found, diag)
}

// hasSibling reports whether there is a function beside fn that does the same with a
// context: its name is that of fn and a suffix.
func (c *checker) hasSibling(fn *types.Func) bool {
	return slices.ContainsFunc([]string{"Context", "Ctx", "WithContext", "WithCtx"}, func(suffix string) bool {
		var obj types.Object
		if recv := fn.Signature().Recv(); recv != nil {
			obj, _, _ = types.LookupFieldOrMethod(recv.Type(), true, fn.Pkg(), fn.Name()+suffix)
		} else {
			obj = fn.Pkg().Scope().Lookup(fn.Name() + suffix)
		}
		sibling, ok := obj.(*types.Func)
		return ok && sibling.Signature().Params().Len() > 0 && syncapi.IsContext(sibling.Signature().Params().At(0).Type())
	})
}

// mild reports whether a call does nothing with the context but read its values, so
// that a function which makes it need not take one.
func (c *checker) mild(call inspector.Cursor) bool {
	n := call.Node().(*ast.CallExpr)
	fn := c.Callee(n)
	if syncapi.ReadsValues(fn) {
		return true
	}
	if fn == nil || fn.Pkg() != c.pass.Pkg {
		return false
	}
	for p := range fn.Signature().Params().Variables() {
		if !syncapi.IsContext(p.Type()) || types.IsInterface(recvOf(fn)) {
			continue
		}
		if !c.matters(p) {
			return true
		}
	}
	return false
}

func recvOf(fn *types.Func) types.Type {
	if recv := fn.Signature().Recv(); recv != nil {
		return recv.Type()
	}
	return types.Typ[types.Invalid]
}

// matters reports whether a function does more with its parameter than read its values.
func (c *checker) matters(p *types.Var) bool {
	if p.Name() == "_" || p.Name() == "" {
		return false
	}
	for use := range c.index.Uses(p) {
		switch use.ParentEdgeKind() {
		case edge.CallExpr_Args:
			if !syncapi.ReadsValues(c.Callee(use.Parent().Node().(*ast.CallExpr))) {
				return true
			}
		case edge.SelectorExpr_X:
			fn, _ := c.pass.TypesInfo.Uses[use.Parent().Node().(*ast.SelectorExpr).Sel].(*types.Func)
			if !syncapi.ReadsValues(fn) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// -- fixes --

// fix replaces the context at root by the one in scope, if its name means that there and
// the file still needs the package.
func (c *checker) fix(root inspector.Cursor, pl *ctxscope.Place) []analysis.SuggestedFix {
	pos := root.Node().Pos()
	scope := c.pass.Pkg.Scope().Innermost(pos)
	if scope == nil || pl.Obj == nil {
		return nil
	}
	if _, obj := scope.LookupParent(pl.Obj.Name(), pos); obj != pl.Obj {
		return nil
	}
	if as, ok := root.Parent().Node().(*ast.AssignStmt); ok {
		for _, e := range as.Lhs {
			if id, ok := e.(*ast.Ident); ok && id.Name == pl.Ctx {
				return nil // a variable assigned to itself
			}
		}
	}
	if !c.stillNeeded(pos) || c.groupHasOther(root, pl) {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message:   "Pass " + pl.Ctx + " on",
		TextEdits: []analysis.TextEdit{{Pos: pos, End: root.Node().End(), NewText: []byte(pl.Ctx)}},
	}}
}

// stillNeeded reports whether the file at pos uses the package of contexts for more than
// contexts without a parent.
func (c *checker) stillNeeded(pos token.Pos) bool {
	needed := false
	for _, file := range c.pass.Files {
		if pos < file.FileStart || file.FileEnd <= pos {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return !needed
			}
			obj := c.pass.TypesInfo.Uses[sel.Sel]
			fn, _ := obj.(*types.Func)
			if id, ok := sel.X.(*ast.Ident); ok && obj != nil && syncapi.IsContextPackage(obj.Pkg()) && !syncapi.IsRootContext(fn) {
				_, isPkg := c.pass.TypesInfo.Uses[id].(*types.PkgName)
				needed = needed || isPkg
			}
			return !needed
		})
	}
	return needed
}

// groupHasOther reports whether an error group of the function has a context of its own,
// which is the one to pass on to its functions.
func (c *checker) groupHasOther(root inspector.Cursor, pl *ctxscope.Place) bool {
	found := false
	ast.Inspect(pl.Fn, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != 2 || len(as.Rhs) != 1 || as.Rhs[0].End() > root.Node().Pos() {
			return true
		}
		call, ok := as.Rhs[0].(*ast.CallExpr)
		if id, isIdent := as.Lhs[1].(*ast.Ident); ok && isIdent && syncapi.MakesGroup(c.Callee(call)) {
			found = found || c.pass.TypesInfo.ObjectOf(id) != pl.Obj
		}
		return !found
	})
	return found
}
