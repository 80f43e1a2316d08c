package noexit

import (
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// owned checks the goroutines that f starts, or that a callee does, and that end by
// nothing but channels which f keeps to itself, in an object of its own perhaps, and
// which nothing closes or sends on.
func (c *checker) owned(f *skeleton.Func) {
	if report.Tests(c.pass, f.Pos) || !c.view.May(f, syncapi.Go) || !c.view.May(f, syncapi.Recv) || c.lifetimes().AsProcess(f) {
		return
	}
	var dead []*chans.Channel
	for _, ch := range c.chans.Of(f) {
		if len(ch.Recvs) > 0 && len(ch.Sends)+len(ch.Closes) == 0 {
			dead = append(dead, ch)
		}
	}
	for _, ch := range dead {
		for _, r := range ch.Recvs {
			if r.Graph != ch.Graph && !chans.Bare(r.Op) && !r.Op.Fn.Imported() && c.strands(ch, r, dead) {
				c.reportOwned(ch, r)
			}
		}
	}
}

// strands reports whether the goroutine of r has no way out but the channels dead, and
// the function that has them returns all the same.
func (c *checker) strands(ch *chans.Channel, r *skeleton.Node, dead []*chans.Channel) bool {
	isDead := func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.Recv) && slices.ContainsFunc(dead, func(d *chans.Channel) bool { return d.Path == n.Res })
	}
	g := r.Graph
	if g.Widened || g.Joined || !skeleton.Leads(g.Entry, r, nil) {
		return false
	}
	for _, n := range g.Nodes {
		if n.Exit != skeleton.NoExit && skeleton.Leads(g.Entry, n, isDead) {
			return false
		}
	}
	start := chans.StarterIn(ch.Graph, r)
	return start != nil && c.view.Sure(func() bool {
		return ch.Graph.Search(skeleton.Query{
			From: []*skeleton.Node{start},
			Visit: func(n *skeleton.Node) skeleton.Verdict {
				if n.Exit == skeleton.ByReturn {
					return skeleton.Found
				}
				return skeleton.Continue
			},
		}) != nil
	})
}

// reportOwned reports a goroutine that waits for a channel of the function that has it
// started.
func (c *checker) reportOwned(ch *chans.Channel, r *skeleton.Node) {
	start := chans.StarterIn(ch.Graph, r)
	site := start.Op
	what := "this goroutine never ends"
	if calls := start.Calls(); len(calls) > 0 {
		site = calls[0].Op
		what = "this call starts a goroutine that never ends"
	}
	pos, end := c.view.Extent(site)
	if c.reported[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.reported[pos] = true
	c.done[r.Frame.Func] = true
	d := analysis.Diagnostic{Pos: pos, End: end, Message: what + ": nothing closes " + ch.Path.String() + ", or sends on it, by which it would end"}
	if at, to := c.view.Extent(r.Op); at.IsValid() && to > at {
		d.Related = []analysis.RelatedInformation{{Pos: at, End: to, Message: "it waits for " + c.view.Text(r.Op) + " here"}}
	}
	report.Report(c.pass, d)
}
