package spawn

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file asks whether two accesses to memory may happen at once, by the Go
// memory model (https://go.dev/ref/mem). What it takes for an order, where x
// comes before the first of the two and y after the second:
//
//   - a go statement comes before all that the goroutine does; so does what
//     Group.Go, WaitGroup.Go and functions known to start goroutines run;
//   - a send, or the close, comes before the receive; a receive from a channel
//     without a buffer, or with one of one element, before the send that it
//     makes room for;
//   - Done comes before the Wait that it lets return, Unlock before the next Lock
//     or RLock, RUnlock before the next Lock;
//   - a function run by Once.Do comes before each return of Do;
//   - an atomic operation comes before those that see its effect;
//   - Signal and Broadcast come before the Wait that they wake, cancel before
//     what Context.Done lets go on;
//   - a subtest waits, in Parallel, for the function that runs it to return.
//
// Beyond the model it takes for an order whatever might be one: calls of unknown
// code on one object, any turn of a loop that waits, counts that are not known.
// It errs to "in order": it is a must-analysis of the accesses being at once, on
// paths that are feasible as far as skeletons know, with the two goroutines'
// conditions taken to be independent.

// Ordering are the operations that order what two goroutines do; whoever asks
// whether accesses are concurrent needs them in his graphs.
var Ordering = []syncapi.Op{
	syncapi.MakeChan, syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.WgAdd, syncapi.WgDone, syncapi.WgWait, syncapi.WgGo,
	syncapi.GroupGo, syncapi.GroupTryGo, syncapi.GroupWait, syncapi.GroupLimit, syncapi.CondWait, syncapi.CondSignal,
	syncapi.CondBroadcast, syncapi.Cancel, syncapi.OnceDo, syncapi.SemAcquire, syncapi.SemTryAcquire, syncapi.SemRelease,
	syncapi.AtomicLoad, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS, syncapi.MapRead, syncapi.MapWrite,
	syncapi.PoolGet, syncapi.PoolPut, syncapi.Parallel, syncapi.Run, syncapi.TimerStop, syncapi.Settle,
}

// A Race finds out what may happen at once in the graph of one function and
// of the goroutines that it starts.
type Race struct {
	root     *skeleton.Graph
	locks    *lockset.Locks // nil if what callers hold is not known
	graphs   []*skeleton.Graph
	parallel []*skeleton.Node // calls of t.Parallel in root
	holdings map[*skeleton.Graph]*lockset.Holdings
	releases map[releaseKey][]release
	caps     map[skeleton.Path]int64 // of channels, where known
	own      map[*skeleton.Graph][]ownLock
	acquired map[awaited]bool
	released map[awaited]bool
	byField  bool // things are told apart by their fields alone; see Beside
}

type releaseKey struct {
	x      *skeleton.Node
	common *skeleton.Graph
}

// NewRace prepares to ask about the graph g.
func NewRace(g *skeleton.Graph) *Race {
	r := &Race{
		root:     g,
		holdings: make(map[*skeleton.Graph]*lockset.Holdings),
		releases: make(map[releaseKey][]release),
		caps:     make(map[skeleton.Path]int64),
		own:      make(map[*skeleton.Graph][]ownLock),
		acquired: make(map[awaited]bool),
		released: make(map[awaited]bool),
	}
	r.parallel = slices.Collect(Nodes(g, syncapi.Parallel))
	for h := range Graphs(g) {
		r.graphs = append(r.graphs, h)
		for n := range Nodes(h, syncapi.MakeChan) {
			r.caps[n.Res] = -1
			if n.Op.NKnown {
				r.caps[n.Res] = n.Op.N
			}
		}
		for _, n := range h.Nodes {
			for _, name := range acquires(n) {
				r.acquired[name] = true
			}
			if n.Op.Is(syncapi.Send, syncapi.Close, syncapi.WgDone, syncapi.WgAdd, syncapi.CondSignal, syncapi.CondBroadcast, syncapi.GroupGo, syncapi.WgGo) {
				r.released[lastOf(n.Res)] = true
			}
		}
	}
	return r
}

// RaceIn prepares to ask about the function f and the goroutines that it starts:
// its graph has all that accesses what they access, by operations of the given
// kinds, as far as shared holds for it, and all that may order the accesses. It
// is nil if there is nothing to ask: no goroutine which f starts, and no subtest,
// accesses such a thing, or other functions of the sample show those that do.
func RaceIn(locks *lockset.Locks, f *skeleton.Func, shared func(skeleton.Path) bool, sample *skeleton.Sample, kinds ...syncapi.Op) *Race {
	v := locks.View
	wanted, signals := sharedIn(v, f, shared, sample, kinds), make(map[awaited]bool)
	if len(wanted) == 0 {
		return nil
	}
	acting := make(map[*skeleton.Op]bool) // what goroutines do that is wanted
	for _, e := range v.Effects(f, kinds...) {
		if e.Started && wanted[e.Res] {
			acting[e.Op] = true
		}
	}
	signalsOfStarters(v, f, acting, signals, make(map[*skeleton.Func]bool), kinds)
	return raceOf(locks, f, func(e skeleton.Effect) bool { return e.Started || wanted[e.Res] }, signals, kinds)
}

