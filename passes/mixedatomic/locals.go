package mixedatomic

import (
	"cmp"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
)

// locals reports the plain accesses to variables of functions, which the
// goroutines that these start access atomically at the same time, or the other
// way round; of tests also those to fields of what they have made.
func (c *checker) locals() {
	var sample skeleton.Sample
	for _, f := range c.view.Funcs {
		looked := isLocal
		if report.InTest(c.pass, f.Pos) {
			looked = isMade
		}
		if f.Parent != nil || !slices.ContainsFunc(c.view.Effects(f, atomics...), func(e skeleton.Effect) bool { return isFunction(e.Op) && looked(e.Res) }) {
			continue
		}
		race := spawn.RaceIn(c.locks, f, looked, &sample, kinds...)
		if race == nil {
			continue
		}
		of := make(map[skeleton.Path][]*skeleton.Node)
		for _, g := range race.Graphs() {
			for n := range spawn.Nodes(g, kinds...) {
				if looked(n.Res) && !n.Op.Fn.Imported() {
					of[n.Res] = append(of[n.Res], n)
				}
			}
		}
		for _, nodes := range of { // the findings are sorted
			c.local(race, nodes)
		}
	}
}

func isLocal(p skeleton.Path) bool {
	return p.Root != nil && p.Sel == nil && (p.Root.Kind == skeleton.Local || p.Root.Kind == skeleton.Made)
}

// isMade reports whether p is a variable of a function, or a field of what that has made
// or had made.
func isMade(p skeleton.Path) bool {
	return isLocal(p) || p.IsOne() && (p.Root.Kind == skeleton.Local || p.Root.Kind == skeleton.Made || p.Root.Kind == skeleton.Result)
}

// local reports the plain accesses among nodes that may happen at the same time
// as an atomic one.
func (c *checker) local(race *spawn.Race, nodes []*skeleton.Node) {
	nodes = slices.Clone(nodes)
	slices.SortStableFunc(nodes, func(a, b *skeleton.Node) int { return cmp.Compare(rank(a.Op), rank(b.Op)) })
	for _, x := range nodes {
		if x.Op.Is(atomics...) {
			continue
		}
		i := slices.IndexFunc(nodes, func(y *skeleton.Node) bool {
			return y.Op.Is(atomics...) && isFunction(y.Op) && (writes(x.Op) || writes(y.Op)) &&
				(race.Concurrent(x, y) || race.Repeated(x, y) != nil)
		})
		if i >= 0 {
			c.report(x.Op, nodes[i].Op, "")
		}
	}
}
