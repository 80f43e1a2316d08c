package poolmisuse

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports values that are used after they have been put into a pool.
var Analyzer = &analysis.Analyzer{
	Name:     "poolmisuse",
	Doc:      docs.MustExtract(doc, "poolmisuse"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/poolmisuse",
	Requires: []*analysis.Analyzer{skeleton.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for paths from a Put to a use of the same value, by the names that
// skeletons have for it: a may-analysis of the path, exact in the conditions that they
// keep, which errs to silence where a value has no one name.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	done map[token.Pos]bool // what is reported
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{pass, pass.ResultOf[skeleton.Analyzer].(*skeleton.View), make(map[token.Pos]bool)}
	c.view.Lock()
	defer c.view.Unlock()
	p := newPutters(c.view)
	for _, f := range c.view.Funcs {
		if !p.concerns(f) {
			continue
		}
		g := c.view.Outline(f, skeleton.Interest{
			Ops:   slices.Collect(syncapi.Ops),
			Enter: func(_ *skeleton.Node, t *skeleton.Target) bool { return p.enter(t) },
		})
		for p := range spawn.Nodes(g, syncapi.PoolPut) {
			if v := newValue(g, p); v != nil {
				c.check(v)
			}
		}
	}
	return nil, nil
}

// check checks what becomes of a value that has been put.
func (c *checker) check(v *value) {
	var uses []*skeleton.Node
	for _, n := range v.put.Graph.Nodes {
		if n.Op != nil && v.usedBy(n) && !v.isProvoked(n) && skeleton.Leads(v.put, n, v.goneAt) {
			uses = append(uses, n)
		}
	}
	var trace *skeleton.Trace
	found := len(uses) > 0 && c.view.Sure(func() bool {
		trace = v.put.Graph.Search(skeleton.Query{
			From: []*skeleton.Node{v.put},
			To:   uses,
			Visit: func(n *skeleton.Node) skeleton.Verdict {
				switch {
				case n.Op != nil && v.usedBy(n) && !v.isProvoked(n):
					return skeleton.Found
				case v.goneAt(n):
					return skeleton.Stop
				}
				return skeleton.Continue
			},
		})
		return trace != nil
	})
	if found {
		if !c.isCallees(v, trace.End()) {
			c.reportUse(v, trace.End())
		}
		return
	}
	if !c.returned(v) && !v.movesOn() && !c.sent(v) {
		c.meanwhile(v)
	}
}

// isCallees reports whether one call puts and then uses the value that it is handed: that
// is a finding in the function which is called.
func (c *checker) isCallees(v *value, n *skeleton.Node) bool {
	call := callIn(v.owner, v.put)
	return call != nil && call == callIn(v.owner, n) && !n.Op.Is(syncapi.PoolPut) && !n.Op.Fn.Imported() && slices.Contains(call.Args, v.path)
}

// sent reports a Put behind a send of the value, if nothing that waits comes between by
// which the receiver may tell that it is done with it.
func (c *checker) sent(v *value) bool {
	for s := range spawn.Nodes(v.put.Graph, syncapi.Send) {
		if len(s.Args) == 0 || s.Args[0] != v.path || !skeleton.Leads(s, v.put, v.mayBeBack) || !reference(v.view.TypeOf(c.sentBy(s))) {
			continue
		}
		if c.view.Sure(func() bool { return spawn.Path(s, v.put, v.mayBeBack) != nil }) {
			c.reportSent(v, s)
			return true
		}
	}
	return false
}

// sentBy returns the expression that a send sends, nil if it is not known.
func (c *checker) sentBy(s *skeleton.Node) ast.Expr {
	if send, ok := c.view.Node(s.Op).(*ast.SendStmt); ok {
		return send.Value
	}
	return nil
}

func (c *checker) reportSent(v *value, s *skeleton.Node) {
	pos, end := c.view.Extent(c.site(v, v.put))
	sentPos, sentEnd := c.view.Extent(c.site(v, s))
	c.report(pos, end, fmt.Sprintf("%s is put into the pool while its receiver may still use it: it is sent on %s", v.name(), report.Place(c.pass.Fset, sentPos, pos)),
		analysis.RelatedInformation{Pos: sentPos, End: sentEnd, Message: "nothing waits between this send and the Put"})
}

// meanwhile reports a use by another goroutine that nothing orders before the Put.
func (c *checker) meanwhile(v *value) {
	if isWaitedFor(v) {
		return
	}
	for h := range spawn.Graphs(v.put.Graph) {
		if h == v.put.Graph || !c.meets(v, h) {
			continue
		}
		for _, x := range h.Nodes {
			if x.Op != nil && v.usedBy(x) && c.view.Sure(func() bool { return !spawn.HappensBefore(x, v.put) }) {
				c.reportMeanwhile(v, x)
				return
			}
		}
	}
}

// isWaitedFor reports whether the value is a group that is waited for before it is put.
func isWaitedFor(v *value) bool {
	return v.put != v.put.Graph.Entry && spawn.Path(v.put.Graph.Entry, v.put, func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.WgWait) && n.Res == v.path
	}) == nil
}

