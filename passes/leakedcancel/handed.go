package leakedcancel

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file is about what else has the value, or its context, than the names
// that a search follows.

// -- closures that refer to the variable --

// kept reports whether n hands on an object that holds a closure which uses
// one of names, or starts a goroutine that does. Whoever has the object may
// run the closure whenever it likes: to see a callee is not enough.
func (c *checker) kept(n *skeleton.Node, names []skeleton.Path) bool {
	if n.Frame.Call != nil || !n.Op.Is(syncapi.Call, syncapi.Go) {
		return false
	}
	for _, lit := range c.capturing(n.Graph.Root, names) {
		for _, a := range n.Args {
			if via, ok := c.view.Reach(a, lit); ok && via.Type != nil {
				return true
			}
		}
		for _, s := range n.Spawns {
			if s.Func == lit {
				return true
			}
		}
	}
	return false
}

// capturing returns the function literals of f that use one of names.
func (c *checker) capturing(f *skeleton.Func, names []skeleton.Path) []skeleton.Path {
	var lits []skeleton.Path
	for _, lit := range c.view.Funcs {
		if lit.Parent != f {
			continue
		}
		closure := c.view.Closure(lit)
		if closure.Root != nil && c.reached([]skeleton.Path{closure}, names) != nil {
			lits = append(lits, closure)
		}
	}
	return lits
}

// keptBefore reports whether the variable that the value is assigned to was
// handed on, by reference, before there was the value.
func (c *checker) keptBefore(m *making) bool {
	var vars []skeleton.Path
	for _, n := range m.node.Graph.Nodes {
		if n.Op.Is(syncapi.Store) && n.Frame.Call == nil && n.Res.Sel == nil && n.Res.Root.Kind == skeleton.Local &&
			slices.Contains(n.Args, m.result) {
			vars = append(vars, n.Res)
		}
	}
	if len(vars) == 0 {
		return false
	}
	for _, n := range m.node.Graph.Nodes {
		if c.kept(n, vars) && leads(n, m.node) {
			return true
		}
	}
	return false
}

// -- uses of the context --

// context returns the names of the context that comes with the value, nil if
// the root function has none.
func (m *making) context() []skeleton.Path {
	if m.node != m.call && !m.object || m.kind() != "cancel" || !m.node.Op.Is(syncapi.NewCancel) {
		return nil
	}
	if m.ctx != nil {
		return m.ctx
	}
	names := []skeleton.Path{m.node.Frame.Resolve(skeleton.Path{Root: m.node.Op.Results[0]})}
	for i := 0; i < len(names); i++ {
		for _, n := range m.node.Graph.Nodes {
			if n.Op.Is(syncapi.Store) && slices.Contains(n.Args, names[i]) && !slices.Contains(names, n.Res) {
				names = append(names, n.Res)
			}
		}
	}
	m.ctx = names
	return names
}

// rootless reports whether the context has neither a timer nor a parent that
// could hold on to it: all that a lost cancel function costs then is that
// whatever waits for the context waits for ever.
func (c *checker) rootless(m *making) bool {
	if m.node != m.call && !m.object || !syncapi.IsCancelOnly(m.node.Op.Obj) {
		return false
	}
	isRoot := func(arg ast.Expr) bool {
		parent, ok := ast.Unparen(arg).(*ast.CallExpr)
		return ok && syncapi.IsRootContext(typeutil.StaticCallee(c.pass.TypesInfo, parent))
	}
	if making, ok := c.view.Node(m.node.Op).(*ast.CallExpr); ok && len(making.Args) > 0 && isRoot(making.Args[0]) {
		return true
	}
	return m.object && slices.ContainsFunc(m.expr.Args, isRoot)
}

