// Package passes is the table of all checks of concurrencyvet.
package passes

//go:generate go run ../internal/docs/gendocs

import (
	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/borrowed"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/iocalls"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/passes/badignore"
	"github.com/concurrencyvet/concurrencyvet/passes/breakselect"
	"github.com/concurrencyvet/concurrencyvet/passes/busyselect"
	"github.com/concurrencyvet/concurrencyvet/passes/capturerace"
	"github.com/concurrencyvet/concurrencyvet/passes/checkthenact"
	"github.com/concurrencyvet/concurrencyvet/passes/closedsend"
	"github.com/concurrencyvet/concurrencyvet/passes/condwait"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxafter"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxblind"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxdropped"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxfield"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxfirst"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxkey"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxloop"
	"github.com/concurrencyvet/concurrencyvet/passes/deadrecover"
	"github.com/concurrencyvet/concurrencyvet/passes/doubleclose"
	"github.com/concurrencyvet/concurrencyvet/passes/doublelock"
	"github.com/concurrencyvet/concurrencyvet/passes/earlyresults"
	"github.com/concurrencyvet/concurrencyvet/passes/errgroupmisuse"
	"github.com/concurrencyvet/concurrencyvet/passes/falsesharing"
	"github.com/concurrencyvet/concurrencyvet/passes/guardedby"
	"github.com/concurrencyvet/concurrencyvet/passes/leakedcancel"
	"github.com/concurrencyvet/concurrencyvet/passes/leakedsend"
	"github.com/concurrencyvet/concurrencyvet/passes/lockedio"
	"github.com/concurrencyvet/concurrencyvet/passes/lockedwait"
	"github.com/concurrencyvet/concurrencyvet/passes/lockleak"
	"github.com/concurrencyvet/concurrencyvet/passes/lockorder"
	"github.com/concurrencyvet/concurrencyvet/passes/loopcapture"
	"github.com/concurrencyvet/concurrencyvet/passes/mainexit"
	"github.com/concurrencyvet/concurrencyvet/passes/mixedatomic"
	"github.com/concurrencyvet/concurrencyvet/passes/nakedgo"
	"github.com/concurrencyvet/concurrencyvet/passes/nilchan"
	"github.com/concurrencyvet/concurrencyvet/passes/noexit"
	"github.com/concurrencyvet/concurrencyvet/passes/oncedeadlock"
	"github.com/concurrencyvet/concurrencyvet/passes/orphanop"
	"github.com/concurrencyvet/concurrencyvet/passes/poolmisuse"
	"github.com/concurrencyvet/concurrencyvet/passes/receiverclose"
	"github.com/concurrencyvet/concurrencyvet/passes/semleak"
	"github.com/concurrencyvet/concurrencyvet/passes/sharedrace"
	"github.com/concurrencyvet/concurrencyvet/passes/shutdownrace"
	"github.com/concurrencyvet/concurrencyvet/passes/signalmisuse"
	"github.com/concurrencyvet/concurrencyvet/passes/sleepsync"
	"github.com/concurrencyvet/concurrencyvet/passes/spinloop"
	"github.com/concurrencyvet/concurrencyvet/passes/stoppedactor"
	"github.com/concurrencyvet/concurrencyvet/passes/testgoroutine"
	"github.com/concurrencyvet/concurrencyvet/passes/timerdrain"
	"github.com/concurrencyvet/concurrencyvet/passes/timerleak"
	"github.com/concurrencyvet/concurrencyvet/passes/unboundedgo"
	"github.com/concurrencyvet/concurrencyvet/passes/wgadd"
	"github.com/concurrencyvet/concurrencyvet/passes/wgbalance"
)

// A Group says what a finding of a check means.
type Group string

// The groups, from the gravest down.
const (
	Correctness Group = "correctness" // wrong under some schedule that the program allows
	Suspicious  Group = "suspicious"  // right only under a rule that the code does not state
	Pedantic    Group = "pedantic"    // a matter of policy
)

// A Status says how far the findings of a check are trusted.
type Status string

// The statuses that a check passes through.
const (
	Preview Status = "preview" // its precision is not measured yet
	Stable  Status = "stable"  // measured on the corpus at 95 % or better
)

// Borrowed is the status of what is not a check of ours: see [Borrowings].
const Borrowed Status = "borrowed"

// A Check is an analyzer with its place in the suite.
type Check struct {
	Analyzer *analysis.Analyzer
	Group    Group
	Status   Status
	Since    string // the release that had it first
}

