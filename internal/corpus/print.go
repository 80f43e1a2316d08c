package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/concurrencyvet/concurrencyvet/passes"
)

// A tally counts the findings of a check by label.
type tally map[label]int

func (t tally) total() int {
	return t[labelTrue] + t[labelFalse] + t[labelBenign] + t[labelUnlabelled]
}

// precision is the share of true findings among the true and the false ones.
func (t tally) precision() string {
	n := t[labelTrue] + t[labelFalse]
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(t[labelTrue])/float64(n))
}

// trusted reports whether the labels allow the check to be stable: 95 % true
// over 20 findings or more, or none false over fewer.
func (t tally) trusted() bool {
	n := t[labelTrue] + t[labelFalse]
	if n < 20 {
		return t[labelFalse] == 0 && t[labelUnlabelled] == 0
	}
	return 100*t[labelTrue] >= 95*n && t[labelUnlabelled] == 0
}

// printStats prints a line for each check, and sums for the default set and
// for all.
func printStats(w io.Writer, findings []*finding) {
	tallies := make(map[string]tally)
	for _, f := range findings {
		if tallies[f.check] == nil {
			tallies[f.check] = make(tally)
		}
		tallies[f.check][f.label]++
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "check\tgroup\tstatus\tfindings\ttrue\tfalse\tbenign\tunlabelled\tprecision\ttrusted\t")
	defaults, all := make(tally), make(tally)
	for _, check := range passes.Checks {
		t := tallies[check.Analyzer.Name]
		delete(tallies, check.Analyzer.Name)
		printTally(tw, check.Analyzer.Name, string(check.Group), string(check.Status), t)
		all.add(t)
		if check.DefaultOn() {
			defaults.add(t)
		}
	}
	for _, name := range slices.Sorted(mapKeys(tallies)) {
		printTally(tw, name, "-", "-", tallies[name])
		all.add(tallies[name])
	}
	printTally(tw, "default set", "", "", defaults)
	printTally(tw, "all", "", "", all)
	tw.Flush()
}

func (t tally) add(u tally) {
	for l, n := range u {
		t[l] += n
	}
}

func mapKeys(m map[string]tally) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func printTally(w io.Writer, name, group, status string, t tally) {
	trusted := ""
	if t.trusted() {
		trusted = "yes"
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t\n", name, group, status, t.total(),
		t[labelTrue], t[labelFalse], t[labelBenign], t[labelUnlabelled], t.precision(), trusted)
}

// printDiff prints how the findings differ from the golden ones, and reports
// whether they don't. Where the standard library is of another release than
// that of the labels, its differences are printed and forgiven.
func printDiff(w io.Writer, c *corpus, d *diff) (clean bool) {
	clean = true
	tell := func(what string, f *finding) {
		note := ""
		if f.module == "std" && !c.sameGo {
			note = " (another Go release: not counted)"
		} else {
			clean = false
		}
		fmt.Fprintf(w, "%s: %s %s %s:%d:%d: %s%s\n", what, f.check, f.module, f.file, f.line, f.col, f.says, note)
	}
	fmt.Fprintln(w)
	for _, f := range d.added {
		tell("new", f)
	}
	for _, f := range d.gone {
		tell("gone ("+string(f.label)+")", f)
	}
	for _, pair := range d.changed {
		tell("changed", pair[1])
		fmt.Fprintf(w, "\twas: %s\n", pair[0].says)
	}
	unlabelled := 0
	for _, f := range d.now {
		if f.wantsLabel() && (f.module != "std" || c.sameGo) {
			unlabelled++
		}
	}
	if unlabelled > 0 {
		clean = false
	}
	fmt.Fprintf(w, "%d new, %d gone, %d changed, %d unlabelled; %d moved\n",
		len(d.added), len(d.gone), len(d.changed), unlabelled, d.moved)
	return clean
}

// wantsLabel reports whether somebody has to look at the finding yet. What breaks a
// policy (the pedantic checks) does so or not, and is right as a rule: it is kept to
// show what changes, and labelled where a finding is wrong.
func (f *finding) wantsLabel() bool {
	return f.label == labelUnlabelled && !slices.ContainsFunc(passes.Checks, func(check passes.Check) bool {
		return check.Analyzer.Name == f.check && check.Group == passes.Pedantic
	})
}

// show prints findings with the source around each of their positions.
func show(w io.Writer, c *corpus, findings []*finding, o options) {
	lines := sources{}
	count := 0
	for _, f := range findings {
		if o.show != "all" && o.show != f.check || o.label != "" && o.label != string(f.label) {
			continue
		}
		count++
		fmt.Fprintf(w, "%s %s:%d:%d %s %s\n", f.check, f.file, f.line, f.col, f.label, f.reason)
		fmt.Fprintf(w, "  in %s: %s\n", f.module, f.says)
		excerpt(w, lines, f.pos, o.context)
		for _, r := range f.related {
			_, where, ok := c.locate(r.pos)
			if !ok {
				where = r.pos
			}
			fmt.Fprintf(w, "  %s: %s\n", where, r.says)
			excerpt(w, lines, r.pos, o.context)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, count, "shown")
}

// excerpt prints the source around a position, the line itself marked.
func excerpt(w io.Writer, lines sources, pos string, context int) {
	file, line, _, err := splitPosn(pos)
	if err != nil {
		return
	}
	for n := max(1, line-context); n <= line+context; n++ {
		marker := " "
		if n == line {
			marker = ">"
		}
		text := strings.TrimRight(lines.line(file, n), " \t")
		fmt.Fprintf(w, "    %s%5d %s\n", marker, n, strings.ReplaceAll(text, "\t", "    "))
	}
}
