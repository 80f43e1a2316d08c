package loopcapture

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// escapeOf returns how a literal in the body outlives the iteration, nil if it
// is not seen to. A variable is read in it at pos.
func (l *loop) escapeOf(lit *ast.FuncLit, pos token.Pos) *escape {
	f := l.funcs[lit]
	if f == nil {
		return nil
	}
	w := &watch{loop: l, is: func(p skeleton.Path) bool { return l.isClosure(p, f) }}
	if e := w.spawned(f, pos); e != nil {
		return e
	}
	root := l.pass.ResultOf[syntax.Analyzer].(*syntax.Tree)
	cur, ok := root.FindNode(lit)
	if !ok {
		return nil
	}
	for _, fl := range l.flows(cur, 0) {
		switch fl.place {
		case stored:
			return &escape{how: "captured by a function that is stored", stmt: fl.at, last: true}
		case sent:
			return &escape{how: "captured by a function that is sent on a channel", stmt: fl.at, last: true}
		case gone:
			return l.started("captured by a goroutine", fl.at)
		case deferred:
			return l.started("captured by a deferred function", fl.at)
		}
	}
	return w.kept()
}

// isClosure reports whether p is the closure f, or holds it.
func (l *loop) isClosure(p skeleton.Path, f *skeleton.Func) bool {
	if p.Root == nil {
		return false
	}
	if p.Root.Func == f {
		return true
	}
	closure := l.view.Closure(f)
	if closure.Root == nil || p.Root.Kind == skeleton.Nil {
		return false
	}
	_, ok := l.view.Reach(p, closure)
	return ok
}

// started returns the escape by the go or defer statement stmt, nil if that is
// a defer statement of a literal in the body: it runs when the literal returns.
func (l *loop) started(how string, stmt ast.Node) *escape {
	_, isDefer := stmt.(*ast.DeferStmt)
	if isDefer && l.inLiteral(stmt) {
		return nil
	}
	e := &escape{how: how, stmt: stmt, last: isDefer}
	for _, n := range l.graph.Nodes {
		if n.Op.Is(syncapi.Go, syncapi.Defer) && l.view.Node(n.Op) == stmt {
			e.node = n
			for _, s := range n.Spawns {
				e.run = s
			}
			break
		}
	}
	return e
}

// inLiteral reports whether a function literal of the body is around n.
func (l *loop) inLiteral(n ast.Node) bool {
	cur, ok := l.pass.ResultOf[syntax.Analyzer].(*syntax.Tree).FindNode(n)
	return ok && len(l.literals(cur)) > 0
}

// addressEscape returns how the address of v at cur outlives the iteration.
func (l *loop) addressEscape(v *types.Var, cur inspector.Cursor) *escape {
	const whose = "whose address "
	for _, fl := range l.flows(cur, 0) {
		switch fl.place {
		case stored:
			return &escape{how: whose + "is stored", stmt: fl.at, last: true}
		case sent:
			return &escape{how: whose + "is sent on a channel", stmt: fl.at, last: true}
		case gone:
			return l.started(whose+"is handed to a goroutine", fl.at)
		case deferred:
			return l.started(whose+"is handed to a deferred call", fl.at)
		case called:
			if e := l.handed(v, fl.at); e != nil {
				return e
			}
		}
	}
	return nil
}

// handed returns how a call keeps the address of v that it is handed.
func (l *loop) handed(v *types.Var, call ast.Node) *escape {
	for _, n := range l.graph.Nodes {
		if len(n.Spawns) == 0 || !l.comesFrom(n, call) {
			continue
		}
		for _, s := range n.Spawns {
			for _, p := range s.Holds() {
				if later(s.Mode) && p.Root != nil && p.Root.Kind == skeleton.Local && p.Root.Pos == v.Pos() {
					return &escape{how: "whose address is handed to a goroutine", node: n, run: s, last: s.Mode == syncapi.Later}
				}
			}
		}
	}
	return nil
}

