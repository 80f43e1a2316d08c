package nilchan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// report reports what n does at site, see origin.
func (c *checker) report(site, n *skeleton.Node) {
	op, v := site.Op, c.variable(n.Res)
	if v == nil {
		v = c.named(site, n)
	}
	pos, end := c.view.Extent(op)
	d := analysis.Diagnostic{Pos: pos, End: end}
	name := c.view.Text(n.Op)
	switch {
	case site != n:
		d.Message = fmt.Sprintf("%s blocks for ever: it %s a channel that is nil", c.view.Callee(op), verb(n.Op))
		if !n.Op.Fn.Imported() {
			pos, end := c.view.Extent(n.Op)
			d.Related = append(d.Related, analysis.RelatedInformation{
				Pos: pos, End: end, Message: fmt.Sprintf("%s is nil here", name),
			})
		}
	case v == nil:
		d.Message = fmt.Sprintf("this %s blocks for ever: %s is nil", noun(n.Op), name)
	default:
		d.Message = fmt.Sprintf("this %s blocks for ever: nothing assigns %s, so it is nil", noun(n.Op), name)
	}
	if v != nil {
		d.Related = append(d.Related, declaration(v))
	}
	c.found = append(c.found, finding{d, v, noun(n.Op)})
}

// reportElement reports an operation on an element of v.
func (c *checker) reportElement(op *skeleton.Op, v *types.Var) {
	pos, end := c.view.Extent(op)
	c.found = append(c.found, finding{analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this %s blocks for ever: nothing puts a channel into %s, so its elements are nil", noun(op), v.Name()),
		Related: []analysis.RelatedInformation{declaration(v)},
	}, v, noun(op)})
}

// A finding is what is to be reported of the channels in a variable.
type finding struct {
	analysis.Diagnostic
	of   *types.Var // nil if none is known
	what string
}

// reportAll reports what has been found, of one variable once: that nothing gives
// it a channel is one fault, whatever is done with it. Tests come last, and are not
// mentioned beside other code: a package is analysed with its tests and without.
func (c *checker) reportAll() {
	inTest := func(f finding) bool { return report.InTest(c.pass, f.Pos) }
	slices.SortStableFunc(c.found, func(a, b finding) int {
		if inTest(a) != inTest(b) {
			if inTest(a) {
				return 1
			}
			return -1
		}
		return int(a.Pos - b.Pos)
	})
	for i, f := range c.found {
		same := func(g finding) bool { return f.of != nil && g.of == f.of }
		if slices.ContainsFunc(c.found[:i], same) {
			continue
		}
		for _, g := range c.found[i+1:] {
			if same(g) && inTest(g) == inTest(f) {
				f.Related = append(f.Related, analysis.RelatedInformation{Pos: g.Pos, End: g.End, Message: fmt.Sprintf("this %s blocks as well", g.what)})
			}
		}
		report.Report(c.pass, f.Diagnostic)
	}
}

// declaration returns where v is declared.
func declaration(v *types.Var) analysis.RelatedInformation {
	return analysis.RelatedInformation{
		Pos: v.Pos(), End: v.Pos() + token.Pos(len(v.Name())), Message: fmt.Sprintf("%s is declared here", v.Name()),
	}
}

// named returns the local variable that the code has for the nil channel which n
// operates on, by itself or as an argument of site; nil if there is none.
func (c *checker) named(site, n *skeleton.Node) *types.Var {
	exprs := []ast.Expr{c.operand(n)}
	if site != n {
		exprs = nil
		switch stmt := c.view.Node(site.Op).(type) {
		case *ast.CallExpr:
			exprs = stmt.Args
		case *ast.GoStmt:
			exprs = stmt.Call.Args
		case *ast.DeferStmt:
			exprs = stmt.Call.Args
		}
	}
	for _, e := range exprs {
		id, ok := e.(*ast.Ident)
		if !ok {
			continue
		}
		if v, ok := c.pass.TypesInfo.Uses[id].(*types.Var); ok && isChan(v.Type()) && c.isUnset(v) {
			return v
		}
	}
	return nil
}

// operand returns the expression that names the channel of n, or nil.
func (c *checker) operand(n *skeleton.Node) ast.Expr {
	if e := c.view.Operand(n.Op); e != nil {
		return ast.Unparen(e)
	}
	return nil
}

func noun(op *skeleton.Op) string {
	switch {
	case op.Kind == syncapi.Send:
		return "send"
	case op.Range:
		return "range"
	}
	return "receive"
}

func verb(op *skeleton.Op) string {
	switch {
	case op.Kind == syncapi.Send:
		return "sends to"
	case op.Range:
		return "ranges over"
	}
	return "receives from"
}
