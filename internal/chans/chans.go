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
	"maps"
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

	named bool // Escapes has Made since other functions act on the field that it is in

	// Deferred says that Escapes has Made for no other reason than that the function
	// receives from the field by what it defers.
	Deferred bool
}

// ops are the operations on channels.
var ops = []syncapi.Op{syncapi.MakeChan, syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.Len}

// Of returns the channels that f makes, or that callees make and return to it,
// and that nothing outside of their scope has.
func Of(locks *lockset.Locks, f *skeleton.Func) []*Channel {
	return slices.DeleteFunc(Made(locks, f), func(c *Channel) bool { return len(c.Escapes) > 0 })
}

// Owned returns the channels of [Made] that nothing outside of their scope has before f
// returns them, if it does.
func Owned(locks *lockset.Locks, f *skeleton.Func) []*Channel {
	return owned(Made(locks, f))
}

func owned(cs []*Channel) []*Channel {
	return slices.DeleteFunc(cs, func(c *Channel) bool {
		return slices.ContainsFunc(c.Escapes, func(n *skeleton.Node) bool {
			return !n.Op.Is(syncapi.Return) || n.Graph != c.Graph || n.Frame.Call != nil
		})
	})
}

// Made returns the channels that f makes, or that callees make and return to
// it, with those that code outside of their scope may have later.
func Made(locks *lockset.Locks, f *skeleton.Func) []*Channel { return madeIn(locks, f, false) }

// madeIn is Made, with yields as in [skeleton.Interest]: but for sends alone, the channel may
// be had by code unseen all the same.
func madeIn(locks *lockset.Locks, f *skeleton.Func, yields bool) []*Channel {
	paths, lent := candidates(locks.View, f), lentIn(locks.View, f)
	if len(paths)+len(lent) == 0 {
		return nil
	}
	g := scope(locks, f, paths, lent, yields)
	var cs []*Channel
	homes := homesIn(g, paths)
	for n := range spawn.Nodes(g, syncapi.MakeChan) {
		path := n.Res
		if home := homes[path]; !home.IsZero() {
			path = home
		}
		if (paths[path] || isLent(path, lent)) && !n.Frame.Widened {
			c := &Channel{Made: n, Graph: g, Path: path, Cap: n.Op.N, CapKnown: n.Op.NKnown}
			if !madeTwice(g, n) && c.collect() {
				cs = append(cs, c)
			}
		}
	}
	return cs
}

// homesIn returns those of paths that channels made in g are known by, since g and the
// goroutines that it starts do nothing else with one than to give it to that field.
func homesIn(g *skeleton.Graph, paths map[skeleton.Path]bool) map[skeleton.Path]skeleton.Path {
	homes := make(map[skeleton.Path]skeleton.Path)
	for n := range spawn.Nodes(g, syncapi.Store) {
		if paths[n.Res] && len(n.Args) == 1 && n.Args[0] != n.Res {
			homes[n.Args[0]] = n.Res
		}
	}
	if len(homes) == 0 {
		return nil
	}
	uses := make(map[skeleton.Path]int)
	for each := range spawn.Graphs(g) {
		for _, n := range each.Nodes {
			if n.Op == nil || n.Op.Kind == syncapi.MakeChan {
				continue
			}
			uses[n.Res]++
			for _, a := range n.Args {
				uses[a]++
			}
		}
	}
	maps.DeleteFunc(homes, func(made, _ skeleton.Path) bool { return uses[made] > 1 })
	return homes
}

// candidates returns the channels that f makes itself, gets as a result, or has made
// for a field of an object of its own.
func candidates(view *skeleton.View, f *skeleton.Func) map[skeleton.Path]bool {
	paths := make(map[skeleton.Path]bool)
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.MakeChan && op.Res.IsOne() {
				paths[op.Res] = true
			}
			if base := (skeleton.Path{Root: op.Res.Root}); op.Kind == syncapi.Store && fills(f, op) && (isOwn(base, f) || isResult(base, f)) {
				paths[op.Res] = true
			}
			if op.Kind == syncapi.Call && len(op.Targets) == 1 {
				for _, p := range madeBy(view, op, f) {
					paths[p] = true
				}
			}
		}
	}
	return paths
}

