package stoppedactor

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports operations that wait for a goroutine which may have stopped.
var Analyzer = &analysis.Analyzer{
	Name:     "stoppedactor",
	Doc:      docs.MustExtract(doc, "stoppedactor"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/stoppedactor",
	Requires: []*analysis.Analyzer{syntax.Analyzer, Finder},
	Run: report.Run(func(pass *analysis.Pass) (any, error) {
		for _, d := range pass.ResultOf[Finder].(*report.Found).Diagnostics {
			report.Report(pass, d)
		}
		return nil, nil
	}),
}

// Finder finds what [Analyzer] reports. Its result is a *[report.Found], so that other checks
// can leave that out.
var Finder = &analysis.Analyzer{
	Name:       "stoppedactors",
	Doc:        "find the operations that wait for a goroutine which may have stopped",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer, symindex.Analyzer},
	Run:        report.Find(find),
	ResultType: reflect.TypeFor[*report.Found](),
}

// A checker looks at the channels that loops with a stop arm serve: those in
// fields, and those in variables that functions share which one hands out.
//
// That nobody but such loops is at the other side of a channel is a
// must-analysis of the package's syntax. That somebody operates on it after the
// stop is taken for granted, unless something in the function shows that it
// looks before.
type checker struct {
	pass    *analysis.Pass
	view    *skeleton.View
	index   *symindex.Index
	root    *syntax.Tree
	uses    map[*types.Var]*chans.Uses
	answers map[*types.Var][]reply
	waits   map[*skeleton.Op]bool // operations that somebody comes to on a goroutine of his own
}

// A stop is an arm by which a loop that serves a channel ends.
type stop struct {
	serve, end *skeleton.Op
	f          *skeleton.Func
	at         ast.Node // the statement by which it does, if not end
	returns    bool     // end is a return statement
	fails      bool     // which is due to an error, behind what has been received
}

func find(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:    pass,
		view:    pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		index:   pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:    pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		uses:    make(map[*types.Var]*chans.Uses),
		answers: make(map[*types.Var][]reply),
	}
	c.view.Lock()
	defer c.view.Unlock()
	stops := make(map[*types.Var][]stop)
	for _, f := range c.view.Funcs {
		if !c.inTest(f.Pos) {
			c.stops(f, stops)
			c.steps(f, stops)
			c.returns(f, stops)
		}
	}
	for _, f := range c.view.Funcs {
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				c.op(f, op, stops)
			}
		}
	}
	return nil, nil
}

// inTest reports whether pos is in a test, which knows in what order it acts.
func (c *checker) inTest(pos token.Pos) bool {
	return report.InTest(c.pass, pos)
}

// holder returns the field of this package, or the variable of a function, that
// the channel of op is in, perhaps as an element of a field.
func (c *checker) holder(op *skeleton.Op) *types.Var {
	v := chans.ContainerOf(c.view, c.root, c.pass.TypesInfo, op)
	if v == nil || !v.IsField() {
		v = chans.Variable(c.view, c.pass.TypesInfo, op)
	}
	if v == nil || v.Pkg() != c.pass.Pkg || v.Parent() == c.pass.Pkg.Scope() {
		return nil
	}
	return v
}

// isHanded reports whether the node at pos is in a function literal that its
// function hands out, so that it runs when others say.
func (c *checker) isHanded(pos token.Pos) bool {
	var inner *skeleton.Func
	for _, f := range c.view.Funcs {
		if n := f.Syntax(); n != nil && n.Pos() <= pos && pos < n.End() {
			inner = f // literals come behind what is around them
		}
	}
	return inner != nil && inner.Parent != nil && c.view.Handed()[inner]
}

func (c *checker) usesOf(v *types.Var) *chans.Uses {
	if c.uses[v] == nil {
		of := chans.UsesOf
		if _, ok := v.Type().Underlying().(*types.Chan); !ok {
			of = chans.ElementsOf
		}
		c.uses[v] = of(c.root, c.index, c.pass.TypesInfo, v)
	}
	return c.uses[v]
}

// stops adds the arms of select statements in loops of f that serve a field
// beside an arm that ends the loop.
func (c *checker) stops(f *skeleton.Func, stops map[*types.Var][]stop) {
	heads := make(map[*skeleton.Op]*skeleton.Block)
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.Select && !op.Defined && b.InLoop() {
				heads[op] = b
			}
		}
	}
	if len(heads) == 0 {
		return
	}
	ends := c.ends(f, heads)
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			i := slices.IndexFunc(ends[op.Arm], func(end *skeleton.Op) bool { return end != op })
			if op.Arm == nil || i < 0 {
				continue
			}
			end := ends[op.Arm][i]
			if !leads(b, heads[op.Arm]) {
				if v := c.receives(op); v != nil {
					stops[v] = append(stops[v], stop{serve: op, end: end, f: f})
				}
				continue
			}
			c.replies(f, op, end)
			if v := c.holder(op); v != nil && (v.IsField() || !declares(f, v)) {
				stops[v] = append(stops[v], stop{serve: op, end: end, f: f})
			}
		}
	}
}

