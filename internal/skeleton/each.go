package skeleton

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows the loops that go through all elements of a slice, array or map: two
// goroutines that do so come to one and the same element, whatever element that is.

// Each reports whether n acts, in each turn of a loop through all elements of a slice, array
// or map, on the element of that turn, or on a part of it.
func (n *Node) Each() bool {
	all, ok := n.Res.upToElement()
	if !ok || n.Frame.Widened {
		return false
	}
	itself := func(m *Node) bool { return m == n }
	for _, m := range n.Graph.Nodes {
		if m.Op == nil || !m.Op.each {
			continue
		}
		if up, ok := m.Res.upToElement(); !ok || up != all || m.partial() || !Leads(m, n, nil) && m != n {
			continue
		}
		if m == n || Leads(m, m, nil) && !Leads(m, m, itself) {
			return true
		}
	}
	return false
}

// partial reports whether what the function of n goes through may be a part of what goes
// by the same path: it has been handed that, or has it in a field that a variable was
// copied to.
func (n *Node) partial() bool {
	of, _ := n.Op.Res.upToElement()
	of = of.Base()
	if of.Sel == nil {
		r := of.Root
		return r.Kind == Param && (r.Owner != n.Graph.top().Root || n.Graph.top().Root == nil)
	}
	bound, _ := n.Res.upToElement()
	bound = bound.Base()
	if bound.Sel == nil {
		return bound.Root.Kind != Made || bound.Root.Name != "" && bound.Root.Name != of.Sel.Name
	}
	return bound.Sel.Name != of.Sel.Name || bound.Sel.Owner != of.Sel.Owner
}

// top returns the graph that g is a goroutine of, directly or not.
func (g *Graph) top() *Graph {
	for g.Spawner != nil {
		g = g.Spawner.Graph
	}
	return g
}

// upToElement returns the path of the elements that p is one of, or a part of one of; not
// ok if there are none, or elements of elements.
func (p Path) upToElement() (q Path, ok bool) {
	for s := p.Sel; s != nil; s = s.Up {
		switch s.Name {
		case "[]":
			if ok {
				return Path{}, false
			}
			q, ok = Path{p.Root, s}, true
		case "<-", beyond:
			return Path{}, false
		}
	}
	return q, ok && p.Root.Kind != Value && p.Root.Kind != Nil
}

// IsPartOfElement reports whether p names a part of an element of one slice, array or map,
// or what that leads to.
func (p Path) IsPartOfElement() bool {
	if p.Root == nil {
		return false
	}
	q, ok := p.upToElement()
	return ok && q != p
}

// isEach reports whether an address is that of the element of a turn, or of a part of it,
// and control comes to instr in each turn.
func (fb *funcBuilder) isEach(addr ssa.Value, instr ssa.Instruction) bool {
	for {
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			addr = a.X
			continue
		case *ssa.IndexAddr:
			head := loopThrough(a.Index)
			return head != nil && !fb.isPart(a.X, maxSelectors) && everyTurn(head, instr.Block())
		}
		return false
	}
}

// loopThrough returns the head of the loop in which index goes through all numbers from
// zero on, nil if there is none.
func loopThrough(index ssa.Value) *ssa.BasicBlock {
	first := int64(0)
	if next, ok := index.(*ssa.BinOp); ok { // a range loop begins before the first one
		if n, ok := intConst(next.Y); !ok || n != 1 || next.Op != token.ADD {
			return nil
		}
		index, first = next.X, -1
	}
	counter, ok := index.(*ssa.Phi)
	if !ok {
		return nil
	}
	starts, steps := false, false
	for _, e := range counter.Edges {
		if n, ok := intConst(e); ok && n == first {
			starts = true
			continue
		}
		next, ok := e.(*ssa.BinOp)
		if !ok || next.Op != token.ADD || next.X != ssa.Value(counter) {
			return nil
		}
		if n, ok := intConst(next.Y); !ok || n != 1 {
			return nil
		}
		steps = true
	}
	if !starts || !steps {
		return nil
	}
	return counter.Block()
}

// everyTurn reports whether each turn of the loop with the given head comes to b.
func everyTurn(head, b *ssa.BasicBlock) bool {
	if !head.Dominates(b) {
		return false
	}
	for _, pred := range head.Preds {
		if head.Dominates(pred) && !b.Dominates(pred) {
			return false
		}
	}
	return true
}

// nextOf adds the read of the element that a range loop over a map comes to.
func (fb *funcBuilder) nextOf(v *ssa.Extract) {
	next, ok := v.Tuple.(*ssa.Next)
	if !ok || v.Index != 2 || next.IsString {
		return
	}
	r, ok := next.Iter.(*ssa.Range)
	if !ok {
		return
	}
	fb.remember(&Op{Kind: syncapi.Read, Pos: r.Pos(), Res: fb.extend(fb.path(r.X), "[]", nil), each: everyTurn(next.Block(), v.Block())})
}
