package lockset

import (
	"math/bits"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxLocks bounds the locks that the holdings of a graph tell apart. Of
// further ones nothing is known.
const maxLocks = 64

// maxDues bounds the defer statements of a graph that are told apart. Of further ones is
// not known whether their calls are due.
const maxDues = 64

// Holdings are the locks that a goroutine holds at each node of its graph: on
// all paths to the node (must), and on some (may). They are the classic
// forward analyses to a fixpoint, over bit sets, with conditions left aside, but for
// those that tell which calls are deferred:
// of a lock that is taken under a condition is known only that it may be held.
type Holdings struct {
	locks []skeleton.Path
	of    map[skeleton.Path]int
	dues  map[*skeleton.Root]int // by what tells that a call is deferred
	in    []holding              // by node
	start holding
	from  map[*skeleton.Node]uint64 // locks held from the start that are known only from a call on
}

// A holding is a set of locks, by their index.
type holding struct {
	must, may uint64
	write     uint64 // of must, those held for writing
	excl      uint64 // of may, those that may be held for writing
	due, idle uint64 // the calls that are surely deferred, and that surely are not
	known     bool   // the node is reached
}

// NewHoldings computes the holdings of a graph. A lock that is released and
// never taken has been handed over, and is held from the start; one that may be
// released before it is taken may be. If it is known to a callee alone, the start
// is that of the callee: the caller has it by another name, if at all.
func NewHoldings(g *skeleton.Graph) *Holdings {
	h := &Holdings{of: make(map[skeleton.Path]int), dues: make(map[*skeleton.Root]int), in: make([]holding, len(g.Nodes))}
	var taken, released uint64
	for _, n := range g.Nodes {
		switch {
		case n.Op == nil || n.Res.Root == nil:
		case IsAcquire(n):
			taken |= h.bit(n.Res)
		case IsRelease(n):
			released |= h.bit(n.Res)
		}
	}
	h.start.known = true
	h.start.must = h.atStart(g, released&^taken)
	h.start.may, h.start.write, h.start.excl = h.start.must, h.start.must, h.start.must
	h.solve(g)
	for _, n := range g.Nodes {
		if IsRelease(n) && n.Res.Root != nil && h.Reached(n) && !h.deferredBehind(n) {
			h.start.may |= h.bit(n.Res) &^ h.in[n.ID].must
			h.start.excl |= h.start.may
		}
	}
	if h.start.may != h.start.must {
		clear(h.in)
		h.solve(g)
	}
	return h
}

// atStart returns those of the locks in set, handed over to the function, that its
// graph knows from the start.
func (h *Holdings) atStart(g *skeleton.Graph, set uint64) uint64 {
	for i, p := range h.locks {
		if call := p.Root.Call(); call != nil && call.Graph == g && set&(1<<i) != 0 {
			set &^= 1 << i
			if h.from == nil {
				h.from = make(map[*skeleton.Node]uint64)
			}
			h.from[call] |= 1 << i
		}
	}
	return set
}

// deferredBehind reports whether n, a release, is a deferred one, and the lock is held
// wherever it is deferred.
func (h *Holdings) deferredBehind(n *skeleton.Node) bool {
	deferred := false
	for _, m := range n.Graph.Nodes {
		if m.Op.Is(syncapi.Defer) && m.Op.Inner == n.Op && m.Frame == n.Frame && h.Reached(m) {
			if h.in[m.ID].must&h.bit(n.Res) == 0 {
				return false
			}
			deferred = true
		}
	}
	return deferred
}

// bit returns the set of one lock, numbering it at need.
func (h *Holdings) bit(p skeleton.Path) uint64 {
	bit := bitOf(h.of, p, maxLocks)
	if len(h.locks) < len(h.of) {
		h.locks = append(h.locks, p)
	}
	return bit
}

// bitOf returns the set of key alone, numbering it at need; the empty set if there are
// most others already.
func bitOf[K comparable](numbers map[K]int, key K, most int) uint64 {
	i, ok := numbers[key]
	if !ok {
		if len(numbers) == most {
			return 0
		}
		i = len(numbers)
		numbers[key] = i
	}
	return 1 << i
}

func (h *Holdings) solve(g *skeleton.Graph) {
	h.in[g.Entry.ID] = h.start
	queued := make([]bool, len(g.Nodes))
	for work := []*skeleton.Node{g.Entry}; len(work) > 0; {
		n := work[0]
		work = work[1:]
		queued[n.ID] = false
		out := h.behind(n)
		for _, s := range n.Succs {
			at, ok := h.along(s, out)
			if ok && h.in[s.To.ID].join(at) && !queued[s.To.ID] {
				queued[s.To.ID] = true
				work = append(work, s.To)
			}
		}
	}
}

// along returns what is held at the end of a step that begins with o; not ok if it is not
// taken.
func (h *Holdings) along(s *skeleton.Step, o holding) (at holding, ok bool) {
	if s.Cond.Var.IsDue() {
		b := bitOf(h.dues, s.Cond.Var.Root, maxDues)
		if s.Cond.Want && o.idle&b != 0 || !s.Cond.Want && o.due&b != 0 {
			return o, false
		}
	}
	for _, set := range s.Sets {
		if !set.Known || !set.Var.IsDue() {
			continue
		}
		b := bitOf(h.dues, set.Var.Root, maxDues)
		o.due, o.idle = o.due&^b, o.idle&^b
		if set.Value {
			o.due |= b
		} else {
			o.idle |= b
		}
	}
	return o, true
}

// join merges another way to reach a node. It reports whether that changed
// anything.
func (h *holding) join(o holding) bool {
	old := *h
	if !h.known {
		*h = o
		return true
	}
	h.must &= o.must
	h.may |= o.may
	h.write &= o.write
	h.excl |= o.excl
	h.due &= o.due
	h.idle &= o.idle
	return *h != old
}

// behind returns what is held behind n.
func (h *Holdings) behind(n *skeleton.Node) holding {
	out := h.in[n.ID]
	if b := h.from[n]; b != 0 {
		out.must, out.may, out.write, out.excl = out.must|b, out.may|b, out.write|b, out.excl|b
	}
	if n.Op == nil || n.Res.Root == nil || !n.Op.Is(Ops...) {
		return out
	}
	b := h.bit(n.Res)
	switch n.Op.Kind {
	case syncapi.Lock:
		out.must, out.may, out.write, out.excl = out.must|b, out.may|b, out.write|b, out.excl|b
	case syncapi.RLock:
		out.must, out.may, out.write = out.must|b, out.may|b, out.write&^b
	case syncapi.TryLock:
		out.may, out.excl = out.may|b, out.excl|b
	case syncapi.TryRLock:
		out.may |= b
	default:
		out.must, out.may, out.write, out.excl = out.must&^b, out.may&^b, out.write&^b, out.excl&^b
	}
	return out
}

// Reached reports whether control comes to n at all.
func (h *Holdings) Reached(n *skeleton.Node) bool { return h.in[n.ID].known }

// Must returns the locks that are held at n whatever the way, and which of
// them for reading only.
func (h *Holdings) Must(n *skeleton.Node) (held []skeleton.Path, shared map[skeleton.Path]bool) {
	in := h.in[n.ID]
	shared = make(map[skeleton.Path]bool)
	for _, p := range h.list(in.must) {
		held = append(held, p)
		if in.write&(1<<h.of[p]) == 0 {
			shared[p] = true
		}
	}
	return held, shared
}

// May returns the locks that are held at n on some way.
func (h *Holdings) May(n *skeleton.Node) []skeleton.Path { return h.list(h.in[n.ID].may) }

// MayExclude returns those of [Holdings.May] that are held for writing on some way:
// who holds one keeps out all others, also those who hold it for reading.
func (h *Holdings) MayExclude(n *skeleton.Node) []skeleton.Path { return h.list(h.in[n.ID].excl) }

func (h *Holdings) list(set uint64) []skeleton.Path {
	var ps []skeleton.Path
	for ; set != 0; set &= set - 1 {
		ps = append(ps, h.locks[bits.TrailingZeros64(set)])
	}
	return ps
}
