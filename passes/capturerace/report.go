package capturerace

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// report notes the finding of a pair, once for each pair and variable.
func (c *checker) report(s *scope, p *pair) {
	if c.done[p.first.Op] {
		return
	}
	c.done[p.first.Op], c.done[p.second.Op] = true, true
	pos, end := c.view.Extent(p.first.Op)
	otherPos, otherEnd := c.view.Extent(p.second.Op)
	name := c.name(p.first)
	d := analysis.Diagnostic{Pos: pos, End: end}
	if p.first.Op != p.second.Op && pos != otherPos {
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: otherPos, End: otherEnd,
			Message: fmt.Sprintf("%s is %s here at the same time", c.name(p.second), verb(p.second)),
		})
	}
	place := report.Place(c.pass.Fset, otherPos, pos)
	switch {
	case p.subtests:
		d.Message = fmt.Sprintf("%s is %s by subtests that run in parallel", name, verb(p.first))
	case p.start != nil && s.race.OnMany(p.first):
		d.Message = fmt.Sprintf("%s is %s by calls of this function that may run at the same time", name, verb(p.first))
	case p.start != nil:
		d.Message = fmt.Sprintf("%s is %s by several goroutines, perhaps at the same time", name, verb(p.first))
	case p.second.Graph.Spawner != nil:
		d.Message = fmt.Sprintf("%s is %s while another goroutine may be %s it at %s", name, verb(p.first), gerund(p.second), place)
	default:
		d.Message = fmt.Sprintf("%s is %s by this goroutine, and may be %s at the same time at %s", name, verb(p.first), verb(p.second), place)
	}
	d.Related = append(d.Related, c.starts(p)...)
	d.SuggestedFixes = c.fix(p)
	c.found = append(c.found, d)
}

// starts returns where the goroutines of a pair are started.
func (c *checker) starts(p *pair) []analysis.RelatedInformation {
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
	case p.subtests:
		add(p.start, "the subtests run here")
	case p.start != nil:
		add(p.start, fmt.Sprintf("the goroutines that have %s start here", c.name(p.first)))
	default:
		add(p.first.Graph.Spawner, fmt.Sprintf("the goroutine that has %s %s starts here", c.name(p.first), verb(p.first)))
		add(p.second.Graph.Spawner, fmt.Sprintf("the other goroutine that has %s starts here", c.name(p.first)))
	}
	return related
}

// name spells what a node accesses, as the code does.
func (c *checker) name(n *skeleton.Node) string {
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
