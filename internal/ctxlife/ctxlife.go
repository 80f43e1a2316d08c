// Package ctxlife is a view on skeletons: how long the contexts of a function last,
// and which others are made of them.
//
// A context ends when its cancel function is called, when the Wait of its error group
// returns, or, as far as the function can tell, when its end has been waited for. That
// it has ended at an operation is a must: on every path. What is made of a context is
// known as far as the call that makes it is; the rest is taken to go on (it errs to fewer
// contexts that have ended).
package ctxlife

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// A Package tells of the contexts of the package under analysis.
type Package struct {
	info  *types.Info
	view  *skeleton.View
	index *symindex.Index
	root  *syntax.Tree
	pairs []pair
}

// New returns what is known of the package that a pass analyses. The analyzer requires
// inspect, skeleton and symindex, and holds the lock of the skeletons.
func New(pass *analysis.Pass) *Package {
	p := &Package{
		info:  pass.TypesInfo,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
	}
	p.fieldPairs()
	return p
}

// A Scene is the graph of a function.
type Scene struct {
	*Package
	Graph *skeleton.Graph
}

// Scene returns the graph of f with what matters to contexts, more of them by the kinds
// of operations. The standard library is left out of it.
func (p *Package) Scene(f *skeleton.Func, more ...syncapi.Op) *Scene {
	return &Scene{p, p.view.Outline(f, skeleton.Interest{
		Ops: append(slices.Clone(kinds), more...),
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool {
			pkg, _ := t.Func.From()
			return pkg == nil || !syncapi.IsStandard(pkg)
		},
	})}
}

// Site returns the node by which the function at the root does what n does: n if that
// stands in it or in a literal of it, else the call that leads there.
func (s *Scene) Site(n *skeleton.Node) *skeleton.Node {
	var chain []*skeleton.Node
	for at := n; at != nil; at = at.Graph.Spawner {
		calls := at.Calls()
		if at.Graph != s.Graph { // the calls of its spawner are among them
			calls = slices.DeleteFunc(calls, func(m *skeleton.Node) bool { return m.Graph != at.Graph })
		}
		chain = append(calls, chain...)
	}
	for _, call := range chain {
		if call.Frame.Func.Imported() || call.Frame.Func.Outermost() != s.Graph.Root.Outermost() {
			break
		}
		if entersOther(call, s.Graph.Root.Outermost()) {
			return call
		}
	}
	return n
}

// entersOther reports whether the callee that stands in at a call is not a literal of
// the function that outer is.
func entersOther(call *skeleton.Node, outer *skeleton.Func) bool {
	for _, step := range call.Succs {
		if fr := step.To.Frame; fr.Call == call {
			return fr.Func.Parent == nil || fr.Func.Outermost() != outer
		}
	}
	return false
}

// Argument returns the expression that operand i of the call at n is, nil if it is not
// here. The receiver of a method is operand 0.
func (p *Package) Argument(n *skeleton.Node, i int) ast.Expr {
	call := p.view.CallOf(n.Op)
	if call == nil {
		return nil
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if s := p.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			if i == 0 {
				return sel.X
			}
			i--
		}
	}
	if i < len(call.Args) {
		return call.Args[i]
	}
	return nil
}

// A Life is a context with the operations of a graph between which it lasts.
type Life struct {
	Ctx  skeleton.Path
	Made []*skeleton.Node // that give ctx its value; the entry, if that comes from outside
	Ends []*skeleton.Node
}

// Lives returns the contexts of which the graph has an end.
func (s *Scene) Lives() []*Life {
	var list []*Life
	at := make(map[skeleton.Path]*Life)
	the := func(p skeleton.Path) *Life {
		if at[p] == nil {
			at[p] = &Life{Ctx: p}
			list = append(list, at[p])
		}
		return at[p]
	}
	owner := make(map[skeleton.Path]skeleton.Path) // of a cancel function or group: its context
	for n := range spawn.Nodes(s.Graph, syncapi.NewCancel, syncapi.CtxDerive) {
		ctx, ender, ok := made(n)
		if ok && !n.Frame.Widened {
			l := the(ctx)
			l.Made = append(l.Made, n)
			owner[ender] = ctx
		}
	}
	for _, n := range s.Graph.Nodes {
		if n.Op == nil || n.Frame.Widened {
			continue
		}
		var ctx skeleton.Path
		switch {
		case n.Op.Is(syncapi.Cancel, syncapi.GroupWait), n.Op.Is(syncapi.Call) && n.Op.Obj == nil:
			ctx = owner[n.Res]
			if ctx.IsZero() {
				ctx = s.partner(n.Res)
			}
		case n.Op.Is(syncapi.Recv) && n.Res.Sel != nil && n.Res.Sel.Name == "Done()":
			ctx = n.Res.Base()
		}
		if ctx.IsOne() {
			l := the(ctx)
			l.Ends = append(l.Ends, n)
		}
	}
	list = slices.DeleteFunc(list, func(l *Life) bool { return len(l.Ends) == 0 })
	for _, l := range list {
		list = append(list, s.inVariables(l)...)
	}
	for _, l := range list {
		if len(l.Made) == 0 {
			l.Made = append(s.stores(l.Ctx), s.Graph.Entry)
		}
	}
	return list
}

