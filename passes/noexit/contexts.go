package noexit

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/ctxlife"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// contexts checks the goroutines that a callee of f starts for an object which it makes
// for f, and that end by nothing but the context of the object: one without a parent,
// that f cancels on some paths at most.
func (c *checker) contexts(f *skeleton.Func) {
	if report.Tests(c.pass, f.Pos) || !c.view.May(f, syncapi.Go) || !c.view.May(f, syncapi.NewCancel) || c.lifetimes().AsProcess(f) {
		return
	}
	kinds := []syncapi.Op{syncapi.NewCancel, syncapi.Cancel, syncapi.Go, syncapi.Recv}
	g := c.view.Outline(f, skeleton.Interest{Ops: append(kinds, syncapi.Store, syncapi.Send, syncapi.Select), Enter: func(_ *skeleton.Node, t *skeleton.Target) bool {
		return !t.Func.Imported() && slices.ContainsFunc(kinds, func(kind syncapi.Op) bool { return c.view.May(t.Func, kind) })
	}})
	for n := range spawn.Nodes(g, syncapi.NewCancel) {
		object := madeBy(n)
		if object.IsZero() || n.Op.Obj == nil || !syncapi.IsCancelOnly(n.Op.Obj) || len(n.Args) == 0 || !ctxlife.Endless(n.Args[0]) || g.Widened {
			continue
		}
		tn := chans.NamedBy(object.Root.Type)
		if tn == nil || !keepsCancel(tn) || !c.chans.KeepsUntilReturn(f, tn) {
			continue
		}
		for start := range spawn.Nodes(g, syncapi.Go) {
			if start.Frame.Call == nil && (n.Frame.Call != nil || !c.leftToUser(start, tn)) || !skeleton.Leads(n, start, nil) || !endsBy(start, n, object) {
				continue
			}
			if left := c.leaves(start, object); left != nil {
				c.reportContext(start, left)
			}
		}
	}
}

// madeBy returns the object that the function of n, which makes a context, or the one
// that has it do so, makes and returns to the function at the root of its graph, or that
// this function makes itself and keeps what n makes in; zero if there is none.
func madeBy(n *skeleton.Node) skeleton.Path {
	fr := n.Frame
	for ; fr.Call != nil && fr.Call.Frame.Call != nil; fr = fr.Up {
		if fr.Widened {
			return skeleton.Path{}
		}
	}
	if fr.Call == nil {
		return keptIn(n)
	}
	if fr.Call.Graph != n.Graph || fr.Widened {
		return skeleton.Path{}
	}
	if len(fr.Func.Results) == 0 {
		return keptIn(n)
	}
	for _, p := range fr.Func.Results {
		if p.Root != nil && p.Sel == nil && p.Root.Kind == skeleton.Made && p.Root.Owner == fr.Func {
			return fr.Resolve(p)
		}
	}
	return skeleton.Path{}
}

// keptIn returns the object that the function at the root makes, and in whose field alone
// the function of n keeps the cancel function that n makes; zero if there is none.
func keptIn(n *skeleton.Node) (object skeleton.Path) {
	if len(n.Op.Results) < 2 {
		return object
	}
	cancel := skeleton.Path{Root: n.Op.Results[1]}
	for _, op := range n.Op.Fn.Ops() {
		if !slices.Contains(op.Args, cancel) {
			continue
		}
		to := n.Frame.Resolve(op.Res)
		own := op.Kind == syncapi.Store && to.Sel != nil && to.Sel.Up == nil && to.Root.Kind == skeleton.Made && to.Root.Owner == n.Graph.Root
		if !own || !object.IsZero() {
			return skeleton.Path{}
		}
		object = skeleton.Path{Root: to.Root}
	}
	return object
}

// keepsCancel reports whether a struct of the type tn has a cancel function by that type: a
// call of another function does not show that it cancels.
func keepsCancel(tn *types.TypeName) bool {
	st, ok := tn.Type().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for field := range st.Fields() {
		if syncapi.IsCancelFunc(field.Type()) {
			return true
		}
	}
	return false
}

// leftToUser reports whether a go statement starts a function that has a name, and something
// in the package calls a cancel function in a field of tn: else the context is known to last
// without the goroutine, which is for leakedcancel to say.
func (c *checker) leftToUser(start *skeleton.Node, tn *types.TypeName) bool {
	for _, t := range start.Op.Inner.Targets {
		if t.Func.Parent != nil {
			return false
		}
	}
	return slices.ContainsFunc(c.view.Funcs, func(f *skeleton.Func) bool {
		return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
			if op.Inner != nil {
				op = op.Inner
			}
			class, ok := op.Res.Class()
			return ok && class.Type == tn && op.Kind == syncapi.Cancel
		})
	})
}

// endsBy reports whether the goroutines of start have no way out but the end of the
// context that n makes, of the object.
func endsBy(start, n *skeleton.Node, object skeleton.Path) bool {
	ctx := n.Frame.Resolve(skeleton.Path{Root: n.Op.Results[0]})
	isEnd := func(m *skeleton.Node) bool {
		return m.Op.Is(syncapi.Recv) && m.Res.Sel != nil && m.Res.Sel.Name == "Done()" &&
			(m.Res.HasPrefix(object) && m.Res.Sel.Up != nil && m.Res.Sel.Up.Up == nil || m.Res.HasPrefix(ctx))
	}
	found := false
	for _, s := range start.Spawns {
		g := s.Graph()
		if g.Widened || g.Joined || g.Root == nil {
			return false
		}
		for _, m := range g.Nodes {
			if m.Exit != skeleton.NoExit && skeleton.Leads(g.Entry, m, isEnd) {
				return false
			}
			found = found || isEnd(m)
		}
	}
	return found
}

// leaves returns the node by which the function returns once the goroutine has been
// started, and has neither cancelled anything nor given the object away.
func (c *checker) leaves(start *skeleton.Node, object skeleton.Path) *skeleton.Node {
	var left *skeleton.Node
	if !c.view.Sure(func() bool {
		left = spawn.Leaving(start, func(n *skeleton.Node) bool {
			return n.Op.Is(syncapi.Cancel) || n != start && spawn.Escapes(n, object) || c.mayCancel(n, object)
		})
		return left != nil
	}) {
		return nil
	}
	return left
}

// mayCancel reports whether n is a call that has to do with the object and may cancel
// something: that it does not always is for the object to know.
func (c *checker) mayCancel(n *skeleton.Node, object skeleton.Path) bool {
	return n.Op.Is(syncapi.Call) && slices.ContainsFunc(n.Args, func(p skeleton.Path) bool { return p.HasPrefix(object) }) &&
		len(c.view.CallEffects(n, syncapi.Cancel)) > 0
}

// reportContext reports a call that starts such a goroutine, and a return without its end.
func (c *checker) reportContext(start, left *skeleton.Node) {
	what, op := "go statement", start.Op
	if calls := start.Calls(); len(calls) > 0 {
		what, op = "call", calls[0].Op
	}
	pos, end := c.view.Extent(op)
	at, to := c.view.Leaving(left.Op)
	if c.reported[pos] || !pos.IsValid() || end <= pos || !at.IsValid() {
		return
	}
	c.reported[pos] = true
	d := analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this %s starts a goroutine that ends with a context only, which is not cancelled at the return at %s", what, report.Place(c.pass.Fset, at, pos)),
	}
	if to > at {
		d.Related = []analysis.RelatedInformation{{Pos: at, End: to, Message: "this return leaves the goroutine behind"}}
	}
	report.Report(c.pass, d)
}