// signalsOfStarters notes in signals what goroutines signal that f starts, or that its
// callees start which have acting ones: of what a callee keeps to itself, such as an
// object that it makes, starts and stops, its own operations tell alone. The value tells
// whether one of the acting goroutines may be meant.
func signalsOfStarters(v *skeleton.View, f *skeleton.Func, acting map[*skeleton.Op]bool, signals map[awaited]bool, seen map[*skeleton.Func]bool, kinds []syncapi.Op) {
	if seen[f] {
		return
	}
	seen[f] = true
	for _, op := range f.Ops() {
		acts := slices.ContainsFunc(v.OpEffects(op, kinds...), func(e skeleton.Effect) bool { return e.Started && acting[e.Op] })
		for _, e := range v.OpEffects(op, Ordering...) {
			if e.Started {
				name := lastOf(e.Res)
				signals[name] = signals[name] || (acts || !internal(e.Res)) && !incidental(e.Op, e.Res)
			}
		}
		if !acts || !op.Is(syncapi.Call) {
			continue
		}
		for _, t := range op.Targets {
			if !t.Func.Imported() {
				signalsOfStarters(v, t.Func, acting, signals, seen, kinds)
			}
		}
	}
}

// imported reports whether call is one of another package.
func imported(call *skeleton.Node) bool {
	return slices.ContainsFunc(call.Op.Targets, func(t *skeleton.Target) bool { return t.Func.Imported() })
}

// internal reports whether p begins with what a function of another package has made
// for itself: it orders nothing but what is done on the goroutines that know it.
func internal(p skeleton.Path) bool {
	return p.Root == nil || p.Root.Kind != skeleton.Global && (p.Root.Owner == nil || p.Root.Owner.Imported())
}

// incidental reports whether op, of another package, acts on a package variable: that
// orders two of its callers by chance alone. What a library makes but once, keeps for the
// next one, counts or locks for itself is not how they tell each other.
func incidental(op *skeleton.Op, p skeleton.Path) bool {
	return op.Fn.Imported() && p.Root != nil && p.Root.Kind == skeleton.Global
}

// sharedIn returns what f and the goroutines that it starts access and f is to show, see
// [RaceIn].
func sharedIn(v *skeleton.View, f *skeleton.Func, shared func(skeleton.Path) bool, sample *skeleton.Sample, kinds []syncapi.Op) map[skeleton.Path]bool {
	effects := v.Effects(f, kinds...)
	parallel := v.May(f, syncapi.Parallel)
	started := make(map[skeleton.Path][]*skeleton.Op)
	for _, e := range effects {
		if (e.Started || parallel) && shared(e.Res) {
			started[e.Res] = append(started[e.Res], e.Op)
		}
	}
	wanted := make(map[skeleton.Path]bool)
	for _, e := range effects {
		for _, op := range started[e.Res] {
			if sample == nil || sample.Wants(f, op, e.Op) {
				wanted[e.Res] = true
			}
		}
	}
	return wanted
}

// raceOf prepares to ask about f. Callees stand in that have a wanted effect, or
// act on one of signals; those of other packages, if it is true there.
func raceOf(locks *lockset.Locks, f *skeleton.Func, wanted func(skeleton.Effect) bool, signals map[awaited]bool, kinds []syncapi.Op) *Race {
	v := locks.View
	known := make(map[*skeleton.Node]bool)
	concerns := func(call *skeleton.Node) bool {
		enter, ok := known[call]
		if ok {
			return enter
		}
		for _, e := range v.CallEffects(call, kinds...) {
			enter = enter || wanted(e)
		}
		for _, e := range v.CallEffects(call, Ordering...) {
			near, signalled := signals[lastOf(e.Res)]
			if e.Op.Fn.Imported() && (internal(e.Res) || incidental(e.Op, e.Res)) {
				continue
			}
			enter = enter || signalled && (!imported(call) || near) || e.Op.Is(syncapi.WgWait, syncapi.GroupWait) ||
				e.Op.Is(syncapi.Recv) && !e.Started && e.Res.Root != nil && e.Res.Root.Kind == skeleton.Made
		}
		known[call] = enter
		return enter
	}
	r := NewRace(v.Outline(f, skeleton.Interest{
		Ops: slices.Concat(Ordering, lockset.Ops, kinds, []syncapi.Op{syncapi.Sleep, syncapi.After, syncapi.Tick}),
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return t.Func.Parent != nil || locks.Unbalanced(t.Func) || slices.ContainsFunc(t.Args, skeleton.Path.IsLiteral) || concerns(call)
		},
	}))
	r.locks = locks
	return r
}

// Graphs returns the graph and those of the goroutines, the outer ones first.
func (r *Race) Graphs() []*skeleton.Graph { return r.graphs }

