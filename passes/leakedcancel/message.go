package leakedcancel

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// subject names the value as the code does.
func (m *making) subject() string {
	if m.target != "" && m.target != "_" {
		return m.target + m.field
	}
	return fmt.Sprintf("the %s function of %s", m.kind(), types.ExprString(m.expr.Fun))
}

// kind returns what the library calls functions of this kind.
func (m *making) kind() string {
	value := m.result.Root
	if m.object {
		value = m.node.Op.Res.Root
	}
	if syncapi.IsCancelFunc(value.Type) && (m.node.Op.Obj == nil || m.node.Op.Obj.Pkg().Path() == "context") {
		return "cancel"
	}
	return "stop"
}

func (c *checker) line(pos token.Pos) int { return c.pass.Fset.Position(pos).Line }

func related(pos, end token.Pos, message string) analysis.RelatedInformation {
	return analysis.RelatedInformation{Pos: pos, End: end, Message: message}
}

// diagnostic returns a finding at the call that the value comes from.
func (c *checker) diagnostic(m *making, message string, rel ...analysis.RelatedInformation) analysis.Diagnostic {
	for n := m.node; n != m.call; n = n.Frame.Call {
		if call := c.view.Node(n.Op); call != nil {
			rel = append(rel, related(call.Pos(), call.End(), fmt.Sprintf("this call makes the %s function", m.kind())))
		}
		if n.Frame.Call == m.call {
			break
		}
	}
	return analysis.Diagnostic{Pos: m.expr.Pos(), End: m.expr.End(), Message: message, Related: rel}
}

func (c *checker) discard(m *making) analysis.Diagnostic {
	d := c.diagnostic(m, fmt.Sprintf("the %s function of %s is discarded", m.kind(), types.ExprString(m.expr.Fun)))
	d.SuggestedFixes = c.fix(m)
	return d
}

// lostOnPath describes a path on which the value is not called.
func (c *checker) lostOnPath(m *making, trace *skeleton.Trace) (analysis.Diagnostic, bool) {
	if m.lost != nil {
		return c.lostInField(m), true
	}
	if slices.Contains(trace.Nodes[1:], m.node) {
		return c.lostInLoop(m)
	}
	if again := c.reassigned(m, trace); again != nil && !m.object {
		pos, end := c.view.Extent(again.Op)
		return c.diagnostic(m, fmt.Sprintf("%s is overwritten on line %d before it is called", m.subject(), c.line(pos)),
			related(pos, end, fmt.Sprintf("the result of this call overwrites %s", m.subject()))), true
	}
	what, pos, end := c.exit(m.node.Graph.Root, trace)
	article := "this"
	if strings.HasPrefix(what, "end of") {
		article = "the"
	}
	d := c.diagnostic(m, fmt.Sprintf("%s is not called on the path to the %s on line %d", m.subject(), what, c.line(pos)),
		related(pos, end, fmt.Sprintf("%s %s is reached without a call of %s", article, what, m.subject())))
	d.SuggestedFixes = c.fix(m)
	return d, true
}

// lostInField describes a value that got into a field that nothing calls.
func (c *checker) lostInField(m *making) analysis.Diagnostic {
	name := m.lost.place
	var rel []analysis.RelatedInformation
	if m.lost.node.Op.Kind != syncapi.Store {
		if pos, end := c.view.Extent(m.lost.node.Op); end > pos {
			rel = append(rel, related(pos, end, fmt.Sprintf("what has %s leaves the function here", name)))
		}
	}
	return c.diagnostic(m, fmt.Sprintf("the %s function of %s is stored in %s, which nothing calls",
		m.kind(), types.ExprString(m.expr.Fun), name), rel...)
}

// lostInLoop describes a value that the next turn of its loop overwrites.
func (c *checker) lostInLoop(m *making) (analysis.Diagnostic, bool) {
	if c.copied(m, m.result) {
		return analysis.Diagnostic{}, false
	}
	loop := c.loop(m.expr)
	if loop == nil {
		return c.diagnostic(m, fmt.Sprintf("%s is overwritten before it is called", m.subject())), true
	}
	return c.diagnostic(m, fmt.Sprintf("%s is not called before the next turn of the loop on line %d", m.subject(), c.line(loop.Pos())),
		related(loop.Pos(), loop.Pos()+3, fmt.Sprintf("the next turn of this loop overwrites %s", m.subject()))), true
}

// copied reports whether the root function calls the value by another name
// than the one it was assigned to: it was saved before it was overwritten.
func (c *checker) copied(m *making, places ...skeleton.Path) bool {
	for _, n := range m.node.Graph.Nodes {
		if n.Op.Is(syncapi.Cancel, syncapi.Call) && n.Frame.Call == nil && slices.Contains(places, n.Res) && last(c.view.Text(n.Op)) != last(m.target) {
			return true
		}
	}
	return false
}

// last returns what stands behind the last dot.
func last(s string) string { return s[strings.LastIndexByte(s, '.')+1:] }