// madeBy returns the channels that f's call of one function makes for f: in a field of an
// object of f's own, or of one that it returns.
func madeBy(view *skeleton.View, call *skeleton.Op, f *skeleton.Func) (paths []skeleton.Path) {
	t := call.Targets[0].Func
	for sel, i := range filled(t) {
		if i < len(call.Args) && (isOwn(call.Args[i], f) || isResult(call.Args[i], f)) {
			paths = append(paths, skeleton.Path{Root: call.Args[i].Root, Sel: sel})
		}
	}
	for i, r := range call.Results {
		for _, sel := range returned(view, t, i, maxReturns) {
			paths = append(paths, skeleton.Path{Root: r, Sel: sel})
		}
	}
	return paths
}

// maxReturns bounds by how many calls a channel may come to who has it, each of which
// does no more than to return the result of the next.
const maxReturns = 3

// returned returns where in its result i the channels are that f makes, or that a function
// makes whose result f returns, by so many levels of calls: nil stands for the result itself.
func returned(view *skeleton.View, f *skeleton.Func, i, levels int) []*skeleton.Sel {
	if i >= len(f.Results) {
		return nil
	}
	root := f.Results[i].Root
	if root == nil || root.Owner != f || f.Results[i].Sel != nil {
		return nil
	}
	if root.Kind == skeleton.Made {
		return made(view, f, root)
	}
	for _, op := range f.Ops() {
		if k := slices.Index(op.Results, root); k >= 0 && levels > 0 && op.Kind == syncapi.Call && len(op.Targets) == 1 {
			return returned(view, op.Targets[0].Func, k, levels-1)
		}
	}
	return nil
}

// made returns where in root, which f makes, the channels are that f makes itself, there or
// before it makes root: nil stands for root.
func made(view *skeleton.View, f *skeleton.Func, root *skeleton.Root) (sels []*skeleton.Sel) {
	for class, p := range root.Inits {
		if slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool { return op.Kind == syncapi.MakeChan && op.Res == p }) {
			sels = append(sels, view.Selector(class))
		}
	}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.MakeChan && op.Res.Root == root && op.Res.IsOne() {
				sels = append(sels, op.Res.Sel)
			}
		}
	}
	return sels
}

// filled returns the fields of its parameters that f makes channels for, with the index
// of the parameter.
func filled(f *skeleton.Func) map[*skeleton.Sel]int {
	var sels map[*skeleton.Sel]int
	for _, op := range f.Ops() {
		if op.Kind != syncapi.Store || f.Imported() || op.Res.Root == nil || op.Res.Root.Kind != skeleton.Param || op.Res.Root.Owner != f || !fills(f, op) {
			continue
		}
		if sels == nil {
			sels = make(map[*skeleton.Sel]int)
		}
		sels[op.Res.Sel] = op.Res.Root.Index
	}
	return sels
}

// fills reports whether the operation store of f gives one field a channel that f makes.
func fills(f *skeleton.Func, store *skeleton.Op) bool {
	return store.Res.Sel != nil && store.Res.IsOne() && len(store.Args) == 1 && slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.MakeChan && op.Res == store.Args[0]
	})
}

// isOwn reports whether p is an object that f makes, or a variable of f.
func isOwn(p skeleton.Path, f *skeleton.Func) bool {
	return p.Root != nil && p.Sel == nil && p.Root.Owner == f && (p.Root.Kind == skeleton.Made || p.Root.Kind == skeleton.Local)
}

// isResult reports whether p is an object that a callee of f makes and returns.
func isResult(p skeleton.Path, f *skeleton.Func) bool {
	if p.Root == nil || p.Sel != nil || p.Root.Owner != f || p.Root.Kind != skeleton.Result {
		return false
	}
	calls := f.Ops()
	if call := p.Root.Dropped(); call != nil {
		calls = []*skeleton.Op{call}
	}
	for _, op := range calls {
		if i := slices.Index(op.Results, p.Root); i >= 0 && op.Kind == syncapi.Call && len(op.Targets) == 1 {
			t := op.Targets[0].Func
			return i < len(t.Results) && t.Results[i].Sel == nil && t.Results[i].Root != nil && t.Results[i].Root.Kind == skeleton.Made && t.Results[i].Root.Owner == t
		}
	}
	return false
}

// Element returns the channels that are the elements of a slice or map of f, as one:
// its Made is nil, and what else has them is not looked at. Until it is put there, one
// goes by the name made.
func Element(locks *lockset.Locks, f *skeleton.Func, made, element skeleton.Path) *Channel {
	c := &Channel{Graph: scope(locks, f, map[skeleton.Path]bool{made: true, element: true}, nil, false), Path: element}
	for g := range spawn.Graphs(c.Graph) {
		for n := range spawn.Nodes(g, syncapi.Send, syncapi.Recv, syncapi.Close) {
			if n.Res == made || n.Res == element {
				c.addTo(n)
			}
		}
	}
	return c
}

