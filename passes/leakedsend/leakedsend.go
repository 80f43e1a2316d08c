package leakedsend

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/closing"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lifetime"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
	"github.com/concurrencyvet/concurrencyvet/passes/stoppedactor"
)

// Analyzer reports sends whose receiver may be gone.
var Analyzer = &analysis.Analyzer{
	Name:     "leakedsend",
	Doc:      docs.MustExtract(doc, "leakedsend"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/leakedsend",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer, symindex.Analyzer, closing.SendsAnalyzer, stoppedactor.Finder},
	Run:      report.Run(run),
}

// A checker looks at each channel within its scope, see package chans. It
// reports what a path shows on which the receiver leaves (a may-analysis); that
// the send comes at all is taken for granted.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	locks *lockset.Locks
	chans *chans.Package
	root  *syntax.Tree
	index *symindex.Index
	done  map[token.Pos]bool
	found []finding
	scope []*chans.Channel // all that one function has
	// Statements by which a receiver leaves because of an error that it has received, behind which
	// the sender sends no more.
	byError map[ast.Node]bool
	after   *closing.Sends // which may follow a close, and are left to closedsend
}

// A finding is a send that may block, and what is reported of it.
type finding struct {
	analysis.Diagnostic
	made *skeleton.Op
	send *skeleton.Node
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:    pass,
		locks:   pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		root:    pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		index:   pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		done:    make(map[token.Pos]bool),
		byError: make(map[ast.Node]bool),
		after:   pass.ResultOf[closing.SendsAnalyzer].(*closing.Sends),
	}
	c.view = c.locks.View
	c.chans = &chans.Package{Locks: c.locks, Root: c.root, Index: c.index, Info: pass.TypesInfo}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		c.answers(f)
		c.futures(f)
		if !c.view.May(f, syncapi.Send) || !c.starts(f) || lifetime.IsMain(f.Obj) {
			continue
		}
		c.scope = append(c.chans.Owned(f), chans.Fielded(c.chans, f)...)
		for _, ch := range c.scope {
			c.channel(ch)
		}
	}
	slices.SortFunc(c.found, func(a, b finding) int { return int(a.Pos - b.Pos) })
	stopped := pass.ResultOf[stoppedactor.Finder].(*report.Found)
	for _, f := range c.found {
		if !c.behindAnother(f) && !stopped.At(f.Pos) {
			report.Report(pass, f.Diagnostic)
		}
	}
	return nil, nil
}

// starts reports whether f may start a goroutine, now or when a time is over.
func (c *checker) starts(f *skeleton.Func) bool {
	return slices.ContainsFunc(starting, func(kind syncapi.Op) bool { return c.view.May(f, kind) })
}

var starting = []syncapi.Op{syncapi.Go, syncapi.WgGo, syncapi.GroupGo, syncapi.GroupTryGo, syncapi.NewTimer, syncapi.AfterFunc}

// answers checks the channels that f makes for one answer.
func (c *checker) answers(f *skeleton.Func) {
	if f.Syntax() == nil || !c.view.May(f, syncapi.Recv) || !makes(f, 1) {
		return
	}
	for _, ch := range chans.Made(c.locks, f) {
		if len(ch.Escapes) > 0 {
			c.handed(f, ch)
		}
	}
}

// makes reports whether f makes a channel with room for a known number, itself or by so many
// levels of calls.
func makes(f *skeleton.Func, levels int) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		if op.Kind == syncapi.MakeChan {
			return op.NKnown
		}
		return levels > 0 && op.Kind == syncapi.Call && len(op.Targets) == 1 && !op.Targets[0].Func.Imported() && makes(op.Targets[0].Func, levels-1)
	})
}

// behindAnother reports whether f is not reached if another send on the same
// channel blocks that is found as well: the fault is one.
func (c *checker) behindAnother(f finding) bool {
	return f.send != nil && slices.ContainsFunc(c.found, func(g finding) bool {
		return g.send != nil && g.made == f.made && g.send.Graph == f.send.Graph && g.Pos < f.Pos && skeleton.Leads(g.send, f.send, nil)
	})
}

