package closedsend

import (
	"fmt"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/closing"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// Analyzer reports sends that may follow a close of their channel.
var Analyzer = &analysis.Analyzer{
	Name:     "closedsend",
	Doc:      docs.MustExtract(doc, "closedsend"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/closedsend",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer, closing.SendsAnalyzer},
	Run:      report.Run(run),
}

// What follows what is decided by [closing.Sends].
func run(pass *analysis.Pass) (any, error) {
	view := pass.ResultOf[skeleton.Analyzer].(*skeleton.View)
	view.Lock()
	defer view.Unlock()
	for _, s := range pass.ResultOf[closing.SendsAnalyzer].(*closing.Sends).All {
		reportSend(pass, view, s)
	}
	for _, u := range closing.UnlockedSends(pass.ResultOf[lockset.Analyzer].(*lockset.Locks)) {
		reportUnlocked(pass, view, u)
	}
	return nil, nil
}

// reportUnlocked reports a send behind the release of the lock under which others close.
func reportUnlocked(pass *analysis.Pass, view *skeleton.View, u closing.Unlocked) {
	pos, end := view.Extent(u.Send)
	closePos, closeEnd := view.Extent(u.Close)
	name := view.Text(u.Send)
	report.Report(pass, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s may be closed at %s before this send, which does not hold %s", name, report.Place(pass.Fset, closePos, pos), u.Lock),
		Related: []analysis.RelatedInformation{{
			Pos: closePos, End: closeEnd, Message: fmt.Sprintf("%s is closed here, under %s", view.Text(u.Close), u.Lock),
		}},
	})
}

// reportSend reports a send with the close that it may follow.
func reportSend(pass *analysis.Pass, view *skeleton.View, s *closing.Send) {
	x, y := s.Send, s.Close
	format := "%s is closed at %s before this send"
	if s.AtOnce {
		format = "%s may be closed at %s by another goroutine before this send"
	}
	send, cl := view.Site(x), view.Site(y)
	pos, end := view.Extent(send)
	closePos, closeEnd := view.Extent(cl)
	name := view.Text(x.Op)
	d := analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf(format, name, report.Place(pass.Fset, closePos, pos)),
		Related: []analysis.RelatedInformation{{
			Pos: closePos, End: closeEnd, Message: fmt.Sprintf("%s is closed here", view.Text(y.Op)),
		}},
	}
	if s := x.Graph.Spawner; s != nil {
		p, e := view.Extent(view.Site(s))
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: p, End: e, Message: fmt.Sprintf("the goroutine that sends on %s starts here", name),
		})
	}
	report.Report(pass, d)
}
