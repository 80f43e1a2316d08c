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
		writeStats(stderr, res, took)
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

// writeStats writes how many findings there are of what, and how long the run took.
// How long single checks or packages took is not known: of what has not changed the go
// command replays the results, and it does not tell what it replays.
func writeStats(w io.Writer, res *results, took time.Duration) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	checks, packages := make(map[string]int), make(map[string]int)
	for _, f := range res.findings {
		checks[f.Check]++
		packages[f.Package]++
	}
	writeCounts(b, "findings by check", checks)
	writeCounts(b, "findings by package", packages)
	fmt.Fprintf(b, "%s, %s in all, %s of it in go vet\n", format.Plural(len(res.findings), "finding"), seconds(took), seconds(res.out.vetted))
}

// writeCounts writes counts, the highest first.
func writeCounts(w io.Writer, title string, counts map[string]int) {
	if len(counts) == 0 {
		return
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	fmt.Fprintf(w, "%s:\n", title)
	for _, name := range names {
		fmt.Fprintf(w, "%8d  %s\n", counts[name], name)
	}
}

// seconds returns a duration as a person wants it.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }
