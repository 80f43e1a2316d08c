// Package chans is a view on skeletons: the channels that a function makes or
// is given by what it calls, with all that happens to them as long as they are
// its own, and whether one goroutine may leave for good while another still
// has to do with them.
//
// That is decided on a scope, the graph of one function and of the goroutines
// that it starts, in the way of Liu et al., "Automatically detecting and fixing
// concurrency bugs in Go software systems" (ASPLOS 2021), who disentangle
// channels so that each is judged by a small part of the program. In place of
// their constraint solver there are path searches with counts up to one, so
// that what is found takes few steps to see:
//   - A channel that code outside of the scope may have is not judged.
//   - That a loop over what others send ends before they have sent all of it
//     is seen only if it is left by a statement of its own.
//   - Of several goroutines started in a loop it is not known how many they are.
package chans

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A Channel is a channel within its scope.
type Channel struct {
	Made  *skeleton.Node  // where it is made, in Graph
	Graph *skeleton.Graph // of the function that has it
	Path  skeleton.Path

	Cap      int64
	CapKnown bool

	// What is done to it, by Graph and the goroutines that it starts.
	Sends, Recvs, Closes []*skeleton.Node

	// Escapes are the nodes that give the channel to code outside of the scope.
	Escapes []*skeleton.Node
}

// ops are the operations on channels.
var ops = []syncapi.Op{syncapi.MakeChan, syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.Len}

// Of returns the channels that f makes, or that callees make and return to it,
// and that nothing outside of their scope has.
func Of(locks *lockset.Locks, f *skeleton.Func) []*Channel {
	return slices.DeleteFunc(Made(locks, f), func(c *Channel) bool { return len(c.Escapes) > 0 })
}

// Made returns the channels that f makes, or that callees make and return to
// it, with those that code outside of their scope may have later.
func Made(locks *lockset.Locks, f *skeleton.Func) []*Channel {
	paths := candidates(f)
	if len(paths) == 0 {
		return nil
	}
	g := scope(locks, f, paths)
	var cs []*Channel
	for n := range spawn.Nodes(g, syncapi.MakeChan) {
		if paths[n.Res] && !n.Frame.Widened {
			c := &Channel{Made: n, Graph: g, Path: n.Res, Cap: n.Op.N, CapKnown: n.Op.NKnown}
			if !madeTwice(g, n) && c.collect() {
				cs = append(cs, c)
			}
		}
	}
	return cs
}

// candidates returns the channels that f makes itself, or gets as a result.
func candidates(f *skeleton.Func) map[skeleton.Path]bool {
	paths := make(map[skeleton.Path]bool)
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.MakeChan && op.Res.IsOne() {
				paths[op.Res] = true
			}
			if op.Kind != syncapi.Call || len(op.Targets) != 1 {
				continue
			}
			t := op.Targets[0].Func
			for i, r := range t.Results {
				if r.Root == nil || i >= len(op.Results) || r.Root.Owner != t || r.Root.Kind != skeleton.Made || r.Sel != nil || !makes(t, r) {
					continue
				}
				paths[skeleton.Path{Root: op.Results[i]}] = true
			}
		}
	}
	return paths
}

// makes reports whether f makes the channel p itself.
func makes(f *skeleton.Func, p skeleton.Path) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.MakeChan && op.Res == p {
				return true
			}
		}
	}
	return false
}

// scope returns the graph of f in which the callees stand in that act on one of
// the channels, or on what a goroutine that does so signals.
func scope(locks *lockset.Locks, f *skeleton.Func, paths map[skeleton.Path]bool) *skeleton.Graph {
	fc := &spawn.Focus{Locks: locks, X: syncapi.Send, Y: syncapi.Recv, Keep: func(skeleton.Effect) bool { return true }}
	return fc.Graph(f, func(p skeleton.Path) bool { return paths[p] })
}

// madeTwice reports whether another node of g makes what n does.
func madeTwice(g *skeleton.Graph, n *skeleton.Node) bool {
	for m := range spawn.Nodes(g, syncapi.MakeChan) {
		if m != n && m.Res == n.Res {
			return true
		}
	}
	return false
}

// collect fills in what is done to the channel, not ok if that is not known.
func (c *Channel) collect() bool {
	for g := range spawn.Graphs(c.Graph) {
		for _, n := range g.Nodes {
			switch {
			case n.Op == nil:
				continue
			case n.Frame.Widened && n.Op.Is(ops...) && n.Res == c.Path:
				return false
			case n.Op.Kind == syncapi.Send && n.Res == c.Path:
				c.Sends = append(c.Sends, n)
			case n.Op.Kind == syncapi.Recv && n.Res == c.Path:
				c.Recvs = append(c.Recvs, n)
			case n.Op.Kind == syncapi.Close && n.Res == c.Path:
				c.Closes = append(c.Closes, n)
			case n.Op.Kind == syncapi.Len && n.Res == c.Path:
				return false // somebody looks before
			}
			if c.escapesAt(n) {
				c.Escapes = append(c.Escapes, n)
			}
		}
		if g.Widened {
			return false
		}
	}
	return c.followed() && !c.kept()
}

