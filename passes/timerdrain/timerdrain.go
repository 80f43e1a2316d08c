package timerdrain

import (
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports receives from timers that block for ever.
var Analyzer = &analysis.Analyzer{
	Name:     "timerdrain",
	Doc:      docs.MustExtract(doc, "timerdrain"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/timerdrain",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at the drains of one package.
//
// A drain is a receive that follows a Stop, or the test of a Reset's result. It
// is reported if a feasible path leads to it on which the value of the timer is
// received, or the timer stopped, before, and not reset since: a may-analysis,
// exact in the conditions that skeletons keep.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	root *syntax.Tree
	seen map[*skeleton.Op]bool // what has been reported

	graphs map[*skeleton.Func]*skeleton.Graph
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass: pass,
		view: pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		root: pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		seen: make(map[*skeleton.Op]bool),

		graphs: make(map[*skeleton.Func]*skeleton.Graph),
	}
	c.view.Lock()
	defer c.view.Unlock()
	var drains []*drain
	for _, f := range c.view.Funcs {
		if !c.mayDrain(f) {
			continue
		}
		for _, d := range drainsIn(c.graph(f)) {
			c.check(d)
			drains = append(drains, d)
		}
	}
	c.concurrent(drains)
	return nil, nil
}

// mayDrain reports whether f, with what it calls, has a bare receive from a timer
// and stops or resets one.
func (c *checker) mayDrain(f *skeleton.Func) bool {
	if !c.view.May(f, syncapi.TimerStop) && !c.view.May(f, syncapi.TimerReset) || !c.view.May(f, syncapi.Recv) {
		return false
	}
	return slices.ContainsFunc(c.view.Effects(f, onTimers...), func(e skeleton.Effect) bool {
		return e.Op.Kind == syncapi.Recv && e.Op.Arm == nil && !e.Op.Range && isTimerChan(e.Res)
	})
}

// onTimers are the operations on timers, and the receives.
var onTimers = []syncapi.Op{syncapi.Recv, syncapi.TimerStop, syncapi.TimerReset, syncapi.NewTimer}

// graph returns the graph of f, without callees that have nothing to do with timers.
func (c *checker) graph(f *skeleton.Func) *skeleton.Graph {
	if g := c.graphs[f]; g != nil {
		return g
	}
	c.graphs[f] = c.view.Outline(f, skeleton.Interest{
		Ops: append(slices.Clone(onTimers), syncapi.Store),
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool {
			return slices.ContainsFunc(c.view.Effects(t.Func, onTimers...), func(e skeleton.Effect) bool {
				return e.Op.Kind != syncapi.Recv || isTimerChan(e.Res)
			})
		},
	})
	return c.graphs[f]
}

// isTimerChan reports whether p is the channel of a timer.
func isTimerChan(p skeleton.Path) bool {
	class, ok := p.Class()
	return ok && syncapi.TimerChan(class.Type, class.Field) == syncapi.NewTimer
}

// A drain is a receive that is to empty the channel of a timer.
type drain struct {
	node  *skeleton.Node
	timer skeleton.Path
	stops []*skeleton.Node // Stop, or Reset, that it comes behind, with no other operation on the timer between
}

// drainsIn returns the drains in g.
func drainsIn(g *skeleton.Graph) []*drain {
	if g.Widened {
		return nil
	}
	var drains []*drain
	for n := range spawn.Nodes(g, syncapi.Recv) {
		if n.Op.Arm != nil || n.Op.Range || n.Frame.Func.Effects {
			continue // does not wait for this alone, or in an order that is not known
		}
		timer, ok := timerOf(n)
		if !ok {
			continue
		}
		d := &drain{node: n, timer: timer}
		for m := range spawn.Nodes(g, syncapi.TimerStop, syncapi.TimerReset) {
			if m.Res == timer && !m.Frame.Func.Effects && leads(m, n, nil, d.touches) {
				d.stops = append(d.stops, m)
			}
		}
		drains = append(drains, d)
	}
	return drains
}

// timerOf returns the timer whose channel n receives from, not ok if it does not
// receive from one.
func timerOf(n *skeleton.Node) (timer skeleton.Path, ok bool) {
	if !isTimerChan(n.Res) {
		return skeleton.Path{}, false
	}
	timer = n.Res.Base()
	return timer, timer.IsOne()
}

// touches reports whether n changes what is known of the timer: it stops, resets
// or drains it, makes another one, or hands it to code unseen.
func (d *drain) touches(n *skeleton.Node) bool {
	return n.Res == d.timer && n.Op.Is(syncapi.TimerStop) || d.receives(n) || d.renews(n)
}

func (d *drain) receives(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.Recv) && n.Res == d.node.Res
}

// renews reports whether the timer may run again behind n, or is another one.
func (d *drain) renews(n *skeleton.Node) bool {
	switch {
	case n.Op == nil:
		return false
	case n.Op.Is(syncapi.TimerReset, syncapi.NewTimer) && n.Res == d.timer, n.Assigns(d.timer):
		return true
	case n.Op.Kind == syncapi.Call && len(n.Op.Targets) == 0:
		return slices.ContainsFunc(n.Args, d.within)
	}
	return slices.ContainsFunc(n.Op.Callbacks, func(cb skeleton.Callback) bool { return cb.Mode == syncapi.Unknown })
}

