package orphanop

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lifetime"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports operations that nothing can answer.
var Analyzer = &analysis.Analyzer{
	Name:     "orphanop",
	Doc:      docs.MustExtract(doc, "orphanop"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/orphanop",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at each channel within its scope, see package chans, and at
// the fields that channels and conditions are in.
//
// That an operation is not answered is a must-analysis: no operation that could
// answer it can have happened or be under way, conditions apart. That the
// operation comes at all is taken for granted.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	locks *lockset.Locks
	chans *chans.Package
	index *symindex.Index
	root  *syntax.Tree
	done  map[token.Pos]bool
	left  map[token.Pos]bool // to leakedsend
	found []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		done:  make(map[token.Pos]bool),
		left:  make(map[token.Pos]bool),
	}
	c.view = c.locks.View
	c.view.Lock()
	defer c.view.Unlock()
	c.chans = &chans.Package{Locks: c.locks, Root: c.root, Index: c.index, Info: pass.TypesInfo}
	for _, f := range c.view.Funcs {
		c.fields(f)
		c.late(f)
		c.itself(f)
		c.skipped(f)
		c.replyChans(f)
		c.published(f)
		c.unfinished(f)
		c.abandoned(f)
		c.stops(f)
		if !c.view.May(f, syncapi.MakeChan) || !slices.ContainsFunc(acting, func(kind syncapi.Op) bool { return c.view.May(f, kind) }) {
			continue
		}
		for _, ch := range append(c.chans.Made(f), c.chans.Sole(f)...) {
			c.channel(ch)
			c.publishedBy(ch)
			c.among(f, ch)
		}
	}
	slices.SortFunc(c.found, func(a, b analysis.Diagnostic) int { return int(a.Pos - b.Pos) })
	for _, d := range c.found {
		if !c.left[d.Pos] {
			report.Report(pass, d)
		}
	}
	return nil, nil
}

// acting are the operations on a channel once there is one.
var acting = []syncapi.Op{syncapi.Send, syncapi.Recv, syncapi.Close}

// channel checks the operations on one channel.
func (c *checker) channel(ch *chans.Channel) {
	for _, r := range ch.Recvs {
		if r.Op.Range && c.view.Sure(func() bool { return ch.Unclosed(r) }) {
			c.unclosed(ch, r)
		} else if r.Op.Range && len(ch.Closes) > 0 {
			c.lateClose(ch, r)
			c.leftOpen(ch, r)
			c.missedClose(ch, r)
		} else if chans.Bare(r.Op) {
			c.recv(ch, r)
		}
		if !r.Op.Range {
			c.leftBehind(ch, r)
		}
	}
	if !ch.CapKnown {
		return
	}
	for _, s := range ch.Sends {
		if chans.Bare(s.Op) && c.view.Sure(func() bool { return c.early(ch, s) && c.comes(ch, s) }) {
			c.send(ch, s)
		}
	}
}

// comes reports whether control may be taken to come to a send that nothing has received:
// with an object that a callee makes, and nothing that ever receives, it may be that none is due.
func (c *checker) comes(ch *chans.Channel, s *skeleton.Node) bool {
	return len(ch.Recvs) > 0 || ch.Made.Frame.Call == nil || ch.Certain(s)
}

// unclosed reports a range that never ends.
func (c *checker) unclosed(ch *chans.Channel, r *skeleton.Node) {
	await := chans.AwaitOf(r)
	inMain := ch.Graph.Root != nil && lifetime.IsMain(ch.Graph.Root.Obj)
	if await == nil && inMain && r.Graph != ch.Graph || await != nil && ch.OfPool(r) {
		return
	}
	what := "nothing closes it"
	if len(ch.Sends) == 0 {
		what = "nothing sends to it or closes it"
	}
	var related []analysis.RelatedInformation
	if await != nil {
		related = c.related(await.Op, "here its end is waited for, forever")
	}
	c.report(ch, r, "range over", "never ends: "+what, related)
}

// lateClose reports a range whose channel is closed only behind a wait for its end.
func (c *checker) lateClose(ch *chans.Channel, r *skeleton.Node) {
	var await, late *skeleton.Node
	if !c.view.Sure(func() bool { await, late = ch.LateClose(r); return await != nil }) {
		return
	}
	pos, _ := c.view.Extent(r.Op)
	at, _ := c.view.Extent(late.Op)
	c.report(ch, r, "range over", fmt.Sprintf("never ends: what closes it at %s comes only behind the wait for it", report.Place(c.pass.Fset, at, pos)),
		append(c.related(await.Op, "here its end is waited for, forever"), c.related(late.Op, "this close comes only behind the wait")...))
}