// reassigned returns a node of the trace that gives the variable of m another
// cancel function.
func (c *checker) reassigned(m *making, trace *skeleton.Trace) *skeleton.Node {
	for _, n := range trace.Nodes[1:] {
		if n.Frame.Call != nil || n == m.node || n == m.call || !n.Op.Is(syncapi.NewCancel, syncapi.AfterFunc, syncapi.Call) {
			continue
		}
		r := stopOf(n.Op)
		call, _ := c.view.Node(n.Op).(*ast.CallExpr)
		if r == nil || call == nil {
			continue
		}
		if target, _ := c.assigned(call, r.Index); target == m.target && target != "" && c.variable(call, r.Index) == c.variable(m.expr, m.result.Root.Index) {
			return n
		}
	}
	return nil
}

// variable returns the variable or field that result i of call is assigned to.
func (c *checker) variable(call *ast.CallExpr, i int) types.Object {
	_, stmt := c.assigned(call, i)
	as, ok := stmt.(*ast.AssignStmt)
	if !ok || len(as.Lhs) <= i {
		return nil
	}
	switch e := as.Lhs[i].(type) {
	case *ast.Ident:
		return c.pass.TypesInfo.ObjectOf(e)
	case *ast.SelectorExpr:
		return c.pass.TypesInfo.ObjectOf(e.Sel)
	}
	return nil
}

// exit returns where a path leaves the function.
func (c *checker) exit(f *skeleton.Func, trace *skeleton.Trace) (what string, pos, end token.Pos) {
	what = "return"
	for _, n := range trace.Nodes {
		if n.Frame.Call != nil {
			continue
		}
		if n.Op.Is(syncapi.Panic, syncapi.Goexit) {
			what = "panic"
			if n.Op.Kind == syncapi.Goexit {
				what = "exit of the goroutine"
			}
			pos, end = c.view.Extent(n.Op)
		}
		if n.Op.Is(syncapi.Return) {
			what = "return"
			pos, end = c.view.Extent(n.Op)
		}
	}
	if end > pos {
		return what, pos, end
	}
	switch fn := f.Syntax().(type) {
	case *ast.FuncDecl:
		return "end of " + fn.Name.Name, fn.Body.Rbrace, fn.Body.Rbrace + 1
	case *ast.FuncLit:
		return "end of the function", fn.Body.Rbrace, fn.Body.Rbrace + 1
	}
	return "return", f.Pos, f.Pos + 1
}

// overwritten decides whether a field that holds the value for others to call
// gets another one before they can.
func (c *checker) overwritten(m *making) (analysis.Diagnostic, bool) {
	for _, first := range m.node.Graph.Nodes {
		if !first.Op.Is(syncapi.Store) || first.Frame.Call != nil || len(first.Args) == 0 || first.Args[0] != m.result || !c.steady(first.Res) {
			continue
		}
		trace := m.node.Graph.Search(skeleton.Query{
			From: []*skeleton.Node{first},
			Visit: func(n *skeleton.Node) skeleton.Verdict {
				return c.visitStored(m, first, n)
			},
		})
		if trace == nil || c.copied(m, m.result, first.Res) {
			continue
		}
		if precedes(trace.End(), first) {
			return c.lostInLoop(m)
		}
		pos, end := c.view.Extent(trace.End().Op)
		if again := c.reassigned(m, trace); again != nil {
			pos, end = c.view.Extent(again.Op)
		}
		if end <= pos {
			continue
		}
		return c.diagnostic(m, fmt.Sprintf("%s is overwritten on line %d before it is called", m.subject(), c.line(pos)),
			related(pos, end, fmt.Sprintf("the result of this call overwrites %s", m.subject()))), true
	}
	return analysis.Diagnostic{}, false
}

// steady reports whether p names the same field whenever the function runs
// past it: a field of a parameter, or of a package variable.
func (c *checker) steady(p skeleton.Path) bool {
	for s := p.Sel; s != nil; s = s.Up {
		if s.Owner == nil {
			return false
		}
	}
	return p.Root.Visible()
}

func (c *checker) visitStored(m *making, first, n *skeleton.Node) skeleton.Verdict {
	place := []skeleton.Path{first.Res, m.result}
	switch {
	case n.Op.Is(syncapi.Store) && n.Res == first.Res:
		if len(n.Args) > 0 && n.Args[0].Root.Kind == skeleton.Nil {
			return skeleton.Stop
		}
		return skeleton.Found
	case precedes(n, first):
		return skeleton.Found // the next turn of a loop
	case n.Op.Is(syncapi.Store):
		return skeleton.Continue
	case n != m.node && c.released(m, n, place, 0):
		return skeleton.Stop
	}
	return skeleton.Continue
}

func precedes(n, next *skeleton.Node) bool {
	for _, s := range next.Preds {
		if s.From == n {
			return true
		}
	}
	return false
}