// made returns the context that n makes, and the cancel function or group that ends it.
func made(n *skeleton.Node) (ctx, ender skeleton.Path, ok bool) {
	res := Results(n)
	if len(res) != 2 {
		return ctx, ender, false
	}
	if n.Op.Kind == syncapi.CtxDerive {
		return res[1], res[0], syncapi.IsContext(res[1].Root.Type)
	}
	return res[0], res[1], syncapi.IsContext(res[0].Root.Type)
}

// inVariables returns the lives of the variables that are given the context of l and
// others, so that closures share them. What else they are given begins a life as well.
func (s *Scene) inVariables(l *Life) []*Life {
	var list []*Life
	for n := range spawn.Nodes(s.Graph, syncapi.Store) {
		if r := n.Res.Root; len(n.Args) == 1 && n.Args[0] == l.Ctx && n.Res.Sel == nil && r.Kind == skeleton.Local {
			list = append(list, &Life{Ctx: n.Res, Made: s.stores(n.Res), Ends: l.Ends})
		}
	}
	return list
}

// stores returns the nodes that give the variable or field p another value.
func (s *Scene) stores(p skeleton.Path) []*skeleton.Node {
	var list []*skeleton.Node
	for n := range spawn.Nodes(s.Graph, syncapi.Store) {
		if n.Res == p {
			list = append(list, n)
		}
	}
	return list
}

// Ended returns the end of l that comes before n, on whatever path; nil if there is a
// path without one, or if the search for that met a bound.
func (s *Scene) Ended(l *Life, n *skeleton.Node) *skeleton.Node {
	isEnd := l.IsEnd()
	end := s.EndBefore(l, n)
	if end == nil || isEnd(n) {
		return nil
	}
	after := s.view.Sure(func() bool {
		return !slices.ContainsFunc(l.Made, func(m *skeleton.Node) bool { return spawn.Path(m, n, isEnd) != nil })
	})
	if !after {
		return nil
	}
	return end
}

// IsEnd returns a predicate that holds for the ends of l.
func (l *Life) IsEnd() func(*skeleton.Node) bool {
	return func(n *skeleton.Node) bool { return slices.Contains(l.Ends, n) }
}

// Family returns the context of l and what is made of it, also by the goroutines that
// the function starts.
func (s *Scene) Family(l *Life) Family {
	fam := Family{l.Ctx: true}
	fam.Derive(slices.Collect(spawn.Graphs(s.Graph)))
	return fam
}

// EndBefore returns an end that leads to n, nil if there is none, or if n is a use by which
// the end comes about.
func (s *Scene) EndBefore(l *Life, n *skeleton.Node) *skeleton.Node {
	for _, e := range l.Ends {
		if spawn.Leads(e, n) && !s.sameCall(e, n) {
			return e
		}
	}
	return nil
}

// sameCall reports whether a and b are in one call of a function that is looked at by
// itself, or that is not of this package.
func (s *Scene) sameCall(a, b *skeleton.Node) bool {
	x, y := s.Site(a), s.Site(b)
	return x == y && x != a && y != b
}

// Describe returns how operand i of use is spelled and where, with related positions; the
// name is empty if it is not here. A use by another function is shown at its call.
func (s *Scene) Describe(use *skeleton.Node, i int) (name string, pos, end token.Pos, related []analysis.RelatedInformation) {
	site := s.Site(use)
	if site == use {
		if e := s.Argument(use, i); e != nil {
			return types.ExprString(e), e.Pos(), e.End(), nil
		}
		return "", 0, 0, nil
	}
	call := s.view.CallOf(site.Op)
	if call == nil {
		return "", 0, 0, nil
	}
	if e := s.Argument(use, i); e != nil {
		name = types.ExprString(e)
		related = []analysis.RelatedInformation{{Pos: e.Pos(), End: e.End(), Message: "the context is used here"}}
	} else {
		name = use.Args[i].String()
	}
	for j, a := range site.Args {
		if a == use.Args[i] {
			if e := s.Argument(site, j); e != nil {
				return types.ExprString(e), e.Pos(), e.End(), related
			}
		}
	}
	return name, call.Pos(), call.End(), related
}

// -- contexts in fields --

// A pair is a field that has a context, and one that has what ends it.
type pair struct{ ctx, ender *types.Var }