// leftOpen reports a range whose channel is not closed on a path to where its end is
// waited for: by a return, or by a break from the loop that the close is in.
func (c *checker) leftOpen(ch *chans.Channel, r *skeleton.Node) {
	var await, left *skeleton.Node
	if !c.view.Sure(func() bool { await, left = ch.LeftOpen(r); return await != nil }) {
		c.leftBehind(ch, r)
		return
	}
	pos, _ := c.view.Extent(r.Op)
	var from, end token.Pos
	what := "return"
	if left != nil {
		from, end = c.view.Extent(left.Op)
	} else if br := c.breaksOut(ch); br != nil {
		from, end, what = br.Pos(), br.End(), "break"
	} else {
		c.leftBehind(ch, r)
		return
	}
	c.report(ch, r, "range over", fmt.Sprintf("may never end: nothing closes it after the %s at %s", what, report.Place(c.pass.Fset, from, pos)),
		append([]analysis.RelatedInformation{{Pos: from, End: end, Message: "this " + what + " leaves the channel open"}},
			c.related(await.Op, "here its end is waited for, forever")...))
}

// breaksOut returns a break statement by which, because of an error, control leaves the loop that
// the only close of the channel is in; nil if there is none.
func (c *checker) breaksOut(ch *chans.Channel) ast.Node {
	if len(ch.Closes) != 1 {
		return nil
	}
	node := c.view.Node(ch.Closes[0].Op)
	if node == nil {
		return nil
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return nil
	}
	for loop := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch loop.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
		default:
			return nil
		}
		for br := range loop.Preorder((*ast.BranchStmt)(nil)) {
			stmt := br.Node().(*ast.BranchStmt)
			if stmt.Tok != token.BREAK || stmt.Label != nil || br.ParentEdgeKind() != edge.BlockStmt_List || br.Parent().ParentEdgeKind() != edge.IfStmt_Body {
				continue
			}
			ifs := br.Parent().Parent()
			if !encloses(ifs.Node(), node) && chans.OfError(c.pass.TypesInfo, br) && innermost(ifs) == loop {
				return stmt
			}
		}
		return nil
	}
	return nil
}

// innermost returns the loop, or the switch or select statement, around cur that a break leaves.
func innermost(cur inspector.Cursor) inspector.Cursor {
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.SwitchStmt)(nil), (*ast.TypeSwitchStmt)(nil), (*ast.SelectStmt)(nil)) {
		return at
	}
	return cur
}

// leftBehind reports a range or receive whose goroutine stays when the function that closes
// its channel, or sends to it, has returned early.
func (c *checker) leftBehind(ch *chans.Channel, r *skeleton.Node) {
	var left *skeleton.Node
	if !lifetime.IsMain(ch.Graph.Root.Obj) && c.view.Sure(func() bool { left = ch.LeftBehind(r); return left != nil }) {
		c.leaves(ch, r, left)
	}
}

// among reports a range over the channels that are the elements of a container of f, as ch is,
// whose goroutines stay when f has returned early.
func (c *checker) among(f *skeleton.Func, ch *chans.Channel) {
	if len(ch.Escapes) == 0 || ch.Made == nil || lifetime.IsMain(f.Obj) {
		return
	}
	u, all := c.chans.Elements(f, ch)
	if u == nil || u.Shared {
		return
	}
	seen := make(map[ast.Node]bool)
	for _, n := range all.Closes {
		seen[c.view.Node(n.Op)] = true
	}
	if slices.ContainsFunc(u.Closes, func(call *ast.CallExpr) bool { return !seen[call] }) {
		return
	}
	for _, r := range all.Recvs {
		var left *skeleton.Node
		if r.Op.Range && c.view.Sure(func() bool { left = all.LeftAmong(r); return left != nil }) {
			c.leaves(all, r, left)
		}
	}
}

// leaves reports that nothing answers r after the return left.
func (c *checker) leaves(ch *chans.Channel, r, left *skeleton.Node) {
	pos, _ := c.view.Extent(r.Op)
	from, end := c.view.Leaving(left.Op)
	related := []analysis.RelatedInformation{{Pos: from, End: end, Message: "this return leaves the channel open"}}
	place := report.Place(c.pass.Fset, from, pos)
	switch {
	case r.Op.Range:
		c.report(ch, r, "range over", "may never end: nothing closes it after the return at "+place, related)
	case len(ch.Sends) == 0:
		c.report(ch, r, "receive from", "may never come: nothing closes it after the return at "+place, related)
	default:
		related[0].Message = "this return comes before what is received"
		c.report(ch, r, "receive from", "may never come: nothing sends to it after the return at "+place, related)
	}
}

