package busyselect

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// isEmpty reports whether a clause has no statement, or just a continue.
func isEmpty(clause *ast.CommClause) bool {
	if len(clause.Body) == 0 {
		return true
	}
	branch, ok := clause.Body[0].(*ast.BranchStmt)
	return len(clause.Body) == 1 && ok && branch.Tok == token.CONTINUE && branch.Label == nil
}

// meansToEnd reports whether a default ends in a break, in a loop which does
// nothing but select: it was to end the loop.
func (c *checker) meansToEnd(sel *ast.SelectStmt, clause *ast.CommClause) bool {
	return isBreak(clause) && c.isAllOfLoop(sel)
}

// isAllOfLoop reports whether the loop around sel has no end and does nothing else.
func (c *checker) isAllOfLoop(sel *ast.SelectStmt) bool {
	loop := c.loopOf(sel)
	if loop == nil || loop.Cond != nil || loop.Post != nil || len(loop.Body.List) != 1 {
		return false
	}
	stmt, ok := loop.Body.List[0].(*ast.SelectStmt)
	return ok && stmt == sel
}

// fix returns the fix that removes the empty default of sel. Without it the
// select waits, which is right if it is all that its loop does, and no
// condition of the loop is to be looked at meanwhile.
func (c *checker) fix(sel *ast.SelectStmt, clause *ast.CommClause) []analysis.SuggestedFix {
	if len(sel.Body.List) < 2 || !c.isAllOfLoop(sel) {
		return nil
	}
	pos, end := clause.Pos(), sel.Body.Rbrace
	for i, other := range sel.Body.List {
		switch {
		case other == clause && i > 0 && i == len(sel.Body.List)-1:
			pos = report.EndOfLine(c.pass, sel.Body.List[i-1].End())
			end = report.EndOfLine(c.pass, clause.End())
		case other == clause:
			end = sel.Body.List[i+1].Pos()
		}
	}
	if c.commentIn(report.EndOfLine(c.pass, clause.End()), end) {
		return nil // it says something of the case below
	}
	return []analysis.SuggestedFix{{
		Message:   "Remove the empty default",
		TextEdits: []analysis.TextEdit{{Pos: pos, End: end}},
	}}
}

// loopOf returns the innermost for statement around sel.
func (c *checker) loopOf(sel *ast.SelectStmt) *ast.ForStmt {
	var loop *ast.ForStmt
	for _, file := range c.pass.Files {
		if sel.Pos() < file.FileStart || file.FileEnd <= sel.Pos() {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil || sel.Pos() < n.Pos() || n.End() <= sel.Pos() {
				return false
			}
			if f, ok := n.(*ast.ForStmt); ok {
				loop = f
			}
			return true
		})
	}
	return loop
}

// commentIn reports whether a comment begins in the range.
func (c *checker) commentIn(pos, end token.Pos) bool {
	found := false
	c.comments(func(comment *ast.Comment) {
		found = found || pos <= comment.Pos() && comment.Pos() < end
	})
	return found
}

// comments calls yield for each comment of the package.
func (c *checker) comments(yield func(*ast.Comment)) {
	for _, file := range c.pass.Files {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				yield(comment)
			}
		}
	}
}
