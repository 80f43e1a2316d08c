package wgbalance

import (
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// report reports a finding at op, once.
func (c *checker) report(op *skeleton.Op, message string, related []analysis.RelatedInformation, fixes ...analysis.SuggestedFix) {
	pos, end := c.extent(op)
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	d := analysis.Diagnostic{Pos: pos, End: end, Message: message, SuggestedFixes: fixes}
	for _, r := range related {
		if r.Pos.IsValid() && r.End > r.Pos && r.Pos != pos {
			d.Related = append(d.Related, r)
		}
	}
	report.Report(c.pass, d)
}

// extent returns the extent of op; that of a go statement is its keyword.
func (c *checker) extent(op *skeleton.Op) (pos, end token.Pos) {
	if s, ok := c.view.Node(op).(*ast.GoStmt); ok {
		return s.Go, s.Go + token.Pos(len("go"))
	}
	return c.view.Extent(op)
}

// at returns a related position at op.
func (c *checker) at(op *skeleton.Op, format string, args ...any) analysis.RelatedInformation {
	pos, end := c.extent(op)
	return analysis.RelatedInformation{Pos: pos, End: end, Message: fmt.Sprintf(format, args...)}
}

// place spells where op is, for a message at from.
func (c *checker) place(op, from *skeleton.Op) string {
	pos, _ := c.extent(op)
	at, _ := c.extent(from)
	return report.Place(c.pass.Fset, pos, at)
}

// site returns the operation by which this package does what n does; a name for
// the group there.
func (c *checker) site(gr *group, n *skeleton.Node) (*skeleton.Op, string) {
	op := c.view.Site(n)
	if op.Is(ops...) {
		return op, c.view.Text(op)
	}
	return op, gr.path.String()
}

// waiting returns the related position of a Wait for the group that blocks forever, if there
// is one.
func (c *checker) waiting(gr *group) []analysis.RelatedInformation {
	if len(gr.waits) == 0 {
		return nil
	}
	return []analysis.RelatedInformation{c.at(c.view.Site(gr.waits[0]), "this Wait blocks forever then")}
}

func (c *checker) reportPassedBy(gr *group, d *skeleton.Node, trace *skeleton.Trace) {
	op, name := c.site(gr, d)
	ret := returnOf(trace)
	related := c.waiting(gr)
	message := fmt.Sprintf("Done of %s is not called on a path to the end of the goroutine: Wait blocks forever", name)
	if ret != nil && c.view.Node(ret) != nil && !ret.Fn.Imported() {
		message = fmt.Sprintf("Done of %s is not called at the return on %s: Wait blocks forever", name, c.place(ret, op))
		related = append(related, c.at(ret, "this return does not call Done of %s", name))
	}
	c.report(op, message, related, c.fixDefer(gr, d)...)
}

func (c *checker) reportItem(gr *group, r, d *skeleton.Node, trace *skeleton.Trace) {
	op, name := c.site(gr, d)
	related := append([]analysis.RelatedInformation{c.at(c.view.Site(r), "each that is received here is counted by who sends it")},
		c.waiting(gr)...)
	message := fmt.Sprintf("Done of %s is not called in a turn of the loop that receives what it counts: Wait blocks forever", name)
	if ret := returnOf(trace); ret != nil && c.view.Node(ret) != nil && !ret.Fn.Imported() {
		message = fmt.Sprintf("Done of %s is not called at the return on %s, for what the loop has received: Wait blocks forever", name, c.place(ret, op))
		related = append(related, c.at(ret, "this return does not call Done of %s", name))
	}
	c.report(op, message, related)
}

// returnOf returns the return statement of the goroutine's function by which a
// trace ends, nil if there is none.
func returnOf(trace *skeleton.Trace) *skeleton.Op {
	var ret *skeleton.Op
	for _, n := range trace.Nodes {
		if n.Op.Is(syncapi.Return) && (n.Frame.Call == nil || n.Frame.Call.Graph != n.Graph || n.Frame.Up == nil || n.Frame.Up.Call == nil) {
			ret = n.Op
		}
	}
	return ret
}

func (c *checker) reportUnwound(gr *group, d, n *skeleton.Node, how way) {
	op, name := c.site(gr, d)
	by := c.view.Site(n)
	related := []analysis.RelatedInformation{c.at(by, "this may end the goroutine before it calls Done of %s", name)}
	message := fmt.Sprintf("Done of %s is not called if the goroutine ends at %s: Wait blocks forever", name, c.place(by, op))
	if how == panics {
		related[0].Message = fmt.Sprintf("a panic here passes by Done of %s, and is recovered", name)
		message = fmt.Sprintf("Done of %s is not called if a panic at %s is recovered: Wait blocks forever", name, c.place(by, op))
	}
	c.report(op, message, append(related, c.waiting(gr)...), c.fixDefer(gr, d)...)
}

func (c *checker) reportTwice(gr *group, d, e *skeleton.Node) {
	op, name := c.site(gr, e)
	first, _ := c.site(gr, d)
	message := fmt.Sprintf("Done of %s is called again by a goroutine that is counted once, for which it is called at %s: the counter falls below zero, which panics", name, c.place(first, op))
	if first == op {
		message = fmt.Sprintf("Done of %s may be called again and again by a goroutine that is counted once: the counter falls below zero, which panics", name)
	}
	c.report(op, message, []analysis.RelatedInformation{c.at(first, "Done of %s is called here for the one count", name)})
}

func (c *checker) reportInGo(gr *group, g *skeleton.Graph, d *skeleton.Node) {
	op, name := c.site(gr, d)
	start := c.view.Site(g.Spawner)
	message := fmt.Sprintf("Done of %s is called by a function that its Go runs, which calls it as well: the counter falls below zero, which panics", name)
	c.report(op, message, []analysis.RelatedInformation{c.at(start, "Go counts the goroutine, and calls Done when it ends")}, c.fixInGo(gr, d)...)
}

func (c *checker) reportSelfWait(gr *group, w, d *skeleton.Node) {
	op, name := c.site(gr, w)
	by := c.view.Site(d)
	c.report(op, fmt.Sprintf("Wait for %s blocks forever: this goroutine is counted itself, and calls Done only after it", name),
		[]analysis.RelatedInformation{c.at(by, "Done of %s comes only when Wait has returned", name)})
}

func (c *checker) reportReused(gr *group, a, w, start *skeleton.Node) {
	op, name := c.site(gr, a)
	wait := c.view.Site(w)
	message := fmt.Sprintf("%s is added to while Wait at %s, on a goroutine that is started before, may have returned already or not yet", name, c.place(wait, op))
	c.report(op, message, []analysis.RelatedInformation{
		c.at(c.view.Site(start), "the goroutine that waits for %s starts here", name),
		c.at(wait, "Wait for %s is not ordered after the Add", name),
	})
}

func (c *checker) reportSkipped(gr *group, a *skeleton.Node, trace *skeleton.Trace) {
	op, name := c.site(gr, a)
	message := fmt.Sprintf("%s counts a goroutine that is not started on a path from here: Wait blocks forever", name)
	related := c.waiting(gr)
	if ret := returnOf(trace); ret != nil && c.view.Node(ret) != nil && trace.End().Exit == skeleton.ByReturn {
		message = fmt.Sprintf("%s counts a goroutine that is not started if the function returns on %s: Wait blocks forever", name, c.place(ret, op))
		related = append(related, c.at(ret, "this return leaves %s with a count that nothing takes back", name))
	}
	c.report(op, message, related)
}

func (c *checker) reportTurns(gr *group, l *loopTally, wait *skeleton.Op) {
	a := gr.adds[0]
	op, name := c.site(gr, a)
	start := c.view.Site(l.takes[0])
	c.report(op, fmt.Sprintf("%s counts a goroutine for each turn of the loop, which does not start one in every turn: Wait blocks forever", name),
		[]analysis.RelatedInformation{c.at(start, "this is not reached in every turn"), c.at(wait, "this Wait blocks forever then")})
}

func (c *checker) reportTotals(t *tally, wait *skeleton.Op, more bool) {
	op, name := c.site(t.gr, t.blame())
	message := fmt.Sprintf("%s counts fewer than call Done before Wait at %s: the counter falls below zero, which panics", name, c.place(wait, op))
	if more {
		message = fmt.Sprintf("%s counts more than call Done: Wait at %s blocks forever", name, c.place(wait, op))
	}
	related := []analysis.RelatedInformation{c.at(wait, "Wait for %s", name)}
	for n := range t.starts() {
		related = append(related, c.at(c.view.Site(n), "this calls Done of %s once", name))
	}
	c.report(op, message, related)
}

func (c *checker) reportSerial(gr *group, w, start *skeleton.Node, before bool) {
	op, name := c.site(gr, w)
	message := fmt.Sprintf("Wait for %s comes in each turn of the loop that starts the goroutines: they run one at a time", name)
	if before {
		message = fmt.Sprintf("Wait for %s blocks forever: the loop has started only one of the goroutines that are counted", name)
	}
	c.report(op, message, []analysis.RelatedInformation{c.at(c.view.Site(start), "the goroutine starts here")})
}

// neverAdded reports the Done done of a group that nothing adds to.
func (c *checker) neverAdded(done *skeleton.Op) {
	name := c.view.Text(done)
	c.report(done, fmt.Sprintf("Done of %s panics: nothing adds to the counter, which falls below zero", name), nil)
}

// neverDone reports the Add add of a group of which nothing calls Done.
func (c *checker) neverDone(add, wait *skeleton.Op) {
	name := c.view.Text(add)
	c.report(add, fmt.Sprintf("%s is never done: nothing takes back what is added here, and Wait at %s blocks forever", name, c.place(wait, add)),
		[]analysis.RelatedInformation{c.at(wait, "this Wait blocks forever")})
}
