package skeleton

import "slices"

// InLoop reports whether control may come back to n from n, by the edges of
// its graph.
func (n *Node) InLoop() bool { return n.Graph.loops()[n] != 0 }

// SameLoop reports whether n and m are in one loop, the outermost around n
// being meant.
func (n *Node) SameLoop(m *Node) bool {
	loops := n.Graph.loops()
	return m != nil && n.Graph == m.Graph && loops[n] != 0 && loops[n] == loops[m]
}

// loops returns for each node in a cycle the number of its strongly connected
// component, by Tarjan's algorithm (1972), with a stack of its own in place of
// recursion.
func (g *Graph) loops() map[*Node]int {
	if g.components == nil {
		t := &tarjan{index: make(map[*Node]int), low: make(map[*Node]int), on: make(map[*Node]bool), out: make(map[*Node]int)}
		for _, n := range g.Nodes {
			if t.index[n] == 0 {
				t.visit(n)
			}
		}
		g.components = t.out
	}
	return g.components
}

type tarjan struct {
	index, low map[*Node]int
	on         map[*Node]bool
	stack      []*Node
	count      int
	out        map[*Node]int
}

type tarjanFrame struct {
	n    *Node
	succ int
}

func (t *tarjan) open(n *Node) tarjanFrame {
	t.count++
	t.index[n], t.low[n] = t.count, t.count
	t.stack = append(t.stack, n)
	t.on[n] = true
	return tarjanFrame{n: n}
}

func (t *tarjan) visit(root *Node) {
	frames := []tarjanFrame{t.open(root)}
	for len(frames) > 0 {
		f := &frames[len(frames)-1]
		if f.succ < len(f.n.Succs) {
			m := f.n.Succs[f.succ].To
			f.succ++
			if t.index[m] == 0 {
				frames = append(frames, t.open(m))
			} else if t.on[m] {
				t.low[f.n] = min(t.low[f.n], t.index[m])
			}
			continue
		}
		t.shut(f.n)
		frames = frames[:len(frames)-1]
		if len(frames) > 0 {
			up := frames[len(frames)-1].n
			t.low[up] = min(t.low[up], t.low[f.n])
		}
	}
}

// shut pops the component that n is the root of, if it is one.
func (t *tarjan) shut(n *Node) {
	if t.low[n] != t.index[n] {
		return
	}
	size := 0
	for {
		m := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.on[m] = false
		t.out[m] = t.index[n]
		size++
		if m == n {
			break
		}
	}
	if size > 1 {
		return
	}
	for _, s := range n.Succs {
		if s.To == n {
			return
		}
	}
	delete(t.out, n)
}

// Leads reports whether there is a path from a to b past no node for which
// avoid holds, conditions apart: a cheap look before a search. It draws on the
// same budget, and says no when that is used up.
func Leads(a, b *Node, avoid func(*Node) bool) bool {
	view := a.Graph.view
	seen := make([]bool, len(a.Graph.Nodes))
	work := []*Node{a}
	for len(work) > 0 && view.spent <= maxSpent {
		view.spent++
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range n.Succs {
			if s.To == b {
				return true
			}
			if seen[s.To.ID] || avoid != nil && avoid(s.To) {
				continue
			}
			seen[s.To.ID] = true
			work = append(work, s.To)
		}
	}
	if len(work) > 0 {
		view.giveUp()
	}
	return false
}

// Behind returns, by node, whether there is a path to it from one of from, past no node
// for which avoid holds, itself included, conditions apart.
func (g *Graph) Behind(from []*Node, avoid func(*Node) bool) []bool {
	g.view.spent += len(g.Nodes) / 8
	behind := make([]bool, len(g.Nodes))
	for work := slices.Clone(from); len(work) > 0; {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range n.Succs {
			if !behind[s.To.ID] && (avoid == nil || !avoid(s.To)) {
				behind[s.To.ID] = true
				work = append(work, s.To)
			}
		}
	}
	return behind
}

// Before returns, by node, whether it is one of to or there is a path from it to one,
// past no node in between for which avoid holds, conditions apart.
func (g *Graph) Before(to []*Node, avoid func(*Node) bool) []bool {
	g.view.spent += len(g.Nodes) / 8
	before := make([]bool, len(g.Nodes))
	for _, n := range to {
		before[n.ID] = true
	}
	for work := slices.Clone(to); len(work) > 0; {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range n.Preds {
			if p := s.From; !before[p.ID] {
				before[p.ID] = true
				if avoid == nil || !avoid(p) {
					work = append(work, p)
				}
			}
		}
	}
	return before
}

// InLoop reports whether control may come back to b from b.
func (b *Block) InLoop() bool {
	return b.Leads(func(to *Block) bool { return to == b }, nil)
}

// Leads reports whether control may come from b, by an edge at least, to a block for which
// to holds, past none for which avoid holds; that of the last is not asked.
func (b *Block) Leads(to, avoid func(*Block) bool) bool {
	seen := make(map[*Block]bool)
	for work := []*Block{b}; len(work) > 0; {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		for _, e := range at.Succs {
			switch {
			case seen[e.To]:
				continue
			case to(e.To):
				return true
			}
			seen[e.To] = true
			if avoid == nil || !avoid(e.To) {
				work = append(work, e.To)
			}
		}
	}
	return false
}

// Comes reports whether control may come from a to b, operations of f, conditions apart.
func (f *Func) Comes(a, b *Op) bool {
	at, to := f.BlockOf(a), f.BlockOf(b)
	if at == nil || to == nil {
		return false
	}
	if at == to && slices.Index(at.Ops, a) < slices.Index(at.Ops, b) {
		return true
	}
	return at.Leads(func(n *Block) bool { return n == to }, nil)
}

// BlockOf returns the block of f that has op, nil if none has.
func (f *Func) BlockOf(op *Op) *Block {
	i := slices.IndexFunc(f.Blocks, func(b *Block) bool { return slices.Contains(b.Ops, op) })
	if i < 0 {
		return nil
	}
	return f.Blocks[i]
}