// usesContext reports whether n waits for the context, derives another from
// it, or hands it on, by itself or in what it starts. An object that holds the
// context may be handed on; what is seen to be done with it counts.
func usesContext(n *skeleton.Node, ctx []skeleton.Path, depth int) bool {
	if n.Op == nil || depth > maxSpawns || n.Op.Is(syncapi.Store, syncapi.CtxErr, syncapi.CtxDone) {
		return false
	}
	for _, p := range ctx {
		if n.Res.Root != nil && n.Res.HasPrefix(p) || slices.Contains(n.Args, p) {
			return true
		}
	}
	for _, s := range n.Spawns {
		for _, started := range s.Graph().Nodes {
			if usesContext(started, ctx, depth+1) {
				return true
			}
		}
	}
	return false
}

// waitedFor narrows a trace on which the value is lost to one on which
// something may wait for the context. It returns nil if there is none.
func (c *checker) waitedFor(m *making, trace *skeleton.Trace, visit func(*skeleton.Node, []skeleton.Path) skeleton.Verdict) *skeleton.Trace {
	if m.lost != nil || !c.rootless(m) {
		return trace
	}
	ctx := m.context()
	known := make(map[*skeleton.Node][]skeleton.Path) // names of the value at uses of the context
	m.node.Graph.Search(skeleton.Query{
		From:   []*skeleton.Node{m.node},
		Follow: []skeleton.Path{m.node.Res},
		VisitNamed: func(n *skeleton.Node, names []skeleton.Path) skeleton.Verdict {
			v := visit(n, names)
			if v != skeleton.Stop && n != m.node && usesContext(n, ctx, 0) {
				known[n] = append(known[n], names...)
			}
			return min(v, skeleton.Stop) // look further than to the first end
		},
	})
	for _, use := range m.node.Graph.Nodes {
		if known[use] == nil {
			continue
		}
		trace := m.node.Graph.Search(skeleton.Query{
			From:   []*skeleton.Node{use},
			Follow: known[use],
			VisitNamed: func(n *skeleton.Node, names []skeleton.Path) skeleton.Verdict {
				if n == use || len(use.Spawns) > 0 && ends(n) {
					return skeleton.Stop // seen from here already, or the goroutine has ended
				}
				return visit(n, names)
			},
		})
		if trace != nil {
			return trace
		}
	}
	return nil
}

// ends reports whether n may make a goroutine end that waits for something else
// than the context as well: it closes a channel, a connection, a server.
func ends(n *skeleton.Node) bool {
	if n.Op.Is(syncapi.Close) {
		return true
	}
	return n.Op.Is(syncapi.Call) && n.Op.Obj != nil && slices.Contains([]string{"Close", "Stop", "Shutdown"}, n.Op.Obj.Name())
}

// -- what outlives the turn of a loop --

// outlivesTurn reports whether the context is handed to a goroutine that the
// turn of the loop starts and does not wait for, so that its end cannot be
// that of the turn.
func (c *checker) outlivesTurn(m *making, loop ast.Stmt) bool {
	ctx := m.context()
	if ctx == nil {
		return false
	}
	for _, n := range m.node.Graph.Nodes {
		if n.Op.Is(syncapi.Go) && n.Frame.Call == nil && leads(m.node, n) && leads(n, m.node) {
			for _, s := range n.Spawns {
				if holds := s.Holds(); c.reached(holds, ctx) != nil && !c.joinedInTurn(n, holds, loop) {
					return true
				}
			}
		}
	}
	return false
}

// joinedInTurn reports whether the turn of the loop that starts a goroutine,
// at n, waits for something that the goroutine has in hand.
func (c *checker) joinedInTurn(n *skeleton.Node, holds []skeleton.Path, loop ast.Stmt) bool {
	nextTurn := func(at *skeleton.Node) bool {
		return at.Op != nil && at.Frame.Call == nil && loop.Pos() <= at.Op.Pos && at.Op.Pos < n.Op.Pos
	}
	for _, w := range n.Graph.Nodes {
		if w.Op.Is(syncapi.Recv, syncapi.WgWait, syncapi.GroupWait) && w.Frame.Call == nil && n.Op.Pos < w.Op.Pos && w.Op.Pos < loop.End() &&
			c.reached(holds, []skeleton.Path{w.Res}) != nil && skeleton.Leads(n, w, nextTurn) {
			return true
		}
	}
	return false
}
