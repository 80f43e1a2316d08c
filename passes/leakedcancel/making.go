package leakedcancel

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/lifetime"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- candidates --

// makes reports whether f makes a cancel function, or calls a function that
// may return one.
func (c *checker) makes(f *skeleton.Func) bool {
	if known, ok := c.makers[f]; ok {
		return known
	}
	c.makers[f] = false // for recursion
	found := false
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Is(syncapi.NewCancel, syncapi.AfterFunc) {
				found = true
			}
			for _, t := range op.Targets {
				found = found || returnsStop(op) && c.makes(t.Func)
			}
		}
	}
	c.makers[f] = found
	return found
}

func returnsStop(op *skeleton.Op) bool { return stopOf(op) != nil }

// stopOf returns the result of a call that may be a cancel function: one of a
// type of package context, else a function without parameters that returns
// nothing, or whether it has stopped something.
func stopOf(op *skeleton.Op) *skeleton.Root {
	var plain *skeleton.Root
	for _, r := range op.Results {
		if r.Type == nil { // of an imported function, which has been checked where it is
			continue
		}
		if syncapi.IsCancelFunc(r.Type) {
			return r
		}
		if sig, ok := r.Type.Underlying().(*types.Signature); ok && plain == nil && isStop(sig) {
			plain = r
		}
	}
	if plain == nil && len(op.Results) > 0 && op.Fn.Imported() {
		return op.Results[len(op.Results)-1]
	}
	return plain
}

func isStop(sig *types.Signature) bool {
	results := sig.Results()
	if sig.Params().Len() > 0 || results.Len() > 1 {
		return false
	}
	return results.Len() == 0 || types.Identical(results.At(0).Type().Underlying(), types.Typ[types.Bool])
}

// A making is an operation that makes a cancel function, as seen from the
// function that is responsible for it: the root of the graph.
type making struct {
	node   *skeleton.Node // makes it
	call   *skeleton.Node // the call in the root function from which it comes, or node itself
	expr   *ast.CallExpr
	result skeleton.Path // the result of the call
	target string        // how the code names the result; "_" or "" if it doesn't
	stmt   ast.Stmt      // the assignment, or nil

	parents []skeleton.Path // cancel functions of the contexts that it is derived from

	object bool   // the result is an object that holds the value
	field  string // the selectors behind the object that lead to the value, with their dots

	ctx []skeleton.Path // see context

	out  bool  // the root function has got the value
	lost *loss // where it gets into a field or variable that nothing calls
}

// A loss is a node at which a value gets to a place that nothing calls, or
// leaves the function in it.
type loss struct {
	node  *skeleton.Node
	place string
}

// making returns what n makes, nil if that is nothing that the root function
// may have to call.
func (c *checker) making(n *skeleton.Node) *making {
	if !n.Op.Is(syncapi.NewCancel, syncapi.AfterFunc) || n.Op.Inner != nil {
		return nil
	}
	m := &making{node: n, call: n, result: n.Res}
	if calls := n.Calls(); len(calls) > 0 {
		m.call = calls[0]
		r := stopOf(m.call.Op)
		if r == nil && len(calls) == 1 {
			r, m.object = objectOf(m.call.Op), true
		}
		if r == nil {
			return nil
		}
		m.result = skeleton.Path{Root: r}
	}
	if m.result.Root == nil || m.result.Root.Kind != skeleton.Result {
		return nil
	}
	m.expr, _ = c.view.Node(m.call.Op).(*ast.CallExpr)
	if m.expr == nil {
		return nil
	}
	m.target, m.stmt = c.assigned(m.expr, m.result.Root.Index)
	if m.object && (m.target == "" || m.target == "_" || c.inTest(m)) {
		return nil // an object without a name, or one of a test, which ends
	}
	return m
}

