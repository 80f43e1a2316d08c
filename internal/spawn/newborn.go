package spawn

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows the goroutines of an object that is being made: a constructor
// starts one that waits for requests, and goes on to fill in the object. Nobody can
// make a request before the constructor has returned.

// unborn reports whether the goroutine of x, which gx starts, comes to x only past
// a receive of what somebody sends who has the object that both act on, and y is in
// the function that makes the object, starts the goroutine and returns the object.
// It errs to true where a callee keeps the object where others find it.
func (r *Race) unborn(x, y, gx *skeleton.Node) bool {
	fr := maker(y)
	if fr == nil || x.Res.Root != y.Res.Root || !inFrame(gx, fr) || r.published(y, fr) {
		return false
	}
	request := func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.Recv) && n.Res.Root != nil && (n.Res.Root == y.Res.Root || madeIn(n.Res.Root, fr)) && !r.requested(n.Res, y)
	}
	for at := x; at.Graph != gx.Graph; at = at.Graph.Spawner {
		if at != at.Graph.Entry && Path(at.Graph.Entry, at, request) == nil {
			return true
		}
	}
	return false
}

// maker returns the activation that n is in, directly or not, of a function that
// makes the object which n acts on and returns it; nil if there is none.
func maker(n *skeleton.Node) *skeleton.Frame {
	for fr := n.Frame; fr != nil; fr = fr.Up {
		for _, op := range fr.Func.Ops() {
			if op.Kind == syncapi.Return && slices.ContainsFunc(op.Args, func(p skeleton.Path) bool {
				return p.Root != nil && p.Sel == nil && p.Root.Kind == skeleton.Made && p.Root.Owner == fr.Func && fr.Resolve(p).Root == n.Res.Root
			}) {
				return fr
			}
		}
	}
	return nil
}

// inFrame reports whether n is in the activation fr or one that it leads to.
func inFrame(n *skeleton.Node, fr *skeleton.Frame) bool {
	for f := n.Frame; f != nil; f = f.Up {
		if f == fr {
			return true
		}
	}
	return false
}

// madeIn reports whether a root came to be in the activation fr or in one that it
// leads to, or may have: of channels that is where they are made.
func madeIn(root *skeleton.Root, fr *skeleton.Frame) bool {
	if root.Kind != skeleton.Made {
		return false
	}
	call := root.Call()
	return call == fr.Call || call != nil && inFrame(call, fr)
}

// published reports whether the object that y acts on may be known to others than
// the activation fr and the goroutines that it starts, when control comes to y.
func (r *Race) published(y *skeleton.Node, fr *skeleton.Frame) bool {
	object := skeleton.Path{Root: y.Res.Root}
	has := func(p skeleton.Path) bool {
		_, ok := r.root.View().Reach(p, object)
		return ok
	}
	for _, n := range y.Graph.Nodes {
		if n.Op == nil || !inFrame(n, fr) || !Leads(n, y) {
			continue
		}
		switch {
		case n.Op.Is(syncapi.Write) && n.Res.Root != nil && n.Res.Root.Kind == skeleton.Global:
			return true
		case n.Op.Is(syncapi.Send), n.Op.Is(syncapi.Call) && len(n.Op.Targets) == 0:
			if slices.ContainsFunc(n.Args, has) {
				return true
			}
		}
	}
	return false
}

// requested reports whether the graphs have a send to, or the close of, a channel
// that may come before y.
func (r *Race) requested(ch skeleton.Path, y *skeleton.Node) bool {
	for _, g := range r.graphs {
		for n := range Nodes(g, syncapi.Send, syncapi.Close) {
			if !r.same(ch, n.Res) {
				continue
			}
			common, _, at := Meet(y, n)
			if common != y.Graph || Leads(at, y) {
				return true
			}
		}
	}
	return false
}