// ends returns the arms of f's select statements that end the loop which their
// statement is in, by statement; heads says in which block each statement is.
func (c *checker) ends(f *skeleton.Func, heads map[*skeleton.Op]*skeleton.Block) map[*skeleton.Op][]*skeleton.Op {
	ends := make(map[*skeleton.Op][]*skeleton.Op)
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if head := heads[op.Arm]; head != nil && op.Kind == syncapi.Recv && !leads(b, head) && c.isStop(op) {
				ends[op.Arm] = append(ends[op.Arm], op)
			}
		}
	}
	return ends
}

// declares reports whether v is a variable of f itself. If f is the loop that
// serves it, whoever f has given a function to send on it knows when f ends.
func declares(f *skeleton.Func, v *types.Var) bool {
	n := f.Syntax()
	return n == nil || n.Pos() <= v.Pos() && v.Pos() < n.End()
}

// leads reports whether control may come from b to another block, through none of past.
func leads(b, to *skeleton.Block, past ...*skeleton.Block) bool {
	return b.Leads(func(at *skeleton.Block) bool { return at == to }, func(at *skeleton.Block) bool { return slices.Contains(past, at) })
}

// isStop reports whether op receives from the Done channel of a context, from
// a parameter, from a field that the package closes or sends on, or from a
// variable that a function handed out closes.
func (c *checker) isStop(op *skeleton.Op) bool {
	if op.Res.Sel != nil && op.Res.Sel.Name == "Done()" {
		return true
	}
	if op.Res.Sel == nil && op.Res.Root != nil && op.Res.Root.Kind == skeleton.Param {
		return true
	}
	v := c.holder(op)
	if v == nil {
		return false
	}
	u := c.usesOf(v)
	if v.IsField() {
		return len(u.Closes)+len(u.Sends) > 0
	}
	return len(u.Closes) > 0 && !slices.ContainsFunc(u.Closes, func(call *ast.CallExpr) bool { return !c.isHanded(call.Pos()) })
}

// op checks one operation.
func (c *checker) op(f *skeleton.Func, op *skeleton.Op, stops map[*types.Var][]stop) {
	if !op.Is(syncapi.Send, syncapi.Recv) || !chans.Bare(op) || c.inTest(f.Pos) {
		return
	}
	v := c.holder(op)
	at := stops[v]
	if s := c.pending(f, op, v); s != nil {
		c.report(op, *s)
		return
	}
	around := []place{{f, op}}
	if v != nil && v.IsField() {
		around = places(f, op)
	}
	if v == nil || len(around) == 0 || !v.IsField() && (f.Parent == nil || !c.view.Handed()[f]) {
		return
	}
	var request *skeleton.Op
	if len(at) == 0 || at[0].serve.Kind == op.Kind || !c.served(v, op.Kind, at) {
		if at, request = c.unanswered(f, op, v); len(at) == 0 {
			return
		}
	}
	// Have: only loops that may have been stopped answer op.
	looks := func(p place) bool { return c.looks(p, request, at) }
	if !c.comes(op) || slices.ContainsFunc(around, looks) || c.askedAbove(around[len(around)-1].f, looks, maxAbove) || v.IsField() && !at[0].fails && c.ordered(op) || c.told(around[len(around)-1].f, at) {
		return
	}
	c.report(op, at[0])
}

// maxAbove bounds by how many calls a check may be above what it is for.
const maxAbove = 2

// askedAbove reports whether all who call f, a function that only the package can call, look
// before they do, or are so called in turn.
func (c *checker) askedAbove(f *skeleton.Func, looks func(place) bool, levels int) bool {
	if f.Obj == nil || f.Obj.Exported() || levels == 0 || c.view.Handed()[f] {
		return false
	}
	calls := 0
	for _, g := range c.view.Funcs {
		for _, op := range g.Ops() {
			inner := op
			if op.Inner != nil {
				inner = op.Inner
			}
			if !slices.ContainsFunc(inner.Targets, func(t *skeleton.Target) bool { return t.Func == f }) || c.inTest(g.Pos) {
				continue
			}
			calls++
			if op.Kind == syncapi.Go || !looks(place{g, op}) && !c.askedAbove(g, looks, levels-1) {
				return false
			}
		}
	}
	return calls > 0
}

