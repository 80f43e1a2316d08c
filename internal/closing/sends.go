// Package closing is a view on skeletons: what comes after a channel has been
// closed, or at the same time. The checks that rest on it report one fault
// once, so each of them knows here what another one reports.
package closing

import (
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// SendsAnalyzer finds the sends that may follow a close of their channel. Its
// result is a [*Sends].
var SendsAnalyzer = &analysis.Analyzer{
	Name:       "closedsends",
	Doc:        "find the sends that may follow a close of their channel",
	Requires:   []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer},
	Run:        runSends,
	ResultType: reflect.TypeFor[*Sends](),
}

// Sends are the sends of a package that may follow a close of their channel.
type Sends struct {
	All []*Send
}

// A Send is a send that may follow a close of its channel.
type Send struct {
	Send, Close *skeleton.Node
	// AtOnce is set if the two are in two goroutines; else there is a path from
	// the close to the send.
	AtOnce bool
}

// Against reports whether one of the sends may follow the close op.
func (s *Sends) Against(op *skeleton.Op) bool {
	for _, send := range s.All {
		if send.Close.Op == op {
			return true
		}
	}
	return false
}

// Has reports whether the send op is one of them.
func (s *Sends) Has(op *skeleton.Op) bool {
	return slices.ContainsFunc(s.All, func(send *Send) bool { return send.Send.Op == op })
}

// A sendFinder looks for pairs of a close and a send in a package.
//
// In one goroutine it asks for a feasible path from the close to the send on
// which the channel is not made anew (a may-analysis of the path, exact in the
// conditions that skeletons keep). In two it asks whether something orders the
// send before the close, which errs to silence.
type sendFinder struct {
	view  *skeleton.View
	locks *lockset.Locks
	seen  map[*skeleton.Op]bool // the sends that have been found, or the calls that lead to them
	found []*Send
}

