// Package borrowed has the analyzers of golang.org/x/tools that can run beside the checks.
//
// They keep the names, documentation and options that they have in go vet. As those of
// the checks, their findings go through package report: directives silence them, and
// there are none in generated files. What a check finds as well is left to it by
// [Beside].
package borrowed

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/atomic"
	"golang.org/x/tools/go/analysis/passes/atomicalign"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/loopclosure"
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/analysis/passes/sigchanyzer"
	"golang.org/x/tools/go/analysis/passes/testinggoroutine"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
	"golang.org/x/tools/go/analysis/passes/waitgroup"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// The analyzers.
var (
	Atomic           = borrow(atomic.Analyzer)
	AtomicAlign      = borrow(atomicalign.Analyzer)
	CopyLocks        = borrow(copylock.Analyzer)
	LoopClosure      = borrow(loopclosure.Analyzer)
	LostCancel       = borrow(lostcancel.Analyzer)
	SigChanyzer      = borrow(sigchanyzer.Analyzer)
	TestingGoroutine = borrow(testinggoroutine.Analyzer)
	UnusedResult     = borrow(unusedresult.Analyzer)
	WaitGroup        = borrow(waitgroup.Analyzer)
)

// A loan is what is done to an analyzer before its findings are reported.
type loan struct {
	theirs *analysis.Analyzer // as x/tools has it
	ours   string             // the check that finds more of the same; empty if there is none
	same   same
}

// loans are the analyzers that a check finds more of the same than, by their names.
var loans = []loan{
	{atomic.Analyzer, "mixedatomic", sameExtent},
	{loopclosure.Analyzer, "loopcapture", sameCapture},
	{lostcancel.Analyzer, "leakedcancel", sameStatement},
	{sigchanyzer.Analyzer, "signalmisuse", sameExtent},
	{testinggoroutine.Analyzer, "testgoroutine", sameStatement},
	{waitgroup.Analyzer, "wgadd", sameStatement},
}

// borrow returns an analyzer of x/tools in the form in which it runs here.
func borrow(theirs *analysis.Analyzer) *analysis.Analyzer {
	a := *theirs
	a.RunDespiteErrors = false // as for the checks
	a.Run = report.Run(tidy(theirs.Run))
	return &a
}

// Covering returns the name of the check that finds more of what a borrowed analyzer
// finds, empty if there is none.
func Covering(name string) string { return loanOf(name).ours }

func loanOf(name string) loan {
	i := slices.IndexFunc(loans, func(l loan) bool { return l.theirs.Name == name })
	if i < 0 {
		return loan{}
	}
	return loans[i]
}

// CategoryDoubled is the category of a finding that a check has as well.
const CategoryDoubled = "doubled"

// Beside returns the analyzers, in their order and ready to run together: a borrowed one
// leaves out what the check that covers it finds as well, if that is among them.
//
// It goes by what the check finds, not by what of it is reported: what a directive that
// names the check silences does not come back under another name.
func Beside(list []*analysis.Analyzer) []*analysis.Analyzer {
	return combine(list, func(l loan, found finder) func(*analysis.Pass) (any, error) {
		return report.RunBeside(tidy(l.theirs.Run), func(pass *analysis.Pass) report.Doubled {
			return doubled(pass, l.same, found(pass))
		})
	})
}

// Marked is like [Beside], but what a check finds as well is reported, with a category
// of its own, for a host that knows in which files the check counts.
func Marked(list []*analysis.Analyzer) []*analysis.Analyzer {
	return combine(list, func(l loan, found finder) func(*analysis.Pass) (any, error) {
		return report.Run(func(pass *analysis.Pass) (any, error) {
			isDoubled := doubled(pass, l.same, found(pass))
			shadow := *pass
			shadow.Report = func(d analysis.Diagnostic) {
				if isDoubled(d) {
					d.Category = CategoryDoubled
				}
				pass.Report(d)
			}
			return tidy(l.theirs.Run)(&shadow)
		})
	})
}

// A finder returns what a check has found.
type finder func(*analysis.Pass) []analysis.Diagnostic

// combine returns the analyzers with those that are borrowed and covered by a check among
// them run by what run returns, after the check.
func combine(list []*analysis.Analyzer, run func(loan, finder) func(*analysis.Pass) (any, error)) []*analysis.Analyzer {
	list = slices.Clone(list)
	for i, a := range list {
		l := loanOf(a.Name)
		j := slices.IndexFunc(list, func(b *analysis.Analyzer) bool { return b.Name == l.ours })
		if j < 0 {
			continue
		}
		ours, theirs := report.Yielding(list[j]), *a
		theirs.Requires = append(slices.Clip(a.Requires), ours)
		theirs.Run = run(l, func(pass *analysis.Pass) []analysis.Diagnostic {
			return pass.ResultOf[ours].(*report.Found).Diagnostics
		})
		list[i], list[j] = &theirs, ours
	}
	return list
}

// tidy returns the run function with its findings in the form of ours: each has an end,
// and one that only tells where another leads is a related position of that.
func tidy(run func(*analysis.Pass) (any, error)) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (any, error) {
		var found []analysis.Diagnostic
		shadow := *pass
		shadow.Report = func(d analysis.Diagnostic) {
			d.End = max(d.End, d.Pos)
			if n := len(found); n > 0 && strings.HasPrefix(d.Message, secondOfLostCancel) {
				found[n-1].Related = append(found[n-1].Related, analysis.RelatedInformation{Pos: d.Pos, End: d.End, Message: d.Message})
				return
			}
			found = append(found, d)
		}
		result, err := run(&shadow)
		for _, d := range found {
			report.Report(pass, d)
		}
		return result, err
	}
}

// secondOfLostCancel begins the message of the second of the two diagnostics that
// lostcancel makes of one fault, right behind the first.
const secondOfLostCancel = "this return statement may be reached without using the "