// fieldPairs notes which fields are given a context and what ends it, by one call.
func (p *Package) fieldPairs() {
	for cur := range p.root.Preorder((*ast.AssignStmt)(nil)) {
		as := cur.Node().(*ast.AssignStmt)
		if len(as.Lhs) != 2 || len(as.Rhs) != 1 {
			continue
		}
		call, ok := ast.Unparen(as.Rhs[0]).(*ast.CallExpr)
		if !ok {
			continue
		}
		fn := typeutil.StaticCallee(p.info, call)
		effect := syncapi.EffectOf(fn)
		first, second := p.fields(cur, 0), p.fields(cur, 1)
		switch {
		case effect == nil:
			continue
		case syncapi.MakesGroup(fn):
			first, second = second, first
		case effect.Op != syncapi.NewCancel:
			continue
		}
		for _, ctx := range first {
			for _, ender := range second {
				if syncapi.IsContext(ctx.Type()) {
					p.pairs = append(p.pairs, pair{ctx, ender})
				}
			}
		}
	}
}

// fields returns the fields that variable i of an assignment is, or goes to.
func (p *Package) fields(as inspector.Cursor, i int) []*types.Var {
	switch e := ast.Unparen(as.Node().(*ast.AssignStmt).Lhs[i]).(type) {
	case *ast.SelectorExpr:
		if v, ok := p.info.Uses[e.Sel].(*types.Var); ok && v.IsField() {
			return []*types.Var{v.Origin()}
		}
	case *ast.Ident:
		v := p.info.ObjectOf(e)
		if v == nil {
			return nil
		}
		var list []*types.Var
		for use := range p.index.Uses(v) {
			if f := p.goesTo(use); f != nil {
				list = append(list, f)
			}
		}
		return list
	}
	return nil
}

// goesTo returns the field that the variable at use is stored in, nil if it is in none.
func (p *Package) goesTo(use inspector.Cursor) *types.Var {
	kind, i := use.ParentEdge()
	var id *ast.Ident
	switch kind {
	case edge.KeyValueExpr_Value:
		id, _ = use.Parent().Node().(*ast.KeyValueExpr).Key.(*ast.Ident)
	case edge.AssignStmt_Rhs:
		as := use.Parent().Node().(*ast.AssignStmt)
		if sel, ok := ast.Unparen(as.Lhs[min(i, len(as.Lhs)-1)]).(*ast.SelectorExpr); ok && len(as.Lhs) == len(as.Rhs) {
			id = sel.Sel
		}
	}
	if id == nil {
		return nil
	}
	v, ok := p.info.Uses[id].(*types.Var)
	if !ok || !v.IsField() {
		return nil
	}
	return v.Origin()
}

// partner returns the path of the context that the field at p ends, zero if that is not
// known.
func (s *Scene) partner(p skeleton.Path) skeleton.Path {
	class, ok := p.Class()
	if !ok || !p.IsOne() {
		return skeleton.Path{}
	}
	var found *types.Var
	for _, pr := range s.pairs {
		if fieldOf(class) == pr.ender {
			if found != nil && found != pr.ctx {
				return skeleton.Path{}
			}
			found = pr.ctx
		}
	}
	if found == nil {
		return skeleton.Path{}
	}
	st, ok := class.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return skeleton.Path{}
	}
	for f := range st.Fields() {
		if f == found {
			return s.view.Field(p.Base(), found.Name(), class.Type)
		}
	}
	return skeleton.Path{}
}

// fieldOf returns the field that a class of paths ends in.
func fieldOf(class skeleton.FieldClass) *types.Var {
	st, ok := class.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for f := range st.Fields() {
		if f.Name() == class.Field {
			return f
		}
	}
	return nil
}

// -- families --

// A Family is a context and those that are made of it, by their paths.
type Family map[skeleton.Path]bool

// Derive adds to fam the contexts that the graphs make of its members.
func (fam Family) Derive(graphs []*skeleton.Graph) {
	for changed := true; changed; {
		changed = false
		for _, g := range graphs {
			for _, n := range g.Nodes {
				if !n.Op.Is(syncapi.CtxDerive, syncapi.NewCancel) || !syncapi.DerivesContext(n.Op.Obj) && n.Op.Obj != nil && !syncapi.MakesGroup(n.Op.Obj) {
					continue
				}
				if len(n.Args) == 0 || !fam[n.Args[0]] || syncapi.Detaches(n.Op.Obj) {
					continue
				}
				for _, r := range Results(n) {
					if syncapi.IsContext(r.Root.Type) && !fam[r] {
						fam[r], changed = true, true
					}
				}
			}
		}
	}
}

// Results returns the paths of the results of n.
func Results(n *skeleton.Node) []skeleton.Path {
	var list []skeleton.Path
	for _, r := range n.Op.Results {
		list = append(list, n.Frame.Resolve(skeleton.Path{Root: r}))
	}
	return list
}

// kinds are the operations that matter here, beside calls.
var kinds = []syncapi.Op{
	syncapi.NewCancel, syncapi.CtxDerive, syncapi.CtxDone, syncapi.CtxErr, syncapi.GroupWait, syncapi.GroupGo, syncapi.GroupTryGo,
	syncapi.WgAdd, syncapi.WgDone, syncapi.WgWait, syncapi.WgGo, syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.Select, syncapi.Store,
	syncapi.Sleep, syncapi.Work, syncapi.CondWait, syncapi.MakeChan, syncapi.AfterFunc,
}
