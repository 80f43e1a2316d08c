package errgroupmisuse

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports error groups that are used wrongly.
var Analyzer = &analysis.Analyzer{
	Name:      "errgroupmisuse",
	Doc:       docs.MustExtract(doc, "errgroupmisuse"),
	URL:       "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/errgroupmisuse",
	Requires:  []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	FactTypes: []analysis.Fact{new(starts)},
	Run:       report.Run(run),
}

// kinds are the operations on groups.
var kinds = []syncapi.Op{syncapi.GroupGo, syncapi.GroupTryGo, syncapi.GroupWait, syncapi.GroupLimit}

// A checker looks at the groups of a package. Those that a function makes are
// known by their paths, those in fields and package variables by the name of the
// field or variable, whatever the object.
type checker struct {
	pass  *analysis.Pass
	root  *syntax.Tree
	index *symindex.Index
	view  *skeleton.View

	shared map[shared]*uses
	order  []shared
	starts map[*types.Func][]start // see contexts.go
	nested []nested
	done   map[token.Pos]bool
	found  []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		root:   pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		index:  pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		view:   pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		shared: make(map[shared]*uses),
		starts: make(map[*types.Func][]start),
		done:   make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	if !c.concerned() {
		return nil, nil
	}
	c.collect()
	for _, f := range c.view.CalleesFirst() {
		if !f.Imported() {
			c.function(f)
		}
	}
	c.sharedGroups()
	c.ignoredTries()
	c.reportNested()
	c.contexts()
	slices.SortStableFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// concerned reports whether a function of the package acts on a group, by itself or
// by what it calls.
func (c *checker) concerned() bool {
	return slices.ContainsFunc(c.view.Funcs, func(f *skeleton.Func) bool {
		return slices.ContainsFunc(kinds, func(k syncapi.Op) bool { return c.view.May(f, k) })
	})
}

// add notes a finding at an operation, but for one at the same place. The first
// operation is that of which it says something.
func (c *checker) add(op *skeleton.Op, message string, related ...analysis.RelatedInformation) {
	pos, end := c.view.Extent(op)
	if call := c.view.CallOf(op); call != nil {
		pos, end = call.Pos(), call.End()
	}
	if !pos.IsValid() || end <= pos || c.done[pos] {
		return
	}
	c.done[pos] = true
	c.found = append(c.found, analysis.Diagnostic{Pos: pos, End: end, Message: message, Related: related})
}

// note makes a related position of an operation; it is left out if op is not here.
func (c *checker) note(op *skeleton.Op, message string) []analysis.RelatedInformation {
	if c.view.Node(op) == nil {
		return nil
	}
	pos, end := c.view.Extent(op)
	return []analysis.RelatedInformation{{Pos: pos, End: end, Message: message}}
}

// group spells the group at p, which op acts on: the receiver, or the argument of a
// call.
func (c *checker) group(op *skeleton.Op, p skeleton.Path) string {
	call := c.view.CallOf(op)
	if call == nil {
		return p.String()
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	isMethod := ok && c.pass.TypesInfo.Selections[sel] != nil && c.pass.TypesInfo.Selections[sel].Kind() == types.MethodVal
	if inner(op).Is(kinds...) {
		if isMethod {
			return types.ExprString(sel.X)
		}
		return p.String()
	}
	i := slices.Index(inner(op).Args, p)
	if i >= 0 && isMethod {
		if i == 0 {
			return types.ExprString(sel.X)
		}
		i--
	}
	if i < 0 || i >= len(call.Args) {
		return p.String()
	}
	arg := ast.Unparen(call.Args[i])
	if u, ok := arg.(*ast.UnaryExpr); ok && u.Op == token.AND {
		arg = u.X
	}
	return types.ExprString(arg)
}

// dropped reports whether nothing looks at the result of the call that op is.
func (c *checker) dropped(op *skeleton.Op) bool {
	call := c.view.CallOf(op)
	if call == nil {
		return false
	}
	cur, ok := c.root.FindNode(call)
	if !ok {
		return false
	}
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	switch parent := cur.Parent().Node().(type) {
	case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt:
		return true
	case *ast.AssignStmt:
		id, ok := parent.Lhs[0].(*ast.Ident)
		return ok && id.Name == "_" && len(parent.Lhs) == 1
	}
	return false
}

// inner returns what op defers or starts, or op.
func inner(op *skeleton.Op) *skeleton.Op {
	if op.Inner != nil {
		return op.Inner
	}
	return op
}
