package lockedwait

import (
	"go/types"
	"iter"
	"maps"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// order are the operations by which goroutines wait for each other.
var order = []syncapi.Op{
	syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.WgAdd, syncapi.WgDone, syncapi.WgWait, syncapi.WgGo,
	syncapi.GroupGo, syncapi.GroupTryGo, syncapi.GroupWait, syncapi.CondWait, syncapi.CondSignal, syncapi.CondBroadcast,
}

// The bounds of scenes: the functions that show what is done to a thing, the
// nodes of one scene, and those of all scenes of a package. What is past them is
// not looked at.
const (
	maxRoots      = 60
	maxSceneNodes = 40_000
	maxNodes      = 600_000
)

// Scenes are the goroutines of a package, as far as they have to do with some
// things.
type scenes struct {
	locks  *lockset.Locks
	things *things
	kinds  []syncapi.Op
	acts   map[thing][]action
	lock   map[thing]map[*skeleton.Func]bool // see lockers
	awaits map[*skeleton.Func][]thing        // see waits
	last   *scene                            // the one that was made last, since waits on one thing come together
	spent  int                               // nodes
}

// An action is something that a function does, or has done, to a thing.
type action struct {
	f     *skeleton.Func
	e     skeleton.Effect
	shows bool // f made the thing, or is entered from elsewhere
}

// A scene has all goroutines that act on one of a few things.
type scene struct {
	things   map[thing]bool
	graphs   []*skeleton.Graph
	acquires map[*skeleton.Graph][]*skeleton.Node // of locks among the things
	on       map[*skeleton.Node]thing
	deep     map[thing]bool // things that goroutines wait for before they answer
}

func newScenes(locks *lockset.Locks, things *things) *scenes {
	s := &scenes{
		locks:  locks,
		things: things,
		kinds:  append(slices.Clone(order), lockset.Ops...),
		acts:   make(map[thing][]action),
		lock:   make(map[thing]map[*skeleton.Func]bool),
		awaits: make(map[*skeleton.Func][]thing),
	}
	isEntry := make(map[*skeleton.Func]bool)
	for _, f := range locks.View.Entries() {
		isEntry[f] = true
	}
	for _, f := range locks.View.Funcs {
		for _, e := range locks.View.Effects(f, s.kinds...) {
			if th, ok := things.of(e.Res); ok {
				shows := isEntry[f] || e.Res.Root.Owner == f && e.Res.Root.Kind != skeleton.Param
				s.acts[th] = append(s.acts[th], action{f, e, shows})
			}
		}
	}
	for _, acts := range s.acts {
		leaveToCallers(acts, isEntry)
	}
	return s
}

// leaveToCallers lets functions that are handed others to call show nothing which an
// entry shows: that knows what they call.
func leaveToCallers(acts []action, isEntry map[*skeleton.Func]bool) {
	shown := make(map[*skeleton.Op]bool)
	for _, a := range acts {
		if isEntry[a.f] {
			shown[a.e.Op] = true
		}
	}
	for i, a := range acts {
		if a.shows && !isEntry[a.f] && shown[a.e.Op] && slices.ContainsFunc(a.f.Params, isFunc) {
			acts[i].shows = false
		}
	}
}

func isFunc(r *skeleton.Root) bool {
	if r.Type == nil {
		return false
	}
	_, ok := r.Type.Underlying().(*types.Signature)
	return ok
}

// promising reports whether, by what functions do without regard to the order,
// a wait may be one to report: some goroutine that answers an arm of it takes
// the lock as well, or waits itself, and none that does neither is seen.
func (s *scenes) promising(w *wait, isTest func(*skeleton.Func) bool) bool {
	now := s.lockers(w.lock)
	both := false
	for i, op := range w.arms {
		th := w.on[i]
		received := slices.ContainsFunc(s.acts[th], func(a action) bool { return a.e.Op.Kind == syncapi.Recv })
		for _, a := range s.acts[th] {
			if !a.e.Op.Is(answers(op.Kind)...) && !a.e.Op.Is(syncapi.WgGo, syncapi.GroupGo, syncapi.GroupTryGo) {
				continue
			}
			if _, locks := now[a.f]; !both {
				both = locks || s.waits(a.f, th)
			}
			free := a.shows && !a.e.Started && !now[a.f] && a.e.Res.Root.Owner != a.f && (!isTest(a.f) || isTest(op.Fn))
			if free && !op.Is(syncapi.WgWait, syncapi.GroupWait) && (op.Kind != syncapi.Send || !received || a.e.Op.Kind != syncapi.Close) &&
				!s.waits(a.f, th) {
				return false
			}
		}
	}
	return both
}

// lockers returns the functions that take a lock, with whether they do so themselves or
// leave it to goroutines.
func (s *scenes) lockers(lock thing) map[*skeleton.Func]bool {
	now, ok := s.lock[lock]
	if !ok {
		now = make(map[*skeleton.Func]bool)
		for _, a := range s.acts[lock] {
			if a.e.Op.Is(syncapi.Lock, syncapi.RLock) {
				now[a.f] = now[a.f] || !a.e.Started
			}
		}
		s.lock[lock] = now
	}
	return now
}

// waits reports whether f waits for anything but th.
func (s *scenes) waits(f *skeleton.Func, th thing) bool {
	on, ok := s.awaits[f]
	if !ok {
		for _, e := range s.locks.View.Effects(f, s.kinds...) {
			if !e.Op.Is(syncapi.Recv, syncapi.Send, syncapi.WgWait, syncapi.GroupWait) || e.Op.Arm != nil {
				continue
			}
			if each, known := s.things.of(e.Res); known && !slices.Contains(on, each) {
				on = append(on, each)
			}
		}
		s.awaits[f] = on
	}
	return slices.ContainsFunc(on, func(each thing) bool { return each != th })
}

// of returns the scene of what w waits on and of its lock, nil if it is too
// large.
func (s *scenes) of(w *wait) *scene {
	wanted := map[thing]bool{w.lock: true}
	for _, th := range w.on {
		wanted[th] = true
	}
	return s.make(wanted, w.on)
}

// maxRelays bounds the things that a scene is widened by.
const maxRelays = 4

// deeper returns the scene sc of w with what the goroutines that answer w wait
// for first; nil if there is no such thing.
func (s *scenes) deeper(w *wait, sc *scene) *scene {
	further := slices.Clone(w.on)
	deep := make(map[thing]bool)
	for _, g := range sc.graphs {
		answering := slices.ContainsFunc(g.Nodes, func(n *skeleton.Node) bool {
			return slices.ContainsFunc(w.arms, func(arm *skeleton.Op) bool {
				return n.Op.Is(answers(arm.Kind)...) && slices.Contains(w.on, sc.on[n])
			})
		})
		if !answering {
			continue
		}
		for n := range spawn.Nodes(g, syncapi.Send, syncapi.Recv, syncapi.WgWait, syncapi.GroupWait) {
			if th, ok := sc.on[n]; ok && n.Op.Arm == nil && !slices.Contains(further, th) {
				further = append(further, th)
				deep[th] = true
			}
		}
	}
	if len(deep) == 0 || len(deep) > maxRelays {
		return nil
	}
	wanted := map[thing]bool{w.lock: true}
	for _, th := range further {
		wanted[th] = true
	}
	wide := s.make(wanted, further)
	if wide != nil {
		wide.deep = deep
	}
	return wide
}

// make returns the scene of the wanted things, with the goroutines that act on
// those in on; nil if it is too large.
func (s *scenes) make(wanted map[thing]bool, on []thing) *scene {
	if s.last != nil && maps.Equal(s.last.things, wanted) {
		return s.last
	}
	var roots []*skeleton.Func
	seen := make(map[*skeleton.Func]bool)
	for _, th := range on {
		for _, a := range s.acts[th] {
			if a.shows && !seen[a.f] {
				seen[a.f] = true
				roots = append(roots, a.f)
			}
		}
	}
	if len(roots) > maxRoots {
		return nil
	}
	sc := &scene{things: wanted, acquires: make(map[*skeleton.Graph][]*skeleton.Node), on: make(map[*skeleton.Node]thing)}
	nodes := 0
	for _, f := range roots {
		for g := range spawn.Graphs(s.graph(f, wanted, on)) {
			nodes += len(g.Nodes)
			s.spent += len(g.Nodes)
			if nodes > maxSceneNodes || s.spent > maxNodes {
				return nil
			}
			sc.add(g, s.things)
		}
	}
	s.last = sc
	return sc
}

// graph returns the graph of f in which those callees stand in that act on
// wanted things, and those by which goroutines wait for each other if f shows
// both one that waits for a thing in on and one that answers.
func (s *scenes) graph(f *skeleton.Func, wanted map[thing]bool, on []thing) *skeleton.Graph {
	view := s.locks.View
	started, own := false, false
	for _, th := range on {
		for _, a := range s.acts[th] {
			if a.f == f {
				started = started || a.e.Started || a.e.Op.Is(syncapi.WgGo, syncapi.GroupGo, syncapi.GroupTryGo)
				own = own || a.e.Op.Is(waits...)
			}
		}
	}
	starts := started && own
	known := make(map[*skeleton.Node]bool)
	return view.Outline(f, skeleton.Interest{
		Ops: append(slices.Clone(s.kinds), syncapi.Store, syncapi.MakeChan, syncapi.Select),
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			enter, ok := known[call]
			if !ok {
				enter = slices.ContainsFunc(view.CallEffects(call, s.kinds...), func(e skeleton.Effect) bool {
					th, ok := s.things.of(e.Res)
					return ok && wanted[th] || starts && e.Op.Is(order...)
				})
				known[call] = enter
			}
			return enter || s.locks.Unbalanced(t.Func)
		},
	})
}

