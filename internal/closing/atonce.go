package closing

import (
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// atOnce notes the closes x and y, in two goroutines, if one run can have both.
func (t *twiceFinder) atOnce(x, y *skeleton.Node) {
	if t.before(y.Op, x.Op) {
		x, y = y, x // either may be the second
	}
	if t.seen[y.Op] || t.sends.Against(x.Op) || t.sends.Against(y.Op) || x.Recovered() && y.Recovered() {
		return
	}
	if t.view.Sure(func() bool { return t.both(x, y) }) {
		t.add(x, y, AtOnce)
	}
}

// before reports whether a stands before b in the source, files in the order of
// their names: their positions are as the driver has read them.
func (t *twiceFinder) before(a, b *skeleton.Op) bool {
	p, q := t.pass.Fset.Position(a.Pos), t.pass.Fset.Position(b.Pos)
	if p.Filename != q.Filename {
		return p.Filename < q.Filename
	}
	return p.Offset < q.Offset
}

// both reports whether one run can have both x and y, neither of which keeps
// from the other.
func (t *twiceFinder) both(x, y *skeleton.Node) bool {
	common, gx, gy := spawn.Meet(x, y)
	if common == nil || gx == gy || !meet(gx, gy, x.Res) || !reached(x) || !reached(y) {
		return false
	}
	if renews(x) || renews(y) || shareFlag(x, y) || t.shareToken(x, y) || t.keptBack(x, y) || t.keptBack(y, x) || looksAway(x, y) {
		return false
	}
	locked := spawn.ShareLock(x, y)
	return t.comes(x, gx, gy, locked) && t.comes(y, gy, gx, locked)
}

// renews reports whether n's goroutine makes the channel anew when it has closed
// it: another that comes later closes another channel.
func renews(n *skeleton.Node) bool {
	for _, m := range n.Graph.Nodes {
		if m.Frame == n.Frame && n.Frame.Call != nil && m.Op.Is(syncapi.Store, syncapi.MakeChan) && m.Assigns(n.Res) && skeleton.Leads(n, m, nil) {
			return true
		}
	}
	return false
}

// meet reports whether a run may come by both gx and gy, nodes of one graph,
// with one channel at p.
func meet(gx, gy *skeleton.Node, p skeleton.Path) bool {
	anew := func(n *skeleton.Node) bool { return n.Assigns(p) }
	return spawn.Path(gx, gy, anew) != nil || spawn.Path(gy, gx, anew) != nil
}

// reached reports whether the goroutine of n, and each that it comes from, comes
// to n or to the start of the next with the channel that it was started with, if
// it was started with one.
func reached(n *skeleton.Node) bool {
	anew := func(at *skeleton.Node) bool { return at.Assigns(n.Res) }
	for at := n; at.Graph.Spawner != nil; at = at.Graph.Spawner {
		if spawn.Path(at.Graph.Entry, at, anew) == nil {
			return false
		}
	}
	return true
}

// comes reports whether n happens whatever another goroutine, which other
// leads to, does. It stands for all that leads to n that at, a node of the graph
// that has other as well, is n or starts n's goroutine.
func (t *twiceFinder) comes(n, at, other *skeleton.Node, locked bool) bool {
	if n != at && certain(n) {
		return true
	}
	if n == at && (unavoidable(other, n) || spawn.Path(n.Graph.Entry, other, same(n)) == nil) {
		return true
	}
	mode := goroutine
	if n == at {
		mode = sequence
	}
	_, free := t.free(n, rootOf(n), mode)
	return free && !locked
}

// rootOf returns the outermost activation of n's graph that n is in.
func rootOf(n *skeleton.Node) *skeleton.Frame {
	f := n.Frame
	for f.Call != nil && f.Call.Graph == n.Graph && f.Up != nil && f.Up.Call != nil && f.Up.Call.Graph == n.Graph {
		f = f.Up
	}
	if n.Graph.Spawner == nil {
		for f.Up != nil {
			f = f.Up
		}
	}
	return f
}

// keptBack reports whether y's goroutine waits for something that x's does only
// where it does not close.
func (t *twiceFinder) keptBack(x, y *skeleton.Node) bool {
	if y.Graph.Spawner == nil {
		return false
	}
	for _, m := range gates(y) {
		signals, meets := 0, false
		for s := range spawn.Nodes(x.Graph, syncapi.Close, syncapi.Send) {
			if s.Res == m.Res {
				signals++
				meets = meets || skeleton.Leads(s, x, nil) || skeleton.Leads(x, s, nil)
			}
		}
		if signals > 0 && !meets {
			return true
		}
	}
	return false
}

// looksAway reports whether x and y look first whether the channel is closed,
// and nothing can come between the look and the close. Where both look, that one of their
// goroutines waits for something before it closes tells nothing, unless it is for the other.
func looksAway(x, y *skeleton.Node) bool {
	before, after := looks(x), looks(y)
	switch {
	case before && after:
		return spawn.ShareLock(x, y) || spawn.Awaits(x, y) || spawn.Awaits(y, x)
	case before:
		return spawn.HappensBefore(y, x)
	case after:
		return spawn.HappensBefore(x, y)
	}
	return false
}

// each notes the close y if one operation starts many goroutines that come to
// it with one channel.
func (t *twiceFinder) each(y *skeleton.Node) {
	if t.seen[y.Op] || t.sends.Against(y.Op) || y.Recovered() || y.Res.Root.Kind == skeleton.Result || ofElement(y) || !t.view.Sure(func() bool { return t.many(y) }) {
		return
	}
	locked := len(lockset.Held(y)) > 0
	if t.view.Sure(func() bool { return t.byEach(y, locked) }) {
		t.add(y, y, ByEach)
	}
}

// many reports whether a goroutine that closes at y is started again and
// again with one channel.
func (t *twiceFinder) many(y *skeleton.Node) bool {
	made := y.Res.Root.MadeIn()
	anew := func(n *skeleton.Node) bool { return n.Assigns(y.Res) }
	for g := y.Graph; g.Spawner != nil; g = g.Spawner.Graph {
		if made == g {
			return false
		}
		s := g.Spawner
		if g.Joined || s.InLoop() && spawn.Path(s, s, anew) != nil && t.repeats(s, rootOf(s)) {
			return reached(y)
		}
	}
	return false
}

// byEach reports whether nothing chooses one of the goroutines that come to y.
func (t *twiceFinder) byEach(y *skeleton.Node, locked bool) bool {
	if len(passed(y, swaps)) > 0 || renews(y) || len(onces(y)) > 0 || locked && looks(y) {
		return false
	}
	if len(t.tokens(y)) > 0 {
		return false
	}
	if certain(y) {
		return true
	}
	_, free := t.free(y, rootOf(y), goroutine)
	return free && !locked
}

// tokens returns the channels that all ways to n receive from, or send to in a
// select statement, which only one of many goroutines may do: not those of
// contexts, timers and channels that are closed, nor semaphores that n's
// goroutine gives back.
func (t *twiceFinder) tokens(n *skeleton.Node) map[skeleton.Path]bool {
	found := make(map[skeleton.Path]bool)
	for m := range spawn.Nodes(n.Graph, syncapi.Recv, syncapi.Send) {
		send := m.Op.Is(syncapi.Send)
		if found[m.Res] || m.Op.Range || m.Res == n.Res || send && m.Op.Arm == nil || !send && t.recurs(m) {
			continue
		}
		takes := func(at *skeleton.Node) bool { return at.Op.Is(m.Op.Kind) && at.Res == m.Res }
		if !gives(m) && spawn.Path(n.Graph.Entry, n, takes) == nil {
			found[m.Res] = true
		}
	}
	return found
}

// gives reports whether the goroutine of n, which sends or receives, does the
// other on the same channel.
func gives(n *skeleton.Node) bool {
	for m := range spawn.Nodes(n.Graph, syncapi.Recv, syncapi.Send) {
		if m.Res == n.Res && m.Op.Kind != n.Op.Kind {
			return true
		}
	}
	return false
}

// shareToken reports whether x and y wait for one token.
func (t *twiceFinder) shareToken(x, y *skeleton.Node) bool {
	theirs := t.tokens(y)
	for p := range t.tokens(x) {
		if theirs[p] {
			return true
		}
	}
	return false
}
