package ctxafter

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxlife"
	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// ended reports the uses of contexts that have ended on every path to them.
func (s *scene) ended() {
	for _, l := range s.Lives() {
		fam := s.Family(l)
		s.afterEnd(l, fam)
		s.atOnce(l, fam)
	}
	for n := range spawn.Nodes(s.Graph, syncapi.AfterFunc) {
		s.afterFunc(n)
	}
}

// afterFunc reports the context that a function uses which is run when it has ended.
func (s *scene) afterFunc(n *skeleton.Node) {
	if len(n.Args) == 0 || len(n.Spawns) == 0 {
		return
	}
	fam := ctxlife.Family{n.Args[0]: true}
	fam.Derive([]*skeleton.Graph{n.Spawns[0].Graph()})
	if _, d := s.firstUse(n.Spawns[0].Graph(), fam); d != nil {
		d.Category = categoryEnded
		d.Message += fmt.Sprintf(" has ended when the function of %s is run", s.view.Callee(n.Op))
		s.found = append(s.found, *d)
	}
}

// firstUse returns the first use of a context of fam in a graph that has not been
// reported, and a diagnostic there whose message is the name of the context; nil if
// there is none.
func (s *scene) firstUse(g *skeleton.Graph, fam ctxlife.Family) (*skeleton.Node, *analysis.Diagnostic) {
	for _, m := range g.Nodes {
		i, ok := s.use(m, fam)
		if !ok {
			continue
		}
		name, pos, end, related := s.Describe(m, i)
		if name == "" || s.done[pos] {
			continue
		}
		s.done[pos] = true
		return m, &analysis.Diagnostic{Pos: pos, End: end, Message: name, Related: related}
	}
	return nil, nil
}

// afterEnd reports the first use that comes after an end on every path.
func (s *scene) afterEnd(l *ctxlife.Life, fam ctxlife.Family) {
	for _, n := range s.Graph.Nodes {
		use, i := s.useAt(n, fam)
		if use == nil {
			continue
		}
		if end := s.Ended(l, n); end != nil && s.report(end, use, i) {
			return
		}
	}
}

// useAt returns the node by which n uses a context of fam: n itself, or one of the
// goroutines that it starts; nil if there is none.
func (s *scene) useAt(n *skeleton.Node, fam ctxlife.Family) (use *skeleton.Node, operand int) {
	if n.Op == nil || n.Frame.Widened || n.Exit != skeleton.NoExit {
		return nil, 0
	}
	if i, ok := s.use(n, fam); ok {
		return n, i
	}
	for _, sp := range n.Spawns {
		if !sp.Mode.Starts() {
			continue
		}
		for _, m := range sp.Graph().Nodes {
			if i, ok := s.use(m, fam); ok {
				return m, i
			}
		}
	}
	return nil, 0
}

// deliberate matches the names of contexts that are meant to have ended.
var deliberate = lazyregexp.New(`(?i)cancell?ed|expired|dead|closed|ended`)

// report reports a use behind an end. It does not if the use is not here.
func (s *scene) report(end, use *skeleton.Node, i int) bool {
	name, pos, stop, related := s.Describe(use, i)
	endAt := s.Site(end)
	if name == "" || s.done[pos] || deliberate().MatchString(name) || s.view.Node(endAt.Op) == nil {
		return false
	}
	s.done[pos] = true
	endPos, endStop := s.view.Extent(endAt.Op)
	line := report.Place(s.pass.Fset, endPos, pos)
	var what, note string
	switch {
	case endAt != end:
		what, note = fmt.Sprintf("%s has ended it on %s", s.view.Callee(endAt.Op), line), "this call ends the context"
	case end.Op.Is(syncapi.Recv):
		what, note = fmt.Sprintf("its end is waited for on %s", line), "the context has ended when control comes here"
	case end.Op.Is(syncapi.GroupWait):
		what, note = fmt.Sprintf("%s.Wait has ended it on %s", s.view.Text(end.Op), line), "the context ends when this returns"
	default:
		what, note = fmt.Sprintf("%s has ended it on %s", s.view.Callee(end.Op), line), "this ends the context"
	}
	s.found = append(s.found, analysis.Diagnostic{
		Pos: pos, End: stop, Category: categoryEnded,
		Message: fmt.Sprintf("%s is used after %s", name, what),
		Related: append(related, analysis.RelatedInformation{Pos: endPos, End: endStop, Message: note}),
	})
	return true
}

// atOnce reports a goroutine that uses a context which the function around it ends as
// soon as it has started it: it only returns.
func (s *scene) atOnce(l *ctxlife.Life, fam ctxlife.Family) {
	isEnd := func(n *skeleton.Node) bool { return slices.Contains(l.Ends, n) }
	for _, n := range s.Graph.Nodes {
		use, i := s.useAt(n, fam)
		if use == nil || use == n || n.Frame.Call != nil || slices.ContainsFunc(l.Ends, func(e *skeleton.Node) bool { return !s.quick(n, e, isEnd) }) {
			continue
		}
		returns := func(m *skeleton.Node) bool { return m.Exit == skeleton.ByReturn }
		j := slices.IndexFunc(s.Graph.Nodes, returns)
		if j < 0 || spawn.Leads(n, n) || !skeleton.Leads(n, s.Graph.Nodes[j], nil) ||
			!s.view.Sure(func() bool { return spawn.Path(n, s.Graph.Nodes[j], isEnd) == nil }) {
			continue
		}
		end := s.EndBefore(l, n)
		for _, e := range l.Ends {
			if spawn.Leads(n, e) {
				end = e
			}
		}
		name, pos, stop, _ := s.Describe(use, i)
		if end == nil || name == "" || s.done[pos] || s.view.Node(end.Op) == nil || s.Site(use) != use {
			continue
		}
		s.done[pos] = true
		endPos, endStop := s.view.Extent(end.Op)
		s.found = append(s.found, analysis.Diagnostic{
			Pos: pos, End: stop, Category: categoryEnded,
			Message: fmt.Sprintf("%s is used in a goroutine, and %s ends it on %s as soon as that is started", name, s.view.Callee(end.Op), report.Place(s.pass.Fset, endPos, pos)),
			Related: []analysis.RelatedInformation{{Pos: endPos, End: endStop, Message: "this ends the context"}},
		})
	}
}

// quick reports whether nothing that takes time comes between n and the end e, if that
// is a call of a cancel function.
func (s *scene) quick(n, e *skeleton.Node, isEnd func(*skeleton.Node) bool) bool {
	if !e.Op.Is(syncapi.Cancel) || s.Site(e) != e {
		return false
	}
	for _, m := range s.Graph.Nodes {
		if m == n || m.Op == nil || isEnd(m) || m.Op.Is(syncapi.Return, syncapi.Set, syncapi.Store, syncapi.CtxErr, syncapi.Defer) {
			continue
		}
		if spawn.Leads(n, m) {
			return false
		}
	}
	return true
}

// discarded reports whether the only uses of a variable discard it.
func (c *checker) discarded(v types.Object) bool {
	for use := range c.index.Uses(v) {
		if use.ParentEdgeKind() != edge.AssignStmt_Rhs {
			return false
		}
		for _, l := range use.Parent().Node().(*ast.AssignStmt).Lhs {
			if id, ok := l.(*ast.Ident); !ok || id.Name != "_" {
				return false
			}
		}
	}
	return true
}

// callsField reports whether an operation calls or waits for a field that is one of a
// pair.
func (c *checker) callsField(op *skeleton.Op) bool {
	return op.Is(syncapi.Call) && op.Obj == nil && op.Dynamic.Sel != nil
}
