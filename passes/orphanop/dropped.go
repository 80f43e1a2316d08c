package orphanop

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- requests and answers that a default drops --

// dropsRequest reports a receive of an answer to a request which the default of a select
// statement may have dropped: nobody has it then.
func (c *checker) dropsRequest(ch *chans.Channel, r *skeleton.Node) bool {
	if r.Graph != ch.Graph || ch.Made == nil {
		return false
	}
	answers := make(map[*skeleton.Node]bool)
	for _, n := range slices.Concat(ch.Sends, ch.Closes, ch.Escapes, ch.Recvs) {
		if n != r {
			answers[chans.StarterIn(ch.Graph, n)] = true
		}
	}
	others := func(n *skeleton.Node) bool { return answers[n] }
	for _, e := range ch.Escapes {
		if !e.Op.Is(syncapi.Send) || e.Op.Arm == nil || !e.Op.Arm.Defined || e.Graph != ch.Graph {
			continue
		}
		for n := range spawn.Nodes(ch.Graph, syncapi.Default) {
			if n.Op.Arm != e.Op.Arm || n.Frame != e.Frame {
				continue
			}
			if !c.view.Sure(func() bool { return spawn.Path(ch.Made, n, others) != nil && comesBy(ch.Made, n, r, others) }) {
				continue
			}
			pos, _ := c.view.Extent(r.Op)
			from, end := c.defaultOf(n.Op)
			if c.done[pos] || !from.IsValid() || end <= from {
				return false
			}
			c.report(ch, r, "receive from", fmt.Sprintf("blocks forever if the request is dropped at %s: nobody has it to answer then", report.Place(c.pass.Fset, from, pos)),
				[]analysis.RelatedInformation{{Pos: from, End: end, Message: "here the request is dropped"}})
			return true
		}
	}
	return false
}

// dropsAnswer reports a receive of what a goroutine sends by a select statement with a default,
// if there is no room for it, or that each of many sends for as many receives, if the room is
// for a constant number: what is dropped then is waited for in vain.
func (c *checker) dropsAnswer(ch *chans.Channel, r *skeleton.Node) bool {
	side, ok := chans.SideOf(ch.Sends, r)
	if !ok || !ch.CapKnown || len(ch.Closes)+len(ch.Escapes) > 0 || side.Graph.Spawner == nil || side.Graph.Spawner.Graph != r.Graph || side.Graph.Repeats {
		return false
	}
	if slices.ContainsFunc(ch.Sends, func(s *skeleton.Node) bool { return s.Op.Arm == nil || !s.Op.Arm.Defined || s.InLoop() }) {
		return false
	}
	for n := range spawn.Nodes(side.Graph, syncapi.Default) {
		if n.InLoop() {
			return false // it tries again
		}
	}
	if ch.Often(r) || ch.Often(side.Graph.Spawner) {
		if !c.view.Sure(func() bool { return ch.Matched(side, r) }) {
			return false
		}
	} else if ch.Cap > 0 || !c.view.Sure(func() bool { return ch.Comes(r) }) {
		return false
	}
	pos, _ := c.view.Extent(r.Op)
	at, end := c.view.Extent(ch.Sends[0].Op)
	if c.done[pos] || !at.IsValid() || end <= at {
		return false
	}
	c.report(ch, r, "receive from", fmt.Sprintf("may block forever: what is sent at %s is dropped if there is no room for it", report.Place(c.pass.Fset, at, pos)),
		[]analysis.RelatedInformation{{Pos: at, End: end, Message: "the default of this select statement drops it"}})
	return true
}

// defaultOf returns the extent of the default of the select statement that op, its default,
// is in.
func (c *checker) defaultOf(op *skeleton.Op) (pos, end token.Pos) {
	if sel, ok := c.view.Node(op.Arm).(*ast.SelectStmt); ok {
		for _, st := range sel.Body.List {
			if clause, ok := st.(*ast.CommClause); ok && clause.Comm == nil {
				return clause.Pos(), clause.Colon + 1
			}
		}
	}
	return token.NoPos, token.NoPos
}

// comesBy reports whether there is a path from made by n to r past no node for which stop
// holds.
func comesBy(made, n, r *skeleton.Node, stop func(*skeleton.Node) bool) bool {
	return spawn.Path(made, r, func(m *skeleton.Node) bool {
		return stop(m) || m != n && m.Op != nil && m.Op.Arm == n.Op.Arm && m.Frame == n.Frame
	}) != nil && spawn.Path(n, r, stop) != nil
}