// comesFrom reports whether n is the operation that the call is, or one that
// it leads to.
func (l *loop) comesFrom(n *skeleton.Node, call ast.Node) bool {
	if l.view.Node(n.Op) == call {
		return true
	}
	for _, up := range n.Calls() {
		if l.view.Node(up.Op) == call {
			return true
		}
	}
	return false
}

func later(m syncapi.Mode) bool {
	return m == syncapi.Later || m == syncapi.Elsewhere || m == syncapi.Many
}

// A watch looks for what becomes of a value in the graph of the loop's function.
type watch struct {
	*loop
	is func(skeleton.Path) bool
}

// inBody reports whether the loop's body has n, or the call that leads to it.
func (w *watch) inBody(n *skeleton.Node) bool {
	pos := token.NoPos
	if n.Op != nil {
		pos = n.Op.Pos
	}
	if calls := n.Calls(); len(calls) > 0 {
		pos = calls[0].Op.Pos
	}
	return w.Body.Pos() <= pos && pos < w.Body.End()
}

// spawned returns how the literal f runs on another goroutine, or later.
func (w *watch) spawned(f *skeleton.Func, pos token.Pos) *escape {
	for _, n := range w.graph.Nodes {
		if n.Op == nil || !w.inBody(n) {
			continue
		}
		for _, s := range n.Spawns {
			if later(s.Mode) && !w.ends(n) && w.runs(s, f) {
				return &escape{how: ranBy(n, s), node: n, run: s, last: s.Mode == syncapi.Later}
			}
		}
		switch {
		case n.Op.Is(syncapi.Defer) && n.Frame.Depth == 0 && w.defers(n.Op.Inner):
			return &escape{how: "captured by a deferred function", node: n, last: true}
		case n.Op.Is(syncapi.Run) && w.parallel(n, f, pos):
			return &escape{how: "captured by a parallel subtest", node: n, last: true}
		}
	}
	return nil
}

// ends reports whether what n starts is over when n is, or with the subtest
// that n is in, or does not run by itself.
func (w *watch) ends(n *skeleton.Node) bool {
	if syncapi.Joins(n.Op.Obj) || n.Op.Is(syncapi.OnceFunc) {
		return true
	}
	if !n.Op.Is(syncapi.Run) || len(n.Args) == 0 {
		return false
	}
	r := n.Args[0].Root
	if r == nil || r.Kind != skeleton.Param || r.Owner == nil {
		return false
	}
	lit, ok := r.Owner.Syntax().(*ast.FuncLit)
	return ok && within(w.Body, lit)
}

func ranBy(n *skeleton.Node, s *skeleton.Spawn) string {
	switch {
	case n.Op.Is(syncapi.NewTimer, syncapi.AfterFunc):
		return "captured by a function that runs later"
	case s.Mode == syncapi.Later:
		return "captured by a function that runs later"
	}
	return "captured by a goroutine"
}

// runs reports whether what s starts is the literal f, or is handed it.
func (w *watch) runs(s *skeleton.Spawn, f *skeleton.Func) bool {
	if w.is(s.Func) {
		return true
	}
	if slices.ContainsFunc(s.Holds(), w.is) {
		return true
	}
	for _, n := range s.Graph().Nodes {
		if n.Frame.Func == f && n.Frame != s.Graph().Entry.Frame || n.Op.Is(syncapi.Call) && w.is(n.Res) {
			return true
		}
	}
	return false
}

// defers reports whether the deferred operation calls the value or is handed it.
func (w *watch) defers(op *skeleton.Op) bool {
	if w.is(op.Dynamic) {
		return true
	}
	for _, cb := range op.Callbacks {
		if w.is(cb.Func) {
			return true
		}
	}
	if slices.ContainsFunc(op.Args, w.is) {
		return true
	}
	for _, t := range op.Targets {
		if t.Func.Parent == nil {
			continue
		}
		closure := w.view.Closure(t.Func)
		if w.is(closure) {
			return true
		}
		if slices.ContainsFunc(w.view.Captures(t.Func), w.is) {
			return true
		}
	}
	return false
}