// Concurrent reports whether x and y, on two goroutines of which one may be
// around the other, may happen at once. Both act on the same thing.
func (r *Race) Concurrent(x, y *skeleton.Node) bool {
	common, gx, gy := Meet(x, y)
	if common == nil || x.Graph == y.Graph || r.loose(x, y) || r.guarded(x, y, nil) || r.settled(x, y) || r.settled(y, x) {
		return false
	}
	switch {
	case r.many(x, common) && r.many(y, common):
		return r.unawaited(y, common, r.acquirer(r.releasesOf(x, common))) && r.unawaited(x, common, r.acquirer(r.releasesOf(y, common)))
	case gx == x:
		return r.overlap(y, x, common, gy, gx)
	case gy == y:
		return r.overlap(x, y, common, gx, gy)
	}
	return r.overlap(x, y, common, gx, gy) || r.overlap(y, x, common, gy, gx)
}

// overlap reports whether the goroutine of x, started by gx, may still be to
// come to x when the common graph goes on to gy, which is y or starts its
// goroutine, and y then happens without waiting for x.
func (r *Race) overlap(x, y *skeleton.Node, common *skeleton.Graph, gx, gy *skeleton.Node) bool {
	if joined(x, common) || (gx == x || gy == y) && (r.many(x, common) || r.many(y, common)) {
		return false // who has handed out a callback knows when the calls begin
	}
	rels := r.releasesOf(x, common)
	await := r.acquirer(rels)
	anew := func(n *skeleton.Node) bool { return renews(n, x.Res) }
	looping := gx.InLoop() && Path(gx, gx, or(await, anew)) != nil
	await = r.awaitAll(x, rels, looping, common, gx)
	if gx != gy && Path(gx, gy, or(await, anew, dies, fails, r.unmet, asksStop(gx))) == nil {
		return false
	}
	if gx == gy && gx.Graph == common && x.Graph == y.Graph || gy == y && r.unborn(x, y, gx) {
		return false
	}
	return r.unawaited(y, common, r.awaitAll(x, rels, looping, y.Graph, nil)) &&
		(r.unawaited(x, common, r.acquirer(r.releasesOf(y, common))) || gy == y && r.fedBefore(x, y, gx))
}

// renews reports whether the variable p is another one behind n. To write it does not
// make it one, as to assign a pointer does for what is behind that.
func renews(n *skeleton.Node, p skeleton.Path) bool {
	switch {
	case p.Sel != nil:
		p = p.Base()
	case p.Root != nil && p.Root.Owner != nil && n.Op.Is(syncapi.Set, syncapi.Store) && n.Op.Fn != p.Root.Owner:
		return false // a literal has captured it
	}
	return n.Assigns(p)
}

// fails reports whether n ends its goroutine early: a test that fails there may
// leave others running.
func fails(n *skeleton.Node) bool { return n.Op.Is(syncapi.Goexit) }

// unmet reports whether n waits for something that nothing in the graphs does: it
// may be any of the goroutines that does it, in code that is not seen. Or n waits for
// all of them.
func (r *Race) unmet(n *skeleton.Node) bool {
	switch {
	case settles(n):
		return true
	case n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait):
	case n.Op.Is(syncapi.Recv):
		if _, ok := r.caps[n.Res]; !ok && (n.Res.Root == nil || n.Res.Root.Kind == skeleton.Result || n.Res.Sel != nil && n.Res.Sel.Owner == nil) {
			return false // of a context or a timer
		}
		if c, ok := n.Res.Class(); ok && c.Type.Pkg() != nil && syncapi.Modeled(c.Type.Pkg().Path()) {
			return false
		}
	default:
		return false
	}
	return !r.released[lastOf(n.Res)]
}

// settles reports whether n waits until all other goroutines of a test are blocked
// or have ended.
func settles(n *skeleton.Node) bool { return n.Op.Is(syncapi.Settle) }

// awaitAll returns a predicate that holds for what waits for all of those whose
// releases rels are: one receive is not enough for the sends of a loop's
// goroutines.
func (r *Race) awaitAll(x *skeleton.Node, rels []release, looping bool, in *skeleton.Graph, gx *skeleton.Node) func(*skeleton.Node) bool {
	any := r.acquirer(rels)
	if !looping {
		return or(any, loopsAround(any, in, gx, nil))
	}
	each := slices.DeleteFunc(slices.Clone(rels), func(s release) bool { return s.each })
	perTurn := slices.DeleteFunc(slices.Clone(rels), func(s release) bool { return counted(s.kind) && manyBehind(s.node, x) })
	return or(r.acquirer(each), loopsAround(r.acquirer(perTurn), in, gx, nil))
}

// unawaited reports whether the goroutine of n, started in common, may come to n,
// its own way and that of the goroutines around it, past no node for which
// await holds.
func (r *Race) unawaited(n *skeleton.Node, common *skeleton.Graph, await func(*skeleton.Node) bool) bool {
	for at := n; at.Graph != common; at = at.Graph.Spawner {
		if at != at.Graph.Entry && Path(at.Graph.Entry, at, await) == nil {
			return false
		}
	}
	return true
}

