package front

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concurrencyvet/concurrencyvet/internal/format"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// summarize closes a run: with the statistics, if they are asked for, and with a line
// on a terminal.
func (s *Suite) summarize(res *results, opts *options, stderr io.Writer) {
	took := time.Since(res.out.began)
	if opts.stats {
		s.writeStats(stderr, res, took)
	}
	if isTerminal(stderr) {
		fmt.Fprintln(stderr, s.closing(res.findings, took))
	}
}

// closing returns the last line for a person.
func (s *Suite) closing(findings []identified, took time.Duration) string {
	if len(findings) == 0 {
		return fmt.Sprintf("no findings, %s", seconds(took))
	}
	groups := make(map[string]passes.Group)
	for _, check := range s.all() {
		groups[check.Analyzer.Name] = check.Group
	}
	byGroup := make(map[passes.Group]int)
	packages := make(map[string]bool)
	for _, f := range findings {
		byGroup[groups[f.Check]]++
		packages[f.Package] = true
	}
	var parts []string
	for _, group := range []passes.Group{passes.Correctness, passes.Suspicious, passes.Pedantic} {
		if n := byGroup[group]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, group))
		}
	}
	return fmt.Sprintf("%s in %s: %s; %s", format.Plural(len(findings), "finding"), format.Plural(len(packages), "package"),
		strings.Join(parts, ", "), seconds(took))
}

// writeStats writes how many findings there are of what, how long the checks took on
// what, and how long the run took. Of what has not changed the go command replays the
// results, for which no check took any time.
func (s *Suite) writeStats(w io.Writer, res *results, took time.Duration) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	checks, packages := make(map[string]int), make(map[string]int)
	for _, f := range res.findings {
		checks[f.Check]++
		packages[f.Package]++
	}
	writeCounts(b, "findings by check", checks)
	writeCounts(b, "findings by package", packages)
	s.writeWork(b, res.work)
	fmt.Fprintf(b, "%s, %s in all, %s of it in go vet\n", format.Plural(len(res.findings), "finding"), seconds(took), seconds(res.out.vetted))
}

// writeWork writes how long the checks took on what was not in the cache.
func (s *Suite) writeWork(w io.Writer, done work) {
	if len(done.packages) == 0 {
		fmt.Fprintln(w, "no times: nothing was analysed now, but came from the cache (-a analyses all anew)")
		return
	}
	own, shared := make(map[string]time.Duration), make(map[string]time.Duration)
	for name, d := range done.checks {
		if _, ok := s.check(name); ok {
			own[name] = d
		} else {
			shared[name] = d
		}
	}
	fmt.Fprintf(w, "times of the %s analysed now; what came from the cache has none\n", format.Plural(len(done.packages), "package"))
	writeTimes(w, "slowest checks", own)
	writeTimes(w, "slowest analyses that checks share", shared)
	writeTimes(w, "slowest packages", done.packages)
	writeCounts(w, "searches given up at their bound by check", done.cut)
}

// mostTimes is how many times are written of each kind.
const mostTimes = 10

// writeTimes writes the longest times.
func writeTimes(w io.Writer, title string, times map[string]time.Duration) {
	names := longestFirst(times)
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(w, "%s:\n", title)
	for _, name := range names[:min(len(names), mostTimes)] {
		fmt.Fprintf(w, "%7.3fs  %s\n", times[name].Seconds(), name)
	}
}

// longestFirst returns the keys by their values, the highest first.
func longestFirst[V cmp.Ordered](m map[string]V) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(m[b], m[a]), strings.Compare(a, b))
	})
}

// writeCounts writes counts, the highest first.
func writeCounts(w io.Writer, title string, counts map[string]int) {
	if len(counts) == 0 {
		return
	}
	fmt.Fprintf(w, "%s:\n", title)
	for _, name := range longestFirst(counts) {
		fmt.Fprintf(w, "%8d  %s\n", counts[name], name)
	}
}

// seconds returns a duration as a person wants it.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }
