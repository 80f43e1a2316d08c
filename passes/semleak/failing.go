package semleak

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- returns of errors --

// failing reports a if its function may return an error past no release: who gets
// an error has nothing to give back, though others release what is acquired.
func (c *checker) failing(a *skeleton.Node, isRelease func(*skeleton.Node) bool) {
	failed := failure(a)
	if a.Op.Is(syncapi.SemAcquire) && failed.Var.IsZero() {
		return
	}
	take := acquiredStep(a, failed)
	for _, ret := range a.Graph.Nodes {
		if !isReturn(ret) || !c.returnsError(ret) || leadsToAny(ret, isRelease) {
			continue
		}
		var trace *skeleton.Trace
		if c.view.Sure(func() bool {
			trace = past(a, take, isRelease, func(n *skeleton.Node) bool { return n == ret })
			return trace != nil && past(ret, take, isRelease, func(n *skeleton.Node) bool { return n.Exit == skeleton.ByReturn }) != nil
		}) {
			c.report(a, trace, nil)
			return
		}
	}
}

func isReturn(n *skeleton.Node) bool { return n.Op.Is(syncapi.Return) && n.Frame.Call == nil }

// leadsToAny reports whether control may come from n to a node for which is holds.
func leadsToAny(n *skeleton.Node, is func(*skeleton.Node) bool) bool {
	return slices.ContainsFunc(n.Graph.Nodes, func(m *skeleton.Node) bool { return m.Op != nil && is(m) && skeleton.Leads(n, m, nil) })
}

// keeps reports whether what a acquires is released by its function only where
// that returns an error: else it is kept for the caller.
func (c *checker) keeps(a *skeleton.Node, isRelease func(*skeleton.Node) bool) bool {
	if a.Graph.Spawner != nil {
		return false
	}
	found := false
	for _, r := range a.Graph.Nodes {
		if r.Op == nil || !isRelease(r) || !skeleton.Leads(a, r, nil) {
			continue
		}
		found = true
		if c.onError(r) {
			continue
		}
		returns := false
		for _, ret := range a.Graph.Nodes {
			if isReturn(ret) && skeleton.Leads(r, ret, nil) {
				returns = true
				if !c.returnsError(ret) {
					return false
				}
			}
		}
		if !returns {
			return false // it is deferred
		}
	}
	return found
}

// onError reports whether a deferred function literal does r only if there is an
// error.
func (c *checker) onError(r *skeleton.Node) bool {
	node := c.view.Node(r.Op)
	if node == nil {
		return false
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return false
	}
	for encl := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		stmt, ok := encl.Node().(*ast.IfStmt)
		if !ok {
			return false
		}
		if cond, ok := stmt.Cond.(*ast.BinaryExpr); ok && cond.Op == token.NEQ && r.Op.Fn.Parent != nil {
			return syncapi.IsError(c.pass.TypesInfo.TypeOf(cond.X))
		}
	}
	return false
}

// past returns a path from a node to one for which end holds, by steps that may be taken
// and past no release.
func past(from *skeleton.Node, take func(*skeleton.Step) bool, isRelease, end func(*skeleton.Node) bool) *skeleton.Trace {
	return from.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{from},
		Take: take,
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case end(n):
				return skeleton.Found
			case isRelease(n), n.Op.Is(syncapi.Exit, syncapi.Goexit):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	})
}

// isPackageVar reports whether v is a variable of a package, as errors that are
// compared with are.
func isPackageVar(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

// returnsError reports whether ret evidently returns an error: one that is made
// there, a variable of a package, or one that an if statement around it has found not to be nil.
func (c *checker) returnsError(ret *skeleton.Node) bool {
	stmt, ok := c.view.Node(ret.Op).(*ast.ReturnStmt)
	if !ok || len(stmt.Results) == 0 {
		return false
	}
	last := ast.Unparen(stmt.Results[len(stmt.Results)-1])
	if !syncapi.IsError(c.pass.TypesInfo.TypeOf(last)) {
		return false
	}
	switch e := last.(type) {
	case *ast.CallExpr:
		fn, ok := c.callee(e)
		return ok && syncapi.MakesError(fn)
	case *ast.SelectorExpr:
		return isPackageVar(c.pass.TypesInfo.Uses[e.Sel])
	case *ast.Ident:
		if isPackageVar(c.pass.TypesInfo.Uses[e]) {
			return true
		}
		cur, ok := c.root.FindNode(stmt)
		if !ok {
			return false
		}
		for encl := range cur.Enclosing((*ast.IfStmt)(nil)) {
			cond, ok := encl.Node().(*ast.IfStmt).Cond.(*ast.BinaryExpr)
			if !ok || cond.Op != token.NEQ {
				continue
			}
			if x, ok := ast.Unparen(cond.X).(*ast.Ident); ok && c.pass.TypesInfo.Uses[x] == c.pass.TypesInfo.Uses[e] {
				return true
			}
		}
	}
	return false
}
