package races

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// Diagnostic returns what is to be reported of a pair, not ok if that has been
// returned before.
func (c *Finder) Diagnostic(p *Pair) (d analysis.Diagnostic, ok bool) {
	if c.done[p.First.Op] {
		return d, false
	}
	c.done[p.First.Op], c.done[p.Second.Op] = true, true
	pos, end := c.view.Extent(p.First.Op)
	otherPos, otherEnd := c.view.Extent(p.Second.Op)
	name := c.name(p.First)
	d = analysis.Diagnostic{Pos: pos, End: end}
	if p.First.Op != p.Second.Op && pos != otherPos {
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: otherPos, End: otherEnd,
			Message: fmt.Sprintf("%s is %s here at the same time", c.name(p.Second), verb(p.Second)),
		})
	}
	place := report.Place(c.pass.Fset, otherPos, pos)
	switch {
	case p.Subtests:
		d.Message = fmt.Sprintf("%s is %s by subtests that run in parallel", name, verb(p.First))
	case p.many:
		d.Message = fmt.Sprintf("%s is %s by calls of this function that may run at the same time", name, verb(p.First))
	case p.Start != nil:
		d.Message = fmt.Sprintf("%s is %s by several goroutines, perhaps at the same time", name, verb(p.First))
	case p.Second.Graph.Spawner != nil:
		d.Message = fmt.Sprintf("%s is %s while another goroutine may be %s it at %s", name, verb(p.First), gerund(p.Second), place)
	default:
		d.Message = fmt.Sprintf("%s is %s by this goroutine, and may be %s at the same time at %s", name, verb(p.First), verb(p.Second), place)
	}
	d.Related = append(d.Related, c.starts(p)...)
	return d, true
}

// starts returns where the goroutines of a pair are started.
func (c *Finder) starts(p *Pair) []analysis.RelatedInformation {
	var related []analysis.RelatedInformation
	seen := make(map[token.Pos]bool)
	add := func(start *skeleton.Node, what string) {
		if start == nil {
			return
		}
		pos, end := c.view.Extent(c.view.Site(start))
		if !seen[pos] {
			seen[pos] = true
			related = append(related, analysis.RelatedInformation{Pos: pos, End: end, Message: what})
		}
	}
	switch {
	case p.Subtests:
		add(p.Start, "the subtests run here")
	case p.Start != nil:
		add(p.Start, fmt.Sprintf("the goroutines that have %s start here", c.name(p.First)))
	default:
		add(p.First.Graph.Spawner, fmt.Sprintf("the goroutine that has %s %s starts here", c.name(p.First), verb(p.First)))
		add(p.Second.Graph.Spawner, fmt.Sprintf("the other goroutine that has %s starts here", c.name(p.First)))
	}
	return related
}

// name spells what a node accesses, as the code does.
func (c *Finder) name(n *skeleton.Node) string {
	return c.view.Text(n.Op)
}

func verb(n *skeleton.Node) string {
	if isWrite(n) {
		return "written"
	}
	return "read"
}

func gerund(n *skeleton.Node) string {
	if isWrite(n) {
		return "writing"
	}
	return "reading"
}
