package ctxafter

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A life is a context with the operations of a graph between which it lasts.
type life struct {
	ctx  skeleton.Path
	made []*skeleton.Node // that give ctx its value; the entry, if that comes from outside
	ends []*skeleton.Node
}

// ended reports the uses of contexts that have ended on every path to them.
func (s *scene) ended() {
	graphs := slices.Collect(spawn.Graphs(s.graph))
	for _, l := range s.lives() {
		fam := family{l.ctx: true}
		fam.derive(graphs)
		s.afterEnd(l, fam)
		s.atOnce(l, fam)
	}
}

// lives returns the contexts of which the graph has an end.
func (s *scene) lives() []*life {
	var list []*life
	at := make(map[skeleton.Path]*life)
	the := func(p skeleton.Path) *life {
		if at[p] == nil {
			at[p] = &life{ctx: p}
			list = append(list, at[p])
		}
		return at[p]
	}
	owner := make(map[skeleton.Path]skeleton.Path) // of a cancel function or group: its context
	for n := range spawn.Nodes(s.graph, syncapi.NewCancel, syncapi.CtxDerive) {
		ctx, ender, ok := made(n)
		if ok && !n.Frame.Widened {
			l := the(ctx)
			l.made = append(l.made, n)
			owner[ender] = ctx
		}
	}
	for _, n := range s.graph.Nodes {
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
			l.ends = append(l.ends, n)
		}
	}
	list = slices.DeleteFunc(list, func(l *life) bool { return len(l.ends) == 0 })
	for _, l := range list {
		list = append(list, s.inVariables(l)...)
	}
	for _, l := range list {
		if len(l.made) == 0 {
			l.made = append(s.stores(l.ctx), s.graph.Entry)
		}
	}
	return list
}

