package wgbalance

import (
	"go/ast"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A group is a WaitGroup as the function at the root of a graph knows it, with
// what that function and the goroutines that it starts do to it.
type group struct {
	c    *checker
	root *skeleton.Graph
	path skeleton.Path

	adds, dones, waits, gos []*skeleton.Node

	// whole is set if nothing else can do anything to the group, spread if nothing
	// else can but wait, and alone if all Adds of the package to groups of the kind
	// are among adds.
	whole, spread, alone bool
	elsewhere            []*skeleton.Op // the Waits for a group that is spread
}

// group returns the group at p, nil if the order of what is done to it is not
// known.
func (c *checker) group(g *skeleton.Graph, p skeleton.Path) *group {
	gr := &group{c: c, root: g, path: p}
	escapes, ok := gr.collect()
	if !ok {
		return nil
	}
	r := p.Root
	own := r.Owner == g.Root && (r.Kind == skeleton.Local || r.Kind == skeleton.Made)
	gr.whole = own && c.zero(r) && !escapes && spawn.Followed(g, g.Root, p, ops...)
	if class, ok := p.Class(); ok && !gr.whole {
		gr.alone = c.allOf(class, gr.adds, syncapi.WgAdd)
		gr.spread = gr.alone && (r.Kind == skeleton.Param || r.Kind == skeleton.Global) && unexported(class) && !c.exposed(class) &&
			c.allOf(class, slices.Concat(gr.dones, gr.gos), syncapi.WgDone, syncapi.WgGo)
		gr.whole = gr.spread && c.allOf(class, gr.waits, syncapi.WgWait)
		gr.spread = gr.spread && !gr.whole && len(gr.waits) == 0
		c.each(func(op *skeleton.Op) {
			if of, ok := op.Res.Class(); ok && of == class && op.Kind == syncapi.WgWait {
				gr.elsewhere = append(gr.elsewhere, op)
			}
		})
	}
	gr.alone = gr.alone || gr.whole
	return gr
}

// collect fills in what is done to the group. It reports whether the group
// escapes, and is not ok if the order is not known.
func (gr *group) collect() (escapes, ok bool) {
	for each := range spawn.Graphs(gr.root) {
		for _, n := range each.Nodes {
			if n.Op == nil {
				continue
			}
			if n.Res == gr.path && n.Op.Is(ops...) {
				if n.Frame.Widened || n.Frame.Func.Effects {
					return false, false
				}
				gr.put(n)
			}
			escapes = escapes || spawn.Escapes(n, gr.path)
		}
		if each.Widened {
			return false, false
		}
	}
	return escapes, true
}

// zero reports whether the counter is zero when the thing comes to be that a root
// stands for: it is no copy of another.
func (c *checker) zero(r *skeleton.Root) bool {
	if r.Kind == skeleton.Made {
		return true
	}
	cur, ok := c.root.FindByPos(r.Pos, r.Pos)
	if !ok {
		return false
	}
	switch parent := cur.Parent().Node().(type) {
	case *ast.ValueSpec:
		return len(parent.Values) == 0 || isMade(parent.Values)
	case *ast.AssignStmt:
		return isMade(parent.Rhs)
	}
	return false
}

// isMade reports whether the values are made on the spot.
func isMade(values []ast.Expr) bool {
	return !slices.ContainsFunc(values, func(e ast.Expr) bool {
		e = ast.Unparen(e)
		if u, ok := e.(*ast.UnaryExpr); ok {
			e = ast.Unparen(u.X)
		}
		_, lit := e.(*ast.CompositeLit)
		return !lit
	})
}

func (gr *group) put(n *skeleton.Node) {
	switch {
	case n.Op.Kind == syncapi.WgWait:
		gr.waits = append(gr.waits, n)
	case n.Op.Kind == syncapi.WgGo:
		gr.gos = append(gr.gos, n)
	case n.Op.Kind == syncapi.WgDone && isEndOfGo(n):
	case n.Op.Kind == syncapi.WgDone || isNegative(n):
		gr.dones = append(gr.dones, n)
	default:
		gr.adds = append(gr.adds, n)
	}
}

func isNegative(n *skeleton.Node) bool {
	return n.Op.Kind == syncapi.WgAdd && n.Op.NKnown && n.Op.N < 0
}

// isEndOfGo reports whether n is the Done that Go itself calls.
func isEndOfGo(n *skeleton.Node) bool {
	s := n.Graph.Spawner
	return s != nil && s.Op.Kind == syncapi.WgGo && n.Op.Pos == s.Op.Pos
}

// isAdd reports whether n adds to the group.
func (gr *group) isAdd(n *skeleton.Node) bool { return slices.Contains(gr.adds, n) }

// takes reports whether n takes a count, or hands one to what does or may: it
// calls Done, or has a goroutine or code that is not seen do so.
func (gr *group) takes(n *skeleton.Node) bool {
	if n.Op == nil {
		return false
	}
	return slices.Contains(gr.dones, n) || gr.starts(n) || spawn.Escapes(n, gr.path) || gr.runs(n)
}

// starts reports whether n starts a goroutine that calls Done, or has others
// call it.
func (gr *group) starts(n *skeleton.Node) bool {
	for _, s := range n.Spawns {
		if s.Mode.Starts() && slices.ContainsFunc(gr.dones, func(d *skeleton.Node) bool { return spawn.Within(d.Graph, s.Graph()) }) {
			return true
		}
	}
	return false
}

// runs reports whether n runs a callback that calls Done: how often it does so
// is not for the graph to say.
func (gr *group) runs(n *skeleton.Node) bool {
	if len(n.Op.Callbacks) == 0 {
		return false
	}
	return slices.ContainsFunc(gr.dones, func(d *skeleton.Node) bool {
		by := callbackOf(d)
		return by != nil && d.Graph == n.Graph && by.Op.Pos == n.Op.Pos
	})
}

// byCallback reports whether the Done d is run as a callback of a function that
// decides how often.
func (gr *group) byCallback(d *skeleton.Node) bool { return callbackOf(d) != nil || isHanded(d) }

// isHanded reports whether d is run by a function that another one was handed to call.
func isHanded(d *skeleton.Node) bool {
	for f := d.Frame; f != nil && f.Call != nil && f.Call.Graph == d.Graph; f = f.Up {
		if f.Func.Parent != nil && f.Up != nil && f.Up.Func.Outermost() != f.Func.Outermost() {
			return true
		}
	}
	return false
}

// callbackOf returns the call of a callback that d is run by, nil if there is none.
func callbackOf(d *skeleton.Node) *skeleton.Node {
	for f := d.Frame; f != nil && f.Call != nil && f.Call.Graph == d.Graph; f = f.Up {
		if op := f.Call.Op; op.Obj == nil && len(op.Targets) == 0 && len(op.Args) == 0 && len(f.Call.Preds) == 1 && isRunner(f.Call.Preds[0].From) {
			return f.Call
		}
	}
	return nil
}

// isRunner reports whether n is where a callback begins: a joint behind the
// operation that runs it.
func isRunner(n *skeleton.Node) bool {
	for _, p := range n.Preds {
		if p.From.Op != nil && (len(p.From.Op.Callbacks) > 0 || p.From.Op.Is(syncapi.Count)) {
			return true
		}
	}
	return false
}

// of returns those of nodes that are in g itself.
func of(g *skeleton.Graph, nodes []*skeleton.Node) []*skeleton.Node {
	var in []*skeleton.Node
	for _, n := range nodes {
		if n.Graph == g {
			in = append(in, n)
		}
	}
	return in
}

// anew reports whether the group is a new one behind n.
func (gr *group) anew(n *skeleton.Node) bool { return n.Assigns(gr.path) }

// or returns the disjunction of predicates.
func or(preds ...func(*skeleton.Node) bool) func(*skeleton.Node) bool {
	return func(n *skeleton.Node) bool {
		return slices.ContainsFunc(preds, func(p func(*skeleton.Node) bool) bool { return p(n) })
	}
}

// isIn returns a predicate that holds for nodes.
func isIn(nodes []*skeleton.Node) func(*skeleton.Node) bool {
	return func(n *skeleton.Node) bool { return slices.Contains(nodes, n) }
}

// single reports whether the goroutine that start starts has one count and no
// more: all that is added is added one by one, each before one start.
func (gr *group) single(start *skeleton.Node) bool {
	if !gr.alone || len(gr.adds) == 0 {
		return false
	}
	for _, a := range gr.adds {
		if !a.Op.NKnown || a.Op.N != 1 || a.Graph != start.Graph {
			return false
		}
		for _, b := range gr.adds {
			if b.Graph == a.Graph && skeleton.Leads(a, b, or(gr.takes, gr.anew)) && skeleton.Leads(b, start, gr.takes) {
				return false
			}
		}
	}
	return true
}
