package sleepsync

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lifetime"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/sleeps"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// last reports whether f, with which the process or a test ends, ends behind a
// sleep without telling or waiting for anyone.
func (c *checker) last(f *skeleton.Func, s *skeleton.Spawn, rest *skeleton.Node) bool {
	if !c.isRoot(f) || f.Syntax() == nil || sleeps.Calls(f.Syntax(), c.startPos(s), stopping) {
		return false
	}
	if isTest(f) && !c.isLastStatement(f, rest) {
		return false
	}
	tells := func(n *skeleton.Node) bool {
		return c.find.Waits(n) || n.Op.Is(syncapi.Close, syncapi.Cancel, syncapi.Send, syncapi.Select, syncapi.CondSignal,
			syncapi.CondBroadcast, syncapi.AtomicStore, syncapi.TimerStop) || sleeps.IsSleep(n) && n != rest
	}
	for _, n := range rest.Graph.Nodes {
		if n.Exit == skeleton.ByReturn && spawn.Leads(rest, n) &&
			spawn.Path(rest, n, tells) != nil && c.find.Between(s.Node, rest, n) {
			return !c.waitsAfter(s.Node)
		}
	}
	return false
}

// startPos returns where the source starts the goroutine s.
func (c *checker) startPos(s *skeleton.Spawn) token.Pos {
	pos, _ := c.view.Extent(site(s.Node))
	return pos
}

// waitsAfter reports whether anything behind a start may wait for another goroutine.
func (c *checker) waitsAfter(start *skeleton.Node) bool {
	for _, n := range start.Graph.Nodes {
		if c.find.Waits(n) && spawn.Leads(start, n) {
			return true
		}
	}
	return false
}

// isRoot reports whether the process or a test ends with f.
func (c *checker) isRoot(f *skeleton.Func) bool {
	if lifetime.IsMain(f.Obj) || isTest(f) {
		return true
	}
	return f.Obj != nil && strings.HasPrefix(f.Obj.Name(), "Example") && f.Obj.Signature().Params().Len() == 0 && f.Obj.Signature().Recv() == nil
}

// isTest reports whether f is a test.
func isTest(f *skeleton.Func) bool {
	return len(f.Params) == 1 && syncapi.IsNativeTest(f.Params[0].Type) &&
		(f.Obj == nil || strings.HasPrefix(f.Obj.Name(), "Test"))
}

// isLastStatement reports whether rest is in the last statement of f.
func (c *checker) isLastStatement(f *skeleton.Func, rest *skeleton.Node) bool {
	var body *ast.BlockStmt
	switch n := f.Syntax().(type) {
	case *ast.FuncDecl:
		body = n.Body
	case *ast.FuncLit:
		body = n.Body
	}
	if body == nil || len(body.List) == 0 {
		return false
	}
	pos, _ := c.view.Extent(site(rest))
	end := body.List[len(body.List)-1]
	return end.Pos() <= pos && pos < end.End()
}

// site returns the operation of the root function by which n comes about.
func site(n *skeleton.Node) *skeleton.Op {
	if calls := n.Calls(); len(calls) > 0 {
		return calls[0].Op
	}
	return n.Op
}

func (c *checker) reportEnd(f *skeleton.Func, s *skeleton.Spawn, rest *skeleton.Node) {
	what := "the program ends"
	switch {
	case isTest(f):
		what = "the test ends"
	case !lifetime.IsMain(f.Obj):
		what = "the example ends"
	}
	d := c.diagnostic(s, rest)
	d.Message = fmt.Sprintf("%s stands for a wait: %s behind it, whether or not the goroutine has", c.name(rest), what)
	c.report(d)
}

func (c *checker) reportUse(s *skeleton.Spawn, rest, made, used *skeleton.Node) {
	d := c.diagnostic(s, rest)
	name := c.used(used.Op)
	pos, end := c.view.Extent(used.Op)
	d.Message = fmt.Sprintf("%s stands for a wait: %s is read at %s, whether or not the goroutine has written it",
		c.name(rest), name, report.Place(c.pass.Fset, pos, d.Pos))
	x, xEnd := c.view.Extent(made.Op)
	d.Related = append(d.Related,
		analysis.RelatedInformation{Pos: x, End: xEnd, Message: "the goroutine writes here"},
		analysis.RelatedInformation{Pos: pos, End: end, Message: name + " is read here"})
	c.report(d)
}

// used spells what op reads.
func (c *checker) used(op *skeleton.Op) string {
	call, ok := c.view.Node(op).(*ast.CallExpr)
	if ok && op.Kind == syncapi.AtomicLoad && op.Obj.Signature().Recv() == nil && len(call.Args) > 0 {
		if u, ok := ast.Unparen(call.Args[0]).(*ast.UnaryExpr); ok {
			return types.ExprString(u.X)
		}
		return types.ExprString(call.Args[0])
	}
	return c.view.Text(op)
}

// diagnostic returns a finding at a sleep, with where the goroutine is started.
func (c *checker) diagnostic(s *skeleton.Spawn, rest *skeleton.Node) analysis.Diagnostic {
	var d analysis.Diagnostic
	d.Pos, d.End = c.view.Extent(c.view.Site(rest))
	start, startEnd := c.view.Extent(c.view.Site(s.Node))
	d.Related = []analysis.RelatedInformation{{Pos: start, End: startEnd, Message: "the goroutine is started here"}}
	return d
}

func (c *checker) report(d analysis.Diagnostic) {
	if !d.Pos.IsValid() || c.told[d.Pos] {
		return
	}
	c.told[d.Pos] = true
	report.Report(c.pass, d)
}

// name spells a sleep.
func (c *checker) name(rest *skeleton.Node) string {
	switch n := c.view.Node(c.view.Site(rest)).(type) {
	case *ast.CallExpr:
		return types.ExprString(ast.Unparen(n.Fun))
	case *ast.UnaryExpr:
		if call, ok := ast.Unparen(n.X).(*ast.CallExpr); ok {
			return types.ExprString(ast.Unparen(call.Fun))
		}
	}
	return "this sleep"
}
