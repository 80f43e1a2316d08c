package front

import (
	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/passes"
)

// A choice is what the flags say of which checks to run.
type choice struct {
	preview  bool            // run the preview checks as well
	pedantic bool            // run the pedantic checks as well
	all      bool            // run all checks
	borrowed bool            // run the borrowings as well
	named    map[string]bool // -NAME and -NAME=false

	// What the configuration file alone can say:
	noDefault bool            // leave out the checks that are on by default
	switched  map[string]bool // run these as well, or leave them out
	somewhere map[string]bool // run these for the sake of some paths
}

// choose returns the checks to run, in the order of the table.
//
// As with go vet, the checks named by -NAME are the only ones that run; if
// none is named, all but those named by -NAME=false run. "All" are the checks
// that are on by default, widened by -preview, -pedantic, -all or -borrowed, with
// those that the configuration file turns on, and without those that it turns off.
// Borrowings are not among all checks for -all: who wants everything of ours most
// often runs go vet too.
func (s *Suite) choose(c choice) []passes.Check {
	var chosen []passes.Check
	for _, check := range s.all() {
		name := check.Analyzer.Name
		_, named := c.named[name]
		if c.on(check) || c.somewhere[name] && !named && !c.anyNamed() {
			chosen = append(chosen, check)
		}
	}
	return chosen
}

// anyNamed reports whether there is a check that -NAME names.
func (c choice) anyNamed() bool {
	for _, on := range c.named {
		if on {
			return true
		}
	}
	return false
}

// on reports whether the check reports where no rule for paths speaks of it.
func (c choice) on(check passes.Check) bool {
	if on, named := c.named[check.Analyzer.Name]; named || c.anyNamed() {
		return on
	}
	if on, switched := c.switched[check.Analyzer.Name]; switched {
		return on
	}
	return c.includes(check)
}

// includes reports whether the check runs when no check is named.
func (c choice) includes(check passes.Check) bool {
	switch {
	case check.Status == passes.Borrowed:
		return c.borrowed
	case c.all:
		return true
	case check.DefaultOn():
		return !c.noDefault
	case check.Group == passes.Pedantic && !c.pedantic:
		return false
	case check.Status == passes.Preview && !c.preview:
		return false
	}
	return c.preview || c.pedantic
}

// analyzers returns the analyzers of the checks.
func analyzers(checks []passes.Check) []*analysis.Analyzer {
	list := make([]*analysis.Analyzer, 0, len(checks))
	for _, check := range checks {
		list = append(list, check.Analyzer)
	}
	return list
}

// withPrerequisites returns the analyzers and all that they require,
// each once, prerequisites first.
func withPrerequisites(list []*analysis.Analyzer) []*analysis.Analyzer {
	var all []*analysis.Analyzer
	seen := make(map[*analysis.Analyzer]bool)
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		for _, req := range a.Requires {
			visit(req)
		}
		all = append(all, a)
	}
	for _, a := range list {
		visit(a)
	}
	return all
}