// OnMany reports whether n is on one of the goroutines of a callback that is
// handed to code which runs it at any time, such as a handler.
func (r *Race) OnMany(n *skeleton.Node) bool { return r.many(n, r.root) }

func (r *Race) many(n *skeleton.Node, common *skeleton.Graph) bool {
	for g := n.Graph; g != common; g = g.Spawner.Graph {
		if s := spawnOf(g); s != nil && s.Mode == syncapi.Many {
			return true
		}
	}
	return false
}

// spawnOf returns what has started g.
func spawnOf(g *skeleton.Graph) *skeleton.Spawn {
	if g.Spawner == nil {
		return nil
	}
	for _, s := range g.Spawner.Spawns {
		if s.Graph() == g {
			return s
		}
	}
	return nil
}

// Repeated reports whether x and y, which act on the same thing, may happen at
// once on two goroutines that one statement starts, one after the other. It
// returns that statement.
func (r *Race) Repeated(x, y *skeleton.Node) *skeleton.Node {
	if r.loose(x, y) {
		return nil
	}
	for g := x.Graph; g.Spawner != nil; g = g.Spawner.Graph {
		if Within(y.Graph, g) && !r.ownedBy(x.Res.Root, g) && !r.guarded(x, y, g) && r.again(x, y, g) {
			return g.Spawner
		}
	}
	return nil
}

// ownedBy reports whether a root came to be on the goroutine of g.
func (r *Race) ownedBy(root *skeleton.Root, g *skeleton.Graph) bool {
	made := root.MadeIn()
	return made != nil && Within(made, g)
}

// again reports whether two goroutines with the graph g may run at once, and
// come to x and y.
func (r *Race) again(x, y *skeleton.Node, g *skeleton.Graph) bool {
	start, around := g.Spawner, g.Spawner.Graph
	s := spawnOf(g)
	await := r.acquirer(r.releasesAmong(x, g))
	switch {
	case s == nil || r.limited(start) || inTurn(g) || r.once(g) || r.apart(x, y, g):
		return false
	case s.Mode == syncapi.Many || s.Mode == syncapi.ManyNow:
	default:
		anew := func(n *skeleton.Node) bool { return renews(n, x.Res) }
		if !start.InLoop() || Path(start, start, or(await, anew, dies, settles)) == nil {
			return false
		}
	}
	if !r.unawaited(y, around, r.elects) && !r.unawaited(x, around, r.elects) {
		return false
	}
	return r.unawaited(y, around, await) && r.unawaited(x, around, r.acquirer(r.releasesAmong(y, g))) && (!inTurns(x) || !inTurns(y))
}

// once reports whether a goroutine with the graph g tells a group that it is done for
// which one is counted, and that only once: a second one would make the count negative.
func (r *Race) once(g *skeleton.Graph) bool {
	for done := range Nodes(g, syncapi.WgDone) {
		n, single := 0, false
		for _, h := range r.graphs {
			for add := range Nodes(h, syncapi.WgAdd) {
				if add.Res == done.Res {
					n++
					single = add.Op.NKnown && add.Op.N == 1 && !add.InLoop() && !Within(h, g)
				}
			}
		}
		if single && n == 1 && g.Spawner.Graph != r.root {
			return true
		}
	}
	return false
}

// releasesAmong returns the releases behind x, one of the accesses that goroutines with
// the graph g race for. What they race for tells none of them how far the others are, nor
// does anything of which each has its own.
func (r *Race) releasesAmong(x *skeleton.Node, g *skeleton.Graph) []release {
	rels := slices.DeleteFunc(slices.Clone(r.releasesOf(x, g.Spawner.Graph)), func(s release) bool {
		return isVariable(s.res) && r.ownedBy(s.res.Root, g)
	})
	for i := range rels {
		rels[i].raced = x.Res
	}
	return rels
}

// inTurns reports whether the goroutine of x, in a loop that comes to x again and
// again, spins elsewhere in that loop until an atomic changes that it sets behind x:
// the atomic says whose turn it is.
func inTurns(x *skeleton.Node) bool {
	if !x.InLoop() {
		return false
	}
	for n := range Nodes(x.Graph, syncapi.AtomicLoad) {
		if n.Res.IsOne() && n.SameLoop(x) && setBehind(x, n.Res) && spinsAt(n, x) {
			return true
		}
	}
	return false
}

// spinsAt reports whether control can go from n back to n and come to x only past n
// all the way.
func spinsAt(n, x *skeleton.Node) bool {
	isN := func(m *skeleton.Node) bool { return m == n }
	return Path(n, n, func(m *skeleton.Node) bool { return m == x || m != n && skeleton.Leads(m, x, isN) }) != nil
}

// setBehind reports whether x's goroutine sets an atomic behind x, in the loop that
// x is in.
func setBehind(x *skeleton.Node, atomic skeleton.Path) bool {
	for m := range Nodes(x.Graph, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS) {
		if m.Res == atomic && m.SameLoop(x) && Leads(x, m) {
			return true
		}
	}
	return false
}

