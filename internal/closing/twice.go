package closing

import (
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// TwiceAnalyzer finds the channels that may be closed twice. Its result is a
// [*Twice].
var TwiceAnalyzer = &analysis.Analyzer{
	Name:       "doublecloses",
	Doc:        "find the channels that may be closed twice",
	Requires:   []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer, SendsAnalyzer},
	Run:        runTwice,
	ResultType: reflect.TypeFor[*Twice](),
}

// Twice are the pairs of closes of a package that may close one channel.
type Twice struct {
	All []*Again
}

// Involves reports whether op is one of the closes of some pair.
func (t *Twice) Involves(op *skeleton.Op) bool {
	for _, a := range t.All {
		if a.First.Op == op || a.Second.Op == op {
			return true
		}
	}
	return false
}

// An Again is a close that may be that of a channel which is closed already.
type Again struct {
	First, Second *skeleton.Node
	How           How
	// By is the function at the root of the graphs.
	By *skeleton.Func
}

// A How says how two closes come about.
type How uint8

// The ways to close a channel twice.
const (
	InSequence How = iota // there is a path from the first to the second
	NextTurn              // the same, around a loop
	AtOnce                // in two goroutines
	ByEach                // by each of the goroutines that one operation starts
	ByCalls               // in calls of two functions at which the package is entered
)

// A twiceFinder looks for pairs of closes of one channel.
//
// In one goroutine it asks for a feasible path from one to the other on which
// the channel is not made anew, as [sendFinder] does. In two it asks whether
// one run can have both. Order does not matter, but for a close that looks
// first whether the channel is closed; what counts is what decides whether a
// goroutine comes to its close. If that is something which the other may have
// a hand in (a flag, a counter, a token, who of them is first), it is silent;
// see [twiceFinder.free].
type twiceFinder struct {
	pass   *analysis.Pass
	view   *skeleton.View
	focus  *spawn.Focus
	sends  *Sends
	closed map[skeleton.FieldClass]bool // fields that the package closes
	shown  map[*skeleton.Op]int         // how many graphs have had a close
	isBare map[*skeleton.Op]bool
	seen   map[*skeleton.Op]bool // the operations that stand for a pair
	found  []*Again
}

func runTwice(pass *analysis.Pass) (any, error) {
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	t := &twiceFinder{
		pass:   pass,
		view:   locks.View,
		sends:  pass.ResultOf[SendsAnalyzer].(*Sends),
		shown:  make(map[*skeleton.Op]int),
		isBare: make(map[*skeleton.Op]bool),
		seen:   make(map[*skeleton.Op]bool),
	}
	t.view.Lock()
	defer t.view.Unlock()
	t.focus = &spawn.Focus{
		Locks:   locks,
		X:       syncapi.Close,
		Y:       syncapi.Close,
		Keep:    func(skeleton.Effect) bool { return true },
		Renewed: true,
		Enter:   func(call *skeleton.Node, target *skeleton.Target) bool { return asked(call.Op) && answers(target.Func) },
	}
	if !slices.ContainsFunc(t.view.Funcs, func(f *skeleton.Func) bool { return t.view.May(f, syncapi.Close) }) {
		return &Twice{}, nil
	}
	for _, f := range t.view.Funcs {
		things := t.things(f)
		if len(things) > 0 {
			t.graph(t.focus.Graph(f, func(p skeleton.Path) bool { return things[p] }), things)
		}
	}
	t.methods()
	return &Twice{t.found}, nil
}

// graph looks for pairs in the graph of a function and those of the goroutines
// that it starts. What the function's callees do by themselves is found in
// their own graphs.
func (t *twiceFinder) graph(g *skeleton.Graph, things map[skeleton.Path]bool) {
	var closes []*skeleton.Node
	for h := range spawn.Graphs(g) {
		for n := range spawn.Nodes(h, syncapi.Close) {
			if things[n.Res] && !n.Frame.Widened && spawn.Leads(h.Entry, n) {
				closes = append(closes, n)
			}
		}
	}
	for i, y := range closes {
		if y.Graph == g {
			t.deferred(y)
		} else {
			t.each(y)
		}
		for j, x := range closes {
			switch {
			case x.Res != y.Res || shareOnce(x, y):
			case x.Graph == g && y.Graph == g:
				t.sequence(x, y)
			case x.Graph != y.Graph && j < i:
				t.atOnce(x, y)
			}
		}
	}
}

// sequence looks for a path from the close x to the close y, which is x again if
// it leads around a loop.
func (t *twiceFinder) sequence(x, y *skeleton.Node) {
	if y.Recovered() || t.seen[t.stands(x, y)] {
		return
	}
	keeps := t.keepsFrom(x)
	if several(x) {
		elsewhere, alike := outOf(x), keeps
		keeps = func(n *skeleton.Node) bool { return elsewhere(n) || alike(n) }
	}
	trace := spawn.Path(x, y, keeps)
	if trace == nil {
		return
	}
	within := frameOf(trace.Nodes)
	if within.Call != nil {
		return // a callee's own
	}
	how := InSequence
	possible := func() bool {
		switch {
		case unavoidable(x, y):
			return true
		case spawn.Path(y.Graph.Entry, y, same(x)) == nil:
			_, free := t.free(y, within, sequence)
			return free
		}
		first, free := t.free(x, within, sequence)
		second, also := t.free(y, within, sequence)
		return free && also && disjoint(first, second)
	}
	if x == y || x.SameLoop(y) {
		if ofElement(x) || ofElement(y) {
			return
		}
		how = NextTurn
		possible = func() bool { return t.repeats(x, within) && t.repeats(y, within) }
	}
	if t.view.Sure(possible) {
		t.add(x, y, how)
	}
}

