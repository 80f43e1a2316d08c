package sleepsync

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports sleeps that stand for waiting for a goroutine.
var Analyzer = &analysis.Analyzer{
	Name:     "sleepsync",
	Doc:      docs.MustExtract(doc, "sleepsync"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/sleepsync",
	Requires: []*analysis.Analyzer{skeleton.Analyzer},
	Run:      report.Run(run),
}

// A checker looks, in the graph of each function that starts goroutines and sleeps,
// for a sleep that comes between a start and a use on every path, with a path that
// waits for nothing else. It errs to silence: any wait on all paths counts as that
// for the goroutine, and a goroutine counts only if it ends by itself.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	told map[token.Pos]bool // the sleeps that have been reported
}

// accesses are the operations on memory that goroutines share.
var accesses = []syncapi.Op{
	syncapi.Read, syncapi.Write, syncapi.AtomicLoad, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS,
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{pass: pass, view: pass.ResultOf[skeleton.Analyzer].(*skeleton.View), told: make(map[token.Pos]bool)}
	for _, f := range c.candidates() {
		c.view.Lock() // anew, since the graphs of all tests together are large
		c.function(f)
		c.view.Unlock()
	}
	return nil, nil
}

// candidates returns the functions that start goroutines and sleep.
func (c *checker) candidates() []*skeleton.Func {
	c.view.Lock()
	defer c.view.Unlock()
	var fs []*skeleton.Func
	for _, f := range c.view.Funcs {
		if c.near(f, sleeps) && c.near(f, starts) && (c.isRoot(f) || len(c.shared(f)) > 0) {
			fs = append(fs, f)
		}
	}
	return fs
}

// near reports whether f, or a function that it calls, is one that sleeps or starts.
func (*checker) near(f *skeleton.Func, is func(*skeleton.Func) bool) bool {
	for _, op := range f.Ops() {
		if op.Kind == syncapi.Call && slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return is(t.Func) }) {
			return true
		}
	}
	return is(f)
}

// sleeps reports whether f itself sleeps, not in a loop.
func sleeps(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Blocks, func(b *skeleton.Block) bool {
		return slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool { return op.Is(syncapi.Sleep, syncapi.After) }) && !b.InLoop()
	})
}

// starts reports whether f itself starts a goroutine, other than by a timer, which
// takes its time.
func starts(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Go || op.Kind != syncapi.NewTimer &&
			slices.ContainsFunc(op.Callbacks, func(cb skeleton.Callback) bool { return cb.Mode == syncapi.Elsewhere })
	})
}

// shared returns what goroutines that f starts write and f itself reads.
func (c *checker) shared(f *skeleton.Func) map[skeleton.Path]bool {
	read := make(map[skeleton.Path]bool)
	for _, e := range c.view.Effects(f, syncapi.Read, syncapi.AtomicLoad) {
		if !e.Started {
			read[e.Res] = true
		}
	}
	shared := make(map[skeleton.Path]bool)
	for _, e := range c.view.Effects(f, syncapi.Write, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS) {
		whole := e.Res
		if whole.Sel != nil && whole.Sel.Name == "[]" {
			whole.Sel = whole.Sel.Up
		}
		if e.Started && (read[e.Res] || read[whole]) {
			shared[e.Res], shared[whole] = true, true
		}
	}
	return shared
}

// maxDepth bounds how deep calls are followed: a helper that starts or sleeps is
// near to the function that relies on it.
const maxDepth = 2

// kinds are the operations that the graphs have.
var kinds = slices.Concat(accesses, spawn.Ordering, []syncapi.Op{
	syncapi.Sleep, syncapi.After, syncapi.Select, syncapi.Poll, syncapi.CtxErr, syncapi.TryLock, syncapi.Lock, syncapi.Len,
})

// function looks at the goroutines that f starts. Callees stand in that start or
// sleep, or access what is shared.
func (c *checker) function(f *skeleton.Func) {
	shared := c.shared(f)
	g := c.view.Outline(f, skeleton.Interest{
		Ops: kinds,
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			if call.Frame.Depth >= maxDepth {
				return false
			}
			return isBody(call) || sleeps(t.Func) || starts(t.Func) ||
				slices.ContainsFunc(c.view.CallEffects(call, accesses...), func(e skeleton.Effect) bool { return shared[e.Res] })
		},
	})
	if g.Widened {
		return
	}
	var rests []*skeleton.Node
	for _, n := range g.Nodes {
		if isSleep(n) && !n.InLoop() {
			rests = append(rests, n)
		}
	}
	if len(rests) == 0 {
		return
	}
	for s := range spawn.Goroutines(g) {
		if s.Mode != syncapi.Elsewhere || s.Node.Op.Is(syncapi.NewTimer) || !c.ends(s) {
			continue
		}
		for _, rest := range rests {
			if spawn.Leads(s.Node, rest) {
				c.rest(f, s, rest)
			}
		}
	}
}

// rest looks at a sleep behind the start of a goroutine.
func (c *checker) rest(f *skeleton.Func, s *skeleton.Spawn, rest *skeleton.Node) {
	if made, used := c.use(s, rest); used != nil {
		c.reportUse(s, rest, made, used)
		return
	}
	if c.last(f, s, rest) {
		c.reportEnd(f, s, rest)
	}
}

