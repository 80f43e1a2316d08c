package busyselect

import (
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spin"
)

// -- cases that stay ready --

// reportStays reports a loop that spins by an arm that stays ready.
func (c *checker) reportStays(l *spin.Loop) {
	op := l.Polls[0].Op
	if op.Fn.Imported() || c.seen[op.Pos] {
		return
	}
	c.seen[op.Pos] = true
	clause := c.clauseOf(op)
	if clause == nil || isBreak(clause) {
		return // breakselect's
	}
	end := "the context has ended"
	if op.Res.Sel == nil || op.Res.Sel.Name != "Done()" {
		end = c.view.Text(op) + " is closed"
	}
	pos, to := c.view.Extent(op.Arm)
	report.Report(c.pass, analysis.Diagnostic{
		Pos: clause.Pos(), End: clause.Colon + 1,
		Message: fmt.Sprintf("this case does not end the loop, which spins once %s: the case is ready at once in each turn", end),
		Related: []analysis.RelatedInformation{{Pos: pos, End: to, Message: "this select does not wait then"}},
	})
}

// clauseOf returns the clause of a select statement that op is the communication of.
func (c *checker) clauseOf(op *skeleton.Op) *ast.CommClause {
	n := c.view.Node(op)
	if n == nil {
		return nil
	}
	cur, ok := c.root.FindNode(n)
	if !ok {
		return nil
	}
	for clause := range cur.Enclosing((*ast.CommClause)(nil)) {
		return clause.Node().(*ast.CommClause)
	}
	return nil
}

// isBreak reports whether a clause ends in a break without a label.
func isBreak(clause *ast.CommClause) bool {
	if len(clause.Body) == 0 {
		return false
	}
	branch, ok := clause.Body[len(clause.Body)-1].(*ast.BranchStmt)
	return ok && branch.Tok == token.BREAK && branch.Label == nil
}
