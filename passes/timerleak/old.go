package timerleak

import (
	"fmt"
	"go/ast"
	"go/constant"
	"slices"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// after reports op, a time.After in a loop of f, if the loop may come back to it
// before it has fired, so that timers pile up.
func (c *checker) after(f *skeleton.Func, op *skeleton.Op) {
	g := c.view.Expand(f)
	made := nodeOf(g, op)
	if made == nil {
		return
	}
	var arm *skeleton.Node
	fires := make(map[*skeleton.Node]bool)
	for n := range spawn.Nodes(g, syncapi.Recv) {
		if n.Res == made.Res {
			fires[n] = true
			if n.Op.Arm != nil && arm == nil {
				arm = n
			}
		}
	}
	if arm == nil || c.isShort(op) || !skeleton.Leads(made, made, func(n *skeleton.Node) bool { return fires[n] }) {
		return
	}
	pos, end := c.view.Extent(op)
	c.report(analysis.Diagnostic{
		Pos: pos, End: end,
		Message: "each turn of the loop makes a timer here, which before Go 1.23 lives until it fires",
	})
}

// negligible is how long a timer may live on without doing harm.
const negligible = 10 * time.Millisecond

// isShort reports whether op makes a timer of a constant duration that is negligible.
func (c *checker) isShort(op *skeleton.Op) bool {
	call, ok := c.view.Node(op).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	val := c.pass.TypesInfo.Types[call.Args[0]].Value
	if val == nil {
		return false
	}
	d, exact := constant.Int64Val(constant.ToInt(val))
	return exact && time.Duration(d) <= negligible
}

// nodeOf returns the node of an operation of the function at the root of g.
func nodeOf(g *skeleton.Graph, op *skeleton.Op) *skeleton.Node {
	for _, n := range g.Nodes {
		if n.Op == op && n.Frame.Call == nil {
			return n
		}
	}
	return nil
}

// tick reports op, a time.Tick, if its function returns.
func (c *checker) tick(f *skeleton.Func, op *skeleton.Op) {
	if c.lifetimes().AsProcess(f) || !returns(nodeOf(c.view.Expand(f), op)) {
		return
	}
	pos, end := c.view.Extent(op)
	c.report(analysis.Diagnostic{
		Pos: pos, End: end,
		Message: "nothing can stop this ticker when the function returns, and before Go 1.23 it is never freed",
	})
}

// returns reports whether the function at the root of n's graph may return
// behind n.
func returns(n *skeleton.Node) bool {
	if n == nil || n.Graph.Widened {
		return false
	}
	reached := reachable(n)
	for _, m := range n.Graph.Nodes {
		if m.Exit == skeleton.ByReturn && reached[m.ID] {
			return true
		}
	}
	return false
}

// unstopped reports op, which makes a timer or ticker, if nothing stops it.
func (c *checker) unstopped(f *skeleton.Func, op *skeleton.Op) {
	what := "timer"
	if op.Kind == syncapi.NewTicker {
		what = "ticker"
	}
	u := c.usage(op)
	if u == nil || u.escapes || u.field && (op.Kind == syncapi.NewTimer || u.stops) || c.lifetimes().AsProcess(f) {
		return
	}
	made := nodeOf(c.view.Expand(f), op)
	if made == nil || made.Graph.Widened {
		return
	}
	ret := made
	if !u.field {
		if ret = c.leftBehind(made, u); ret == nil {
			return
		}
	}
	pos, end := c.view.Extent(op)
	d := analysis.Diagnostic{Pos: pos, End: end}
	freed := "is never freed"
	if op.Kind == syncapi.NewTimer {
		freed = "lives until it fires"
	}
	switch {
	case !u.stops:
		d.Message = fmt.Sprintf("nothing stops this %s, which before Go 1.23 %s", what, freed)
		if !u.field {
			d.SuggestedFixes = c.deferStop(u)
		}
	case ret == made:
		d.Message = fmt.Sprintf("this %s is not stopped before the loop makes the next one, and before Go 1.23 %s", what, freed)
	default:
		at, to := c.view.Extent(ret.Op)
		d.Message = fmt.Sprintf("this %s is not stopped when the function returns at %s, and before Go 1.23 %s", what, report.Place(c.pass.Fset, at, pos), freed)
		d.Related = []analysis.RelatedInformation{{Pos: at, End: max(to, at+1), Message: fmt.Sprintf("this return leaves the %s running", what)}}
	}
	c.report(d)
}

// leftBehind returns a return of the function to which a path leads from made on
// which the timer is neither stopped nor, unless it ticks, seen to fire, or made
// itself if such a path leads back to it; nil if there is none.
func (c *checker) leftBehind(made *skeleton.Node, u *usage) *skeleton.Node {
	var stopped bool
	ends := make(map[*skeleton.Node]bool)
	for n := range spawn.Nodes(made.Graph, syncapi.TimerStop, syncapi.Recv) {
		switch {
		case n.Op.Kind == syncapi.TimerStop && n.Res == made.Res:
			ends[n], stopped = true, true
		case n.Op.Kind == syncapi.Recv && made.Op.Kind == syncapi.NewTimer && n.Res.Base() == made.Res && n.Res != made.Res:
			ends[n] = true
		}
	}
	if u.stops && !stopped {
		return nil // elsewhere
	}
	trace := made.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{made},
		Take: func(s *skeleton.Step) bool { return !exhausts(s) },
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case ends[n]:
				return skeleton.Stop
			case n == made || n.Exit == skeleton.ByReturn:
				return skeleton.Found
			}
			return skeleton.Continue
		},
	})
	if trace == nil {
		return nil
	}
	if trace.End() == made {
		return made
	}
	for _, v := range slices.Backward(trace.Nodes) {
		if n := v; n.Op.Is(syncapi.Return) && n.Frame.Call == nil {
			return n
		}
	}
	return nil
}
