package mainexit

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// cutOff reports the exits on the way from the start of a goroutine to where main waits
// for it, if the goroutine changes what outlasts the process. That main waits for it on
// another path shows that its work is wanted. It is a may-analysis which errs to silence:
// behind whatever else main waits for, the goroutine is taken to have ended.
func (c *checker) cutOff(fn *types.Func) {
	f := c.view.FuncOf(fn)
	if f == nil || !c.view.May(f, syncapi.Exit) {
		return
	}
	g := c.view.Outline(f, skeleton.Interest{
		Ops: append(slices.Clone(spawn.Ordering), syncapi.Exit, syncapi.Select),
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool {
			pkg, _ := t.Func.From()
			return pkg == nil || !syncapi.IsStandard(pkg)
		},
	})
	if g.Widened {
		return
	}
	var found []*analysis.Diagnostic
	for sp := range spawn.Goroutines(g) {
		exit := c.exitBefore(g, sp)
		if exit == nil {
			continue
		}
		pos, end := c.view.Extent(sp.Node.Op)
		started := analysis.RelatedInformation{Pos: pos, End: end, Message: "the work of this goroutine may be cut off"}
		i := slices.IndexFunc(found, func(d *analysis.Diagnostic) bool { return d.Pos == exit.Pos() })
		if i < 0 {
			i = len(found)
			found = append(found, &analysis.Diagnostic{
				Pos: exit.Pos(), End: exit.End(),
				Message: types.ExprString(exit.Fun) + " ends the process, and main has not waited for the goroutine that it started on " +
					report.Place(c.pass.Fset, pos, exit.Pos()),
			})
		}
		found[i].Related = append(found[i].Related, started)
	}
	for _, d := range found {
		if !c.reported[d.Pos] {
			report.Report(c.pass, *d)
		}
	}
}

// exitBefore returns the first exit that cuts off the work of a goroutine which g starts
// and waits for, nil if there is none.
func (c *checker) exitBefore(g *skeleton.Graph, sp *skeleton.Spawn) *ast.CallExpr {
	work := sp.Graph()
	if !sp.Mode.Starts() || work == nil || work.Widened || c.view.Node(sp.Node.Op) == nil || !c.lasts(work.Root) {
		return nil
	}
	await := spawn.Awaiter(spawn.SignalsAfter(work.Entry), skeleton.Path{}, skeleton.Path{})
	if !slices.ContainsFunc(g.Nodes, func(n *skeleton.Node) bool { return await(n) && spawn.Leads(sp.Node, n) }) {
		return nil
	}
	waits := func(n *skeleton.Node) bool { return await(n) || spawn.Blocks(n) || n.Op.Is(syncapi.Select) }
	var first *ast.CallExpr
	for n := range spawn.Nodes(g, syncapi.Exit) {
		call := c.written(n)
		if call == nil || n == sp.Node || first != nil && first.Pos() <= call.Pos() {
			continue
		}
		if spawn.Path(sp.Node, n, waits) != nil {
			first = call
		}
	}
	return first
}

// written returns the innermost call in this package by which n is done.
func (c *checker) written(n *skeleton.Node) *ast.CallExpr {
	chain := append(n.Calls(), n)
	for _, m := range slices.Backward(chain) {
		if call := c.view.CallOf(m.Op); call != nil {
			return call
		}
	}
	return nil
}

// lasts reports whether f, run by a goroutine, changes what outlasts the process, and
// waits for nothing first: what works off a channel may have nothing to do.
func (c *checker) lasts(f *skeleton.Func) bool {
	if f == nil { // what is started is not known
		return false
	}
	cur, ok := c.root.FindByPos(f.Pos, f.Pos)
	if !ok {
		return false
	}
	for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		body := (*ast.BlockStmt)(nil)
		switch n := up.Node().(type) {
		case *ast.FuncDecl:
			body = n.Body
		case *ast.FuncLit:
			body = n.Body
		}
		return body != nil && c.busy(body) && (c.anyMatters(body, maxDepth) || c.stores(body, maxDepth))
	}
	return false
}

// busy reports whether a goroutine works and neither waits, watches nor serves.
func (c *checker) busy(body *ast.BlockStmt) bool {
	w := &walk{checker: c}
	return w.worksIn(body) && !mentionsServer(body)
}

// storing are functions of package os that leave something in the file system.
var storing = map[string]bool{
	"WriteFile": true, "Mkdir": true, "MkdirAll": true, "Rename": true, "Link": true, "Symlink": true,
	"Truncate": true, "CopyFS": true,
}

// stores reports whether a function writes to the file system, itself or by functions
// of the package.
func (c *checker) stores(body *ast.BlockStmt, depth int) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		fn := c.callee(call)
		switch {
		case fn == nil || fn.Pkg() == nil:
		case fn.Pkg().Path() == "os" && fn.Signature().Recv() == nil:
			found = storing[fn.Name()]
		case c.decls[fn] != nil && depth > 1:
			found = c.stores(c.decls[fn].Body, depth-1)
		}
		return !found
	})
	return found
}