// chosen reports whether n tells one goroutine of many: an atomic operation whose
// result is looked at.
func chosen(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.AtomicUpdate, syncapi.AtomicCAS, syncapi.MapWrite) &&
		slices.ContainsFunc(n.Op.Results, func(r *skeleton.Root) bool { return r.Tested() })
}

// elects is [chosen], or reports whether n takes the only token that there is in a channel.
func (r *Race) elects(n *skeleton.Node) bool {
	if chosen(n) {
		return true
	}
	if !n.Op.Is(syncapi.Recv) || !n.Res.IsOne() {
		return false
	}
	tokens := 0
	for _, g := range r.graphs {
		for m := range Nodes(g, syncapi.Send, syncapi.Close) {
			if m.Res != n.Res {
				continue
			}
			if m.Op.Is(syncapi.Close) || m.InLoop() || m.Graph != r.root {
				return false
			}
			tokens++
		}
	}
	return tokens == 1
}

// limited reports whether start starts a goroutine of a group that may be
// limited to one at a time.
func (r *Race) limited(start *skeleton.Node) bool {
	if !start.Op.Is(syncapi.GroupGo, syncapi.GroupTryGo) {
		return false
	}
	for _, g := range r.graphs {
		for n := range Nodes(g, syncapi.GroupLimit) {
			if n.Res == start.Res && n.Op.NKnown && n.Op.N == 1 {
				return true
			}
		}
	}
	return false
}

// loose reports whether the order of x or y within its goroutine is not known.
func (r *Race) loose(x, y *skeleton.Node) bool {
	return x.Frame.Widened || y.Frame.Widened || x.Graph.Widened || y.Graph.Widened || x.Frame.Func.Effects || y.Frame.Func.Effects
}

// guarded reports whether x and y may hold a lock in common, at least one of them
// for writing, or are both run by one Once. If they are on two goroutines with the
// graph g, those locks don't count of which each has its own.
func (r *Race) guarded(x, y *skeleton.Node, g *skeleton.Graph) bool {
	if g == nil && elected(x, y) {
		return true
	}
	hx, hy := r.held(x), r.held(y)
	shared := func(locks []skeleton.Path) []skeleton.Path {
		return slices.DeleteFunc(locks, func(p skeleton.Path) bool { return g != nil && isVariable(p) && r.ownedBy(p.Root, g) })
	}
	if meet(shared(hx.MayExclude(x)), hy.May(y)) || meet(shared(hx.May(x)), hy.MayExclude(y)) {
		return true
	}
	if r.heldByCallers(x, y) || r.heldByCallers(y, x) || r.keptApart(x, y, g) {
		return true
	}
	for p := range lockset.Onces(x) {
		for q := range lockset.Onces(y) {
			if p == q {
				return true
			}
		}
	}
	return !hx.Reached(x) || !hy.Reached(y)
}

// isVariable reports whether a lock is a variable, or a field of one, that a function has
// declared or made.
func isVariable(lock skeleton.Path) bool {
	if lock.Sel != nil && lock.Sel.Up != nil || isElsewhere(lock) {
		return false
	}
	switch r := lock.Root; r.Kind {
	case skeleton.Made:
		return true
	case skeleton.Local:
		if r.Type == nil {
			return false
		}
		_, isStruct := r.Type.Underlying().(*types.Struct)
		return isStruct
	}
	return false
}

// meet reports whether a lock of ps may be one of qs.
func meet(ps, qs []skeleton.Path) bool {
	return slices.ContainsFunc(ps, func(p skeleton.Path) bool {
		return slices.ContainsFunc(qs, func(q skeleton.Path) bool { return p == q || isElsewhere(p) || isElsewhere(q) })
	})
}

// isElsewhere reports whether a lock is known by a field that has its address, so
// that it may go by another name as well.
func isElsewhere(lock skeleton.Path) bool {
	class, ok := lock.Class()
	if !ok {
		return false
	}
	t := class.FieldType()
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return true
	}
	return false
}

// heldByCallers reports whether x, on a goroutine, may hold a lock that some caller
// of the function at the root, in whose own graph y is, may hold.
func (r *Race) heldByCallers(x, y *skeleton.Node) bool {
	if r.locks == nil || r.byField || y.Graph != r.root || x.Graph == r.root {
		return false
	}
	held := r.held(x).May(x)
	if len(held) == 0 {
		return false
	}
	keys := r.locks.MayHoldAtEntry(r.root.Root)
	return slices.ContainsFunc(held, func(p skeleton.Path) bool {
		k, ok := lockset.KeyOf(p)
		return ok && keys[k]
	})
}

func (r *Race) held(n *skeleton.Node) *lockset.Holdings {
	h := r.holdings[n.Graph]
	if h == nil {
		h = lockset.NewHoldings(n.Graph)
		r.holdings[n.Graph] = h
	}
	return h
}