// made returns the context that n makes, and the cancel function or group that ends it.
func made(n *skeleton.Node) (ctx, ender skeleton.Path, ok bool) {
	res := results(n)
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
func (s *scene) inVariables(l *life) []*life {
	var list []*life
	for n := range spawn.Nodes(s.graph, syncapi.Store) {
		if r := n.Res.Root; len(n.Args) == 1 && n.Args[0] == l.ctx && n.Res.Sel == nil && r.Kind == skeleton.Local {
			list = append(list, &life{ctx: n.Res, made: s.stores(n.Res), ends: l.ends})
		}
	}
	return list
}

// stores returns the nodes that give the variable or field p another value.
func (s *scene) stores(p skeleton.Path) []*skeleton.Node {
	var list []*skeleton.Node
	for n := range spawn.Nodes(s.graph, syncapi.Store) {
		if n.Res == p {
			list = append(list, n)
		}
	}
	return list
}

// afterEnd reports the first use that comes after an end on every path.
func (s *scene) afterEnd(l *life, fam family) {
	isEnd := func(n *skeleton.Node) bool { return slices.Contains(l.ends, n) }
	for _, n := range s.graph.Nodes {
		use, i := s.useAt(n, fam)
		if use == nil || isEnd(n) {
			continue
		}
		end := s.endBefore(l, n)
		if end == nil {
			continue
		}
		after := s.view.Sure(func() bool {
			return !slices.ContainsFunc(l.made, func(m *skeleton.Node) bool { return spawn.Path(m, n, isEnd) != nil })
		})
		if after && s.report(end, use, i) {
			return
		}
	}
}

// endBefore returns an end that leads to n, nil if there is none, or if n is a use by which
// the end comes about.
func (s *scene) endBefore(l *life, n *skeleton.Node) *skeleton.Node {
	for _, e := range l.ends {
		if spawn.Leads(e, n) && !s.sameCall(e, n) {
			return e
		}
	}
	return nil
}

// sameCall reports whether a and b are in one call of a function that is looked at by
// itself, or that is not of this package.
func (s *scene) sameCall(a, b *skeleton.Node) bool {
	x, y := s.site(a), s.site(b)
	return x == y && x != a && y != b
}

// useAt returns the node by which n uses a context of fam: n itself, or one of the
// goroutines that it starts; nil if there is none.
func (s *scene) useAt(n *skeleton.Node, fam family) (use *skeleton.Node, operand int) {
	if n.Op == nil || n.Frame.Widened || n.Exit != skeleton.NoExit {
		return nil, 0
	}
	if i, ok := s.use(n, fam); ok {
		return n, i
	}
	for _, sp := range n.Spawns {
		if !sp.Mode.Starts() {
			continue
		}
		for _, m := range sp.Graph().Nodes {
			if i, ok := s.use(m, fam); ok {
				return m, i
			}
		}
	}
	return nil, 0
}

// deliberate matches the names of contexts that are meant to have ended.
var deliberate = regexp.MustCompile(`(?i)cancell?ed|expired|dead|closed|ended`)

// report reports a use behind an end. It does not if the use is not here.
func (s *scene) report(end, use *skeleton.Node, i int) bool {
	name, pos, stop, related := s.describe(use, i)
	endAt := s.site(end)
	if name == "" || s.done[pos] || deliberate.MatchString(name) || s.view.Node(endAt.Op) == nil {
		return false
	}
	s.done[pos] = true
	endPos, endStop := s.view.Extent(endAt.Op)
	line := report.Place(s.pass.Fset, endPos, pos)
	var what, note string
	switch {
	case endAt != end:
		what, note = fmt.Sprintf("%s has ended it on %s", s.view.Callee(endAt.Op), line), "this call ends the context"
	case end.Op.Is(syncapi.Recv):
		what, note = fmt.Sprintf("its end is waited for on %s", line), "the context has ended when control comes here"
	case end.Op.Is(syncapi.GroupWait):
		what, note = fmt.Sprintf("%s.Wait has ended it on %s", s.view.Text(end.Op), line), "the context ends when this returns"
	default:
		what, note = fmt.Sprintf("%s has ended it on %s", s.view.Callee(end.Op), line), "this ends the context"
	}
	s.found = append(s.found, analysis.Diagnostic{
		Pos: pos, End: stop, Category: categoryEnded,
		Message: fmt.Sprintf("%s is used after %s", name, what),
		Related: append(related, analysis.RelatedInformation{Pos: endPos, End: endStop, Message: note}),
	})
	return true
}

// describe returns how operand i of use is spelled and where, with related positions; the
// name is empty if it is not here. A use by another function is shown at its call.
func (s *scene) describe(use *skeleton.Node, i int) (name string, pos, end token.Pos, related []analysis.RelatedInformation) {
	site := s.site(use)
	if site == use {
		if e := s.argument(use, i); e != nil {
			return types.ExprString(e), e.Pos(), e.End(), nil
		}
		return "", 0, 0, nil
	}
	call := s.view.CallOf(site.Op)
	if call == nil {
		return "", 0, 0, nil
	}
	if e := s.argument(use, i); e != nil {
		name = types.ExprString(e)
		related = []analysis.RelatedInformation{{Pos: e.Pos(), End: e.End(), Message: "the context is used here"}}
	} else {
		name = use.Args[i].String()
	}
	for j, a := range site.Args {
		if a == use.Args[i] {
			if e := s.argument(site, j); e != nil {
				return types.ExprString(e), e.Pos(), e.End(), related
			}
		}
	}
	return name, call.Pos(), call.End(), related
}

// atOnce reports a goroutine that uses a context which the function around it ends as
// soon as it has started it: it only returns.
func (s *scene) atOnce(l *life, fam family) {
	isEnd := func(n *skeleton.Node) bool { return slices.Contains(l.ends, n) }
	for _, n := range s.graph.Nodes {
		use, i := s.useAt(n, fam)
		if use == nil || use == n || n.Frame.Call != nil || slices.ContainsFunc(l.ends, func(e *skeleton.Node) bool { return !s.quick(n, e, isEnd) }) {
			continue
		}
		returns := func(m *skeleton.Node) bool { return m.Exit == skeleton.ByReturn }
		j := slices.IndexFunc(s.graph.Nodes, returns)
		if j < 0 || spawn.Leads(n, n) || !skeleton.Leads(n, s.graph.Nodes[j], nil) ||
			!s.view.Sure(func() bool { return spawn.Path(n, s.graph.Nodes[j], isEnd) == nil }) {
			continue
		}
		end := s.endBefore(l, n)
		for _, e := range l.ends {
			if spawn.Leads(n, e) {
				end = e
			}
		}
		name, pos, stop, _ := s.describe(use, i)
		if end == nil || name == "" || s.done[pos] || s.view.Node(end.Op) == nil || s.site(use) != use {
			continue
		}
		s.done[pos] = true
		endPos, endStop := s.view.Extent(end.Op)
		s.found = append(s.found, analysis.Diagnostic{
			Pos: pos, End: stop, Category: categoryEnded,
			Message: fmt.Sprintf("%s is used in a goroutine, and %s ends it on %s as soon as that is started", name, s.view.Callee(end.Op), report.Place(s.pass.Fset, endPos, pos)),
			Related: []analysis.RelatedInformation{{Pos: endPos, End: endStop, Message: "this ends the context"}},
		})
	}
}

// quick reports whether nothing that takes time comes between n and the end e, if that
// is a call of a cancel function.
func (s *scene) quick(n, e *skeleton.Node, isEnd func(*skeleton.Node) bool) bool {
	if !e.Op.Is(syncapi.Cancel) || s.site(e) != e {
		return false
	}
	for _, m := range s.graph.Nodes {
		if m == n || m.Op == nil || isEnd(m) || m.Op.Is(syncapi.Return, syncapi.Set, syncapi.Store, syncapi.CtxErr, syncapi.Defer) {
			continue
		}
		if spawn.Leads(n, m) {
			return false
		}
	}
	return true
}

// -- contexts in fields --

// A pair is a field that has a context, and one that has what ends it.
type pair struct{ ctx, ender *types.Var }

// fieldPairs notes which fields are given a context and what ends it, by one call.
func (c *checker) fieldPairs() {
	for cur := range c.root.Preorder((*ast.AssignStmt)(nil)) {
		as := cur.Node().(*ast.AssignStmt)
		if len(as.Lhs) != 2 || len(as.Rhs) != 1 {
			continue
		}
		call, ok := ast.Unparen(as.Rhs[0]).(*ast.CallExpr)
		if !ok {
			continue
		}
		fn := typeutil.StaticCallee(c.pass.TypesInfo, call)
		effect := syncapi.EffectOf(fn)
		first, second := c.fields(cur, 0), c.fields(cur, 1)
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
					c.pairs = append(c.pairs, pair{ctx, ender})
				}
			}
		}
	}
}

