package doubleclose

import (
	"fmt"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/closing"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports channels that may be closed twice.
var Analyzer = &analysis.Analyzer{
	Name:     "doubleclose",
	Doc:      docs.MustExtract(doc, "doubleclose"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/doubleclose",
	Requires: []*analysis.Analyzer{syntax.Analyzer, symindex.Analyzer, skeleton.Analyzer, closing.TwiceAnalyzer},
	Run:      report.Run(run),
}

// A checker reports what [closing.Twice] has found, closes behind what ends only
// when somebody has closed the channel, and closes of nil.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	root  *syntax.Tree
	index *symindex.Index
	seen  map[*skeleton.Op]bool // the closes that have been reported
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		seen:  make(map[*skeleton.Op]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, a := range pass.ResultOf[closing.TwiceAnalyzer].(*closing.Twice).All {
		c.report(a)
	}
	c.drained()
	c.elements()
	c.nils()
	return nil, nil
}

// report reports the second close of a pair.
func (c *checker) report(a *closing.Again) {
	x, y := a.First, a.Second
	c.seen[x.Op], c.seen[y.Op] = true, true
	site, first := c.view.Site(y), c.view.Site(x)
	if a.How == closing.InSequence || a.How == closing.NextTurn {
		site, first = closing.SiteOf(c.view, x, y), closing.SiteOf(c.view, y, x)
	}
	pos, end := c.view.Extent(site)
	firstPos, firstEnd := c.view.Extent(first)
	place := report.Place(c.pass.Fset, firstPos, pos)
	name := c.name(y, site)
	d := analysis.Diagnostic{Pos: pos, End: end}
	if firstPos != pos {
		d.Related = []analysis.RelatedInformation{{
			Pos: firstPos, End: firstEnd, Message: fmt.Sprintf("%s is closed here", c.name(x, first)),
		}}
	}
	by := ""
	if site != c.view.Site(y) {
		by = " by this call of " + c.view.Callee(site)
		opPos, opEnd := c.view.Extent(c.view.Site(y))
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: opPos, End: opEnd, Message: fmt.Sprintf("this is what closes %s", c.name(y, y.Op)),
		})
	}
	switch a.How {
	case closing.InSequence:
		d.Message = fmt.Sprintf("%s is closed at %s before this close", name, place)
		if by != "" {
			d.Message = fmt.Sprintf("%s is closed at %s and again%s", name, place, by)
		}
	case closing.NextTurn:
		d.Message = fmt.Sprintf("%s is closed again%s in the next turn of the loop", name, by)
	case closing.ByEach:
		d.Message = fmt.Sprintf("%s is closed by each of the goroutines that run this", name)
	case closing.AtOnce, closing.ByCalls:
		d.Message = c.atOnce(a, name, place, first != site)
	}
	d.Related = append(d.Related, c.starts(a)...)
	report.Report(c.pass, d)
}

// atOnce states that two goroutines, or calls of two functions, close one
// channel.
func (c *checker) atOnce(a *closing.Again, name, place string, apart bool) string {
	x, y := a.First.Graph.Spawner, a.Second.Graph.Spawner
	switch {
	case !apart && (x == nil || y == nil):
		return fmt.Sprintf("%s is closed here both by a goroutine and by others", name)
	case !apart:
		return fmt.Sprintf("%s is closed here by two goroutines", name)
	case x == nil && y == nil:
		return fmt.Sprintf("%s may be closed at %s as well", name, place)
	}
	return fmt.Sprintf("%s may be closed at %s by another goroutine as well", name, place)
}

// starts returns where the goroutines of a pair start.
func (c *checker) starts(a *closing.Again) []analysis.RelatedInformation {
	var related []analysis.RelatedInformation
	seen := make(map[*skeleton.Op]bool)
	for _, n := range []*skeleton.Node{a.First, a.Second} {
		s := n.Graph.Spawner
		if s == nil || seen[c.view.Site(s)] {
			continue
		}
		seen[c.view.Site(s)] = true
		pos, end := c.view.Extent(c.view.Site(s))
		related = append(related, analysis.RelatedInformation{
			Pos: pos, End: end, Message: fmt.Sprintf("a goroutine that closes %s starts here", c.name(n, n.Op)),
		})
	}
	return related
}

// name spells the channel that n closes as the function of op does.
func (c *checker) name(n *skeleton.Node, op *skeleton.Op) string {
	if op == n.Op {
		if text := c.view.Text(op); text != "close" { // go close(ch)
			return text
		}
	}
	return n.Res.String()
}

// elements reports the closes of all that a slice or map keeps, one of which is
// closed already.
func (c *checker) elements() {
	for _, k := range closing.Elements(c.pass.Pkg, c.pass.TypesInfo, c.view, c.root, c.index, c.seen) {
		if k.Call != nil {
			report.Report(c.pass, analysis.Diagnostic{
				Pos: k.Call.Pos(), End: k.Call.End(),
				Message: fmt.Sprintf("the channels in %s are closed by this call of %s and again by the one deferred at %s",
					k.Of.Name(), k.Name, report.Place(c.pass.Fset, k.Deferred.Pos(), k.Call.Pos())),
				Related: []analysis.RelatedInformation{{Pos: k.Deferred.Pos(), End: k.Deferred.End(), Message: fmt.Sprintf("%s is deferred here", k.Name)}},
			})
			continue
		}
		c.seen[k.Second] = true
		pos, end := c.view.Extent(k.Second)
		sPos, sEnd := c.view.Extent(k.First)
		report.Report(c.pass, analysis.Diagnostic{
			Pos: pos, End: end,
			Message: fmt.Sprintf("%s may be closed at %s before this close: it stays in %s", c.view.Text(k.Second), report.Place(c.pass.Fset, sPos, pos), k.Of.Name()),
			Related: []analysis.RelatedInformation{{Pos: sPos, End: sEnd, Message: fmt.Sprintf("%s is closed here, and not taken out of %s", c.view.Text(k.First), k.Of.Name())}},
		})
	}
}
