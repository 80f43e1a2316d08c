package wgbalance

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports WaitGroups whose counter does not come out even.
var Analyzer = &analysis.Analyzer{
	Name:     "wgbalance",
	Doc:      docs.MustExtract(doc, "wgbalance"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/wgbalance",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at each group within the functions that make it or are given
// it, see [group].
//
// What one goroutine does with the count that it has been given is decided by paths
// of its graph (a may-analysis, exact in the conditions that skeletons keep). How
// much is added against how much is taken is decided only where all that is done
// to the group is seen, and on all paths (a must-analysis).
type checker struct {
	pass   *analysis.Pass
	view   *skeleton.View
	index  *symindex.Index
	root   *syntax.Tree
	focus  *spawn.Focus
	sample skeleton.Sample
	done   map[token.Pos]bool // what is reported
}

// ops are the operations on groups.
var ops = []syncapi.Op{syncapi.WgAdd, syncapi.WgDone, syncapi.WgWait, syncapi.WgGo}

func run(pass *analysis.Pass) (any, error) {
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	c := &checker{
		pass:  pass,
		view:  locks.View,
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		focus: &spawn.Focus{
			Locks: locks, X: syncapi.WgAdd, Y: syncapi.WgDone, Keep: func(skeleton.Effect) bool { return true },
			Enter: func(_ *skeleton.Node, t *skeleton.Target) bool { return t.Func.Parent != nil }, // it may hand the group on
		},
		done: make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	isEntry := make(map[*skeleton.Func]bool)
	for _, f := range c.view.Entries() {
		isEntry[f] = true
	}
	for _, f := range c.view.Funcs {
		c.function(f, isEntry[f])
	}
	c.variables()
	return nil, nil
}

// function checks the groups that f has made, or is given where the package is
// entered.
func (c *checker) function(f *skeleton.Func, isEntry bool) {
	paths := make(map[skeleton.Path]bool)
	var order []skeleton.Path
	acts := make(map[skeleton.Path][]*skeleton.Op)
	for _, e := range c.view.Effects(f, ops...) {
		own := e.Res.Root.Owner == f && e.Res.Root.Kind != skeleton.Param
		if (own || isEntry) && e.Res.IsOne() {
			if acts[e.Res] == nil {
				order = append(order, e.Res)
			}
			acts[e.Res] = append(acts[e.Res], e.Op)
		}
	}
	order = slices.DeleteFunc(order, func(p skeleton.Path) bool {
		paths[p] = c.sample.WantsAny(f, acts[p]) || slices.ContainsFunc(acts[p], func(op *skeleton.Op) bool {
			return op.Is(syncapi.WgAdd, syncapi.WgDone) && skeleton.Near(f, op)
		})
		return !paths[p]
	})
	if len(order) == 0 {
		return
	}
	g := c.focus.Graph(f, func(p skeleton.Path) bool { return paths[p] })
	for _, p := range order {
		if gr := c.group(g, p); gr != nil {
			c.check(gr)
		}
	}
}

// check checks one group: first what each goroutine does with its count, then
// how many counts there are.
func (c *checker) check(gr *group) {
	found := false
	for g := range spawn.Graphs(gr.root) {
		found = c.goroutine(gr, g) || found
	}
	if found {
		return // the rest may follow from that
	}
	for g := range spawn.Graphs(gr.root) {
		if c.items(gr, g) {
			return
		}
	}
	if c.reused(gr) || c.skipped(gr) {
		return
	}
	if gr.whole || gr.spread && len(gr.elsewhere) > 0 {
		c.totals(gr)
	}
}