// parallel reports whether n runs the literal f as a subtest that gets
// parallel before pos. Of a subtest within one of the body's subtests the
// outer one waits for the end.
func (w *watch) parallel(n *skeleton.Node, f *skeleton.Func, pos token.Pos) bool {
	runs := false
	for _, cb := range n.Op.Callbacks {
		runs = runs || cb.Func.Root != nil && cb.Func.Root.Func == f
	}
	for _, a := range n.Args {
		runs = runs || a.Root != nil && a.Root.Func == f
	}
	if !runs || len(f.Params) == 0 {
		return false
	}
	for fr := n.Frame; fr != nil; fr = fr.Up {
		if s := fr.Func.Syntax(); fr.Call != nil && s != nil && within(w.Body, s) {
			return false
		}
	}
	for m := range spawn.Nodes(w.view.Expand(f), syncapi.Parallel) {
		at := m.Op.Pos
		if calls := m.Calls(); len(calls) > 0 {
			at = calls[0].Op.Pos
		}
		if m.Res.Root == f.Params[0] && m.Res.Sel == nil && at < pos {
			return true
		}
	}
	return false
}

// kept returns how a helper stores or sends the value, or what it puts it into.
func (w *watch) kept() *escape {
	var holders []skeleton.Path
	holds := func(p skeleton.Path) bool {
		for _, h := range holders {
			if h.HasPrefix(p) {
				return true
			}
		}
		return w.is(p)
	}
	for n := range spawn.Nodes(w.graph, syncapi.Store, syncapi.Send) {
		if n.Frame.Depth == 0 || !w.inBody(n) || len(n.Args) == 0 || !holds(n.Args[0]) {
			continue
		}
		switch {
		case n.Op.Kind == syncapi.Send:
			return &escape{how: "captured by a function that is sent on a channel", node: n, last: true}
		case !w.fresh(n.Res.Root):
			return &escape{how: "captured by a function that is stored", node: n, last: true}
		}
		holders = append(holders, n.Res)
	}
	return nil
}

// fresh reports whether r is made anew in each iteration, as far as we see.
func (w *watch) fresh(r *skeleton.Root) bool {
	if r.Kind == skeleton.Param || r.Kind == skeleton.Global {
		return false
	}
	pos := r.Origin().Pos
	return r.Origin().Owner != w.fn || !pos.IsValid() || w.Body.Pos() <= pos && pos < w.Body.End()
}

// outlives reports whether the next iteration can begin, so that v gets its
// value, while the escaped may still run.
func (l *loop) outlives(v *types.Var, e *escape) bool {
	if e.node == nil {
		return !l.leaves(e.stmt)
	}
	joins := l.joins(e)
	return nil != l.graph.Search(skeleton.Query{
		From: []*skeleton.Node{e.node},
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case n.Op.Is(syncapi.Set) && n.Op.Assign.Var.Root.Pos == v.Pos():
				if n.Op.Assign.Known {
					return skeleton.Stop // the variable of another run of the loop
				}
				return skeleton.Found
			case joins[n]:
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	})
}

// joins returns the nodes that wait for the escaped, or for a while: a select
// that also waits for something else, such as a timeout, ends the iteration in
// an orderly way all the same.
func (l *loop) joins(e *escape) map[*skeleton.Node]bool {
	joins := make(map[*skeleton.Node]bool)
	if e.last || e.run == nil {
		return joins
	}
	type selected struct {
		op    *skeleton.Op
		frame *skeleton.Frame
	}
	await := spawn.Awaiter(spawn.SignalsAfter(e.run.Graph().Entry), skeleton.Path{}, skeleton.Path{})
	heads := make(map[selected]bool)
	for _, n := range l.graph.Nodes {
		if n.Op.Is(syncapi.WgWait, syncapi.GroupWait) || n.Op != nil && await(n) {
			joins[n] = true
			if n.Op.Arm != nil && !n.Op.Arm.Defined {
				heads[selected{n.Op.Arm, n.Frame}] = true
			}
		}
	}
	for _, n := range l.graph.Nodes {
		if n.Op.Is(syncapi.Select) && heads[selected{n.Op, n.Frame}] {
			joins[n] = true
		}
	}
	return joins
}