func runSends(pass *analysis.Pass) (any, error) {
	c := &sendFinder{
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		seen:  make(map[*skeleton.Op]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	focus := &spawn.Focus{
		Locks: c.locks,
		X:     syncapi.Send,
		Y:     syncapi.Close,
		Keep:  func(skeleton.Effect) bool { return true },

		Renewed: true,
	}
	for g := range focus.Graphs() {
		for _, p := range pairs(g) {
			c.pair(p[0], p[1])
		}
	}
	focus.Keep = func(e skeleton.Effect) bool { return e.Op.Kind == syncapi.Close || e.Started }
	c.fields(focus)
	return &Sends{c.found}, nil
}

// pairs returns the pairs of a send and a close of one channel in the graphs
// that one function leads to.
func pairs(g *skeleton.Graph) [][2]*skeleton.Node {
	var closes, sends []*skeleton.Node
	for h := range spawn.Graphs(g) {
		for n := range spawn.Nodes(h, syncapi.Close, syncapi.Send) {
			switch {
			case !n.Res.IsOne():
			case n.Op.Kind == syncapi.Close:
				closes = append(closes, n)
			case !n.Recovered():
				sends = append(sends, n)
			}
		}
	}
	var found [][2]*skeleton.Node
	for _, y := range closes {
		for _, x := range sends {
			if x.Res == y.Res {
				found = append(found, [2]*skeleton.Node{x, y})
			}
		}
	}
	return found
}

// pair notes the send x if it may follow the close y of the same channel.
func (c *sendFinder) pair(x, y *skeleton.Node) {
	switch {
	case c.seen[c.view.Site(x)], c.view.Exhausted():
	case c.follows(x, y):
		if c.view.Sure(func() bool { return !decided(x, y) }) {
			c.add(x, y, false)
		}
	case c.view.Sure(func() bool { return c.atOnce(x, y) && !spawn.ShareLock(x, y) }):
		c.add(x, y, true)
	}
}

// atOnce reports whether the send x and the close y, in two goroutines, are
// not in order.
func (c *sendFinder) atOnce(x, y *skeleton.Node) bool {
	if x.Graph == y.Graph {
		return c.manyAtOnce(x, y)
	}
	return !spawn.HappensBefore(x, y) && !c.answered(x, y)
}

// answered reports whether code that is not seen has the channel, and may, once
// it has received what x sends, answer what the goroutine around x and y waits
// for before it comes to y.
func (c *sendFinder) answered(x, y *skeleton.Node) bool {
	common, gx, gy := spawn.Meet(x, y)
	if common == nil || gx == x || spawn.Path(gx, gy, spawn.Blocks) != nil {
		return false
	}
	for _, ch := range chans.Made(c.locks, common.Root) {
		if ch.Path == x.Res {
			return slices.ContainsFunc(ch.Escapes, func(n *skeleton.Node) bool {
				return slices.ContainsFunc(n.Graph.Nodes, func(m *skeleton.Node) bool { return m.Op == gx.Op && spawn.Leads(n, m) })
			})
		}
	}
	return false
}

// follows reports whether there is a path from the close y to the send x, or
// to the start of the goroutine that sends, with the same channel still.
func (c *sendFinder) follows(x, y *skeleton.Node) bool {
	to := x
	for to != nil && to.Graph != y.Graph {
		to = to.Graph.Spawner
	}
	if to == nil || to == y || x.Frame.Widened || y.Frame.Widened {
		return false
	}
	elsewhere := func(*skeleton.Node) bool { return false }
	if several(y) {
		elsewhere = outOf(y)
	}
	anew := func(n *skeleton.Node) bool { return n.Assigns(y.Res) || n.Graph == y.Graph && elsewhere(n) }
	return spawn.Path(y, to, anew) != nil && (to == x || spawn.Path(x.Graph.Entry, x, anew) != nil)
}

// decided reports whether both x and y happen under a lock, in calls that do
// them or not: what state the lock guards decides is not seen.
func decided(x, y *skeleton.Node) bool {
	return x.Frame.Call != nil && y.Frame.Call != nil && (optional(x) || optional(y)) && spawn.ShareLock(x, y)
}

// optional reports whether the call that n is part of may return without n.
func optional(n *skeleton.Node) bool {
	for _, m := range n.Graph.Nodes {
		if m.Exit == skeleton.ByReturn {
			return skeleton.Leads(n.Frame.Call, m, func(at *skeleton.Node) bool { return at == n })
		}
	}
	return false
}

// manyAtOnce reports whether the goroutine that has both x and y is started
// again and again with one channel, each of them closing it: no lock, counter
// or Once keeps all but the last from it.
func (c *sendFinder) manyAtOnce(x, y *skeleton.Node) bool {
	start := x.Graph.Spawner
	if start == nil || !start.InLoop() || y.Res.Root.MadeIn() == x.Graph || y.Res.Root.Kind == skeleton.Result {
		return false
	}
	anew := func(n *skeleton.Node) bool { return n.Assigns(y.Res) }
	if spawn.Path(start, start, anew) == nil {
		return false
	}
	chosen := func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.AtomicUpdate, syncapi.AtomicCAS, syncapi.OnceDo, syncapi.Lock, syncapi.WgWait)
	}
	return spawn.Path(y.Graph.Entry, y, chosen) != nil
}

// fields checks the channels in fields of objects that several functions know:
// sends on goroutines that the package starts against closes elsewhere.
func (c *sendFinder) fields(focus *spawn.Focus) {
	for _, p := range focus.Fields() {
		for _, y := range p.Ys {
			for _, x := range p.Xs {
				if !x.Recovered() && !c.seen[c.view.Site(x)] && c.view.Sure(func() bool { return spawn.Unordered(x, y) }) {
					c.add(x, y, true)
				}
			}
		}
	}
}

// add notes that the send x may follow the close y, once. If both are in another
// package the fault is that package's own, unless two calls in a row lead to them.
func (c *sendFinder) add(x, y *skeleton.Node, atOnce bool) {
	send := c.view.Site(x)
	if c.seen[send] || x.Op.Fn.Imported() && y.Op.Fn.Imported() && (atOnce || send == c.view.Site(y)) {
		return
	}
	c.seen[send] = true
	c.found = append(c.found, &Send{x, y, atOnce})
}