// scope returns the graph of f in which the callees stand in that make or act on one
// of the channels, or act on what a goroutine that does so signals. If f recovers,
// those do too that may panic, unless f defers what has to do with the channels: which
// way that goes after a panic is not known.
func scope(locks *lockset.Locks, f *skeleton.Func, paths map[skeleton.Path]bool, lent map[*skeleton.Root]bool, yields bool) *skeleton.Graph {
	recovers := f.Recovers() && !slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Defer && slices.ContainsFunc(locks.View.OpEffects(op, ops...), func(e skeleton.Effect) bool { return paths[e.Res] })
	})
	fc := &spawn.Focus{
		Locks: locks, X: syncapi.Send, Y: syncapi.Recv, Yields: yields,
		Keep: func(skeleton.Effect) bool { return true },
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return !t.Func.Imported() && (makes(call, t.Func, paths) || gets(call, t.Func, lent) || offers(call, t.Func, paths)) || recovers && !t.Func.Imported() && locks.View.May(t.Func, syncapi.Panic)
		},
	}
	return fc.Bounded(f, func(p skeleton.Path) bool { return paths[p] || isLent(p, lent) })
}

// offers reports whether the function t, which call calls, sends an object that one of the
// channels is in, or does not by a default of the send's select statement.
func offers(call *skeleton.Node, t *skeleton.Func, paths map[skeleton.Path]bool) bool {
	return slices.ContainsFunc(t.Ops(), func(op *skeleton.Op) bool {
		if op.Kind != syncapi.Send || op.Arm == nil || !op.Arm.Defined || len(op.Args) == 0 {
			return false
		}
		r := op.Args[0].Root
		if r == nil || op.Args[0].Sel != nil || r.Kind != skeleton.Param || r.Owner != t || r.Index >= len(call.Args) {
			return false
		}
		for p := range paths {
			if p.Base() == call.Args[r.Index] {
				return true
			}
		}
		return false
	})
}

// makes reports whether the function t, which call calls, makes one of the channels.
func makes(call *skeleton.Node, t *skeleton.Func, paths map[skeleton.Path]bool) bool {
	for sel, i := range filled(t) {
		if i < len(call.Args) && call.Args[i].Sel == nil && paths[skeleton.Path{Root: call.Args[i].Root, Sel: sel}] {
			return true
		}
	}
	for i, r := range call.Op.Results {
		for _, sel := range returned(call.Graph.View(), t, i, maxReturns) {
			if paths[call.Frame.Resolve(skeleton.Path{Root: r, Sel: sel})] {
				return true
			}
		}
	}
	return false
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
	own, home := c.home()
	stores, recursive := 0, false
	for g := range spawn.Graphs(c.Graph) {
		for _, n := range g.Nodes {
			recursive = recursive || n.Frame.Widened
			switch {
			case c.obscures(n):
				return false
			case n.Op == nil:
				continue
			}
			c.add(n)
			if home && n.Op.Kind == syncapi.Store && n.Res == c.Path {
				if stores++; stores > 1 || !c.isIn(n.Args) {
					return false // it has another later on
				}
				continue
			}
			if spawn.Escapes(n, c.Path) || c.yields(n) {
				c.Escapes = append(c.Escapes, n)
			}
		}
	}
	if recursive && len(c.Escapes) > 0 {
		return false // in what order others get it is not known
	}
	c.Sends = slices.DeleteFunc(c.Sends, func(n *skeleton.Node) bool { return n.Frame.Widened && !c.again(n) })
	if home || c.Made.Frame.Call != nil {
		c.leave(own)
	}
	of := c.Made.Op.Fn
	if home && (!spawn.Followed(c.Graph, c.Graph.Root, c.Path, ops...) || spawn.Kept(c.Graph, c.Graph.Root, c.Path)) {
		return false
	}
	return spawn.Followed(c.Graph, of, c.Made.Op.Res, ops...) && !spawn.Kept(c.Graph, of, c.Path)
}

// home reports whether the channel is in a field of an object of the function's own, or of one that
// the function has got from a callee before it makes the channel.
func (c *Channel) home() (own, home bool) {
	if c.Path.Sel == nil {
		return false, false
	}
	object := skeleton.Path{Root: c.Path.Root}
	own = isOwn(object, c.Graph.Root)
	return own, own || c.Made.Frame.Call == nil && isResult(object, c.Graph.Root)
}

