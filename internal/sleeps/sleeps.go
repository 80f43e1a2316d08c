// Package sleeps is a view on skeletons: the goroutines that a function sleeps for,
// in place of waiting for them.
package sleeps

import (
	"go/ast"
	"go/token"
	"iter"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A Finder looks, in the graph of each function that starts goroutines and sleeps,
// for a sleep that comes between a start and a use on every path, with a path that
// waits for nothing else. It errs to silence: any wait on all paths counts as that
// for the goroutine, and a goroutine counts only if it ends by itself.
type Finder struct{ View *skeleton.View }

// accesses are the operations on memory that goroutines share.
var accesses = []syncapi.Op{
	syncapi.Read, syncapi.Write, syncapi.AtomicLoad, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS,
}

// Relies reports whether f starts goroutines and sleeps, itself or by what it calls.
func (c *Finder) Relies(f *skeleton.Func) bool { return c.near(f, sleeps) && c.near(f, starts) }

// near reports whether f, or a function that it calls, is one that sleeps or starts.
func (*Finder) near(f *skeleton.Func, is func(*skeleton.Func) bool) bool {
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

// Shared returns what goroutines that f starts write and f itself reads.
func (c *Finder) Shared(f *skeleton.Func) map[skeleton.Path]bool {
	read := make(map[skeleton.Path]bool)
	for _, e := range c.View.Effects(f, syncapi.Read, syncapi.AtomicLoad) {
		if !e.Started {
			read[e.Res] = true
		}
	}
	shared := make(map[skeleton.Path]bool)
	for _, e := range c.View.Effects(f, syncapi.Write, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS) {
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

// Rests yields the goroutines that f starts, of which some may not end by themselves, with
// each sleep behind the start that is not in a loop. Callees stand in that start or sleep,
// or access what is shared.
func (c *Finder) Rests(f *skeleton.Func) iter.Seq2[*skeleton.Spawn, *skeleton.Node] {
	return func(yield func(*skeleton.Spawn, *skeleton.Node) bool) {
		g := c.graph(f)
		if g.Widened {
			return
		}
		var rests []*skeleton.Node
		for _, n := range g.Nodes {
			if IsSleep(n) && !n.InLoop() {
				rests = append(rests, n)
			}
		}
		if len(rests) == 0 {
			return
		}
		for s := range spawn.Goroutines(g) {
			if s.Mode != syncapi.Elsewhere || s.Node.Op.Is(syncapi.NewTimer) {
				continue
			}
			for _, rest := range rests {
				if spawn.Leads(s.Node, rest) && !yield(s, rest) {
					return
				}
			}
		}
	}
}

func (c *Finder) graph(f *skeleton.Func) *skeleton.Graph {
	shared := c.Shared(f)
	return c.View.Outline(f, skeleton.Interest{
		Ops: kinds,
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			if call.Frame.Depth >= maxDepth {
				return false
			}
			return isBody(call) || sleeps(t.Func) || starts(t.Func) ||
				slices.ContainsFunc(c.View.CallEffects(call, accesses...), func(e skeleton.Effect) bool { return shared[e.Res] })
		},
	})
}

// IsSleep reports whether n waits for time alone.
func IsSleep(n *skeleton.Node) bool {
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

// Waits reports whether n may wait for another goroutine, itself or by what it
// calls.
func (c *Finder) Waits(n *skeleton.Node) bool {
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
			return slices.ContainsFunc(waiting, func(op syncapi.Op) bool { return c.View.May(t.Func, op) })
		})
	}
	return n.Op.Is(waiting...) && n.Op.Arm == nil && !isTimeout(n)
}

// Between reports whether each path from the start of a goroutine to n sleeps at
// rest, and one of them waits for nothing else.
func (c *Finder) Between(start, rest, n *skeleton.Node) bool {
	return spawn.Leads(rest, n) &&
		spawn.Path(start, n, func(m *skeleton.Node) bool { return m == rest }) == nil &&
		spawn.Path(start, n, c.Waits) != nil
}

// Uses yields what the goroutine of s writes and its starter reads behind a sleep,
// and nothing but the sleep comes between.
func (c *Finder) Uses(s *skeleton.Spawn, rest *skeleton.Node) iter.Seq2[*skeleton.Node, *skeleton.Node] {
	return func(yield func(made, used *skeleton.Node) bool) {
		g := s.Graph()
		ends := c.Ends(s)
		for x := range spawn.Nodes(g, syncapi.Write, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS) {
			if x.Res.Root == nil || !ends && !c.first(g, x) || spawn.Path(g.Entry, x, c.hangs) == nil {
				continue
			}
			for y := range spawn.Nodes(rest.Graph, syncapi.Read, syncapi.AtomicLoad) {
				if isOf(y.Res, x.Res) && !y.SameLoop(s.Node) && c.Between(s.Node, rest, y) && !yield(x, y) {
					return
				}
			}
		}
	}
}

// isOf reports whether who reads p may see what is written to q: the same variable,
// or one of the elements of what is read.
func isOf(p, q skeleton.Path) bool {
	if p.Root == nil || p.Root != q.Root {
		return false
	}
	return p == q || q.Sel != nil && q.Sel.Name == "[]" && q.Sel.Up == p.Sel
}

// first reports whether x is among what the goroutine of g does once, before anything
// that may go on until somebody stops it.
func (c *Finder) first(g *skeleton.Graph, x *skeleton.Node) bool {
	if g.Root == nil || g.Root.Imported() || g.Widened || g.Joined || x.InLoop() {
		return false
	}
	return spawn.Path(g.Entry, x, func(n *skeleton.Node) bool {
		return n.InLoop() || n.Op.Is(syncapi.Select, syncapi.CtxErr, syncapi.Poll, syncapi.Sleep)
	}) != nil
}

// hangs reports whether n, on a goroutine, may wait for who has started that, or for
// others of the program: what a call of the standard library waits for is its own.
func (c *Finder) hangs(n *skeleton.Node) bool {
	if n.Op.Is(syncapi.Call) && n.Op.Obj != nil && n.Op.Obj.Pkg() != nil && syncapi.IsStandard(n.Op.Obj.Pkg()) && len(n.Op.Targets) > 0 {
		return false
	}
	return c.Waits(n)
}

// Ends reports whether a goroutine ends by itself, as far as its graph tells: no
// one stops it, and it waits for no one but who hands it work.
func (c *Finder) Ends(s *skeleton.Spawn) bool {
	g := s.Graph()
	if g.Root == nil || g.Root.Imported() || g.Widened || g.Joined || !g.Root.Returns || c.serves(g.Root) {
		return false
	}
	for _, n := range g.Nodes {
		switch {
		case n.Exit == skeleton.ByExit && spawn.Leads(g.Entry, n), c.hangs(n) && !n.Op.Range:
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
func (c *Finder) serves(f *skeleton.Func) bool {
	return f.Syntax() == nil || Calls(f.Syntax(), f.Syntax().Pos(), serving)
}

// Calls reports whether n has, behind pos, a call of a function or method whose name
// begins with one of names.
func Calls(n ast.Node, pos token.Pos, names []string) bool {
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

// serving are words with which the name of a function begins that serves until it ends.
var serving = []string{"serve", "listen", "accept", "wait", "run", "start", "read", "recv", "receive", "poll", "watch"}