// recv checks a receive that waits for nothing else.
func (c *checker) recv(ch *chans.Channel, r *skeleton.Node) {
	answers := append(slices.Clone(ch.Sends), ch.Closes...)
	inMain := ch.Graph.Root != nil && lifetime.IsMain(ch.Graph.Root.Obj) && r.Graph == ch.Graph
	switch {
	case len(answers) == 0 && len(ch.Escapes) == 0:
		if !inMain && ch.Comes(r) && ch.Path.Root.Name != "" && !c.byMethod(r.Op) {
			c.report(ch, r, "receive from", "blocks forever: nothing sends to it or closes it", nil)
		}
	case c.view.Sure(func() bool { return c.unanswered(ch, r, answers) && ch.Certain(r) }):
		if ch.Deferred && c.deferredWait(ch, r, answers[0]) {
			return
		}
		does := "sends to"
		if len(ch.Sends) == 0 {
			does = "closes"
		}
		c.report(ch, r, "receive from", "blocks forever: nothing has been started that "+does+" it", c.related(answers[0].Op, "this comes only later"))
	case c.view.Sure(func() bool { return c.surplus(ch, r) }):
		c.report(ch, r, "receive from", "blocks forever: all that is sent has been received before", c.related(ch.Sends[0].Op, "this is sent only once"))
	default:
		if !c.recovered(ch, r) && !c.dropsRequest(ch, r) && !c.dropsAnswer(ch, r) {
			c.missed(ch, r)
		}
	}
}

// deferredWait reports the deferred call by which r is reached on a way that starts nothing
// which answers it.
func (c *checker) deferredWait(ch *chans.Channel, r, answer *skeleton.Node) bool {
	starter := chans.StarterIn(ch.Graph, answer)
	if r.Graph != ch.Graph || r.Frame.Call == nil || starter == nil {
		return false
	}
	call, start := r.Calls()[0].Op, starter.Op
	if calls := starter.Calls(); len(calls) > 0 {
		start = calls[0].Op
	}
	pos, end := c.view.Extent(call)
	at, to := c.view.Extent(start)
	rPos, rEnd := c.view.Extent(r.Op)
	if c.done[pos] || !pos.IsValid() || end <= pos || to <= at {
		return false
	}
	c.done[pos] = true
	c.found = append(c.found, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this call blocks forever if the function returns before %s: what it waits for by %s is only started there", report.Place(c.pass.Fset, at, pos), ch.Path),
		Related: []analysis.RelatedInformation{
			{Pos: rPos, End: rEnd, Message: "this is where it waits"},
			{Pos: at, End: to, Message: fmt.Sprintf("what answers %s is started here", ch.Path)},
		},
	})
	return true
}

// missed reports a receive whose sender may have returned.
func (c *checker) missed(ch *chans.Channel, r *skeleton.Node) {
	var left *skeleton.Node
	if !c.view.Sure(func() bool { left = ch.Missed(r); return left != nil }) {
		return
	}
	pos, _ := c.view.Extent(r.Op)
	from, end := c.view.Leaving(left.Op)
	why := fmt.Sprintf("may block forever: its sender may return at %s without a send", report.Place(c.pass.Fset, from, pos))
	c.report(ch, r, "receive from", why, []analysis.RelatedInformation{{Pos: from, End: end, Message: "the goroutine returns here without a send"}})
}

// missedClose reports a range whose sender may have returned without the close.
func (c *checker) missedClose(ch *chans.Channel, r *skeleton.Node) {
	var left *skeleton.Node
	if !c.view.Sure(func() bool { left = ch.MissedClose(r); return left != nil }) {
		return
	}
	pos, _ := c.view.Extent(r.Op)
	from, end := c.view.Leaving(left.Op)
	why := fmt.Sprintf("may never end: its sender may return at %s without closing it", report.Place(c.pass.Fset, from, pos))
	c.report(ch, r, "range over", why, []analysis.RelatedInformation{{Pos: from, End: end, Message: "the goroutine returns here and leaves the channel open"}})
}

// unanswered reports whether none of answers, of which there are some, can
// have happened before r, or can happen while it waits.
func (c *checker) unanswered(ch *chans.Channel, r *skeleton.Node, answers []*skeleton.Node) bool {
	if len(answers) == 0 || !ch.Comes(r) {
		return false
	}
	many := r.Graph != ch.Graph && ch.Often(r.Graph.Spawner)
	for _, n := range append(answers, ch.Escapes...) {
		if n == ch.Made && ch.Deferred {
			continue // there is a node of r for each way out
		}
		if ch.Before(n, r) || many && spawn.Within(n.Graph, r.Graph) {
			return false // perhaps by another one of the same goroutines
		}
	}
	return true
}

