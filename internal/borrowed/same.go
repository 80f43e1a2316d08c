package borrowed

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// A same decides whether a finding of theirs and one of ours are of one fault. Where it
// cannot tell it errs to no, so that no fault is lost.
type same func(c *comparison, theirs, ours analysis.Diagnostic) bool

// A comparison is of findings in one package.
type comparison struct {
	pass *analysis.Pass
	root inspector.Cursor
}

// doubled returns the function that reports whether a finding is of a fault of which ours
// has one.
func doubled(pass *analysis.Pass, s same, ours []analysis.Diagnostic) report.Doubled {
	c := &comparison{pass, pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root()}
	return func(theirs analysis.Diagnostic) bool {
		return slices.ContainsFunc(ours, func(d analysis.Diagnostic) bool { return s(c, theirs, d) })
	}
}

// sameExtent is for findings at the very same expression, where a statement can have
// several faults.
func sameExtent(_ *comparison, theirs, ours analysis.Diagnostic) bool {
	return theirs.Pos == ours.Pos && theirs.End == ours.End
}

// sameStatement is for findings of which a statement can have but one fault. Ours may be
// at another place and only lead through the statement: the call of a goroutine's
// function, a variable that is overwritten.
func sameStatement(c *comparison, theirs, ours analysis.Diagnostic) bool {
	stmt := c.statement(theirs.Pos)
	return stmt != nil && (stmt == c.statement(ours.Pos) || slices.ContainsFunc(ours.Related, func(r analysis.RelatedInformation) bool {
		return stmt == c.statement(r.Pos)
	}))
}

// sameCapture is for loop variables that function literals capture. Theirs are the uses
// of a variable in a literal, ours is at the first of them, and leads to the variable.
func sameCapture(c *comparison, theirs, ours analysis.Diagnostic) bool {
	use, ok := c.at(theirs.Pos)
	if !ok {
		return false
	}
	id, ok := use.Node().(*ast.Ident)
	if !ok {
		return false
	}
	v := c.pass.TypesInfo.Uses[id]
	if v == nil || !slices.ContainsFunc(ours.Related, func(r analysis.RelatedInformation) bool { return r.Pos == v.Pos() }) {
		return false
	}
	for encl := range use.Enclosing((*ast.FuncLit)(nil)) {
		lit := encl.Node()
		if v.Pos() < lit.Pos() && lit.Pos() <= ours.Pos && ours.Pos < lit.End() {
			return true
		}
	}
	return false
}

// statement returns the innermost statement, or declaration of variables, at a position.
func (c *comparison) statement(pos token.Pos) ast.Node {
	cur, ok := c.at(pos)
	if !ok {
		return nil
	}
	for encl := range cur.Enclosing() {
		switch n := encl.Node().(type) {
		case *ast.BlockStmt:
			if _, ok := encl.Parent().Node().(*ast.FuncLit); ok {
				return nil // the end of a function, which is no statement of its own
			}
		case ast.Stmt, *ast.ValueSpec:
			return n
		}
	}
	return nil
}

// at returns the innermost node that has what is at a position.
func (c *comparison) at(pos token.Pos) (inspector.Cursor, bool) {
	if c.pass.Fset.File(pos) == nil {
		return inspector.Cursor{}, false
	}
	return c.root.FindByPos(pos, pos+1)
}