// -- releases and acquires --

// A release is something behind an access that another goroutine may wait for.
type release struct {
	kind syncapi.Op
	res  skeleton.Path
	node *skeleton.Node
	// each is set if the goroutines that a loop starts all do it, and a wait
	// takes notice of one.
	each bool
	// raced is not to be taken for a flag.
	raced skeleton.Path
}

// releasesOf returns the releases behind x, of its own goroutine, of those
// around it that wait for it, and of others that do.
func (r *Race) releasesOf(x *skeleton.Node, common *skeleton.Graph) []release {
	key := releaseKey{x, common}
	if rels, ok := r.releases[key]; ok {
		return rels
	}
	rels := r.releasesIn(x)
	for p := range lockset.Onces(x) {
		rels = append(rels, release{kind: syncapi.OnceDo, res: p, node: x})
	}
	rels = append(rels, results(x, common)...)
	for i := range rels {
		rels[i].each = counted(rels[i].kind) && x.Graph != common && inLoop(x.Graph, common) && !r.isToken(x, rels[i])
	}
	for g := x.Graph; g.Spawner != nil && len(rels) > 0; g = g.Spawner.Graph {
		outer := g.Spawner
		await := r.acquirer(rels)
		for _, s := range r.releasesIn(outer) {
			if Path(outer, s.node, await) == nil {
				rels = append(rels, s)
			}
		}
	}
	rels = r.relayed(x, rels)
	r.releases[key] = rels
	return rels
}

// results returns as releases of x what functions of other packages return that start its
// goroutine, or one around it: a channel from which the end of what they were handed to run
// may be received.
func results(x *skeleton.Node, common *skeleton.Graph) []release {
	var rels []release
	add := func(call *skeleton.Op, in *skeleton.Frame) {
		for _, res := range call.Results {
			if res.Type == nil {
				continue
			}
			if _, isChan := res.Type.Underlying().(*types.Chan); isChan {
				rels = append(rels, release{kind: syncapi.Send, res: in.Resolve(skeleton.Path{Root: res}), node: x})
			}
		}
	}
	for g := x.Graph; g != common && g.Spawner != nil; g = g.Spawner.Graph {
		if !g.Spawner.Op.Is(syncapi.Go) {
			add(g.Spawner.Op, g.Spawner.Frame)
		}
		for fr := g.Spawner.Frame; fr != nil && fr.Call != nil && fr.Func.Imported(); fr = fr.Up {
			add(fr.Call.Op, fr.Up)
		}
	}
	return rels
}

// isToken reports whether x's goroutine has taken, on each way to x, what it gives
// back by s: who has it is alone, and who takes it has waited for all others.
func (r *Race) isToken(x *skeleton.Node, s release) bool {
	takes := syncapi.Recv
	switch s.kind {
	case syncapi.Recv:
		takes = syncapi.Send
	case syncapi.Send:
	default:
		return false
	}
	return s.node.Graph == x.Graph && x != x.Graph.Entry &&
		Path(x.Graph.Entry, x, func(n *skeleton.Node) bool { return n.Op.Is(takes) && n.Res == s.res }) == nil
}

// counted reports whether it takes as many waits as there are releases.
func counted(kind syncapi.Op) bool {
	switch kind {
	case syncapi.Send, syncapi.Recv, syncapi.Cancel, syncapi.CondSignal, syncapi.Call:
		return true
	}
	return false
}

// inLoop reports whether g, or a goroutine between it and common, is started in
// a loop.
func inLoop(g, common *skeleton.Graph) bool {
	for ; g != common && g.Spawner != nil; g = g.Spawner.Graph {
		if g.Spawner.InLoop() {
			return true
		}
	}
	return false
}

// relayed adds to the releases of x those of other goroutines that wait for them.
func (r *Race) relayed(x *skeleton.Node, rels []release) []release {
	for range 2 {
		if len(rels) == 0 {
			break
		}
		await := r.acquirer(rels)
		before := len(rels)
		for _, g := range r.graphs {
			if g == r.root || Within(x.Graph, g) || !slices.ContainsFunc(g.Nodes, await) {
				continue
			}
			for _, n := range g.Nodes {
				s, ok := r.releaseAt(n)
				if ok && !has(rels, n) && Path(g.Entry, n, await) == nil && Path(g.Entry, n, nil) != nil {
					rels = append(rels, s)
				}
			}
		}
		if len(rels) == before {
			break
		}
	}
	return rels
}

func has(rels []release, n *skeleton.Node) bool {
	return slices.ContainsFunc(rels, func(s release) bool { return s.node == n })
}

// releasesIn returns the releases in x's graph behind x, from which control
// does not come back to x, or only past a wait.
func (r *Race) releasesIn(x *skeleton.Node) []release {
	var rels []release
	for _, n := range x.Graph.Nodes {
		s, ok := r.releaseAt(n)
		if !ok || n == x || !Leads(x, n) {
			continue
		}
		if Path(n, x, blocksOn) == nil {
			rels = append(rels, s)
		}
	}
	return rels
}

