package timerleak

import (
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// fed reports the goroutines that f starts and that wait for a ticker in a loop
// without a way out.
//
// That there is no way out is a must-analysis: no path of the goroutine, the
// conditions of its branches apart, leads to its end. A range over the channel
// of a ticker does not end, since nothing closes that.
func (c *checker) fed(f *skeleton.Func) {
	if c.inTest(f.Pos) || !c.starts(f) || c.lifetimes().AsProcess(f) {
		return
	}
	g := c.view.Outline(f, skeleton.Interest{
		Ops: ticking,
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return c.ticks(t.Func) || handsFunc(t) || handsTicks(call, t)
		},
	})
	for s := range spawn.Goroutines(g) {
		if s.Node.Op.Fn.Imported() || s.Node.Frame.Call != nil && !handed(s.Node.Op) {
			continue
		}
		if tick := feed(s.Graph()); tick != nil {
			c.reportFed(s.Node, tick)
		}
	}
}

// ticking are the operations that show a goroutine which a ticker feeds.
var ticking = []syncapi.Op{syncapi.Recv, syncapi.Tick, syncapi.NewTicker}

// ticks reports whether f, or anything that it runs, makes a ticker or waits for one.
func (c *checker) ticks(f *skeleton.Func) bool {
	return slices.ContainsFunc(c.view.Effects(f, ticking...), func(e skeleton.Effect) bool {
		class, ok := e.Res.Class()
		return e.Op.Kind != syncapi.Recv || ok && syncapi.TimerChan(class.Type, class.Field) == syncapi.NewTicker
	})
}

// handsFunc reports whether a call has a function among its arguments.
func handsFunc(t *skeleton.Target) bool {
	return slices.ContainsFunc(t.Args, func(p skeleton.Path) bool { return p.Root != nil && p.Root.Kind == skeleton.FuncVal })
}

// handsTicks reports whether a call has the channel of a ticker among its arguments.
func handsTicks(call *skeleton.Node, t *skeleton.Target) bool {
	return slices.ContainsFunc(t.Args, func(a skeleton.Path) bool {
		p := call.Frame.Resolve(a)
		if class, ok := p.Class(); ok {
			return syncapi.TimerChan(class.Type, class.Field) == syncapi.NewTicker
		}
		return p.Root != nil && p.Sel == nil && p.Root.Type != nil && syncapi.IsTicks(p.Root.Type)
	})
}

// starts reports whether f starts a goroutine that may wait for a ticker, or
// hands a function to what starts it.
//
//nolint:gocognit // a case for each way to start one
func (c *checker) starts(f *skeleton.Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			switch op.Kind {
			case syncapi.Go:
				for _, t := range op.Inner.Targets {
					if c.view.May(t.Func, syncapi.Recv) {
						return true
					}
				}
				if len(op.Inner.Targets) == 0 {
					return true
				}
			case syncapi.Call:
				for _, a := range op.Args {
					if a.Root != nil && a.Root.Kind == skeleton.FuncVal && a.Root.Func != nil && c.view.May(a.Root.Func, syncapi.Recv) {
						return true
					}
				}
			}
			for _, cb := range op.Callbacks {
				if r := cb.Func.Root; cb.Mode.Starts() && r != nil && r.Func != nil && c.view.May(r.Func, syncapi.Recv) {
					return true
				}
			}
		}
	}
	return false
}

// handed reports whether what op starts is a parameter of its function, so that
// only callers know it.
func handed(op *skeleton.Op) bool {
	if op.Inner != nil {
		p := op.Inner.Dynamic
		return p.Root != nil && p.Root.Kind == skeleton.Param
	}
	for _, cb := range op.Callbacks {
		if cb.Func.Root != nil && cb.Func.Root.Kind == skeleton.Param {
			return true
		}
	}
	return false
}

// feed returns a receive from a ticker in a loop of g, if g has no way out.
func feed(g *skeleton.Graph) *skeleton.Node {
	if g.Widened || g.Joined {
		return nil
	}
	var tick *skeleton.Node
	reached := reachable(g.Entry)
	for _, n := range g.Nodes {
		switch {
		case !reached[n.ID]:
		case n.Exit == skeleton.ByReturn || n.Exit == skeleton.ByPanic:
			return nil
		case tick == nil && isTick(n) && n.InLoop():
			tick = n
		}
	}
	return tick
}

// reachable returns which nodes control may come to from a node, by number.
func reachable(from *skeleton.Node) []bool {
	seen := make([]bool, len(from.Graph.Nodes))
	seen[from.ID] = true
	for work := []*skeleton.Node{from}; len(work) > 0; {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range n.Succs {
			if !seen[s.To.ID] && !exhausts(s) {
				seen[s.To.ID] = true
				work = append(work, s.To)
			}
		}
	}
	return seen
}

// exhausts reports whether a step is taken only when a ticker's channel is
// closed: it leaves a range over it.
func exhausts(s *skeleton.Step) bool {
	n := s.From
	if !isTick(n) || !n.Op.Range || s.To == n || skeleton.Leads(s.To, n, nil) {
		return false
	}
	return skeleton.Leads(n, n, nil)
}

// isTick reports whether n receives from a ticker.
func isTick(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Recv) || n.Res.Root == nil {
		return false
	}
	if class, ok := n.Res.Class(); ok {
		return syncapi.TimerChan(class.Type, class.Field) == syncapi.NewTicker
	}
	made := maker(n)
	return made != nil && made.Op.Kind == syncapi.Tick
}

// maker returns the node that makes the ticker which n receives from, in n's
// graph or in one that starts it; nil if it is not there.
func maker(n *skeleton.Node) *skeleton.Node {
	ticker := n.Res
	if _, ok := ticker.Class(); ok {
		ticker = ticker.Base()
	}
	for g := n.Graph; g != nil; g = outer(g) {
		for m := range spawn.Nodes(g, syncapi.Tick, syncapi.NewTicker) {
			if m.Res == ticker {
				return m
			}
		}
	}
	return nil
}

func outer(g *skeleton.Graph) *skeleton.Graph {
	if g.Spawner == nil {
		return nil
	}
	return g.Spawner.Graph
}

// reportFed reports the goroutine that start starts and tick feeds. One that
// waits for a ticker which is made elsewhere, and kept in a field, is left to noexit.
func (c *checker) reportFed(start, tick *skeleton.Node) {
	made := maker(tick)
	d := analysis.Diagnostic{}
	switch {
	case made != nil && !made.Op.Fn.Imported():
		d.Pos, d.End = c.view.Extent(made.Op)
		d.Message = "the goroutine that this ticker feeds never ends: its loop has no way out"
		d.Related = c.related(tick.Op, "the loop waits for the ticker here, and nothing ends it")
	case !tick.Op.Fn.Imported():
		return
	default:
		d.Pos, d.End = c.view.Extent(start.Op)
		d.Message = "this goroutine never ends: it waits for a ticker in a loop that has no way out"
		c.report(d)
		return
	}
	d.Related = append(d.Related, c.related(start.Op, "the goroutine starts here")...)
	c.report(d)
}