// followed reports whether all that literals of the function which makes the
// channel do to it is in the scope: a literal may be kept or called by code that
// is not, and so it is not known when.
func (c *Channel) followed() bool {
	in := make(map[*skeleton.Op]bool)
	for g := range spawn.Graphs(c.Graph) {
		for _, n := range g.Nodes {
			in[n.Op] = true
		}
	}
	made := c.Made.Op
	for _, f := range c.Graph.View().Funcs {
		if f.Parent == nil || !within(f, made.Fn) {
			continue
		}
		for _, op := range f.Ops() {
			if op.Inner != nil {
				op = op.Inner
			}
			if op.Res == made.Res && op.Is(ops...) && !in[op] {
				return false
			}
			if slices.Contains(op.Args, made.Res) && !in[op] {
				return false
			}
		}
	}
	return true
}

// within reports whether f is a literal in outer, directly or not.
func within(f, outer *skeleton.Func) bool {
	for f = f.Parent; f != nil && f != outer; f = f.Parent {
	}
	return f != nil
}

// entered reports whether the callees of n stand in at it, or have no
// operation that could keep what they are handed.
func entered(n *skeleton.Node) bool {
	for _, t := range n.Op.Targets {
		if !t.Func.Quiet {
			return slices.ContainsFunc(n.Graph.Nodes, func(m *skeleton.Node) bool { return m.Frame.Call == n })
		}
	}
	return true
}

// escapesAt reports whether n gives the channel, or what holds it, to code
// outside of the scope, or to a place where the scope does not follow it.
func (c *Channel) escapesAt(n *skeleton.Node) bool {
	v := n.Graph.View()
	has := func(p skeleton.Path) bool {
		if p.Root == nil {
			return false
		}
		_, ok := v.Reach(p, c.Path)
		return ok
	}
	for _, s := range n.Spawns {
		if !s.Mode.Starts() && has(s.Func) {
			return true // at a time that is not known
		}
	}
	switch n.Op.Kind {
	case syncapi.Store, syncapi.Send:
		return slices.ContainsFunc(n.Args, has)
	case syncapi.Return:
		return n.Frame.Call == nil && n.Graph.Spawner == nil && slices.ContainsFunc(n.Args, has)
	case syncapi.Call:
		known := len(n.Op.Targets) > 0 || n.Res.Root != nil && n.Res.Root.Kind == skeleton.FuncVal && n.Res.Root.Func != nil
		return (!known || !entered(n)) && slices.ContainsFunc(n.Args, has)
	case syncapi.Notify:
		return slices.ContainsFunc(n.Args, has)
	}
	return false
}

// kept reports whether a call in the scope hands what holds the channel to a
// parameter of an interface type, whose methods may be called anywhere, or the
// channel to a function that returns a literal, which may have captured it.
// Graphs lack the calls of functions that do nothing by themselves, so that the
// operations of all activations are looked at.
func (c *Channel) kept() bool {
	seen := make(map[*skeleton.Frame]bool)
	for g := range spawn.Graphs(c.Graph) {
		for _, n := range g.Nodes {
			fr := n.Frame
			if seen[fr] {
				continue
			}
			seen[fr] = true
			if slices.ContainsFunc(fr.Func.Ops(), func(op *skeleton.Op) bool { return c.keptBy(op, fr.Resolve) }) {
				return true
			}
		}
	}
	same := func(p skeleton.Path) skeleton.Path { return p }
	for _, f := range c.Graph.View().Funcs {
		if within(f, c.Made.Op.Fn) && slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool { return c.keptBy(op, same) }) {
			return true
		}
	}
	return false
}

// keptBy reports whether op is such a call; resolve gives the paths of its
// arguments.
func (c *Channel) keptBy(op *skeleton.Op, resolve func(skeleton.Path) skeleton.Path) bool {
	if op.Inner != nil {
		op = op.Inner
	}
	v := c.Graph.View()
	for _, t := range op.Targets {
		returned := slices.ContainsFunc(t.Func.Results, func(r skeleton.Path) bool {
			return r.Root != nil && r.Root.Kind == skeleton.FuncVal && r.Root.Func != nil && r.Root.Func.Parent == t.Func
		})
		for i, a := range op.Args {
			if !returned && !isInterface(t.Func, i) || a.Root == nil {
				continue
			}
			p := resolve(a)
			if _, ok := v.Reach(p, c.Path); ok && (returned || p != c.Path) {
				return true
			}
		}
	}
	return false
}

// isInterface reports whether the argument i of f, the receiver being the
// first, goes to a parameter of an interface type that has methods.
func isInterface(f *skeleton.Func, i int) bool {
	if f.Obj == nil {
		return false
	}
	sig := f.Obj.Signature()
	if sig.Recv() != nil {
		i--
	}
	if i < 0 || i >= sig.Params().Len() {
		return false
	}
	in, ok := sig.Params().At(i).Type().Underlying().(*types.Interface)
	return ok && in.NumMethods() > 0
}
