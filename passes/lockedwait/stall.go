package lockedwait

import (
	"cmp"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A stall is a wait under a lock in one goroutine of a scene.
type stall struct {
	*checker
	scene *scene
	wait  *wait
	lock  *skeleton.Node // takes the lock that is held
	at    *skeleton.Node // waits, or is the first arm of a select that does

	needs, answer *skeleton.Node // of the other goroutine: takes the lock, and answers
	origin        *skeleton.Node // the wait under the lock, if at waits without it for what that keeps waiting
	relay         *stall         // of the other goroutine if it waits for a third one, which needs the lock
	writer        *skeleton.Op   // whose lock keeps needs out, if both only read
	leaving       *skeleton.Node // needs, if no answer comes behind it
}

// holds reports whether the lock is held at the wait, and no arm of it can be
// answered then.
func (s *stall) holds() bool {
	arms := s.armNodes()
	if arms == nil || loose(s.at) || s.locks.HeldTo(s.lock, func(n *skeleton.Node) bool { return n == s.at }) == nil {
		return false
	}
	for _, x := range arms {
		if !s.unanswered(x) {
			return false
		}
	}
	return s.answer != nil && (s.relay == nil || !s.announced(s.relay.needs, s.relay.answer))
}

// armNodes returns the nodes of all arms of the wait, nil if some are missing.
func (s *stall) armNodes() []*skeleton.Node {
	nodes := []*skeleton.Node{s.at}
	for _, op := range s.wait.arms[1:] {
		i := slices.IndexFunc(s.at.Graph.Nodes, func(n *skeleton.Node) bool { return n.Op == op && n.Frame == s.at.Frame })
		if i < 0 {
			return nil
		}
		nodes = append(nodes, s.at.Graph.Nodes[i])
	}
	return nodes
}

// unanswered reports whether all goroutines that could answer the arm x may be
// waiting for the lock, or for a wait group one of them. It notes the first.
func (s *stall) unanswered(x *skeleton.Node) bool {
	any := x.Op.Is(syncapi.WgWait, syncapi.GroupWait)
	found, never := false, x.Op.Arm != nil && s.things.made(s.scene.on[x])
	for _, g := range s.scene.graphs {
		ys := s.answersIn(g, x)
		if len(ys) == 0 {
			continue
		}
		never = false
		if s.origin != nil && (g == s.origin.Graph || g == x.Graph) {
			continue // which waits as well
		}
		p, y := s.blocked(g, x, ys)
		switch {
		case p != nil && g != x.Graph:
			found = true
			if s.answer == nil {
				s.needs, s.answer = p, y
			}
		case p == nil && !any && !s.relayed(g, x, ys):
			return false
		case p == nil && !any:
			found = true
		}
	}
	return found || never
}

// relayed reports whether the goroutine g, before it answers x by one of ys,
// waits for others, all of which may be waiting for the lock.
func (s *stall) relayed(g *skeleton.Graph, x *skeleton.Node, ys []*skeleton.Node) bool {
	if g == x.Graph || s.origin != nil || s.buffered(x) {
		return false
	}
	for z := range spawn.Nodes(g, syncapi.Send, syncapi.Recv, syncapi.WgWait, syncapi.GroupWait) {
		if z.Op.Arm != nil || loose(z) || s.scene.on[z] == s.scene.on[x] || !s.scene.deep[s.scene.on[z]] || !s.things.closed(z.Op, s.scene.on[z]) {
			continue
		}
		i := slices.IndexFunc(ys, func(y *skeleton.Node) bool { return !loose(y) && spawn.Path(z, y, nil) != nil })
		if i < 0 || !s.unmet(x, z, ys) || !s.atOnce(x, z) {
			continue
		}
		r := &stall{checker: s.checker, scene: s.scene, wait: s.wait, lock: s.lock, at: z, origin: x}
		if r.unanswered(z) && r.answer != nil {
			if s.answer == nil {
				s.relay, s.needs, s.answer, s.writer = r, r.needs, ys[i], r.writer
			}
			return true
		}
	}
	return false
}

// answersIn returns the operations of the goroutine g that could answer x.
func (s *stall) answersIn(g *skeleton.Graph, x *skeleton.Node) []*skeleton.Node {
	var ys []*skeleton.Node
	on := s.scene.on[x]
	for n := range spawn.Nodes(g, answers(x.Op.Kind)...) {
		if s.scene.on[n] != on || n.Op.Is(syncapi.WgAdd) && (!n.Op.NKnown || n.Op.N >= 0) || s.elsewhere(n, x) {
			continue
		}
		ys = append(ys, n)
	}
	if x.Op.Kind == syncapi.Send && s.received(on) && !slices.ContainsFunc(ys, func(n *skeleton.Node) bool { return n.Op.Kind == syncapi.Recv }) {
		return nil // it only closes what others receive from
	}
	return ys
}

// received reports whether anything in the scene receives from the channel on.
func (s *stall) received(on thing) bool {
	for n, th := range s.scene.on {
		if th == on && n.Op.Kind == syncapi.Recv {
			return true
		}
	}
	return false
}

// elsewhere reports whether y, which acts on the like of what x waits on, does
// so on another object, or before anything else knows the object.
func (s *stall) elsewhere(y, x *skeleton.Node) bool {
	if distinct(x.Res, y.Res) {
		return true
	}
	if s.isTest(spawn.Outermost(y).Root) && !s.isTest(spawn.Outermost(x).Root) {
		return true
	}
	if common, _, _ := spawn.Meet(x, y); common != nil {
		return y.Graph == x.Graph && own(y)
	}
	return own(y) && (spawn.Private(y) || spawn.Confined(y)) || own(x) && (spawn.Private(x) || spawn.Confined(x))
}

// own reports whether the function at the root of n's graphs, or what it calls,
// made what n acts on.
func own(n *skeleton.Node) bool {
	return isOrigin(n.Res.Root) && n.Res.Root.Kind != skeleton.Global && n.Res.Root.Kind != skeleton.Param
}

// isOrigin reports whether nothing else than r is known to name what it does.
func isOrigin(r *skeleton.Root) bool {
	switch r.Kind {
	case skeleton.Made, skeleton.Local, skeleton.Result, skeleton.Global, skeleton.Param:
		return true
	}
	return false
}

// distinct reports whether p and q, in graphs of one function, are parts of
// different objects.
func distinct(p, q skeleton.Path) bool {
	return p.Root != q.Root && p.Root.MadeIn() == q.Root.MadeIn() && p.Root.Owner == q.Root.Owner && p.Root.Owner != nil &&
		isOrigin(p.Root) && isOrigin(q.Root) && p.Base().Sel == nil && q.Base().Sel == nil
}

// blocked returns where the goroutine g takes the lock before it answers x by
// one of ys; nil if it needs no lock to answer, or has it behind it.
func (s *stall) blocked(g *skeleton.Graph, x *skeleton.Node, ys []*skeleton.Node) (p, y *skeleton.Node) {
	for _, p := range s.scene.acquires[g] {
		if s.scene.on[p] != s.wait.lock || !s.excludes(p) {
			continue
		}
		for _, y := range ys {
			if loose(y) || !s.sameObjects(x, p, y) || spawn.Path(p, y, nil) == nil || s.buffered(x) && !s.fills(x, p, y) {
				continue
			}
			if s.unmet(x, p, ys) && s.atOnce(cmp.Or(s.origin, x), p) && (s.origin != nil || !s.announced(p, y)) {
				return p, y
			}
		}
		if y := s.leaves(x, p, ys); y != nil && s.sameObjects(x, p, y) && s.atOnce(cmp.Or(s.origin, x), p) && !s.announced(p, y) {
			s.leaving = p
			return p, y
		}
	}
	return nil, nil
}

// leaves returns the receive of ys behind which, without another of them, its goroutine
// comes to p as it leaves the send x alone: by another arm of its select, or by a
// statement that leaves its range before the channel is closed. Nil if there is none.
func (s *stall) leaves(x, p *skeleton.Node, ys []*skeleton.Node) *skeleton.Node {
	answers := func(n *skeleton.Node) bool { return slices.Contains(ys, n) }
	if x.Op.Kind != syncapi.Send || s.buffered(x) && !recurs(x) || slices.ContainsFunc(ys, func(y *skeleton.Node) bool { return skeleton.Leads(p, y, nil) }) {
		return nil
	}
	for _, y := range ys {
		if y.Op.Kind != syncapi.Recv || loose(y) {
			continue
		}
		for _, n := range passesBy(y) {
			if !answers(n) && (n == p || spawn.Path(n, p, answers) != nil) {
				return y
			}
		}
	}
	return nil
}

// passesBy returns the nodes to which control comes where the receive y is not done, or
// not done again while the channel is open: the other arms of its select, and what
// stands in the loop of its range.
func passesBy(y *skeleton.Node) []*skeleton.Node {
	var nodes []*skeleton.Node
	switch {
	case y.Op.Arm != nil:
		for _, n := range y.Graph.Nodes {
			if n.Op != nil && n.Op.Arm == y.Op.Arm && n.Frame == y.Frame && n != y {
				nodes = append(nodes, n)
			}
		}
	case y.Op.Range:
		for _, st := range y.Succs {
			if st.To.SameLoop(y) {
				nodes = append(nodes, st.To)
			}
		}
	}
	return nodes
}

// buffered reports whether x sends into a buffer.
func (s *stall) buffered(x *skeleton.Node) bool { return s.things.buffered(x.Op, s.scene.on[x]) }

// fills reports whether the buffer into which x sends may be full while the goroutine that
// empties it by y in a loop takes the lock at p in the same loop: one that receives
// one value has room for it. A loop may fill a buffer of one, calls without end any.
func (s *stall) fills(x, p, y *skeleton.Node) bool {
	if !p.SameLoop(y) || !skeleton.Leads(y, y, func(n *skeleton.Node) bool { return n.Assigns(y.Res) }) {
		return false
	}
	return s.things.rooms[s.scene.on[x]] == 1 && s.repeats(x) || recurs(x)
}

// excludes reports whether p has to wait for as long as the lock is held.
func (s *stall) excludes(p *skeleton.Node) bool {
	if !lockset.IsShared(p) || !lockset.IsShared(s.lock) {
		return true
	}
	if s.writer == nil {
		s.writer = s.scenes.writer(s.wait.lock, s.isTest)
	}
	return s.writer != nil
}

// sameObjects reports whether the lock that p takes belongs to what y acts on,
// as the lock that is held does to what x waits on.
func (s *stall) sameObjects(x, p, y *skeleton.Node) bool {
	if distinct(s.lock.Res, p.Res) && spawn.Outermost(x) == spawn.Outermost(p) {
		return false
	}
	return (s.origin != nil || ofOne(s.lock, x)) && ofOne(p, y)
}

// ofOne reports whether n and m act on fields of one object, if they do on
// fields of one type. An object that is reached through one of another type
// counts as that which has it, and one that a stored function is bound to as
// that which the function is stored in.
func ofOne(n, m *skeleton.Node) bool {
	p, q := n.Res, m.Res
	a, ok := p.Class()
	b, same := q.Class()
	return !ok || !same || a.Type != b.Type || p.Base() == q.Base() || leadsBack(p, q) || leadsBack(q, p) || foreign(n) || foreign(m)
}

// leadsBack reports whether p names an object by way of that which q is a field
// of, and by an object of another type in between.
func leadsBack(p, q skeleton.Path) bool {
	base := p.Base()
	return base.HasPrefix(q.Base()) && base.IsOne() && base.Sel != nil && base.Sel.Up != q.Base().Sel && base.Sel.Owner != p.Sel.Owner
}

// foreign reports whether n acts on what only a function that is not in n's
// graphs knows: a stored function is bound to it.
func foreign(n *skeleton.Node) bool {
	r := n.Res.Root
	if r.Kind == skeleton.Global || r.Owner == nil || r.MadeIn() != nil {
		return false
	}
	for f := spawn.Outermost(n).Root; f != nil; f = f.Parent {
		if f == r.Owner {
			return false
		}
	}
	return true
}

// unmet reports whether p's goroutine may come to p without having answered x.
func (s *stall) unmet(x, p *skeleton.Node, ys []*skeleton.Node) bool {
	again := s.repeats(x)
	return spawn.Path(p.Graph.Entry, p, func(n *skeleton.Node) bool {
		return slices.Contains(ys, n) && (!again || n.Op.Kind == syncapi.Close)
	}) != nil
}

// repeats reports whether x may be done again after it has been answered, or
// something else like it.
func (s *stall) repeats(x *skeleton.Node) bool {
	if x.Op.Is(syncapi.WgWait, syncapi.GroupWait) {
		return false
	}
	if x.Op.Kind == syncapi.CondWait || x.InLoop() || spawnedAgain(x) {
		return true
	}
	if recurs(x) {
		return true
	}
	for n, on := range s.scene.on {
		if on == s.scene.on[x] && n.Op.Kind == x.Op.Kind && n.Op != x.Op && (n.Graph != x.Graph || skeleton.Leads(n, x, nil)) {
			return true
		}
	}
	return false
}

// recurs reports whether another call may do x again, for the same thing.
func recurs(x *skeleton.Node) bool { return x.Graph.Spawner == nil && !own(x) }

// spawnedAgain reports whether another goroutine may be started like that of x, for
// the same thing that x waits on.
func spawnedAgain(x *skeleton.Node) bool {
	sp := x.Graph.Spawner
	return sp != nil && sp.InLoop() && skeleton.Leads(sp, sp, func(n *skeleton.Node) bool { return n.Assigns(x.Res) })
}

// atOnce reports whether p's goroutine may come to p while x waits.
func (s *stall) atOnce(x, p *skeleton.Node) bool {
	common, gx, gp := spawn.Meet(x, p)
	if common == nil || x.Graph == p.Graph { // for the latter see unanswered
		return true
	}
	if gx == x && gp != p && !spawn.Leads(gp, x) && !own(x) && leftBehind(common, gp, p) {
		return true // of an earlier call
	}
	if gp != p && spawn.HappensBefore(p, s.lock) && (gx != x || !spawn.Leads(s.lock, gp) || !spawn.Leads(gp, x)) {
		return false
	}
	if gx == x {
		return true
	}
	over := awaiter(x, p)
	if gp == p {
		return spawn.Path(gx, p, over) != nil
	}
	return spawn.Path(p.Graph.Entry, p, over) != nil && (gx == gp || spawn.Path(gx, gp, over) != nil || spawn.Path(gp, gx, nil) != nil)
}

// leftBehind reports whether the goroutine of p, which g starts at gp, may still come to p
// when the function at the root of g has returned.
func leftBehind(g *skeleton.Graph, gp, p *skeleton.Node) bool {
	return g.Spawner == nil && slices.ContainsFunc(g.Nodes, func(n *skeleton.Node) bool {
		return n.Exit == skeleton.ByReturn && spawn.Leads(gp, n) && !spawn.HappensBefore(p, n)
	})
}

// awaiter returns a predicate that holds for nodes of p's goroutine, or of one
// around it, which wait until x is over, by something else than what answers x.
func awaiter(x, p *skeleton.Node) func(*skeleton.Node) bool {
	signals := slices.DeleteFunc(spawn.SignalsAfter(x, p.Graph), func(sig spawn.Signal) bool {
		return sig.Res == x.Res && (sig.Kind == syncapi.Send || sig.Kind == syncapi.Recv)
	})
	return spawn.Awaiter(signals, skeleton.Path{}, skeleton.Path{})
}
