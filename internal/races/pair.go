package races

import (
	"cmp"
	"go/ast"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
)

// A Pair is two accesses that may happen at once. The first one is on a
// goroutine, and writes if any access on one does.
type Pair struct {
	First, Second *skeleton.Node
	// Start is the statement that starts the goroutines of both, nil if each is
	// started by its own, or if one is not started in the scope.
	Start    *skeleton.Node
	Subtests bool // the goroutines are those of parallel subtests

	many bool // calls of a callback that may run at the same time
}

// maxPairs bounds the pairs of accesses to one variable that are looked at.
const maxPairs = 60

// racing returns the first pair of accesses to v that may happen at once.
func (s *scope) racing(v variable) *Pair {
	accesses := distinct(v.accesses)
	slices.SortStableFunc(accesses, func(a, b *skeleton.Node) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Op.Pos, b.Op.Pos))
	})
	tried := 0
	for _, x := range accesses {
		for _, y := range accesses {
			if !isWrite(x) && !isWrite(y) || isWrite(y) && !isWrite(x) && y.Graph.Spawner != nil {
				continue // the other way round
			}
			if !s.sameElement(x, y) || x.Op.Fn.Imported() || oneOfSeveral(x) || oneOfSeveral(y) {
				continue
			}
			if v.path.IsPartOfElement() && !s.oneElement(x, y) {
				continue // of different elements, perhaps
			}
			if tried++; tried > maxPairs {
				return nil
			}
			if p := s.pair(x, y); p != nil {
				return p
			}
		}
	}
	return nil
}

// oneOfSeveral reports whether n is in a method, or in what that calls, which a call
// comes by only if it is of an object of one type of several: it may be that the objects
// of that type never get there.
func oneOfSeveral(n *skeleton.Node) bool {
	return slices.ContainsFunc(n.Calls(), func(call *skeleton.Node) bool { return len(call.Op.Targets) > 1 })
}

// rank orders accesses by how well they show a race.
func rank(n *skeleton.Node) int {
	switch {
	case isWrite(n) && n.Graph.Spawner != nil:
		return 0
	case n.Graph.Spawner != nil:
		return 1
	case isWrite(n):
		return 2
	}
	return 3
}

// distinct leaves out accesses that are in the same graph for the same
// operation, such as deferred ones, which a graph has for each way out.
func distinct(nodes []*skeleton.Node) []*skeleton.Node {
	type place struct {
		op    *skeleton.Op
		graph *skeleton.Graph
		frame *skeleton.Frame
	}
	seen := make(map[place]bool)
	var kept []*skeleton.Node
	for _, n := range nodes {
		k := place{n.Op, n.Graph, n.Frame}
		if !seen[k] {
			seen[k] = true
			kept = append(kept, n)
		}
	}
	return kept
}

// pair returns the pair of x and y if they may happen at once.
func (s *scope) pair(x, y *skeleton.Node) *Pair {
	if (s.inTest(x) || s.inTest(y)) && (s.race.OnMany(x) || s.race.OnMany(y)) {
		return nil // a test makes one request after the other
	}
	if start := s.race.Repeated(x, y); start != nil && !s.oneTurn(x, y) {
		return &Pair{x, y, start, false, s.race.OnMany(x)}
	}
	if x.Graph.Spawner != nil && x.Graph != y.Graph && s.race.Concurrent(x, y) && !s.piped(x, y) {
		return &Pair{x, y, nil, false, false}
	}
	if tx, _ := s.race.Parallel(x, y); tx != nil {
		return &Pair{x, y, tx, true, false}
	}
	return nil
}

// oneTurn reports whether x and y are both where no more than one of the goroutines comes
// that a loop starts.
func (s *scope) oneTurn(x, y *skeleton.Node) bool {
	turn := s.turnOf(x)
	return turn != nil && turn == s.turnOf(y)
}

func (s *scope) turnOf(n *skeleton.Node) ast.Node {
	cur, ok := s.tree.FindByPos(n.Op.Pos, n.Op.Pos)
	if !ok {
		return nil
	}
	return chans.Turn(s.pass.TypesInfo, cur)
}

func (c *Finder) inTest(n *skeleton.Node) bool {
	return report.InTest(c.pass, n.Op.Pos)
}

// sameElement reports whether x and y, if they are accesses to elements of a
// slice or array, surely are to the same one: the index of both is one constant.
// Maps have no elements of their own in this sense.
func (s *scope) sameElement(x, y *skeleton.Node) bool {
	if x.Res.Sel == nil || x.Res.Sel.Name != "[]" || len(x.Op.Args) == 0 && len(y.Op.Args) == 0 {
		return !viaPointer(x) && !viaPointer(y)
	}
	return x.Op.NKnown && y.Op.NKnown && x.Op.N == y.Op.N && s.direct(x) && s.direct(y)
}

// oneElement reports whether x and y, which act on parts of elements, come to one element:
// either goes through all of them, and the other one is not in a goroutine that this
// loop starts for the element of its turn.
func (s *scope) oneElement(x, y *skeleton.Node) bool {
	_, gx, gy := spawn.Meet(x, y)
	switch {
	case s.isEach(x) && s.isEach(y):
		return true
	case s.isEach(x):
		return gx != x || gy == y || !gx.SameLoop(gy)
	case s.isEach(y):
		return gy != y || gx == x || !gy.SameLoop(gx)
	}
	return false
}

// isEach reports whether n goes through all elements of a slice, array or map, and so
// comes to that which any other goroutine acts on.
func (s *scope) isEach(n *skeleton.Node) bool {
	is, ok := s.each[n]
	if !ok {
		is = n.Each()
		s.each[n] = is
	}
	return is
}

// viaPointer reports whether the function of n has a pointer to the element, and so
// does not know which one it is.
func viaPointer(n *skeleton.Node) bool {
	return n.Res.Sel != nil && n.Res.Sel.Name == "[]" && (n.Op.Res.Sel == nil || n.Op.Res.Sel.Name != "[]")
}

// direct reports whether the function of n knows the slice by itself: what it is
// handed may be a part of one.
func (s *scope) direct(n *skeleton.Node) bool {
	r := n.Op.Res.Root
	return r.Kind != skeleton.Param || n.Frame.Call == nil || r.Owner != n.Frame.Func
}