// blocksOn reports whether n waits for another goroutine, whichever it is.
func blocksOn(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.Send, syncapi.Recv, syncapi.SemAcquire)
}

// releaseAt returns what n releases, if anything may wait for that.
func (r *Race) releaseAt(n *skeleton.Node) (s release, ok bool) {
	if n.Op == nil || incidental(n.Op, n.Res) {
		return s, false
	}
	s = release{kind: n.Op.Kind, res: n.Res, node: n}
	switch n.Op.Kind {
	case syncapi.WgDone, syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.Cancel, syncapi.CondSignal, syncapi.SemRelease,
		syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS, syncapi.MapWrite, syncapi.PoolPut, syncapi.TimerStop:
	case syncapi.CondBroadcast:
		s.kind = syncapi.CondSignal
	case syncapi.WgAdd:
		if n.Op.NKnown && n.Op.N >= 0 {
			return s, false
		}
		s.kind = syncapi.WgDone
	case syncapi.Unlock, syncapi.RUnlock: // who has a lock for reading keeps writers waiting only
	case syncapi.Call:
		if !isOpaque(n) {
			return s, false
		}
		if s.res = opaque(n); s.res.Root == nil {
			return s, false
		}
	default:
		return s, false
	}
	if s.res.Root == nil {
		return s, false
	}
	if s.kind == syncapi.Cancel {
		return s, r.acquired[awaited{name: "Done()"}] || r.acquired[awaited{root: s.res.Root}]
	}
	return s, r.acquired[nameFor(s.kind, s.res)] || r.byField && s.kind == syncapi.Call
}

// isOpaque reports whether the call n is of code that is not known: it is not seen,
// or is one of several methods, whichever the object has.
func isOpaque(n *skeleton.Node) bool {
	if len(n.Op.Targets) == 0 {
		return true
	}
	if len(n.Op.Targets) == 1 || n.Op.Obj == nil || n.Op.Obj.Signature().Recv() == nil {
		return false
	}
	return types.IsInterface(n.Op.Obj.Signature().Recv().Type())
}

// opaque returns what an unknown call acts on: the function value, or the
// receiver of the method. Of packages in the model all that orders anything is
// known.
func opaque(n *skeleton.Node) skeleton.Path {
	if !n.Op.Dynamic.IsZero() {
		return skeleton.Path{Root: n.Frame.Resolve(n.Op.Dynamic).Root}
	}
	obj := n.Op.Obj
	if obj == nil || obj.Signature().Recv() == nil || obj.Pkg() == nil || syncapi.Modeled(obj.Pkg().Path()) || len(n.Args) == 0 {
		return skeleton.Path{}
	}
	return skeleton.Path{Root: n.Args[0].Root}
}

func nameFor(kind syncapi.Op, res skeleton.Path) awaited {
	if kind == syncapi.Call {
		return awaited{root: res.Root}
	}
	return lastOf(res)
}

// acquires returns by which names n may wait for something.
func acquires(n *skeleton.Node) []awaited {
	if n.Op == nil {
		return nil
	}
	switch n.Op.Kind {
	case syncapi.WgWait, syncapi.GroupWait, syncapi.Recv, syncapi.Send, syncapi.CondWait, syncapi.SemAcquire, syncapi.SemTryAcquire,
		syncapi.AtomicLoad, syncapi.AtomicUpdate, syncapi.AtomicCAS, syncapi.MapRead, syncapi.MapWrite, syncapi.PoolGet,
		syncapi.OnceDo, syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.TryRLock, syncapi.TimerStop:
		return []awaited{lastOf(n.Res)}
	case syncapi.Call:
		if p := opaque(n); isOpaque(n) && p.Root != nil {
			return []awaited{{root: p.Root}}
		}
	}
	return nil
}

// acquirer returns a predicate that holds for nodes which wait for one of rels,
// or may.
func (r *Race) acquirer(rels []release) func(*skeleton.Node) bool {
	return func(n *skeleton.Node) bool {
		if n.Op == nil {
			return false
		}
		for i := range rels {
			if n != rels[i].node && r.acquires(n, &rels[i]) {
				return true
			}
		}
		return false
	}
}