// surplus reports whether r, on each path to it, comes behind as many other
// receives as there are sends.
func (c *checker) surplus(ch *chans.Channel, r *skeleton.Node) bool {
	if len(ch.Closes)+len(ch.Escapes) > 0 || len(ch.Sends) == 0 || ch.Often(r) && r.Graph != ch.Graph {
		return false
	}
	if slices.ContainsFunc(ch.Sends, func(s *skeleton.Node) bool { return ch.Often(s) || s.Graph.AnyTimes() }) {
		return false
	}
	before := 0
	for _, o := range ch.Recvs {
		switch {
		case o.Graph != r.Graph || !chans.Bare(o.Op):
			return false
		case o == r || o.Op.Range:
		case c.dominates(o, r):
			before++
		}
	}
	return before >= len(ch.Sends) && !ch.Often(r) && ch.Comes(r)
}

// dominates reports whether each path to n comes by m.
func (c *checker) dominates(m, n *skeleton.Node) bool {
	return !skeleton.Leads(m.Graph.Entry, n, func(o *skeleton.Node) bool { return o == m })
}

// early reports whether nothing can receive what s sends, as it is, for what
// room there is.
func (c *checker) early(ch *chans.Channel, s *skeleton.Node) bool {
	if len(ch.Recvs)+len(ch.Escapes) == 0 && s.Graph != ch.Made.Graph {
		pos, _ := c.view.Extent(s.Op)
		c.left[pos] = !lifetime.IsMain(ch.Graph.Root.Obj)
		return false
	}
	for _, r := range ch.Recvs {
		own := r.Graph == s.Graph && ch.Cap == 0 && !ch.OfPool(s) // cannot be at both
		if !own && ch.Before(r, s) {
			return false
		}
	}
	for _, e := range slices.Concat(ch.Escapes, ch.Closes) { // a send on a closed channel does not block
		if ch.Before(e, s) {
			return false
		}
	}
	return c.sent(ch, s) > ch.Cap && ch.Comes(s)
}

// sent returns how many sends there are on a path up to s, with s, as far as
// they can be counted.
func (c *checker) sent(ch *chans.Channel, s *skeleton.Node) int64 {
	turns := func(n *skeleton.Node) int64 {
		if !n.InLoop() || ch.Made.SameLoop(n) {
			return 1
		}
		return c.turns(n.Op, ch.Made.Op)
	}
	n := turns(s)
	if ch.Cap == 0 {
		return max(n, 1)
	}
	for _, o := range ch.Sends {
		if o != s && o.Graph == s.Graph && c.dominates(o, s) && !skeleton.Leads(s, o, nil) {
			n += turns(o)
		}
	}
	return n
}

// send reports a send that nothing receives.
func (c *checker) send(ch *chans.Channel, s *skeleton.Node) {
	for _, o := range ch.Sends {
		if o != s && o.Graph == s.Graph && c.dominates(o, s) && c.view.Sure(func() bool { return chans.Bare(o.Op) && c.early(ch, o) }) {
			return // it does not come to s
		}
	}
	what := "nothing receives from it"
	var related []analysis.RelatedInformation
	if len(ch.Recvs) > 0 {
		related = c.related(ch.Recvs[0].Op, "this receive comes only later")
	}
	if len(ch.Recvs)+len(ch.Escapes) > 0 {
		what = "nothing receives from it yet"
	}
	if ch.Cap > 0 {
		what = fmt.Sprintf("it has room for %d, and %s", ch.Cap, what)
	}
	c.report(ch, s, "send on", "blocks forever: "+what, related)
}

// report reports an operation that nothing answers.
func (c *checker) report(ch *chans.Channel, n *skeleton.Node, what, why string, related []analysis.RelatedInformation) {
	site := c.view.Site(n)
	pos, end := c.view.Extent(site)
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	d := analysis.Diagnostic{Pos: pos, End: end, Related: related}
	if site == n.Op {
		d.Message = fmt.Sprintf("this %s %s %s", what, c.view.Text(n.Op), why)
	} else {
		d.Message = fmt.Sprintf("a %s %s by this call %s", what, ch.Path, why)
	}
	c.found = append(c.found, d)
}

// related returns the place of op, if it is in this package.
func (c *checker) related(op *skeleton.Op, message string) []analysis.RelatedInformation {
	pos, end := c.view.Extent(op)
	if !pos.IsValid() || op.Fn.Imported() || end <= pos {
		return nil
	}
	return []analysis.RelatedInformation{{Pos: pos, End: end, Message: message}}
}