// meets reports whether the goroutine h is started on a path that comes by the Put: a
// helper may tell that it has not started one.
func (c *checker) meets(v *value, h *skeleton.Graph) bool {
	at := h.Spawner
	for at != nil && at.Graph != v.put.Graph {
		at = at.Graph.Spawner
	}
	return at != nil && c.view.Sure(func() bool { return spawn.Path(at, v.put, nil) != nil || spawn.Path(v.put, at, nil) != nil })
}

// returned reports a return of the value, or of a part of it, by the function that
// has deferred the Put.
func (c *checker) returned(v *value) bool {
	for r := range spawn.Nodes(v.put.Graph, syncapi.Return) {
		if r.Frame != v.owner || v.isCleared() || !v.isDeferred() || !v.returnedBy(r) || !skeleton.Leads(r, v.put, nil) {
			continue
		}
		if c.view.Sure(func() bool { return spawn.Path(r.Graph.Entry, r, nil) != nil && spawn.Path(r, v.put, nil) != nil }) {
			pos, end := c.view.Extent(r.Op)
			c.report(pos, end, fmt.Sprintf("this returns memory of %s, which a deferred call puts into the pool: another goroutine may change it", v.name()), c.at(v, "%s is put here when the function returns"))
			return true
		}
	}
	return false
}

func (c *checker) reportUse(v *value, n *skeleton.Node) {
	site := c.site(v, n)
	pos, end := c.view.Extent(site)
	putPos, _ := c.view.Extent(c.site(v, v.put))
	where := report.Place(c.pass.Fset, putPos, pos)
	message := fmt.Sprintf("%s is used after it is put into the pool on %s: another goroutine may have it by then", v.name(), where)
	switch {
	case n.Op.Is(syncapi.PoolPut) && site == c.site(v, v.put):
		message = fmt.Sprintf("%s is put into the pool again and again: several goroutines may get it at once", v.name())
	case n.Op.Is(syncapi.PoolPut):
		message = fmt.Sprintf("%s is put into the pool again, after %s: two goroutines may get it at once", v.name(), where)
	case n.Op.Is(syncapi.Return):
		message = fmt.Sprintf("%s is returned after it is put into the pool on %s: another goroutine may have it by then", v.name(), where)
	}
	c.report(pos, end, message, c.at(v, "%s is put into the pool here"))
}

func (c *checker) reportMeanwhile(v *value, n *skeleton.Node) {
	pos, end := c.view.Extent(c.site(v, v.put))
	usePos, useEnd := c.view.Extent(c.view.Site(n))
	c.report(pos, end, fmt.Sprintf("%s is put into the pool while a goroutine may still use it, on %s", v.name(), report.Place(c.pass.Fset, usePos, pos)),
		analysis.RelatedInformation{Pos: usePos, End: useEnd, Message: "nothing waits for this use before the Put"})
}

// site returns the operation in the function that has the value by which n is
// reached: n's own or a call.
func (c *checker) site(v *value, n *skeleton.Node) *skeleton.Op {
	if call := callIn(v.owner, n); call != nil {
		return call.Op
	}
	return c.view.Site(n)
}

// at returns the related position of the Put.
func (c *checker) at(v *value, format string) analysis.RelatedInformation {
	pos, end := c.view.Extent(c.site(v, v.put))
	return analysis.RelatedInformation{Pos: pos, End: end, Message: fmt.Sprintf(format, v.name())}
}

func (c *checker) report(pos, end token.Pos, message string, related analysis.RelatedInformation) {
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	d := analysis.Diagnostic{Pos: pos, End: end, Message: message}
	if related.Pos != pos && related.End > related.Pos {
		d.Related = []analysis.RelatedInformation{related}
	}
	report.Report(c.pass, d)
}
