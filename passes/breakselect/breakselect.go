package breakselect

import (
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports breaks that leave a select or switch, not the loop around it.
var Analyzer = &analysis.Analyzer{
	Name:     "breakselect",
	Doc:      docs.MustExtract(doc, "breakselect"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/breakselect",
	Requires: []*analysis.Analyzer{syntax.Analyzer},
	Run:      report.Run(run),
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		root:   pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		labels: make(map[ast.Stmt]string),
		used:   make(map[ast.Node]map[string]bool),
	}
	for cur := range c.root.Preorder((*ast.BranchStmt)(nil)) {
		brk := cur.Node().(*ast.BranchStmt)
		if brk.Tok != token.BREAK || brk.Label != nil {
			continue
		}
		s := siteOf(cur)
		if s == nil {
			continue
		}
		// Have: for { … select { case …: … break … } … }
		if meant, evident := c.judge(s); meant {
			c.report(s, evident)
		}
	}
	return nil, nil
}

// A checker finds the breaks of one package.
type checker struct {
	pass     *analysis.Pass
	root     *syntax.Tree
	channels *channels                    // see signals
	labels   map[ast.Stmt]string          // that fixes give to loops
	used     map[ast.Node]map[string]bool // labels of a function
}

// judge reports whether the break of s was meant for the loop, and whether the
// code leaves no doubt about it.
//
// A break that has no effect was mostly meant to have one. But many write it
// where Go needs none: in an empty case, or at the end of each one, as in C. A
// break that skips the rest of its case has an effect, so there the loop must
// have nothing left to do.
func (c *checker) judge(s *site) (meant, evident bool) {
	w := c.waysOut(s)
	if c.mayEnd(s, w) {
		return false, false
	}
	evident = c.atEnd(s)
	switch {
	case evident:
		return true, true
	case !s.idle:
		return false, false
	case s.drains():
		return true, len(w) == 0
	case s.conditional, c.polls(s):
		return true, false
	case s.endless() && len(w) == 0:
		return s.breaks(2) < 2 && (!s.alone || !s.isDefault() && !s.behind), false
	}
	return s.breaks(1) < 2 && !s.fills() && !c.othersLeave(s), false
}

func (c *checker) report(s *site, evident bool) {
	kind := "switch"
	if _, ok := s.stmt.(*ast.SelectStmt); ok {
		kind = "select"
	}
	message := fmt.Sprintf("this break leaves the %s, not the loop around it", kind)
	if s.idle {
		message = fmt.Sprintf("this break has no effect: it leaves the %s, not the loop around it", kind)
	}
	pos, end := s.head()
	d := analysis.Diagnostic{
		Pos:     s.brk.Pos(),
		End:     s.brk.End(),
		Message: message,
		Related: []analysis.RelatedInformation{{
			Pos: pos, End: end,
			Message: "this loop goes on after the break",
		}},
	}
	if evident {
		d.SuggestedFixes = c.fix(s)
	}
	report.Report(c.pass, d)
}
