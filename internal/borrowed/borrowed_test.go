package borrowed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/concurrencyvet/concurrencyvet/internal/borrowed"
	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/leakedcancel"
	"github.com/concurrencyvet/concurrencyvet/passes/loopcapture"
	"github.com/concurrencyvet/concurrencyvet/passes/mixedatomic"
	"github.com/concurrencyvet/concurrencyvet/passes/signalmisuse"
	"github.com/concurrencyvet/concurrencyvet/passes/testgoroutine"
	"github.com/concurrencyvet/concurrencyvet/passes/wgadd"
)

var (
	ours = []*analysis.Analyzer{
		leakedcancel.Analyzer, loopcapture.Analyzer, mixedatomic.Analyzer, signalmisuse.Analyzer, testgoroutine.Analyzer,
		wgadd.Analyzer,
	}
	theirs = []*analysis.Analyzer{
		borrowed.Atomic, borrowed.AtomicAlign, borrowed.CopyLocks, borrowed.LoopClosure, borrowed.LostCancel,
		borrowed.SigChanyzer, borrowed.TestingGoroutine, borrowed.UnusedResult, borrowed.WaitGroup,
	}
)

// TestBeside checks what the borrowed analyzers find alone, and beside one or all of the
// checks that find the same or other faults.
func TestBeside(t *testing.T) {
	pkgs := checktest.Load(t, "./borrowed")
	for _, on := range [][]*analysis.Analyzer{nil, ours, ours[:3], ours[3:]} {
		var names []string
		for _, a := range on {
			names = append(names, a.Name)
		}
		t.Run("beside "+strings.Join(names, ","), func(t *testing.T) {
			got, want := found(t, pkgs, slices.Concat(on, theirs)), wanted(t, names)
			if len(want) < 20 {
				t.Errorf("the fixture has but %d comments", len(want))
			}
			for _, at := range want {
				if !slices.Contains(got, at) {
					t.Errorf("missing: %s", at)
				}
			}
			for _, at := range got {
				if !slices.Contains(want, at) {
					t.Errorf("unexpected: %s", at)
				}
			}
		})
	}
}

// TestMarked checks that what a check finds too is marked, and all is there.
func TestMarked(t *testing.T) {
	pkgs := checktest.Load(t, "./borrowed")
	lines := make(map[string]map[int]bool) // of the findings of each, those marked apart
	for _, act := range checktest.Analyze(t, pkgs, borrowed.Marked([]*analysis.Analyzer{wgadd.Analyzer, borrowed.WaitGroup})...) {
		for _, d := range act.Diagnostics {
			name := act.Analyzer.Name
			if d.Category == borrowed.CategoryDoubled {
				name += ", doubled"
			}
			if lines[name] == nil {
				lines[name] = make(map[int]bool)
			}
			lines[name][act.Package.Fset.Position(d.Pos).Line] = true
		}
	}
	for name, want := range map[string]int{"wgadd": 3, "waitgroup": 1, "waitgroup, doubled": 2} {
		if len(lines[name]) != want {
			t.Errorf("%s: findings at the lines %v, want %d", name, lines[name], want)
		}
	}
}

// TestReturns checks that what lostcancel says of a return belongs to the finding before.
func TestReturns(t *testing.T) {
	pkgs := checktest.Load(t, "./borrowed")
	related := 0
	for _, act := range checktest.Analyze(t, pkgs, borrowed.LostCancel) {
		for _, d := range act.Diagnostics {
			if strings.Contains(d.Message, "this return") {
				t.Errorf("%s is a finding of its own", d.Message)
			}
			related += len(d.Related)
			for _, r := range d.Related {
				if !strings.HasPrefix(r.Message, "this return statement may be reached without using the cancel") || r.End < r.Pos {
					t.Errorf("related position: %+v", r)
				}
			}
		}
	}
	if related == 0 {
		t.Error("no finding leads to a return")
	}
}

// found returns what the analyzers find when they run beside each other, as "FILE:LINE:
// NAME", each once.
func found(t *testing.T, pkgs []*packages.Package, list []*analysis.Analyzer) []string {
	t.Helper()
	var at []string
	for _, act := range checktest.Analyze(t, pkgs, borrowed.Beside(list)...) {
		for _, d := range act.Diagnostics {
			posn := act.Package.Fset.Position(d.Pos)
			at = append(at, fmt.Sprintf("%s:%d: %s", filepath.Base(posn.Filename), posn.Line, act.Analyzer.Name))
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// finds matches what a comment of the fixture says of a line.
var finds = regexp.MustCompile(`finds ([a-z]+)(?: as ([a-z]+)| (alone))?(?:,|$)`)

// wanted returns what the comments of the fixture say that is found beside the checks.
func wanted(t *testing.T, checks []string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(checktest.Testdata(t), "borrowed", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(data), "\n") {
			_, comment, _ := strings.Cut(line, "// finds ")
			for _, m := range finds.FindAllStringSubmatch("finds "+comment, -1) {
				if by := finder(m[1], m[2], m[3] != "", checks); by != "" {
					want = append(want, fmt.Sprintf("%s:%d: %s", filepath.Base(name), i+1, by))
				}
			}
		}
	}
	slices.Sort(want)
	return slices.Compact(want)
}

// finder returns by whom something is found beside the checks, empty if by none.
func finder(name, as string, alone bool, checks []string) string {
	isTheirs := slices.ContainsFunc(theirs, func(a *analysis.Analyzer) bool { return a.Name == name })
	switch {
	case !isTheirs && !slices.Contains(checks, name):
		return ""
	case alone && slices.Contains(checks, borrowed.Covering(name)):
		return ""
	case slices.Contains(checks, as):
		return as
	}
	return name
}