func (r *Race) acquires(n *skeleton.Node, s *release) bool {
	same := r.same(n.Res, s.res)
	switch n.Op.Kind {
	case syncapi.WgWait, syncapi.GroupWait:
		return s.kind == syncapi.WgDone && same
	case syncapi.Recv:
		if s.kind == syncapi.Cancel {
			return n.Res.Sel != nil && n.Res.Sel.Name == "Done()" // of that context or one derived from it
		}
		return (s.kind == syncapi.Send || s.kind == syncapi.Close) && same
	case syncapi.Send:
		return s.kind == syncapi.Recv && same && r.handsBack(n)
	case syncapi.CondWait:
		return s.kind == syncapi.CondSignal && same
	case syncapi.SemAcquire, syncapi.SemTryAcquire:
		return s.kind == syncapi.SemRelease && same
	case syncapi.AtomicLoad, syncapi.AtomicUpdate, syncapi.AtomicCAS:
		return (s.kind == syncapi.AtomicStore || s.kind == syncapi.AtomicUpdate || s.kind == syncapi.AtomicCAS) && same
	case syncapi.MapRead, syncapi.MapWrite:
		return s.kind == syncapi.MapWrite && same
	case syncapi.PoolGet:
		return s.kind == syncapi.PoolPut && same
	case syncapi.TimerStop:
		return s.kind == syncapi.TimerStop && same
	case syncapi.OnceDo:
		return s.kind == syncapi.OnceDo && same
	case syncapi.Lock, syncapi.TryLock:
		return (s.kind == syncapi.Unlock || s.kind == syncapi.RUnlock) && same && r.flagged(s, n)
	case syncapi.RLock, syncapi.TryRLock:
		return s.kind == syncapi.Unlock && same && r.flagged(s, n)
	case syncapi.Call:
		return s.kind == syncapi.Call && isOpaque(n) && r.sameObject(n, s)
	}
	return false
}

// sameObject reports whether n and s are calls of unknown code on one object.
func (r *Race) sameObject(n *skeleton.Node, s *release) bool {
	if p := opaque(n); p.Root == s.res.Root {
		return p.Root != nil && (p.Root.Kind == skeleton.Global || !r.byField)
	}
	return r.byField && len(n.Args) > 0 && len(s.node.Args) > 0 && sameField(n.Args[0], s.node.Args[0])
}

// same reports whether what waits on p waits on q as well.
func (r *Race) same(p, q skeleton.Path) bool {
	return sameOrElement(p, q) || r.byField && sameField(p, q)
}

func sameField(p, q skeleton.Path) bool {
	a, ok := p.Field()
	b, same := q.Field()
	return ok && same && a == b
}

// handsBack reports whether a send may have to wait for one receive, and that
// for the last: the channel has room for no more than one element, or nobody
// knows for how many.
func (r *Race) handsBack(send *skeleton.Node) bool {
	n, ok := r.caps[send.Res]
	return !ok || n < 2
}

// flagged reports whether what is written under a lock before it is released by s
// is read under it behind lock: there a goroutine may learn how far the
// other one is.
func (r *Race) flagged(s *release, lock *skeleton.Node) bool {
	unlock := s.node
	var written []skeleton.Path
	for n := range Nodes(unlock.Graph, syncapi.Write) {
		if n.Res.Root != nil && n.Res != s.raced && slices.Contains(r.held(n).May(n), unlock.Res) {
			written = append(written, n.Res)
		}
	}
	for n := range Nodes(lock.Graph, syncapi.Read) {
		knows := func(p skeleton.Path) bool { return p == n.Res || r.byField && sameField(p, n.Res) }
		if slices.ContainsFunc(written, knows) && slices.Contains(r.held(n).May(n), lock.Res) {
			return true
		}
	}
	return false
}

// -- parallel subtests --

// Parallel reports whether x and y, which act on the same thing in the graph of
// a test, may happen at once in two subtests that run in parallel, perhaps in
// two runs of one literal. It returns the calls that run the subtests.
func (r *Race) Parallel(x, y *skeleton.Node) (tx, ty *skeleton.Node) {
	fx, fy := r.subtest(x), r.subtest(y)
	if fx == nil || fy == nil || fx.Up != fy.Up || r.within(x.Res.Root, fx) || r.loose(x, y) || r.guarded(x, y, nil) {
		return nil, nil
	}
	anew := func(n *skeleton.Node) bool { return renews(n, x.Res) }
	switch {
	case fx != fy:
		if Path(fx.Call, fy.Call, anew) == nil && Path(fy.Call, fx.Call, anew) == nil {
			return nil, nil
		}
	case Path(fx.Call, fx.Call, anew) == nil:
		return nil, nil
	}
	return fx.Call, fy.Call
}

// subtest returns the activation of the subtest in which n runs in parallel to
// others, nil if there is none.
func (r *Race) subtest(n *skeleton.Node) *skeleton.Frame {
	for _, p := range r.parallel {
		fr := p.Frame
		for fr.Call != nil && p.Res.Root != nil && p.Res.Root.Owner != fr.Func && fr.Up != nil {
			fr = fr.Up
		}
		if fr.Call == nil || fr.Func.Parent == nil {
			continue
		}
		at := n
		for at.Graph != r.root && at.Graph.Spawner != nil {
			at = at.Graph.Spawner
		}
		if inFrame(at, fr) && Leads(p, at) {
			return fr
		}
	}
	return nil
}

// within reports whether a root came to be in the activation fr, or in one that
// it leads to.
func (r *Race) within(root *skeleton.Root, fr *skeleton.Frame) bool {
	call := root.Call()
	if call == nil {
		return false
	}
	for at := call; at != nil; at = at.Graph.Spawner {
		if at == fr.Call || inFrame(at, fr) {
			return true
		}
	}
	return false
}
