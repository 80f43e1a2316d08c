package leakedsend

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
)

// -- goroutines that send once more than is received --

// twice reports a send behind another one of the same goroutine, on a channel without a buffer
// from which a loop receives once for each of the goroutines that a loop has started: some of
// what they send is never received. It is a path that shows both sends, as where a return
// behind the first has been forgotten.
func (c *checker) twice(ch *chans.Channel, send *skeleton.Node) bool {
	start := send.Graph.Spawner
	if ch.Cap > 0 || len(ch.Recvs) != 1 || len(ch.Closes) > 0 || start == nil || start.Graph != ch.Graph || !chans.Bare(send.Op) || send.InLoop() {
		return false
	}
	if r := ch.Recvs[0]; r.Graph != ch.Graph || !chans.Paired(start, r) || !ch.Comes(r) {
		return false
	}
	i := slices.IndexFunc(ch.Sends, func(o *skeleton.Node) bool {
		return o != send && o.Graph == send.Graph && !o.InLoop() && chans.Bare(o.Op) && spawn.Leads(o, send) &&
			c.view.Sure(func() bool { return spawn.Path(o, send, nil) != nil })
	})
	if i < 0 {
		return false
	}
	pos, end := c.view.Extent(send.Op)
	first, firstEnd := c.view.Extent(ch.Sends[i].Op)
	r, rEnd := c.view.Extent(ch.Recvs[0].Op)
	if c.done[pos] || !pos.IsValid() || !first.IsValid() || first == pos {
		return false
	}
	c.done[pos] = true
	name := c.view.Text(send.Op)
	c.found = append(c.found, finding{
		Diagnostic: analysis.Diagnostic{
			Pos: pos, End: end,
			Message: fmt.Sprintf("this send on %s may block forever: its goroutine has sent at %s, and no more is received than one of each", name, report.Place(c.pass.Fset, first, pos)),
			Related: []analysis.RelatedInformation{
				{Pos: first, End: firstEnd, Message: "this send may come before it"},
				{Pos: r, End: rEnd, Message: "here one is received for each goroutine"},
			},
		},
		made: ch.Made.Op, send: send,
	})
	return true
}