// Checks is the suite, in alphabetical order.
var Checks = []Check{
	{badignore.Analyzer, Suspicious, Stable, "v0.1.0"},
	{breakselect.Analyzer, Correctness, Stable, "v0.1.0"},
	{busyselect.Analyzer, Correctness, Stable, "v0.1.0"},
	{capturerace.Analyzer, Correctness, Preview, "v0.1.0"},
	{checkthenact.Analyzer, Suspicious, Preview, "v0.1.0"},
	{closedsend.Analyzer, Correctness, Stable, "v0.1.0"},
	{condwait.Analyzer, Correctness, Preview, "v0.1.0"},
	{ctxafter.Analyzer, Correctness, Preview, "v0.1.0"},
	{ctxblind.Analyzer, Suspicious, Preview, "v0.1.0"},
	{ctxdropped.Analyzer, Suspicious, Preview, "v0.1.0"},
	{ctxfield.Analyzer, Suspicious, Stable, "v0.1.0"},
	{ctxfirst.Analyzer, Pedantic, Preview, "v0.1.0"},
	{ctxkey.Analyzer, Suspicious, Stable, "v0.1.0"},
	{ctxloop.Analyzer, Correctness, Stable, "v0.1.0"},
	{deadrecover.Analyzer, Correctness, Stable, "v0.1.0"},
	{doubleclose.Analyzer, Correctness, Stable, "v0.1.0"},
	{doublelock.Analyzer, Correctness, Stable, "v0.1.0"},
	{earlyresults.Analyzer, Correctness, Stable, "v0.1.0"},
	{errgroupmisuse.Analyzer, Correctness, Stable, "v0.1.0"},
	{falsesharing.Analyzer, Pedantic, Preview, "v0.1.0"},
	{guardedby.Analyzer, Suspicious, Preview, "v0.1.0"},
	{leakedcancel.Analyzer, Correctness, Stable, "v0.1.0"},
	{leakedsend.Analyzer, Correctness, Stable, "v0.1.0"},
	{lockedio.Analyzer, Pedantic, Preview, "v0.1.0"},
	{lockedwait.Analyzer, Correctness, Stable, "v0.1.0"},
	{lockleak.Analyzer, Correctness, Stable, "v0.1.0"},
	{lockorder.Analyzer, Correctness, Preview, "v0.1.0"},
	{loopcapture.Analyzer, Correctness, Stable, "v0.1.0"},
	{mainexit.Analyzer, Suspicious, Preview, "v0.1.0"},
	{mixedatomic.Analyzer, Correctness, Stable, "v0.1.0"},
	{nakedgo.Analyzer, Pedantic, Preview, "v0.1.0"},
	{nilchan.Analyzer, Correctness, Stable, "v0.1.0"},
	{noexit.Analyzer, Suspicious, Preview, "v0.1.0"},
	{oncedeadlock.Analyzer, Correctness, Stable, "v0.1.0"},
	{orphanop.Analyzer, Correctness, Stable, "v0.1.0"},
	{poolmisuse.Analyzer, Correctness, Preview, "v0.1.0"},
	{receiverclose.Analyzer, Suspicious, Stable, "v0.1.0"},
	{semleak.Analyzer, Correctness, Stable, "v0.1.0"},
	{sharedrace.Analyzer, Correctness, Preview, "v0.1.0"},
	{shutdownrace.Analyzer, Correctness, Preview, "v0.1.0"},
	{signalmisuse.Analyzer, Correctness, Stable, "v0.1.0"},
	{sleepsync.Analyzer, Suspicious, Preview, "v0.1.0"},
	{spinloop.Analyzer, Correctness, Preview, "v0.1.0"},
	{stoppedactor.Analyzer, Correctness, Stable, "v0.1.0"},
	{testgoroutine.Analyzer, Correctness, Stable, "v0.1.0"},
	{timerdrain.Analyzer, Correctness, Stable, "v0.1.0"},
	{timerleak.Analyzer, Correctness, Stable, "v0.1.0"},
	{unboundedgo.Analyzer, Pedantic, Preview, "v0.1.0"},
	{wgadd.Analyzer, Correctness, Stable, "v0.1.0"},
	{wgbalance.Analyzer, Correctness, Stable, "v0.1.0"},
}

// Borrowings are the analyzers of golang.org/x/tools that can run beside the suite, in
// alphabetical order, for those who do not run go vet.
var Borrowings = []Check{
	{borrowed.Atomic, Correctness, Borrowed, "v0.1.0"},
	{borrowed.AtomicAlign, Correctness, Borrowed, "v0.1.0"},
	{borrowed.CopyLocks, Correctness, Borrowed, "v0.1.0"},
	{borrowed.LoopClosure, Correctness, Borrowed, "v0.1.0"},
	{borrowed.LostCancel, Correctness, Borrowed, "v0.1.0"},
	{borrowed.SigChanyzer, Correctness, Borrowed, "v0.1.0"},
	{borrowed.TestingGoroutine, Correctness, Borrowed, "v0.1.0"},
	{borrowed.UnusedResult, Suspicious, Borrowed, "v0.1.0"},
	{borrowed.WaitGroup, Correctness, Borrowed, "v0.1.0"},
}

// DefaultOn reports whether the check runs when no check is named.
// It is derived, so no row of the table can contradict its group.
func (c Check) DefaultOn() bool { return c.Status == Stable && c.Group != Pedantic }

// FactProducers are the analyzers that a driver must run on dependencies,
// where only facts are wanted and no check need run.
var FactProducers = []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer, iocalls.Analyzer}

// Rows returns the table as its documentation shows it.
func Rows() []docs.Row { return rowsOf(Checks) }

// BorrowedRows returns the borrowings as the documentation of the checks shows them.
func BorrowedRows() []docs.Row { return rowsOf(Borrowings) }

func rowsOf(checks []Check) []docs.Row {
	rows := make([]docs.Row, len(checks))
	for i, c := range checks {
		rows[i] = docs.Row{
			Name:      c.Analyzer.Name,
			Doc:       c.Analyzer.Doc,
			Group:     string(c.Group),
			Status:    string(c.Status),
			Since:     c.Since,
			DefaultOn: c.DefaultOn(),
		}
	}
	return rows
}