// isSleep reports whether n waits for time alone.
func isSleep(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.Sleep) || isTimeout(n)
}

// isTimeout reports whether n receives from a channel of time.After.
func isTimeout(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Recv) || n.Op.Arm != nil || n.Res.Root == nil {
		return false
	}
	for m := range spawn.Nodes(n.Graph, syncapi.After) {
		if m.Res == n.Res {
			return true
		}
	}
	return false
}

// isBody reports whether call, of a goroutine, is that of the function that it runs.
func isBody(call *skeleton.Node) bool {
	return call.Graph.Spawner != nil && (call.Frame.Call == nil || call.Frame.Call.Graph != call.Graph)
}

// waiting are the operations that wait for another goroutine.
var waiting = []syncapi.Op{
	syncapi.Recv, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.OnceDo, syncapi.SemAcquire, syncapi.Settle,
}

// waits reports whether n may wait for another goroutine, itself or by what it
// calls.
func (c *checker) waits(n *skeleton.Node) bool {
	switch {
	case n.Op.Is(syncapi.Select):
		return !n.Op.Defined
	case n.Op.Is(syncapi.Call):
		if isBody(n) || syncapi.IsTestLog(n.Op.Obj) {
			return false
		}
		if len(n.Op.Targets) == 0 {
			return !n.Op.Dynamic.IsZero()
		}
		return slices.ContainsFunc(n.Op.Targets, func(t *skeleton.Target) bool {
			return slices.ContainsFunc(waiting, func(op syncapi.Op) bool { return c.view.May(t.Func, op) })
		})
	}
	return n.Op.Is(waiting...) && n.Op.Arm == nil && !isTimeout(n)
}

// between reports whether each path from the start of a goroutine to n sleeps at
// rest, and one of them waits for nothing else.
func (c *checker) between(start, rest, n *skeleton.Node) bool {
	return spawn.Leads(rest, n) &&
		spawn.Path(start, n, func(m *skeleton.Node) bool { return m == rest }) == nil &&
		spawn.Path(start, n, c.waits) != nil
}

// use returns what the goroutine of s writes and its starter reads behind a sleep.
func (c *checker) use(s *skeleton.Spawn, rest *skeleton.Node) (made, used *skeleton.Node) {
	g := s.Graph()
	for x := range spawn.Nodes(g, syncapi.Write, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS) {
		if x.Res.Root == nil || spawn.Path(g.Entry, x, c.waits) == nil {
			continue
		}
		for y := range spawn.Nodes(rest.Graph, syncapi.Read, syncapi.AtomicLoad) {
			if isOf(y.Res, x.Res) && !y.SameLoop(s.Node) && c.between(s.Node, rest, y) {
				return x, y
			}
		}
	}
	return nil, nil
}

// isOf reports whether who reads p may see what is written to q: the same variable,
// or one of the elements of what is read.
func isOf(p, q skeleton.Path) bool {
	if p.Root == nil || p.Root != q.Root {
		return false
	}
	return p == q || q.Sel != nil && q.Sel.Name == "[]" && q.Sel.Up == p.Sel
}

// ends reports whether a goroutine ends by itself, as far as its graph tells: no
// one stops it, and it waits for no one but who hands it work.
func (c *checker) ends(s *skeleton.Spawn) bool {
	g := s.Graph()
	if g.Root == nil || g.Root.Imported() || g.Widened || g.Joined || !g.Root.Returns || c.serves(g.Root) {
		return false
	}
	for _, n := range g.Nodes {
		switch {
		case n.Exit == skeleton.ByExit && spawn.Leads(g.Entry, n), c.waits(n) && !n.Op.Range:
			return false
		case n.Op.Is(syncapi.Select, syncapi.CtxErr, syncapi.Poll):
			return false
		case n.InLoop() && n.Op.Is(syncapi.AtomicLoad, syncapi.AtomicCAS, syncapi.TryLock):
			return false
		}
	}
	return true
}

// serves reports whether f calls something that by its name serves, or waits for
// others, in code that is not seen.
func (c *checker) serves(f *skeleton.Func) bool {
	return f.Syntax() == nil || calls(f.Syntax(), f.Syntax().Pos(), serving)
}

// calls reports whether n has, behind pos, a call of a function or method whose name
// begins with one of names.
func calls(n ast.Node, pos token.Pos, names []string) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		call, ok := m.(*ast.CallExpr)
		if !ok {
			return !found
		}
		name := ""
		switch fun := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			if fun.Name != "close" { // of a channel is an operation
				name = fun.Name
			}
		case *ast.SelectorExpr:
			name = fun.Sel.Name
		}
		found = found || call.Pos() > pos && slices.ContainsFunc(names, func(s string) bool { return begins(name, s) })
		return !found
	})
	return found
}

// begins reports whether a name begins with a word, exported or not.
func begins(name, word string) bool {
	return len(name) >= len(word) && (name[0]|' ') == word[0] && name[1:len(word)] == word[1:]
}

var (
	serving  = []string{"serve", "listen", "accept", "wait", "run", "start", "read", "recv", "receive", "poll", "watch"}
	stopping = []string{"wait", "join", "stop", "close", "shutdown", "kill", "cancel", "eventually", "flush"}
)
