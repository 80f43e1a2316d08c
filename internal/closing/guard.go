package closing

import (
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows what keeps a close from being the second: a Once, an atomic
// flag or counter, a look at the channel.

var atomics = []syncapi.Op{syncapi.AtomicLoad, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS}

// swaps are those of which one goroutine alone can be the first, or the last.
var swaps = []syncapi.Op{syncapi.AtomicUpdate, syncapi.AtomicCAS}

// passed returns the atomic variables that every path to n operates on in one
// of the ways given.
func passed(n *skeleton.Node, ways []syncapi.Op) map[skeleton.Path]bool {
	flags := make(map[skeleton.Path]bool)
	tried := make(map[skeleton.Path]bool)
	for m := range spawn.Nodes(n.Graph, ways...) {
		if tried[m.Res] {
			continue
		}
		tried[m.Res] = true
		if spawn.Path(n.Graph.Entry, n, func(at *skeleton.Node) bool { return at.Op.Is(ways...) && at.Res == m.Res }) == nil {
			flags[m.Res] = true
		}
	}
	return flags
}

// shareFlag reports whether all paths to x and all to y come by an atomic
// variable that is the same for both.
func shareFlag(x, y *skeleton.Node) bool {
	flags := passed(y, swaps)
	for p := range passed(x, swaps) {
		if flags[p] {
			return true
		}
	}
	return false
}

// opens returns the default arms of g's select statements that are not taken
// once the channel at p is closed, since another arm receives from it.
func opens(g *skeleton.Graph, p skeleton.Path) map[*skeleton.Node]bool {
	type statement struct {
		head  *skeleton.Op
		frame *skeleton.Frame
	}
	receives := make(map[statement]bool)
	for n := range spawn.Nodes(g, syncapi.Recv) {
		if n.Op.Arm != nil && n.Res == p {
			receives[statement{n.Op.Arm, n.Frame}] = true
		}
	}
	open := make(map[*skeleton.Node]bool)
	if len(receives) == 0 {
		return open
	}
	for n := range spawn.Nodes(g, syncapi.Default) {
		if receives[statement{n.Op.Arm, n.Frame}] {
			open[n] = true
		}
	}
	return open
}

// looks reports whether all paths to the close n find the channel open.
func looks(n *skeleton.Node) bool {
	open := opens(n.Graph, n.Res)
	return len(open) > 0 && spawn.Path(n.Graph.Entry, n, func(at *skeleton.Node) bool { return open[at] }) == nil
}

// peeks reports whether fn does nothing else than to look whether the channel that n
// closes is closed, and no lock is held there.
func (t *twiceFinder) peeks(fn *types.Func, n *skeleton.Node) bool {
	f := t.view.FuncOf(fn.Origin())
	if f == nil || f.Imported() || len(f.Params) > 1 || len(lockset.Held(n)) > 0 || !looks(n) {
		return false
	}
	class, ok := n.Res.Class()
	received := false
	for _, op := range f.Ops() {
		switch op.Kind {
		case syncapi.Recv:
			c, _ := op.Res.Class()
			received = ok && c == class
			if !received || op.Arm == nil {
				return false
			}
		case syncapi.Select, syncapi.Default, syncapi.Return, syncapi.Set, syncapi.Read:
		default:
			return false
		}
	}
	return received
}

// shareOnce reports whether x and y are done by one Once.
func shareOnce(x, y *skeleton.Node) bool {
	theirs := onces(y)
	for p := range onces(x) {
		if theirs[p] {
			return true
		}
	}
	return false
}

// onces returns the Onces within whose Do n happens.
func onces(n *skeleton.Node) map[skeleton.Path]bool {
	var found map[skeleton.Path]bool
	for _, call := range n.Calls() {
		for _, start := range call.Preds {
			if start.From.Op != nil {
				continue
			}
			for _, do := range start.From.Preds {
				if do.From.Op.Is(syncapi.OnceDo) {
					if found == nil {
						found = make(map[skeleton.Path]bool)
					}
					found[do.From.Res] = true
				}
			}
		}
	}
	return found
}

// certain reports whether the goroutine of n comes by n's place whenever it
// ends by a return.
func certain(n *skeleton.Node) bool {
	ends := false
	for _, exit := range n.Graph.Nodes {
		if exit.Exit != skeleton.ByReturn || !skeleton.Leads(n.Graph.Entry, exit, nil) {
			continue
		}
		ends = true
		if spawn.Path(n.Graph.Entry, exit, same(n)) != nil {
			return false
		}
	}
	return ends
}

// gates returns a node for each channel that the goroutine of n receives from
// on all its ways to n, ranges apart.
func gates(n *skeleton.Node) []*skeleton.Node {
	var found []*skeleton.Node
	known := make(map[skeleton.Path]bool)
	for m := range spawn.Nodes(n.Graph, syncapi.Recv) {
		if known[m.Res] || m.Op.Range || m.Res == n.Res {
			continue
		}
		known[m.Res] = true
		other := func(at *skeleton.Node) bool { return at.Op.Is(syncapi.Recv) && at.Res == m.Res }
		if spawn.Path(n.Graph.Entry, n, other) == nil {
			found = append(found, m)
		}
	}
	return found
}

// recurs reports whether more than one can receive from the channel of m, or
// one more than once: it is that of a context or timer, or the package closes
// it.
func (t *twiceFinder) recurs(m *skeleton.Node) bool {
	if sel := m.Res.Sel; sel != nil && sel.Name == "Done()" {
		return true
	}
	if e := t.view.Operand(m.Op); e != nil && syncapi.IsTicks(t.pass.TypesInfo.TypeOf(e)) {
		return true
	}
	for g := m.Graph; ; g = g.Spawner.Graph {
		if g.Spawner == nil {
			for h := range spawn.Graphs(g) {
				for n := range spawn.Nodes(h, syncapi.Close) {
					if n.Res == m.Res {
						return true
					}
				}
			}
			break
		}
	}
	class, ok := m.Res.Class()
	return ok && t.closesField(class)
}

// closesField reports whether the package closes a field of some object.
func (t *twiceFinder) closesField(class skeleton.FieldClass) bool {
	if t.closed == nil {
		t.closed = make(map[skeleton.FieldClass]bool)
		for _, f := range t.view.Funcs {
			for _, e := range t.view.Effects(f, syncapi.Close) {
				if c, ok := e.Res.Class(); ok {
					t.closed[c] = true
				}
			}
		}
	}
	return t.closed[class]
}