// assigned returns the expression that result i of call is assigned to.
func (c *checker) assigned(call *ast.CallExpr, i int) (string, ast.Stmt) {
	cur, ok := c.root.FindNode(call)
	if !ok {
		return "", nil
	}
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	single := 0
	if kind, at := cur.ParentEdge(); kind == edge.AssignStmt_Rhs || kind == edge.ValueSpec_Values {
		single = at
	}
	pick := func(n, rhs int) int {
		if rhs > 1 {
			return single
		}
		return min(i, n-1)
	}
	switch stmt := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		return types.ExprString(stmt.Lhs[pick(len(stmt.Lhs), len(stmt.Rhs))]), stmt
	case *ast.ValueSpec:
		return stmt.Names[pick(len(stmt.Names), len(stmt.Values))].Name, nil
	case *ast.ExprStmt:
		return "", stmt
	}
	return "", nil
}

// discarded reports whether the code gives the value no name at all.
func (m *making) discarded() bool { return m.target == "_" || m.target == "" && m.stmt != nil }

// deliberate reports whether losing the value is no fault.
func (c *checker) deliberate(m *making) bool {
	if m.discarded() && m.node.Op.Kind == syncapi.AfterFunc {
		return true // the function is to run in any case
	}
	if obj := m.node.Op.Obj; lifetime.IsMain(m.node.Graph.Root.Obj) && obj != nil && obj.Name() == "NotifyContext" {
		return true // for as long as the process lives
	}
	return m.panics() || c.parentCancelled(m)
}

// panics reports whether the making panics, as it does for want of a parent.
func (m *making) panics() bool {
	args := m.node.Args
	return m.kind() == "cancel" && len(args) > 0 && args[0].Root != nil && args[0].Root.Kind == skeleton.Nil
}

// parentCancelled notes the cancel functions of the contexts that the one of m
// is derived from in the root function, and reports whether the context is derived from one that a
// deferred call in the root function cancels.
func (c *checker) parentCancelled(m *making) bool {
	if len(m.node.Args) == 0 {
		return false
	}
	nodes := m.node.Graph.Nodes
	ancestors := []skeleton.Path{m.node.Args[0]}
	is := func(p skeleton.Path) bool { return slices.Contains(ancestors, p) }
	for i := 0; i < len(nodes); i++ {
		n := nodes[i]
		from, to := skeleton.Path{}, skeleton.Path{}
		switch {
		case n.Op.Is(syncapi.Store) && len(n.Args) > 0:
			from, to = n.Args[0], n.Res
		case n.Op.Is(syncapi.CtxDerive) && len(n.Args) > 0:
			from, to = n.Args[0], n.Res
		}
		if to.Root != nil && is(to) && !is(from) {
			ancestors = append(ancestors, from)
			i = -1 // again, in case an earlier node leads on from there
		}
	}
	for _, n := range nodes {
		if n == m.node || !n.Op.Is(syncapi.NewCancel) || len(n.Op.Results) < 2 {
			continue
		}
		if n.Frame.Call == nil && is(skeleton.Path{Root: n.Op.Results[0]}) {
			m.parents = append(m.parents, n.Res)
			if c.deferredCall(n.Graph, n.Res) != nil {
				return true
			}
		}
	}
	return false
}

// deferredCall returns a defer statement of the root function that calls p, or
// runs a closure that may.
func (c *checker) deferredCall(g *skeleton.Graph, p skeleton.Path) *skeleton.Node {
	for _, n := range g.Nodes {
		if n.Op.Is(syncapi.Defer) && n.Frame.Call == nil && c.innerUses(n.Op.Inner, p) {
			return n
		}
	}
	return nil
}

func (c *checker) innerUses(op *skeleton.Op, p skeleton.Path) bool {
	if op.Res == p && op.Kind == syncapi.Cancel || op.Dynamic == p {
		return true
	}
	for _, t := range op.Targets {
		f := skeleton.Path{Root: &skeleton.Root{Kind: skeleton.FuncVal, Func: t.Func}}
		if _, ok := c.view.Reach(f, p); ok {
			return true
		}
	}
	return slices.Contains(op.Args, p)
}
