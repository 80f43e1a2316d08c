package busyselect

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spin"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

//go:embed doc.go
var doc string

// Analyzer reports loops that spin through the default of a select statement.
var Analyzer = &analysis.Analyzer{
	Name:     "busyselect",
	Doc:      docs.MustExtract(doc, "busyselect"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/busyselect",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// spinning is what the loops do that are reported.
var spinning = &spin.Kind{Idle: spin.Idle, Polls: []syncapi.Op{syncapi.Default}}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass: pass,
		view: pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		root: pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		seen: make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for l := range spinning.Loops(c.view) {
		c.report(l)
	}
	for l := range spin.Staying(pass, c.view, c.root, pass.ResultOf[symindex.Analyzer].(*symindex.Index)).Loops(c.view) {
		c.reportStays(l)
	}
	return nil, nil
}

// A checker reports what it finds in one package.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	root *syntax.Tree
	seen map[token.Pos]bool // of findings
}

// report reports a loop that spins, unless that has been done when its
// function was looked at by itself.
func (c *checker) report(l *spin.Loop) {
	poll := l.Polls[0]
	at := poll // the operation of this package where the reader finds the loop
	for _, call := range poll.Calls() {
		if call.Frame == l.Frame {
			at = call
		}
	}
	if at.Op.Fn.Imported() || at.Frame.Depth > 0 && len(at.Op.Targets) == 0 {
		at = poll // the loop is in a helper, and calls back
	}
	op := at.Op
	if at == poll {
		op = poll.Op.Arm
	}
	if op.Fn.Imported() || c.seen[op.Pos] {
		return
	}
	c.seen[op.Pos] = true
	d := analysis.Diagnostic{}
	d.Pos, d.End = c.view.Extent(op)
	sel, clause := c.defaultOf(poll)
	if at == poll && clause != nil && c.meansToEnd(sel, clause) {
		return // the break is at fault, and breakselect's
	}
	switch {
	case at != poll:
		d.Message = fmt.Sprintf("this loop spins: %s returns at once by the default of a select, and nothing else in the loop blocks", c.view.Callee(at.Op))
	case clause != nil && isEmpty(clause):
		d.Message = "select with an empty default spins: nothing in the loop around it blocks"
		d.SuggestedFixes = c.fix(sel, clause)
	default:
		d.Message = "select with a default spins: nothing in the loop around it blocks"
	}
	if clause != nil {
		d.Related = []analysis.RelatedInformation{{
			Pos: clause.Pos(), End: clause.Colon + 1,
			Message: "this default is taken in each turn of the loop, until a case is ready",
		}}
	}
	report.Report(c.pass, d)
}

// defaultOf returns the select statement of a default arm and its clause, nil
// if they are in another package.
func (c *checker) defaultOf(poll *skeleton.Node) (*ast.SelectStmt, *ast.CommClause) {
	sel, ok := c.view.Node(poll.Op.Arm).(*ast.SelectStmt)
	if !ok {
		return nil, nil
	}
	for _, clause := range sel.Body.List {
		if clause := clause.(*ast.CommClause); clause.Comm == nil {
			return sel, clause
		}
	}
	return nil, nil
}