// fields returns the fields that variable i of an assignment is, or goes to.
func (c *checker) fields(as inspector.Cursor, i int) []*types.Var {
	switch e := ast.Unparen(as.Node().(*ast.AssignStmt).Lhs[i]).(type) {
	case *ast.SelectorExpr:
		if v, ok := c.pass.TypesInfo.Uses[e.Sel].(*types.Var); ok && v.IsField() {
			return []*types.Var{v.Origin()}
		}
	case *ast.Ident:
		v := c.pass.TypesInfo.ObjectOf(e)
		if v == nil {
			return nil
		}
		var list []*types.Var
		for use := range c.index.Uses(v) {
			if f := c.goesTo(use); f != nil {
				list = append(list, f)
			}
		}
		return list
	}
	return nil
}

// goesTo returns the field that the variable at use is stored in, nil if it is in none.
func (c *checker) goesTo(use inspector.Cursor) *types.Var {
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
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || !v.IsField() {
		return nil
	}
	return v.Origin()
}

// callsField reports whether an operation calls or waits for a field that is one of a
// pair.
func (c *checker) callsField(op *skeleton.Op) bool {
	return op.Is(syncapi.Call) && op.Obj == nil && len(c.pairs) > 0 && op.Dynamic.Sel != nil
}

// partner returns the path of the context that the field at p ends, zero if that is not
// known.
func (s *scene) partner(p skeleton.Path) skeleton.Path {
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

// discarded reports whether the only uses of a variable discard it.
func (c *checker) discarded(v types.Object) bool {
	for use := range c.index.Uses(v) {
		if use.ParentEdgeKind() != edge.AssignStmt_Rhs {
			return false
		}
		for _, l := range use.Parent().Node().(*ast.AssignStmt).Lhs {
			if id, ok := l.(*ast.Ident); !ok || id.Name != "_" {
				return false
			}
		}
	}
	return true
}
