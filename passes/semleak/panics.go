package semleak

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- panics that a server recovers --

// handler reports a if its function serves a request over HTTP and releases, with
// no defer statement, only behind a call of another handler: the server recovers
// what that panics with, and the place is lost.
func (c *checker) handler(a *skeleton.Node, isRelease func(*skeleton.Node) bool) {
	decl, ok := a.Graph.Root.Syntax().(*ast.FuncDecl)
	if !ok || a.Graph.Spawner != nil || !c.serves(c.pass.TypesInfo.Defs[decl.Name].Type()) || defers(decl) {
		return
	}
	from := siteOf(a)
	for r := range spawn.Nodes(a.Graph, syncapi.Recv, syncapi.SemRelease) {
		if !isRelease(r) {
			continue
		}
		to := siteOf(r)
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				_, isLit := n.(*ast.FuncLit)
				return !isLit
			}
			if from.Pos < call.Pos() && call.End() <= to.Pos && c.serves(c.pass.TypesInfo.TypeOf(call.Fun)) && c.isUnseen(call) {
				c.reportPanic(a, from, call, c.deferRelease(a, isRelease))
			}
			return true
		})
	}
}

func defers(decl *ast.FuncDecl) bool {
	found := false
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if _, ok := n.(*ast.DeferStmt); ok {
			found = true
		}
		return !found
	})
	return found
}

// serves reports whether t is the type of what serves a request over HTTP.
func (c *checker) serves(t types.Type) bool {
	sig, ok := t.(*types.Signature)
	if !ok {
		if t == nil {
			return false
		}
		if sig, ok = t.Underlying().(*types.Signature); !ok {
			return false
		}
	}
	return sig.Params().Len() == 2 && types.TypeString(sig.Params().At(0).Type(), nil) == "net/http.ResponseWriter" &&
		types.TypeString(sig.Params().At(1).Type(), nil) == "*net/http.Request"
}

// isUnseen reports whether a call is of a function value or of an interface's method.
func (c *checker) isUnseen(call *ast.CallExpr) bool {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		_, ok := c.pass.TypesInfo.Uses[fun].(*types.Var)
		return ok
	case *ast.SelectorExpr:
		if sel := c.pass.TypesInfo.Selections[fun]; sel != nil {
			_, isSig := sel.Recv().Underlying().(*types.Signature)
			return sel.Kind() == types.FieldVal || isSig || types.IsInterface(sel.Recv())
		}
	}
	return false
}

func (c *checker) reportPanic(a *skeleton.Node, site *skeleton.Op, call *ast.CallExpr, fixes []analysis.SuggestedFix) {
	pos, end := c.view.Extent(site)
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	name := c.name(a)
	c.found = append(c.found, finding{c.variable(a.Op), analysis.Diagnostic{
		Pos: pos, End: end,
		Message:        fmt.Sprintf("%s is not released if a panic is recovered by the server: nothing defers the release", name),
		Related:        []analysis.RelatedInformation{{Pos: call.Pos(), End: call.End(), Message: "a panic of this handler passes by the release of " + name}},
		SuggestedFixes: fixes,
	}})
}