// deferred looks for a path that comes twice by the statement which defers y.
func (t *twiceFinder) deferred(y *skeleton.Node) {
	root := rootOf(y)
	inner := lockset.OpIn(y, root)
	if y.Recovered() || t.seen[inner] {
		return
	}
	for d := range spawn.Nodes(y.Graph, syncapi.Defer) {
		if d.Frame != root || d.Op.Inner != inner || !d.InLoop() {
			continue
		}
		anew := func(n *skeleton.Node) bool { return n.Assigns(y.Res) }
		if t.view.Sure(func() bool { return spawn.Path(d, d, anew) != nil && certainly(y, inner) && t.repeats(d, root) }) {
			t.add(y, y, NextTurn)
		}
	}
}

// certainly reports whether the deferred call that is, or leads to, y always
// comes to it.
func certainly(y *skeleton.Node, inner *skeleton.Op) bool {
	f := y.Frame
	for f.Call != nil && f.Call.Op != inner {
		f = f.Up
	}
	if y.Op == inner {
		return true
	}
	if f.Call == nil {
		return false
	}
	for _, exit := range y.Graph.Nodes {
		if exit.Op.Is(syncapi.Return) && exit.Frame == f && spawn.Path(f.Call, exit, same(y)) != nil {
			return false
		}
	}
	return len(onces(y)) == 0
}

// keepsFrom returns a predicate for the nodes behind the close x past which a
// path does not lead to another close of the channel: it is another channel
// then, or a panic or a look at the channel or at a flag keeps from it.
func (t *twiceFinder) keepsFrom(x *skeleton.Node) func(*skeleton.Node) bool {
	open := opens(x.Graph, x.Res)
	flags := passed(x, atomics)
	return func(n *skeleton.Node) bool {
		return n.Assigns(x.Res) || open[n] || n.Op.Is(syncapi.Send) && n.Res == x.Res ||
			n.Op.Is(syncapi.Panic) && !n.Recovered() || n.Op.Is(atomics...) && flags[n.Res]
	}
}

// unavoidable reports whether all paths from x to a return come by y's place,
// and there are any.
func unavoidable(x, y *skeleton.Node) bool {
	ends := false
	for _, exit := range x.Graph.Nodes {
		if exit.Exit != skeleton.ByReturn || !skeleton.Leads(x, exit, nil) {
			continue
		}
		ends = true
		if spawn.Path(x, exit, same(y)) != nil {
			return false
		}
	}
	return ends
}

// repeats reports whether what leads to n within the innermost loop around it
// may be so in more than one turn.
func (t *twiceFinder) repeats(n *skeleton.Node, within *skeleton.Frame) bool {
	if _, free := t.free(n, within, loop); !free {
		return false
	}
	for m := range spawn.Nodes(n.Graph, syncapi.Recv, syncapi.Send) {
		if m.Op.Arm == nil || !m.SameLoop(n) || m.Op.Is(syncapi.Recv) && t.recurs(m) {
			continue
		}
		if !skeleton.Leads(n, n, func(at *skeleton.Node) bool { return at.Op == m.Op }) {
			return false
		}
	}
	return true
}

// add notes a pair, once.
func (t *twiceFinder) add(x, y *skeleton.Node, how How) {
	stands := y.Op
	if how <= NextTurn {
		stands = t.stands(x, y)
	}
	if t.seen[stands] || x.Op.Fn.Imported() && y.Op.Fn.Imported() && stands.Fn.Imported() {
		return
	}
	t.seen[stands] = true
	t.found = append(t.found, &Again{First: x, Second: y, How: how})
}

// stands returns the operation that stands for a pair in one goroutine: the
// second close, or the call that leads to it if both are one statement.
func (t *twiceFinder) stands(x, y *skeleton.Node) *skeleton.Op {
	return SiteOf(t.view, x, y)
}

// SiteOf returns the operation by which the source of the package closes at y
// what x has closed: the close itself, or a call if both are one statement, or
// if it is another package's.
func SiteOf(v *skeleton.View, x, y *skeleton.Node) *skeleton.Op {
	if x.Op != y.Op || x == y {
		return v.Site(y)
	}
	first, second := append(x.Calls(), x), append(y.Calls(), y)
	for i := range second {
		if i >= len(first) || first[i].Op != second[i].Op {
			if second[i].Op.Fn.Imported() {
				break
			}
			return second[i].Op
		}
	}
	return v.Site(y)
}

// frameOf returns the innermost activation that all nodes are part of.
func frameOf(nodes []*skeleton.Node) *skeleton.Frame {
	common := nodes[0].Frame
	for _, n := range nodes {
		f := n.Frame
		for f != common {
			if f.Depth > common.Depth {
				f = f.Up
			} else {
				common = common.Up
			}
		}
	}
	return common
}

// same returns a predicate for the nodes that are of one statement with n, in
// the same calls: a deferred call has a node for each way out.
func same(n *skeleton.Node) func(*skeleton.Node) bool {
	return func(m *skeleton.Node) bool {
		if m.Op != n.Op || m.Res != n.Res || m.Frame.Depth != n.Frame.Depth {
			return false
		}
		for f, g := m.Frame, n.Frame; f != g; f, g = f.Up, g.Up {
			if f == nil || g == nil || f.Call == nil || g.Call == nil || f.Call.Op != g.Call.Op {
				return false
			}
		}
		return true
	}
}
