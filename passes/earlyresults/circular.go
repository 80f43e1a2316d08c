package earlyresults

import (
	"fmt"
	"go/ast"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
)

// -- work that is handed out without a look at the results --

// circular checks the sends by which a function hands out work on one of the channels cs: a
// loop does so any number of times without a receive of results, which the workers, fewer of
// them, send on another channel without room. With all of them at that, nobody takes the next
// piece of work, and nobody the results. That nothing else receives is a must-analysis; that
// there is more work than workers is taken for granted, unless a loop starts one for each.
func (c *checker) circular(cs []*chans.Channel) {
	for _, todo := range cs {
		if !todo.CapKnown || todo.Cap > 0 || len(todo.Recvs) == 0 {
			continue
		}
		for _, send := range todo.Sends {
			workers, ok := chans.SideOf(todo.Recvs, send)
			if !ok || send.Graph != todo.Graph || !chans.Bare(send.Op) || workers.Graph.Spawner == nil || workers.Graph.Spawner.Graph != send.Graph {
				continue
			}
			for _, results := range cs {
				if r := c.heldUp(workers, send, results); r != nil && c.handsOut(send, results) && !chans.Paired(workers.Graph.Spawner, send) {
					c.reportCircular(todo, results, send, r)
					break
				}
			}
		}
	}
}

// heldUp returns the send of results that each of the workers comes to in its turns, if none
// but the function of the send of work receives them; nil if there is none.
func (c *checker) heldUp(workers *chans.Side, send *skeleton.Node, results *chans.Channel) *skeleton.Node {
	if !results.CapKnown || results.Cap > 0 || len(results.Sends) == 0 || len(results.Recvs) == 0 ||
		slices.ContainsFunc(results.Recvs, func(r *skeleton.Node) bool { return r.Graph != send.Graph }) {
		return nil
	}
	for _, w := range results.Sends {
		inTurn := func(r *skeleton.Node) bool { return r.InLoop() && r.SameLoop(w) && skeleton.Leads(r, w, nil) }
		if w.Graph != workers.Graph || !chans.Bare(w.Op) || slices.ContainsFunc(workers.Ops, func(r *skeleton.Node) bool { return !inTurn(r) }) {
			return nil
		}
	}
	return results.Sends[0]
}

// handsOut reports whether the innermost loop around send, which receives no results, has any
// number of turns.
func (c *checker) handsOut(send *skeleton.Node, results *chans.Channel) bool {
	node := c.view.Node(send.Op)
	if node == nil || send.Frame.Call != nil || chans.AfterPanic(send) {
		return false
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return false
	}
	receives := func(n *skeleton.Node) bool { return slices.Contains(results.Recvs, n) }
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		for _, r := range results.Recvs {
			if n := c.view.Node(r.Op); n == nil || at.Node().Pos() <= n.Pos() && n.End() <= at.Node().End() {
				return false // perhaps whenever there are enough under way
			}
		}
		return c.anyTurns(at) && c.view.Sure(func() bool { return spawn.Path(send, send, receives) != nil })
	}
	return false
}

// anyTurns reports whether the loop at cur has a number of turns that the function does not know.
func (c *checker) anyTurns(cur inspector.Cursor) bool {
	switch loop := cur.Node().(type) {
	case *ast.RangeStmt:
		return chans.IsAnyNumber(c.root, c.pass.TypesInfo, loop.X)
	case *ast.ForStmt:
		return loop.Cond == nil
	}
	return false
}

// reportCircular reports the send of work, with the send of results by which the workers wait.
func (c *checker) reportCircular(todo, results *chans.Channel, send, result *skeleton.Node) {
	pos, end := c.view.Extent(send.Op)
	rPos, rEnd := c.view.Extent(c.view.Site(result))
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	d := analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this send on %s blocks forever once all its receivers wait to send on %s, which is not received from meanwhile", todo.Path, results.Path),
	}
	if rPos.IsValid() && rEnd > rPos {
		d.Related = []analysis.RelatedInformation{{Pos: rPos, End: rEnd, Message: fmt.Sprintf("here they wait for a receiver of %s", results.Path)}}
	}
	report.Report(c.pass, d)
}