// yields reports whether n receives from the channel or closes it in a literal that code unseen
// may call later on, though it is taken to do so where it gets that.
func (c *Channel) yields(n *skeleton.Node) bool {
	return n.Res == c.Path && n.Op.Is(syncapi.Recv, syncapi.Close) && n.Yielded()
}

// leave notes that the channel is left to what acts on it when the scope has ended, or to
// other functions by its name.
func (c *Channel) leave(own bool) {
	later := c.deferred()
	elsewhere := !own && c.elsewhere()
	c.named = !later && elsewhere
	c.Deferred = later && !elsewhere && len(c.Escapes) == 0
	if later || c.named {
		c.Escapes = append(c.Escapes, c.Made)
	}
}

// isIn reports whether values are the channel alone.
func (c *Channel) isIn(values []skeleton.Path) bool {
	return len(values) == 1 && (values[0] == c.Path || values[0] == c.Made.Res)
}

// obscures reports whether what is done to the channel is not known because of n, which
// is in no order, or looks how full the channel is.
func (c *Channel) obscures(n *skeleton.Node) bool {
	switch {
	case n.Frame.Widened && (!recurs(n.Frame) || c.receives(n.Frame)):
		return true
	case n.Op == nil || n.Res != c.Path:
		return false
	case n.Frame.Widened && n.Op.Is(ops...) && n.Op.Kind != syncapi.Send:
		return true
	}
	return n.Op.Kind == syncapi.Len // somebody looks before
}

// again reports whether n, a send in a call of a function by itself, comes beside others
// of its kind, and not in place of them: a loop makes such calls one after the other.
func (c *Channel) again(n *skeleton.Node) bool {
	return n.Frame.Call != nil && n.Frame.Call.InLoop() || slices.ContainsFunc(c.Sends, func(s *skeleton.Node) bool {
		return s.Op == n.Op && s.Frame != n.Frame && s.Graph == n.Graph && (skeleton.Leads(s, n, nil) || skeleton.Leads(n, s, nil))
	})
}

// recurs reports whether fr stands for what a function does that calls itself: in any
// order, and as often as it likes.
func recurs(fr *skeleton.Frame) bool {
	for at := fr.Up; at != nil; at = at.Up {
		if at.Func == fr.Func && at.Call != nil {
			return true
		}
	}
	return false
}

// receives reports whether what fr stands for, as a set of operations, receives from the
// channel, closes it or looks at it by what it calls, which is not among them.
func (c *Channel) receives(fr *skeleton.Frame) bool {
	effects := c.Graph.View().CallEffects(fr.Call, syncapi.Recv, syncapi.Close, syncapi.Len)
	return slices.ContainsFunc(effects, func(e skeleton.Effect) bool { return e.Res == c.Path })
}

// add adds the operation n to those on the channel, if it is one.
func (c *Channel) add(n *skeleton.Node) {
	if n.Res == c.Path {
		c.addTo(n)
	}
}

func (c *Channel) addTo(n *skeleton.Node) {
	switch n.Op.Kind {
	case syncapi.Send:
		c.Sends = append(c.Sends, n)
	case syncapi.Recv:
		c.Recvs = append(c.Recvs, n)
	case syncapi.Close:
		c.Closes = append(c.Closes, n)
	}
}

// deferred reports whether the function receives from the field that the channel is in by
// an operation that it defers: that stands on more paths than it is due on.
func (c *Channel) deferred() bool {
	view := c.Graph.View()
	_, ok := c.Path.Class()
	return ok && slices.ContainsFunc(c.Graph.Root.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Defer && slices.ContainsFunc(view.OpEffects(op, syncapi.Recv), func(e skeleton.Effect) bool { return e.Res == c.Path })
	})
}

// elsewhere reports whether something is done to the field that the channel is in, of an
// object that a callee makes, by an operation that is not in the graph: others may have
// the object by what it is a part of. An object of the function's own is known to be in
// no other.
func (c *Channel) elsewhere() bool {
	class, ok := c.Path.Class()
	if !ok {
		return false
	}
	in := make(map[*skeleton.Op]bool)
	for g := range spawn.Graphs(c.Graph) {
		for _, n := range g.Nodes {
			in[n.Op] = true
		}
	}
	return slices.ContainsFunc(c.Graph.View().Funcs, func(f *skeleton.Func) bool {
		return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
			of, ok := op.Res.Class()
			return ok && of == class && op.Is(syncapi.Send, syncapi.Recv, syncapi.Close) && !in[op]
		})
	})
}