// report reports op, which nothing answers when the loop has ended as s says.
func (c *checker) report(op *skeleton.Op, s stop) {
	pos, end := c.view.Extent(op)
	if !pos.IsValid() || end <= pos {
		return
	}
	what := "send on"
	answer := "receives from it"
	if op.Kind == syncapi.Recv {
		what, answer = "receive from", "sends to it"
	}
	when := "after the stop at"
	if s.returns {
		when = "once the loop has returned at"
	}
	stopPos, stopEnd := token.NoPos, token.NoPos
	if s.at == nil {
		stopPos, stopEnd = c.view.Extent(s.end)
	} else {
		stopPos, stopEnd = s.at.Pos(), s.at.End()
		if _, ok := s.at.(*ast.BranchStmt); ok {
			when = "once the loop has been left at"
		}
	}
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this %s %s blocks forever %s %s: nothing %s then", what, c.view.Text(op), when,
			report.Place(c.pass.Fset, stopPos, pos), answer),
		Related: []analysis.RelatedInformation{{
			Pos: stopPos, End: stopEnd, Message: fmt.Sprintf("here the loop that %s ends", strings.TrimSuffix(answer, " it")+" "+c.view.Text(op)),
		}},
	})
}

// served reports whether all that is done on the other side of v's channels is
// one of the arms in at, and there is no buffer and no close.
func (c *checker) served(v *types.Var, kind syncapi.Op, at []stop) bool {
	u := c.usesOf(v)
	others := u.Recvs
	if kind == syncapi.Recv {
		others = u.Sends
	}
	if u.Open || u.Polled || len(u.Closes) > 0 && (kind != syncapi.Send || !at[0].fails) || len(u.Makes) == 0 {
		return false
	}
	for _, m := range u.Makes {
		if len(m.Args) > 1 {
			return false
		}
	}
	for _, cur := range others {
		if !slices.ContainsFunc(at, func(s stop) bool { return c.view.Node(s.serve) == cur.Node() }) {
			return false
		}
	}
	return true
}

// comes reports whether a goroutine that the package has not started itself may
// come to op, or one that it has and tells of nothing.
func (c *checker) comes(op *skeleton.Op) bool {
	if c.waits == nil {
		c.waits = make(map[*skeleton.Op]bool)
		for _, f := range c.view.Entries() {
			for _, e := range c.view.Effects(f, syncapi.Send, syncapi.Recv) {
				c.waits[e.Op] = c.waits[e.Op] || !e.Started
			}
		}
		for _, f := range c.view.Funcs {
			if !c.inTest(f.Pos) {
				c.careless(f)
			}
		}
	}
	return c.waits[op]
}

// looks reports whether the function of p, or what it calls, looks whether the loop has been
// stopped, or holds a lock at p by which whoever stops it may wait. To look while it
// puts its request, if it does, into the queue says nothing of what comes behind.
func (c *checker) looks(p place, request *skeleton.Op, at []stop) bool {
	f, op := p.f, p.op
	for _, s := range at {
		if s.f == f || c.isOf(s.f, f) {
			return true // the loop itself
		}
	}
	for _, o := range f.Ops() {
		if o.Is(syncapi.Lock, syncapi.RLock, syncapi.AtomicLoad, syncapi.AtomicCAS, syncapi.CtxErr, syncapi.CtxDone, syncapi.WgAdd) {
			return true
		}
		beside := request != nil && request.Arm != nil && o.Arm == request.Arm
		if o.Kind == syncapi.Recv && o != op && !beside && (o.Arm == nil || !o.Arm.Defined) && slices.ContainsFunc(at, func(s stop) bool {
			end := c.holder(s.end)
			return end != nil && c.holder(o) == end
		}) {
			return true
		}
		if o.Kind == syncapi.Defer && o.Inner != nil {
			o = o.Inner
		}
		if o.Kind == syncapi.Close && slices.ContainsFunc(at, func(s stop) bool { return c.holder(s.end) != nil && c.holder(o) == c.holder(s.end) }) {
			return true // it is the one that stops it
		}
	}
	for _, b := range f.Blocks {
		for _, e := range b.Succs {
			if class, ok := e.Cond.Var.Class(); ok && class.Type.Pkg() == c.pass.Pkg && b.Index <= f.BlockOf(op).Index {
				return true // a flag
			}
		}
	}
	return false
}

// isOf reports whether f is called by loop, an actor's, so that it runs in it.
func (c *checker) isOf(loop, f *skeleton.Func) bool {
	for _, o := range loop.Ops() {
		for _, t := range o.Targets {
			if t.Func == f {
				return true
			}
		}
	}
	return false
}