// channel checks the sends on one channel.
func (c *checker) channel(ch *chans.Channel) {
	for _, send := range ch.Sends {
		if !ch.CapKnown && !c.endless(ch, send, false) {
			continue
		}
		if send.Op.Arm != nil && send.Op.Arm.Defined || ch.Made != nil && ch.Made.Graph == send.Graph && len(ch.Recvs) == 0 {
			continue
		}
		if ch.EarlyWait(send) != nil || c.after.Has(send.Op) {
			continue // left to earlyresults, closedsend
		}
		if c.endsByValue(ch, send) || ch.Made != nil && c.twice(ch, send) {
			continue
		}
		c.send(ch, send)
	}
}

// send checks one send.
func (c *checker) send(ch *chans.Channel, send *skeleton.Node) {
	var side *chans.Side
	if len(ch.Recvs) == 0 {
		if !chans.Alone(send) || ch.Made != nil && ch.Made.Frame.Call != nil && ch.Path.Sel != nil && send.Frame.Depth > 0 {
			return // perhaps what is asked of the object does not come to the send
		}
		side = &chans.Side{Graph: ch.Graph, From: starter(ch.Graph, send)} // nobody receives
	} else {
		var ok bool
		if side, ok = chans.SideOf(ch.Recvs, send); !ok {
			return
		}
	}
	if side.From == nil || side.Graph.AnyTimes() || c.stopped(send.Graph.Spawner) {
		return
	}
	pool := side.Graph.Spawner != nil && ch.Often(side.Graph.Spawner)
	lacking := c.count(ch, send, true) - ch.Cap // how many must be received
	if pool && (lacking < many || !takesTurns(side, send)) {
		return
	}
	if lacking <= 0 {
		return
	}
	side.Peer, side.Scope = send, c.scope
	outs, ok := ch.Outs(side, send)
	if !ok {
		return
	}
	sentinel := c.sentinel(ch)
	told := func(n *skeleton.Node) bool {
		return sentinel(n) || c.neverComes(n) || slices.Contains(outs, n) || n.Op.Is(syncapi.Return) && c.byError[c.view.Node(n.Op)]
	}
	settles := told
	if !c.often(ch, send) || send.Graph.Spawner == nil || !ch.Often(send.Graph.Spawner) {
		settled := chans.Settles(send)
		settles = func(n *skeleton.Node) bool { return settled(n) || told(n) }
	}
	side.Ends = c.awaits(side, send)
	var trace *skeleton.Trace
	if c.view.Sure(func() bool { trace = ch.Leaves(side, int(min(lacking-1, 1)), settles); return trace != nil }) && (!pool || c.fails(side, trace)) {
		c.report(ch, send, side, trace)
	}
}

// awaits returns a predicate that holds for what the function of the side defers and that
// waits for the send: with nothing to receive any more, neither comes to an end. Where a
// loop sends again and again, and others receive, the same holds for any wait.
func (c *checker) awaits(side *chans.Side, send *skeleton.Node) func(*skeleton.Node) bool {
	deferred, otherwise := deferred(side), instead(side)
	again := send.InLoop() && !slices.ContainsFunc(side.Ops, func(n *skeleton.Node) bool { return !n.InLoop() })
	if len(deferred)+len(otherwise) == 0 && !again || send.Graph == side.Graph {
		return nil
	}
	awaits := spawn.Awaiter(spawn.SignalsAfter(send, side.Graph), skeleton.Path{}, skeleton.Path{})
	return func(n *skeleton.Node) bool {
		if again && n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.Recv) && n.Res != send.Res && chans.Bare(n.Op) && awaits(n) {
			return true
		}
		return n.Op.Is(syncapi.WgWait, syncapi.GroupWait) && (otherwise[n] || deferred[n.Op] || n.Frame.Call != nil && deferred[n.Frame.Call.Op]) && awaits(n)
	}
}