// add adds a goroutine to the scene.
func (sc *scene) add(g *skeleton.Graph, things *things) {
	sc.graphs = append(sc.graphs, g)
	for _, n := range g.Nodes {
		if n.Op == nil || n.Res.Root == nil || !n.Op.Is(order...) && !n.Op.Is(syncapi.Lock, syncapi.RLock) {
			continue
		}
		th, ok := things.of(n.Res)
		if !ok {
			continue
		}
		sc.on[n] = th
		if n.Op.Is(syncapi.Lock, syncapi.RLock) && !loose(n) {
			sc.acquires[g] = append(sc.acquires[g], n)
		}
	}
}

// nodes yields the nodes of the scene that are the first of ops.
func (sc *scene) nodes(ops ...*skeleton.Op) iter.Seq[*skeleton.Node] {
	return func(yield func(*skeleton.Node) bool) {
		for _, g := range sc.graphs {
			for _, n := range g.Nodes {
				if n.Op == ops[0] && !yield(n) {
					return
				}
			}
		}
	}
}

// loose reports whether n is one of a set of operations in no order.
func loose(n *skeleton.Node) bool { return n.Frame.Widened || n.Frame.Func.Effects }

// writer returns an operation that takes the lock th for writing, outside of
// tests if there is one; nil if there is none.
func (s *scenes) writer(th thing, isTest func(*skeleton.Func) bool) *skeleton.Op {
	for _, f := range s.locks.View.Funcs {
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				if l, ok := s.things.of(op.Res); ok && op.Kind == syncapi.Lock && l == th && !isTest(f) {
					return op
				}
			}
		}
	}
	return nil
}
