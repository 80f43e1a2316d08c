package chans

import (
	"go/ast"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// LeftOpen returns the wait for the goroutine of the range r, and a return statement in
// front of the wait by which the function that closes the channel leaves before it has;
// nil if there are none. The range does not end then, and the wait neither. If there is a path
// to the wait on which the channel is not closed, and no such statement, left alone is nil.
//
// The path is one that may be. That it leaves by a statement of its own keeps from what
// two conditions decide that are the same.
func (c *Channel) LeftOpen(r *skeleton.Node) (await, left *skeleton.Node) {
	if len(c.Closes) == 0 || r.Graph.Spawner == nil || r.Graph.Spawner.Graph != c.Graph || !c.endless(r) {
		return nil, nil
	}
	closers := make(map[*skeleton.Func]bool)
	for _, n := range c.Closes {
		if n.Graph != c.Graph {
			return nil, nil // another goroutine may do so at any time
		}
		closers[n.Op.Fn] = true
	}
	await = AwaitOf(r)
	if await == nil || await.Graph != c.Graph {
		return nil, nil
	}
	t := c.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{r.Graph.Spawner},
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case slices.Contains(c.Closes, n) || c.isMade(n):
				return skeleton.Stop
			case n.Op == await.Op && n.Res == await.Res:
				return skeleton.Found
			}
			return skeleton.Continue
		},
	})
	if t == nil {
		return nil, nil
	}
	for _, n := range slices.Backward(t.Nodes) {
		if n.Op.Is(syncapi.Return) && closers[n.Op.Fn] {
			if isEarly(n) {
				return await, n
			}
			return nil, nil
		}
	}
	return await, nil
}

// LateClose returns a wait for the goroutine of the range r that comes before all closes of the
// channel, and one of these; nil if there is none. None of them may happen before the wait is
// over: that is a must-analysis.
func (c *Channel) LateClose(r *skeleton.Node) (await, late *skeleton.Node) {
	if len(c.Closes) == 0 || !c.endless(r) {
		return nil, nil
	}
	await = AwaitOf(r)
	if await == nil || !await.Op.Is(syncapi.WgWait, syncapi.GroupWait) || !c.Comes(await) {
		return nil, nil
	}
	for _, w := range await.Graph.Nodes { // a deferred one stands at each way out
		if w.Op == await.Op && w.Res == await.Res && slices.ContainsFunc(c.Closes, func(n *skeleton.Node) bool { return c.Before(n, w) }) {
			return nil, nil
		}
	}
	return await, c.Closes[0]
}

// LeftBehind returns a return statement by which the function that alone answers the receive r
// leaves before it has, itself or in what it calls to answer: the goroutine of r, which ends only
// by that, or by the close of what it ranges over, stays. It is nil if there is none. What is said
// of [Channel.LeftOpen] holds here too.
func (c *Channel) LeftBehind(r *skeleton.Node) *skeleton.Node {
	answers := c.Closes
	if !r.Op.Range {
		answers = slices.Concat(c.Sends, c.Closes)
	}
	if len(c.Escapes) > 0 || !c.endless(r) && !c.holds(r) {
		return nil
	}
	return c.leftBefore(r, answers, func(n *skeleton.Node) bool { return slices.Contains(answers, n) || c.isMade(n) })
}

// LeftAmong is LeftBehind for channels that are the elements of a container, which the function
// closes one after the other, itself or by a function that it calls. Where it comes to that
// loop it closes them all.
func (c *Channel) LeftAmong(r *skeleton.Node) *skeleton.Node {
	if !c.endless(r) {
		return nil
	}
	return c.leftBefore(r, c.Closes, func(n *skeleton.Node) bool {
		return slices.ContainsFunc(c.Closes, func(m *skeleton.Node) bool { return n == m || n.SameLoop(m) })
	})
}

// leftBefore returns the return statement by which the function, which has started the goroutine
// of r, leaves before the answers, and past no node for which stop holds: its own, or that
// of a function that it calls to answer, and which has an error. It is nil if there is none.
func (c *Channel) leftBefore(r *skeleton.Node, answers []*skeleton.Node, stop func(*skeleton.Node) bool) *skeleton.Node {
	if len(answers) == 0 || r.Graph.Spawner == nil || r.Graph.Spawner.Graph != c.Graph {
		return nil
	}
	if slices.ContainsFunc(answers, func(n *skeleton.Node) bool { return n.Graph != c.Graph }) {
		return nil
	}
	t := spawn.LeavingPath(r.Graph.Spawner, stop)
	if t == nil {
		return nil
	}
	for _, n := range slices.Backward(t.Nodes) {
		if n.Frame.Call == nil || !n.Op.Is(syncapi.Return) || !slices.ContainsFunc(answers, func(m *skeleton.Node) bool { return m.Frame.Within(n.Frame) }) {
			continue
		}
		if isEarly(n) && hasResult(n) {
			return n
		}
		return nil // it may know that somebody has answered
	}
	for _, n := range slices.Backward(t.Nodes) {
		if n.Op.Is(syncapi.Return) && n.Frame.Call == nil && isEarly(n) {
			return n
		}
	}
	return nil
}

// holds reports whether the goroutine of r comes to its end only past a receive from the
// channel.
func (c *Channel) holds(r *skeleton.Node) bool {
	if r.Op.Range || r.Graph.Repeats || r.Op.Arm != nil && r.Op.Arm.Defined {
		return false
	}
	for _, n := range r.Graph.Nodes {
		if n.Exit == skeleton.ByReturn && skeleton.Leads(r.Graph.Entry, n, func(m *skeleton.Node) bool { return slices.Contains(c.Recvs, m) }) {
			return false
		}
	}
	return true
}

// isEarly reports whether the return n is a statement in an if statement or a case of a select
// statement, and not the last of its function.
func isEarly(n *skeleton.Node) bool {
	stmt, ok := n.Graph.View().Node(n.Op).(*ast.ReturnStmt)
	if !ok {
		return false
	}
	pos, _ := n.Op.Fn.Closing()
	return stmt.End() < pos && slices.ContainsFunc(stackOf(n), func(at ast.Node) bool {
		switch at := at.(type) {
		case *ast.IfStmt:
			return true
		case *ast.CommClause:
			return at.Comm != nil
		}
		return false
	})
}

// hasResult reports whether the return n has a last result other than nil.
func hasResult(n *skeleton.Node) bool {
	stmt, ok := n.Graph.View().Node(n.Op).(*ast.ReturnStmt)
	if !ok || len(stmt.Results) == 0 {
		return false
	}
	id, ok := ast.Unparen(stmt.Results[len(stmt.Results)-1]).(*ast.Ident)
	return !ok || id.Name != "nil"
}

// endless reports whether the range r ends only when its channel is closed: no statement
// leaves the loop, and nothing outside of the scope has the channel.
func (c *Channel) endless(r *skeleton.Node) bool {
	if !r.Op.Range || len(c.Escapes) > 0 || !r.InLoop() {
		return false
	}
	for _, n := range r.Graph.Nodes {
		if n == r || !n.SameLoop(r) {
			continue
		}
		for _, s := range n.Succs {
			if !s.To.SameLoop(r) {
				return false
			}
		}
	}
	return true
}
