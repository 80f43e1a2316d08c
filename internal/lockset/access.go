package lockset

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// An Access is a read or write of memory, an atomic operation or a call, in
// one of the graphs that show it, with the locks held there.
type Access struct {
	Func     *skeleton.Func // at the root of the graph, or of the graph that starts its goroutine
	Node     *skeleton.Node
	Holdings *Holdings // of the node's graph
	Started  bool      // the node runs on a goroutine that Func starts
	// Detached is set for what is in a literal of which is not seen who calls it.
	Detached bool
}

// accesses are the kinds of operations that Accesses yields.
var accesses = []syncapi.Op{
	syncapi.Read, syncapi.Write, syncapi.Call,
	syncapi.AtomicLoad, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS,
}

// Accesses calls yield for the reads and writes of the package and for its
// calls, in the graphs of all functions, where the literals of a function, and
// callees that are handed literals, stand in at their calls. An operation that
// is in several graphs is yielded for each. So are those of the further kinds.
func (l *Locks) Accesses(yield func(*Access), further ...syncapi.Op) {
	l.operations(append(slices.Clone(accesses), further...), yield)
}

// calls is Accesses for calls alone.
func (l *Locks) calls(yield func(*Access)) { l.operations([]syncapi.Op{syncapi.Call}, yield) }

// Operations is Accesses for operations of the given kinds alone.
func (l *Locks) Operations(yield func(*Access), kinds ...syncapi.Op) { l.operations(kinds, yield) }

func (l *Locks) operations(kinds []syncapi.Op, yield func(*Access)) {
	seen := make(map[*skeleton.Func]bool)
	for _, f := range l.View.Funcs {
		if f.Parent == nil {
			l.accessesIn(f, false, kinds, seen, yield)
		}
	}
	for _, f := range l.View.Funcs {
		if f.Parent != nil && !seen[f] {
			l.accessesIn(f, true, kinds, seen, yield)
		}
	}
}

// accessesIn yields what is in the graph of f and of the literals that it
// starts as goroutines. It adds the literals that stand in to seen.
func (l *Locks) accessesIn(f *skeleton.Func, detached bool, kinds []syncapi.Op, seen map[*skeleton.Func]bool, yield func(*Access)) {
	g := l.View.Outline(f, skeleton.Interest{
		Ops:   append(slices.Clone(kinds), Ops...),
		Quiet: true,
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool {
			return t.Func.Parent != nil || l.Unbalanced(t.Func) || slices.ContainsFunc(t.Args, skeleton.Path.IsLiteral)
		},
	})
	l.accessesOf(g, &Access{Func: f, Detached: detached}, kinds, seen, yield)
}

func (l *Locks) accessesOf(g *skeleton.Graph, like *Access, kinds []syncapi.Op, seen map[*skeleton.Func]bool, yield func(*Access)) {
	h := NewHoldings(g)
	for _, n := range g.Nodes {
		if !h.Reached(n) || n.Frame.Widened {
			continue
		}
		seen[n.Frame.Func] = true
		if n.Op.Is(kinds...) {
			a := *like
			a.Node, a.Holdings = n, h
			yield(&a)
		}
		for _, s := range n.Spawns {
			if !s.Mode.Starts() || !s.Func.IsLiteral() || seen[s.Func.Root.Func] {
				continue
			}
			inner := *like
			inner.Started, inner.Detached = true, false
			l.accessesOf(s.Graph(), &inner, kinds, seen, yield)
		}
	}
}
