package timerdrain

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// report reports the drain d because of n, which happens before. The position of
// n stands for a verb in the message, if there is one.
func (c *checker) report(d *drain, n *skeleton.Node, message, what string) {
	at, cause := c.sites(d.node, n)
	if c.seen[d.node.Op] || c.seen[at] || at.Fn.Imported() {
		return
	}
	c.seen[at] = true
	if at == d.node.Op {
		c.seen[d.node.Op] = true
	}
	pos, end := c.view.Extent(at)
	from, to := c.view.Extent(cause)
	if slices.Contains([]byte(message), '%') {
		message = fmt.Sprintf(message, report.Place(c.pass.Fset, from, pos))
	}
	diag := analysis.Diagnostic{Pos: pos, End: end, Message: message}
	if at != d.node.Op {
		diag.Message = fmt.Sprintf("%s may block for ever: %s", c.view.Callee(at), afterColon(diag.Message))
	}
	if !cause.Fn.Imported() && cause != at {
		diag.Related = append(diag.Related, analysis.RelatedInformation{Pos: from, End: to, Message: what})
	}
	if at != d.node.Op && !d.node.Op.Fn.Imported() {
		from, to := c.view.Extent(d.node.Op)
		diag.Related = append(diag.Related, analysis.RelatedInformation{Pos: from, End: to, Message: "this receive from the timer blocks"})
	}
	report.Report(c.pass, diag)
}

func afterColon(message string) string {
	for i := range message {
		if message[i] == ':' {
			return message[i+2:]
		}
	}
	return message
}

// sites returns the operations of the function at the root by which the drain n
// and its cause m come about: themselves, or the calls that lead to them. If
// one call leads to both, they stand for themselves.
func (c *checker) sites(n, m *skeleton.Node) (at, cause *skeleton.Op) {
	at, cause = n.Op, m.Op
	calls, others := n.Calls(), m.Calls()
	within := n.Op.Fn.Outermost() == n.Graph.Root.Outermost() // a literal in the function
	if len(calls) > 0 && (len(others) == 0 || others[0] != calls[0]) && !within {
		at = calls[0].Op
	}
	if cause.Fn.Imported() && len(others) > 0 {
		cause = others[0].Op
	}
	return at, cause
}
