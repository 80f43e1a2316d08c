package checkthenact

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/defuse"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports actions on what was checked before, and may have changed.
var Analyzer = &analysis.Analyzer{
	Name:     "checkthenact",
	Doc:      docs.MustExtract(doc, "checkthenact"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/checkthenact",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for a read and a write of one thing, in one function or its
// helpers, where the write is made from what was read, or is done because of it, and
// nothing keeps others out in between. That the write depends on the read is a
// may-analysis (see package defuse); that nobody else writes, and that a lock is
// held, are may-analyses too, so that it errs to silence there.
type checker struct {
	pass    *analysis.Pass
	root    *syntax.Tree
	locks   *lockset.Locks
	view    *skeleton.View
	uses    *defuse.View
	known   map[pointsKey][]point
	callers callers
	done    map[token.Pos]bool
}

func run(pass *analysis.Pass) (any, error) {
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	root := pass.ResultOf[syntax.Analyzer].(*syntax.Tree)
	c := &checker{
		pass: pass, root: root, locks: locks, view: locks.View, uses: defuse.New(pass.TypesInfo, root),
		known: make(map[pointsKey][]point), done: make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		if !c.inTest(f.Pos) {
			c.function(f)
		}
	}
	return nil, nil
}

func (c *checker) inTest(pos token.Pos) bool {
	return report.InTest(c.pass, pos)
}

// function looks at f with its helpers.
func (c *checker) function(f *skeleton.Func) {
	s := &scene{checker: c, f: f, points: c.points(f, maxDepth)}
	s.cells()
	s.sections()
}

// A scene is a function in which something may be checked and acted on.
type scene struct {
	*checker
	f        *skeleton.Func
	points   []point
	graphs   []*skeleton.Graph // see flow
	holdings []*lockset.Holdings
}

// flow makes the graphs in which f is: of its goroutine or the one around it, with the
// literals that are called there.
func (s *scene) flow() {
	if s.graphs != nil {
		return
	}
	if !s.outline(s.f.Outermost()) && s.f.Parent != nil {
		s.graphs, s.holdings = nil, nil
		s.outline(s.f)
	}
}

// outline adds the graph of root, and those of the goroutines that it starts. It
// reports whether f is in one of them.
func (s *scene) outline(root *skeleton.Func) bool {
	g := s.view.Outline(root, skeleton.Interest{
		Ops: slices.Concat(cells, lockset.Ops, []syncapi.Op{syncapi.Call, syncapi.OnceDo}),
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool {
			return t.Func.Parent != nil || s.locks.Unbalanced(t.Func) || slices.ContainsFunc(t.Args, skeleton.Path.IsLiteral)
		},
	})
	found := false
	for h := range spawn.Graphs(g) {
		s.graphs, s.holdings = append(s.graphs, h), append(s.holdings, lockset.NewHoldings(h))
		found = found || slices.ContainsFunc(h.Nodes, func(n *skeleton.Node) bool { return n.Frame.Func == s.f })
	}
	return found
}

// nodesOf yields the nodes of graph i that are the operation op.
func (s *scene) nodesOf(i int, op *skeleton.Op) []*skeleton.Node {
	var nodes []*skeleton.Node
	for _, n := range s.graphs[i].Nodes {
		if n.Op == op {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// shareLock reports whether some lock may be held at both a and b.
func (s *scene) shareLock(a, b *point) bool {
	s.flow()
	for i, h := range s.holdings {
		for _, x := range s.nodesOf(i, a.at()) {
			held := h.May(x)
			for _, y := range s.nodesOf(i, b.at()) {
				if slices.ContainsFunc(h.May(y), func(l skeleton.Path) bool { return slices.Contains(held, l) }) {
					return true
				}
			}
		}
	}
	return false
}

// report reports that what act does depends on what check has found. The format
// takes the line of that.
func (s *scene) report(act, check *point, message func(line string) string, related string, fixes ...analysis.SuggestedFix) {
	pos, end := s.view.Extent(act.at())
	if s.done[pos] || end <= pos {
		return
	}
	s.done[pos] = true
	at, atEnd := s.view.Extent(check.at())
	d := analysis.Diagnostic{Pos: pos, End: end, Message: message(report.Place(s.pass.Fset, at, pos)), SuggestedFixes: fixes}
	if at != pos && atEnd > at {
		d.Related = []analysis.RelatedInformation{{Pos: at, End: atEnd, Message: related}}
	}
	report.Report(s.pass, d)
}