// instead returns the waits that the side comes to past another arm of a select statement
// in which it could have received, and receives nothing any more.
func instead(side *chans.Side) map[*skeleton.Node]bool {
	waits := make(map[*skeleton.Node]bool)
	isOp := func(n *skeleton.Node) bool { return slices.Contains(side.Ops, n) }
	for _, op := range side.Ops {
		for _, arm := range side.Graph.Nodes {
			if op.Op.Arm == nil || arm.Op == nil || arm.Op.Arm != op.Op.Arm || arm == op || arm.Frame != op.Frame {
				continue
			}
			for w := range spawn.Nodes(side.Graph, syncapi.WgWait, syncapi.GroupWait) {
				if skeleton.Leads(arm, w, isOp) && !slices.ContainsFunc(side.Ops, func(n *skeleton.Node) bool { return skeleton.Leads(w, n, nil) }) {
					waits[w] = true
				}
			}
		}
	}
	return waits
}

// deferred returns what the function of the side defers.
func deferred(side *chans.Side) map[*skeleton.Op]bool {
	deferred := make(map[*skeleton.Op]bool)
	if side.Graph.Root != nil {
		for _, op := range side.Graph.Root.Ops() {
			if op.Kind == syncapi.Defer {
				deferred[op.Inner] = true
			}
		}
	}
	return deferred
}

// stopped reports whether the function asks, of a timer whose function start hands
// over, whether it has kept that from running: then it knows if there is a send.
func (c *checker) stopped(start *skeleton.Node) bool {
	if start == nil || !start.Op.Is(syncapi.NewTimer, syncapi.AfterFunc) {
		return false
	}
	for n := range spawn.Nodes(start.Graph, syncapi.TimerStop, syncapi.Cancel) {
		call, isCall := c.view.Node(n.Op).(*ast.CallExpr)
		if !isCall || n.Res != start.Res {
			continue
		}
		if cur, ok := c.root.FindNode(call); ok && cur.ParentEdgeKind() != edge.ExprStmt_X && cur.ParentEdgeKind() != edge.DeferStmt_Call {
			return true
		}
	}
	return false
}

// takesTurns reports whether each of the goroutines on a side receives in a loop, and
// there are not as many of them as there are sends.
func takesTurns(side *chans.Side, send *skeleton.Node) bool {
	return !slices.ContainsFunc(side.Ops, func(n *skeleton.Node) bool { return !n.InLoop() }) &&
		!chans.Paired(side.Graph.Spawner, send)
}

// fails reports whether a path ends by an error: all goroutines that do the same may come
// to that, while it takes a plan of who starts them for all to leave by anything else.
func (c *checker) fails(side *chans.Side, trace *skeleton.Trace) bool {
	return c.failure(side, trace) != nil
}

// failure returns the return statement by which a path ends because of an error, nil if it
// does not.
func (c *checker) failure(side *chans.Side, trace *skeleton.Trace) *skeleton.Node {
	for _, n := range slices.Backward(trace.Nodes) {
		if !n.Op.Is(syncapi.Return) || n.Frame.Depth > 0 && !acts(side, n) {
			continue
		}
		if ret := c.view.Node(n.Op); ret != nil {
			if cur, ok := c.root.FindNode(ret); ok && chans.OfError(c.pass.TypesInfo, cur) {
				return n
			}
			if c.handsBack(side, ret) {
				continue // what the callee returns
			}
			return nil
		}
	}
	return nil
}

// handsBack reports whether a return statement returns the results of a call in which the side
// has all of its operations.
func (c *checker) handsBack(side *chans.Side, ret ast.Node) bool {
	stmt, ok := ret.(*ast.ReturnStmt)
	return ok && len(stmt.Results) == 1 && !slices.ContainsFunc(side.Ops, func(op *skeleton.Node) bool {
		return !slices.ContainsFunc(op.Calls(), func(call *skeleton.Node) bool { return c.view.Node(call.Op) == ast.Unparen(stmt.Results[0]) })
	})
}

// acts reports whether the side has one of its operations in the activation that n returns
// from.
func acts(side *chans.Side, n *skeleton.Node) bool {
	return slices.ContainsFunc(side.Ops, func(op *skeleton.Node) bool { return op.Frame == n.Frame })
}

// neverComes reports whether n receives from a channel of the scope that nobody sends
// on or closes: no receiver leaves by that.
func (c *checker) neverComes(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.Recv) && slices.ContainsFunc(c.scope, func(ch *chans.Channel) bool {
		return ch.Path == n.Res && len(ch.Sends)+len(ch.Closes)+len(ch.Escapes) == 0
	})
}