// within reports whether p is the timer, or holds it.
func (d *drain) within(p skeleton.Path) bool { return p.Root != nil && d.timer.HasPrefix(p) }

// leads reports whether a path leads from a to b, conditions apart, past no node
// for which stop holds and by no step for which skip does.
func leads(a, b *skeleton.Node, skip func(*skeleton.Step) bool, stop func(*skeleton.Node) bool) bool {
	seen := make([]bool, len(a.Graph.Nodes))
	for work := []*skeleton.Node{a}; len(work) > 0; {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range n.Succs {
			if skip != nil && skip(s) {
				continue
			}
			if s.To == b {
				return true
			}
			if !seen[s.To.ID] && !stop(s.To) {
				seen[s.To.ID] = true
				work = append(work, s.To)
			}
		}
	}
	return false
}

// check reports d if it may block for ever.
func (c *checker) check(d *drain) {
	if c.fromAfterFunc(d) {
		return
	}
	for _, s := range d.stops {
		needs := d.needs(s)
		switch {
		case s.Op.Kind == syncapi.TimerReset:
			if needs != nothing {
				c.report(d, s, "this receive waits for the timer anew: the result of Reset does not say that there is a value", "the timer is reset here")
			}
		case needs == stopped:
			c.report(d, s, "this receive blocks for ever: it follows a Stop that kept the timer from firing", "the timer is stopped here")
		case needs == nothing && !tested(s) && !c.returned(s):
			c.report(d, s, "this receive blocks for ever if Stop has kept the timer from firing", "the timer is stopped here")
		case needs != nothing:
			c.before(d, s)
		}
	}
}

// A need is what the result of a Stop or Reset must be for a drain to follow.
type need int

const (
	nothing    need = iota // in particular
	stopped                // true: the timer was running
	notRunning             // false: it had fired, or been stopped
)

// needs returns what the result of s must be for d to follow.
func (d *drain) needs(s *skeleton.Node) need {
	if len(s.Op.Results) == 0 {
		return nothing
	}
	result := s.Frame.Resolve(skeleton.Path{Root: s.Op.Results[0]})
	without := func(want bool) bool {
		return leads(s, d.node, func(st *skeleton.Step) bool { return st.Cond.Var == result && st.Cond.Want == want }, d.touches)
	}
	switch {
	case !without(true):
		return stopped
	case !without(false):
		return notRunning
	}
	return nothing
}

// tested reports whether something depends on the result of s.
func tested(s *skeleton.Node) bool {
	return slices.ContainsFunc(s.Op.Results, func(r *skeleton.Root) bool { return r.Tested() })
}

// before reports d, which follows the Stop s, if the value may be received, or
// the timer stopped, before.
func (c *checker) before(d *drain, s *skeleton.Node) {
	if c.resetByType(d) || c.resetByState(d) {
		return
	}
	for n := range spawn.Nodes(d.node.Graph, syncapi.Recv, syncapi.TimerStop) {
		if !d.splits(n) || n.Frame.Func.Effects {
			continue
		}
		switch {
		case d.receives(n):
			if c.view.Sure(func() bool { return d.follows(n, d.node, d.renews) }) {
				c.report(d, n, "this receive may block for ever: the value of the timer may be received before, at %s", "the value of the timer is received here")
			}
		case n.Res == d.timer:
			if c.view.Sure(func() bool { return d.stoppedBefore(n, s) }) {
				c.report(d, n, "this receive may block for ever: the timer is stopped before, at %s", "the timer is stopped here")
			}
		}
	}
}

// splits reports whether n and the drain do not come from one call of the
// function at the root, in whose graph they are met again.
func (d *drain) splits(n *skeleton.Node) bool {
	a, b := n.Calls(), d.node.Calls()
	return len(a) == 0 || len(b) == 0 || a[0] != b[0]
}

// stoppedBefore reports whether the Stop s may follow the Stop n of a timer that
// is not reset, nor seen to have fired, between.
func (d *drain) stoppedBefore(n, s *skeleton.Node) bool {
	return d.follows(n, s, func(m *skeleton.Node) bool { return d.renews(m) || d.receives(m) && m.Op.Arm != nil })
}

// follows reports whether a feasible path leads from n to m, past no node for
// which avoid holds.
func (d *drain) follows(n, m *skeleton.Node, avoid func(*skeleton.Node) bool) bool {
	return n.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{n},
		To:   []*skeleton.Node{m},
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case at == m:
				return skeleton.Found
			case avoid(at):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	}) != nil
}

// fromAfterFunc reports d if its timer is one of AfterFunc's.
func (c *checker) fromAfterFunc(d *drain) bool {
	for n := range spawn.Nodes(d.node.Graph, syncapi.NewTimer) {
		if n.Res == d.timer && len(n.Op.Callbacks) > 0 && !c.givesChan() {
			c.report(d, n, "this receive blocks for ever: a timer of AfterFunc has no channel", "the timer is made here")
			return true
		}
	}
	return false
}
