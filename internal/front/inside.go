package front

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// The front and the tool that it has go vet run tell each other more than go vet's JSON
// has: what directives hide, and for -stats how long each check took. Both are in the
// JSON that the go command caches, and are taken out when it is read: neither is among
// the diagnostics of a unit. The tool adds them only for the front, which it knows by
// the flag -roots.

// measured is the environment variable by which the front asks the tool for times. It
// is no flag, for with another flag the go command would check everything anew. The
// value is in the answer, so that one which was cached by an earlier run is known.
const measured = "CONCURRENCYVET_MEASURED"

// statsName is the name of the analyzer that tells the times of the others.
const statsName = "concurrencyvetstats"

// asksMore reports whether the arguments of the tool are those of the front.
func asksMore(args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "-roots=") })
}

// A times is what the tool tells of its work on a package.
type times struct {
	Run     string                   `json:"run"` // the value of the variable
	Package string                   `json:"package"`
	Spent   map[string]time.Duration `json:"spent"` // by analyzer
	Cut     map[string]int           `json:"cut"`   // by analyzer, how many searches met their bound
}

// A meter measures how long analyzers take. While one runs no other does: most wait for
// what another holds, and that would count for both.
type meter struct {
	mu   sync.Mutex
	told times
	cuts func() int // how many searches have met their bound
}

// newMeter returns a meter, nil if times are not asked for.
func (s *Suite) newMeter() *meter {
	run := os.Getenv(measured)
	if run == "" {
		return nil
	}
	m := &meter{told: times{run, "", make(map[string]time.Duration), make(map[string]int)}, cuts: s.Cuts}
	if m.cuts == nil {
		m.cuts = func() int { return 0 }
	}
	return m
}

// measure makes the analyzers measured ones, and returns them with one that tells the
// times. It runs last, and not at all if one of the others fails.
func (m *meter) measure(list []*analysis.Analyzer) []*analysis.Analyzer {
	for _, a := range list {
		run := a.Run
		a.Run = func(pass *analysis.Pass) (any, error) {
			m.mu.Lock()
			defer m.mu.Unlock()
			began, cuts := time.Now(), m.cuts()
			defer func() {
				m.told.Spent[a.Name] += time.Since(began)
				if n := m.cuts() - cuts; n > 0 {
					m.told.Cut[a.Name] += n
				}
			}()
			return run(pass)
		}
	}
	return append(slices.Clip(list), &analysis.Analyzer{
		Name:     statsName,
		Doc:      "tell how long the checks took",
		Requires: list,
		Run: func(pass *analysis.Pass) (any, error) {
			m.told.Package = pass.Pkg.Path()
			data, err := json.Marshal(m.told)
			if err == nil && len(pass.Files) > 0 {
				pass.Report(analysis.Diagnostic{Pos: pass.Files[0].FileStart, Message: string(data)})
			}
			return nil, err
		},
	})
}

// takeOut moves out of the results what is for the front alone.
func (u *unit) takeOut() error {
	if r, ok := u.results[statsName]; ok {
		delete(u.results, statsName)
		if len(r.diagnostics) > 0 {
			u.times = new(times)
			if err := json.Unmarshal([]byte(r.diagnostics[0].Message), u.times); err != nil {
				return err
			}
		}
	}
	for check, r := range u.results {
		var hidden []diagnostic
		r.diagnostics, hidden = split(r.diagnostics)
		if len(hidden) == 0 {
			continue
		}
		if u.results[check] = r; len(r.diagnostics) == 0 {
			delete(u.results, check)
		}
		if u.hidden == nil {
			u.hidden = make(map[string][]diagnostic)
		}
		u.hidden[check] = hidden
	}
	if len(u.results)+len(u.hidden) == 0 {
		u.id = ""
	}
	return nil
}

// A work is what the tool tells of all packages that it checked now.
type work struct {
	packages map[string]time.Duration // by ID
	checks   map[string]time.Duration
	cut      map[string]int // by check, how many searches met their bound
}

// workOf sums up what the units tell of the run that asked for times. Those of packages
// that the patterns do not name are among them. Left out is what comes from the cache,
// and packages for which facts alone were wanted: of these the tool prints nothing.
func workOf(units []unit, asked string) work {
	w := work{make(map[string]time.Duration), make(map[string]time.Duration), make(map[string]int)}
	for _, u := range units {
		if asked == "" || u.times == nil || u.times.Run != asked {
			continue
		}
		for name, d := range u.times.Spent {
			w.packages[u.times.Package] += d
			w.checks[name] += d
		}
		for name, n := range u.times.Cut {
			w.cut[name] += n
		}
	}
	return w
}

// split returns the diagnostics that directives hide apart from the others.
func split(all []diagnostic) (shown, hidden []diagnostic) {
	for _, d := range all {
		if _, ok := report.Hidden(d.Category); ok {
			hidden = append(hidden, d)
		} else {
			shown = append(shown, d)
		}
	}
	return shown, hidden
}

// readHidden returns the findings in the units that directives hide, sorted and each
// once.
func readHidden(units []unit) []finding.Hidden {
	var all []finding.Finding
	for _, u := range units {
		for check, list := range u.hidden {
			all = appendFindings(all, check, u.id, list)
		}
	}
	var hidden []finding.Hidden
	for _, f := range finding.Distinct(all) {
		reason, _ := report.Hidden(f.Category)
		f.Category = ""
		hidden = append(hidden, finding.Hidden{Finding: f, InSource: true, Reason: reason})
	}
	return hidden
}