// many stands for a number of sends that is not known.
const many = 1 << 20

// count returns how many sends may be waiting at one time with the given one,
// or, if upTo is set, before it is over: not those that come behind it.
// Alternatives count once: what comes behind a panic is one of what comes without.
func (c *checker) count(ch *chans.Channel, send *skeleton.Node, upTo bool) int64 {
	if !ch.CapKnown {
		return many // see channel
	}
	n := int64(0)
	chains := make(map[*skeleton.Graph][]*skeleton.Node)
	ops := make(map[*skeleton.Op]bool)
	for _, s := range ch.Sends {
		switch {
		case !together(ch, s, send) || upTo && behind(ch, s, send) || s.Graph == send.Graph && chans.AfterPanic(s) != chans.AfterPanic(send):
		case ch.Often(s) && c.often(ch, s) && (!s.Yielded() || receivesInLoops(ch)): // else code unseen may call it once
			if turns := c.turns(ch, s); turns > ch.Cap && ch.Cap > 0 {
				n += turns
				continue
			}
			if (ch.Cap > 1 || ch.Cap > 0 && chans.Driven(s, c.scope)) && !c.endless(ch, s, true) {
				return 0 // the buffer may be meant for as many
			}
			if chans.Driven(s, c.scope) && !streams(ch, s) {
				n++
				continue
			}
			return many
		case ops[s.Op] && c.once(s):
		default:
			chains[s.Graph] = append(chains[s.Graph], s)
		}
		ops[s.Op] = true
	}
	for _, sends := range chains {
		n += longest(sends)
	}
	return n
}

// longest returns how many of the sends of a goroutine may follow one on the other.
func longest(sends []*skeleton.Node) int64 {
	lengths := make(map[*skeleton.Node]int64)
	var upTo func(s *skeleton.Node) int64
	upTo = func(s *skeleton.Node) int64 {
		if n, ok := lengths[s]; ok {
			return n
		}
		lengths[s] = 1 // where a loop makes the channel anew
		n := int64(0)
		for _, o := range sends {
			if o != s && skeleton.Leads(o, s, nil) && chans.AfterPanic(o) == chans.AfterPanic(s) {
				n = max(n, upTo(o))
			}
		}
		lengths[s] = n + 1
		return n + 1
	}
	most := int64(0)
	for _, s := range sends {
		most = max(most, upTo(s))
	}
	return most
}

// endless reports whether s is in a loop of its goroutine that has no condition, or asks a
// function for that, as a scanner, or has a turn for each element of what its function has not
// made, or in a literal that code unseen calls, and all receivers are in loops: no buffer of a constant size is meant for as many. For
// one of a size that is not known the elements of a list do not count: it may be made for them,
// unless it is made for the workers that send, or for a part of the list.
func (c *checker) endless(ch *chans.Channel, s *skeleton.Node, lists bool) bool {
	if !receivesInLoops(ch) {
		return false
	}
	if !ch.CapKnown && (ch.PerWorker(s) || c.chans.Fewer(ch, s)) {
		return true
	}
	if !s.InLoop() {
		return false
	}
	if lists && s.Yielded() {
		return true
	}
	for _, n := range append(s.Calls(), s) {
		if c.inEndless(n, lists) {
			return true
		}
	}
	return false
}

// inEndless reports whether n is in such a loop of the function that it stands in.
func (c *checker) inEndless(n *skeleton.Node, lists bool) bool {
	node := c.view.Node(n.Op)
	if node == nil {
		return false
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return false
	}
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch loop := at.Node().(type) {
		case *ast.ForStmt:
			if loop.Cond == nil || c.asksFunc(loop.Cond) {
				return true
			}
		case *ast.RangeStmt:
			if lists && chans.IsAnyNumber(c.root, c.pass.TypesInfo, loop.X) {
				return true
			}
		default:
			return false
		}
	}
	return false
}

