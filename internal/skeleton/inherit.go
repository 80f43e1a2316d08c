package skeleton

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows what a goroutine can take for granted: what has decided over its start
// still holds on its way.

// inherited returns the conditions under which the goroutine of g is started, always, on
// variables that nothing sets any more.
func (g *Graph) inherited() []Cond {
	if g.Spawner == nil || g.heirs == len(g.Nodes) {
		return g.heritage
	}
	g.heirs, g.heritage = len(g.Nodes), g.Given(g.Spawner)
	return g.heritage
}

// Given returns the conditions that always hold at the node at, of a goroutine around that
// of g, on variables which g tests and which nothing sets any more behind at.
func (g *Graph) Given(at *Node) []Cond {
	var given, above []Cond
	if at.Graph.Spawner != nil {
		above = at.Graph.inherited()
	}
	tested := at.Graph.conditions().of
	for _, v := range g.conditions().vars {
		if !v.settles() || !g.view.settled(v, at) {
			continue
		}
		if i := slices.IndexFunc(above, func(c Cond) bool { return c.Var == v }); i >= 0 {
			given = append(given, above[i])
			continue
		}
		if _, ok := tested[v]; !ok {
			continue
		}
		for _, want := range []bool{true, false} {
			if c := (Cond{v, want}); at.Graph.onlyIf(at, c) {
				given = append(given, c)
				break
			}
		}
	}
	return given
}

// settles reports whether the condition variable v, or the value that it compares with a
// constant, is one that only its function and the literals in that can set.
func (p Path) settles() bool {
	if p.Root == nil || p.Sel != nil && (p.Sel.Up != nil || !p.Sel.compares()) {
		return false
	}
	return p.Root.Kind == Local || p.Root.Kind == Param || p.Root.Kind == Value || p.Root.Kind == Result
}

// settled reports whether nothing sets p behind start: neither the goroutine that start
// is of, nor those around it, nor a literal, such as the one that start starts.
func (v *View) settled(p Path, start *Node) bool {
	if v.setByLiteral(p.Root.Origin()) {
		return false
	}
	for at := start; at != nil; at = at.Graph.Spawner {
		for _, n := range at.Graph.Nodes {
			if n.Assigns(p) && Leads(at, n, nil) {
				return false
			}
			for _, s := range n.Succs {
				if slices.ContainsFunc(s.Sets, func(a Assign) bool { return a.Var == p }) && Leads(at, n, nil) {
					return false
				}
			}
		}
	}
	return true
}

// setByLiteral reports whether a function literal sets the variable r, of a function around
// it.
func (v *View) setByLiteral(r *Root) bool {
	if v.literalSets == nil {
		v.literalSets = make(map[*Root]bool)
		for _, f := range v.Funcs {
			for _, op := range f.Ops() {
				if to := op.Assign.Var.Root; op.Kind == syncapi.Set && to != nil && to.Owner != f {
					v.literalSets[to.Origin()] = true
				}
			}
			for _, b := range f.Blocks {
				for _, e := range b.Succs {
					for _, a := range e.Sets {
						if to := a.Var.Root; to != nil && to.Owner != f {
							v.literalSets[to.Origin()] = true
						}
					}
				}
			}
		}
	}
	return v.literalSets[r]
}

// onlyIf reports whether control comes to n only by a step which says that c holds.
func (g *Graph) onlyIf(n *Node, c Cond) bool {
	seen := make([]bool, len(g.Nodes))
	seen[g.Entry.ID] = true
	for work := []*Node{g.Entry}; len(work) > 0; {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		if at == n {
			return false
		}
		for _, s := range at.Succs {
			if s.Cond != c && !seen[s.To.ID] {
				seen[s.To.ID] = true
				work = append(work, s.To)
			}
		}
	}
	return true
}
