package doubleclose

import (
	"fmt"
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/closing"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// drained reports closes of a channel that come when a range over it has ended,
// which it does only when somebody else has closed it.
func (c *checker) drained() {
	for op := range c.closes() {
		if c.seen[op] {
			continue
		}
		if loop := closing.RangeBefore(c.view, c.pass.TypesInfo, op); loop != nil {
			c.seen[op] = true
			c.reportDrained(op, loop)
		}
	}
}

func (c *checker) reportDrained(op *skeleton.Op, loop *ast.RangeStmt) {
	pos, end := c.view.Extent(op)
	name := c.view.Text(op)
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s is closed already when the range over it at %s has ended", name, report.Place(c.pass.Fset, loop.For, pos)),
		Related: []analysis.RelatedInformation{{
			Pos: loop.For, End: loop.X.End(), Message: fmt.Sprintf("this loop ends when %s is closed", name),
		}},
	})
}