// asksFunc reports whether the condition e is the result of a function, or compares that.
func (c *checker) asksFunc(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		_, isBuiltin := c.pass.TypesInfo.Uses[id].(*types.Builtin)
		return !ok || !isBuiltin
	case *ast.BinaryExpr:
		return (e.Op == token.EQL || e.Op == token.NEQ) && c.asksFunc(e.X)
	}
	return false
}

// streams reports whether s passes on what comes by another channel, till that is closed, to
// receivers all of which are in loops: both sides are ready for many.
func streams(ch *chans.Channel, s *skeleton.Node) bool {
	return receivesInLoops(ch) && chans.Relays(s)
}

// receivesInLoops reports whether there are receivers, all of them in loops.
func receivesInLoops(ch *chans.Channel) bool {
	return len(ch.Recvs) > 0 && !slices.ContainsFunc(ch.Recvs, func(r *skeleton.Node) bool { return !r.InLoop() })
}

// turns returns how often s happens by constant loops around what starts its
// goroutine, 0 if that is not known.
func (c *checker) turns(ch *chans.Channel, s *skeleton.Node) int64 {
	start := s.Graph.Spawner
	if start == nil || ch.Made == nil || start.Graph != ch.Made.Graph || start.Frame.Call != nil || ch.Made.Op.Fn != start.Op.Fn || s.InLoop() {
		return 0
	}
	node := c.view.Node(start.Op)
	if node == nil {
		return 0
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return 0
	}
	return chans.Turns(c.pass.TypesInfo, cur, ch.Made.Op)
}

// often reports whether n may happen more than once while there is one channel.
func (c *checker) often(ch *chans.Channel, n *skeleton.Node) bool {
	return ch.Often(n) && !c.once(n)
}

// once reports whether a condition picks one time for the send n.
func (c *checker) once(n *skeleton.Node) bool {
	node := c.view.Node(n.Op)
	if node == nil {
		return false
	}
	cur, ok := c.root.FindNode(node)
	return ok && chans.Once(c.pass.TypesInfo, cur)
}

// behind reports whether s comes only when send is over.
func behind(ch *chans.Channel, s, send *skeleton.Node) bool {
	made := func(n *skeleton.Node) bool { return n == ch.Made }
	return s != send && s.Graph == send.Graph && skeleton.Leads(send, s, made) && !skeleton.Leads(s, send, made)
}

// together reports whether a and b are of one goroutine, or of goroutines
// between whose starts there may be no receive.
func together(ch *chans.Channel, a, b *skeleton.Node) bool {
	x, y := chans.StarterIn(ch.Graph, a), chans.StarterIn(ch.Graph, b)
	if x == nil || y == nil || x == y {
		return true
	}
	received := func(n *skeleton.Node) bool { return slices.Contains(ch.Recvs, n) }
	return skeleton.Leads(x, y, received) || skeleton.Leads(y, x, received)
}

// starter returns the node of g that starts, directly or not, the goroutine of
// n; nil if n is in g itself.
func starter(g *skeleton.Graph, n *skeleton.Node) *skeleton.Node {
	for at := n.Graph; at.Spawner != nil; at = at.Spawner.Graph {
		if at.Spawner.Graph == g {
			return at.Spawner
		}
	}
	return nil
}

// report reports a send that may block forever.
func (c *checker) report(ch *chans.Channel, send *skeleton.Node, side *chans.Side, trace *skeleton.Trace) {
	site := c.view.Site(send)
	pos, end := c.view.Extent(site)
	if c.done[pos] || !pos.IsValid() {
		return
	}
	c.done[pos] = true
	name := ch.Path.String()
	if site == send.Op {
		name = c.view.Text(send.Op)
	}
	d := analysis.Diagnostic{Pos: pos, End: end}
	leaves, leavesEnd, how := c.end(side, trace)
	place := report.Place(c.pass.Fset, leaves, pos)
	switch {
	case len(ch.Recvs) == 0 && len(ch.Escapes) > 0:
		d.Message = fmt.Sprintf("this send on %s may block forever: nobody has it to receive from after %s", name, place)
		d.Related = []analysis.RelatedInformation{{Pos: leaves, End: leavesEnd, Message: fmt.Sprintf("here %s is not given to anybody who would receive from it", name)}}
	case len(ch.Recvs) == 0:
		d.Message = fmt.Sprintf("this send on %s blocks forever: nothing receives from it", name)
	case site != send.Op:
		d.Message = fmt.Sprintf("a send on %s by this call may block forever: its receiver may be gone by %s", name, place)
	case side.Graph.Spawner != nil && ch.Often(side.Graph.Spawner):
		d.Message = fmt.Sprintf("this send on %s may block forever: all its receivers may be gone by %s", name, place)
	default:
		d.Message = fmt.Sprintf("this send on %s may block forever: its receiver may be gone by %s", name, place)
	}
	if len(ch.Recvs) > 0 {
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: leaves, End: leavesEnd, Message: fmt.Sprintf("here the receiver of %s %s", name, how),
		})
	}
	if !chans.Alone(send) {
		d.Related = append(d.Related, c.waysOut(send)...)
	}
	if ch.Made == nil {
		c.found = append(c.found, finding{Diagnostic: d, send: send})
		return
	}
	if madePos, madeEnd := c.view.Extent(ch.Made.Op); madePos.IsValid() && !ch.Made.Op.Fn.Imported() {
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: madePos, End: madeEnd, Message: fmt.Sprintf("%s is made here, with room for %s", name, room(ch)),
		})
	}
	if n := c.count(ch, send, false); n < many && ch.CapKnown && ch.Cap == 0 && len(ch.Escapes) == 0 && chans.Bare(send.Op) {
		d.SuggestedFixes = c.fix(ch, n)
	}
	c.found = append(c.found, finding{d, ch.Made.Op, send})
}

// room says for how much there is room.
func room(ch *chans.Channel) string {
	if !ch.CapKnown {
		return "some"
	}
	return fmt.Sprint(ch.Cap)
}

// waysOut returns the other arms of the select statement of a send that blocks all the same.
func (c *checker) waysOut(send *skeleton.Node) (related []analysis.RelatedInformation) {
	arms, _ := chans.OtherArms(send)
	for _, m := range arms {
		if pos, end := c.view.Extent(m.Op); pos.IsValid() {
			related = append(related, analysis.RelatedInformation{Pos: pos, End: end, Message: fmt.Sprintf("%s is no way out, for nothing comes from it then", c.view.Text(m.Op))})
		}
	}
	return related
}

// end returns where the receiver comes to its end on a path.
func (c *checker) end(side *chans.Side, trace *skeleton.Trace) (pos, end token.Pos, how string) {
	if n := trace.Nodes[len(trace.Nodes)-1]; n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.Recv) && n.Frame.Depth == 0 && !deferred(side)[n.Op] {
		pos, end = c.view.Extent(n.Op)
		return pos, end, "only waits for the sender"
	}
	for _, n := range slices.Backward(trace.Nodes) {
		if n.Op.Is(syncapi.Return) && n.Frame.Depth == 0 && !n.Op.Fn.Imported() {
			how = "ends"
			if _, isStmt := c.view.Node(n.Op).(*ast.ReturnStmt); isStmt {
				how = "returns"
			}
			pos, end = c.view.Leaving(n.Op)
			return pos, end, how
		}
		if n.Op.Is(syncapi.Panic) && !n.Op.Fn.Imported() {
			pos, end = c.view.Extent(n.Op)
			return pos, end, "panics"
		}
		if n.Op.Is(syncapi.MakeChan) {
			pos, end = c.view.Extent(n.Op)
			return pos, end, "goes on with another channel"
		}
	}
	if side.Graph.Root != nil {
		pos, end = side.Graph.Root.Closing()
	}
	return pos, end, "ends"
}

// fix gives the channel room for n.
func (c *checker) fix(ch *chans.Channel, n int64) []analysis.SuggestedFix {
	call, ok := c.view.Node(ch.Made.Op).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || n < 1 {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message: fmt.Sprintf("Give the channel room for %d", n),
		TextEdits: []analysis.TextEdit{{
			Pos: call.Rparen, End: call.Rparen, NewText: fmt.Appendf(nil, ", %d", n),
		}},
	}}
}
