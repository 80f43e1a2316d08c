package format

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// MergeSARIF writes one log with one run that stands for all runs of the given logs:
// those of a build matrix, or of packages that were checked in several parts.
//
// A finding of several runs is one result, that of the first. Two results are of one
// finding if they are of one rule and begin at one place, and their fingerprints or
// their messages are equal. Neither is so in all cases: a fingerprint numbers findings
// that are alike, and a run that has less of them gives other numbers; and a message
// has links to places that another platform may have elsewhere.
//
// A result is suppressed if it is so in all runs that have it.
//
// All invocations are kept, and so is what they say of failures. If the runs are of
// more than one platform, invocations and results tell theirs.
//
// The logs must be of one version of the program, since others may word and number
// their findings in another way.
func MergeSARIF(w io.Writer, logs []*Log) error {
	m := merger{rules: make(map[string]sarifRule), known: make(map[resultKey]int)}
	for _, log := range logs {
		for _, run := range log.runs {
			if err := m.add(run); err != nil {
				return err
			}
		}
	}
	return writeJSON(w, sarifLog{sarifSchema, sarifVersion, []sarifRun{m.merged()}})
}

// A merger is what the runs so far have told.
type merger struct {
	first       *sarifRun
	rules       map[string]sarifRule
	invocations []sarifInvocation
	results     []mergedResult
	known       map[resultKey]int // indices of results
	platforms   []string          // sorted, of all runs
}

// A mergedResult is a result, and what the runs that have it too call it.
type mergedResult struct {
	sarifResult
	prints    []string // fingerprints, in the order of the runs
	platforms []string // sorted
}

// A resultKey is one of the two by which results are told to be of one finding.
type resultKey struct {
	rule      string
	base, uri string
	line, col int
	print     string // or
	message   string
}

// keysOf returns the keys of a result.
func keysOf(result sarifResult) [2]resultKey {
	place := result.Locations[0].Physical
	key := resultKey{rule: result.RuleID, base: place.Artifact.BaseID, uri: place.Artifact.URI}
	if place.Region != nil {
		key.line, key.col = place.Region.StartLine, place.Region.StartColumn
	}
	byPrint, byMessage := key, key
	byPrint.print = result.Fingerprints[sarifFingerprint]
	byMessage.message = result.Message.Text
	return [2]resultKey{byPrint, byMessage}
}

// add adds a run.
func (m *merger) add(run sarifRun) error {
	if m.first == nil {
		m.first = &run
	} else if a, b := m.first.Tool.Driver.Version, run.Tool.Driver.Version; a != b {
		return fmt.Errorf("the files are of different versions, %s and %s", a, b)
	}
	for _, rule := range run.Tool.Driver.Rules {
		if _, ok := m.rules[rule.ID]; !ok {
			m.rules[rule.ID] = rule
		}
	}
	own := run.platforms()
	for _, inv := range run.Invocations {
		platforms := inv.Props.or(own)
		inv.Props = &sarifPlatforms{platforms}
		m.platforms = union(m.platforms, platforms)
		m.invocations = append(m.invocations, inv)
	}
	for _, result := range run.Results {
		m.addResult(result, result.Props.or(own))
	}
	return nil
}

// addResult adds a result that was found on the platforms.
func (m *merger) addResult(result sarifResult, platforms []string) {
	m.platforms = union(m.platforms, platforms)
	print := result.Fingerprints[sarifFingerprint]
	for _, key := range keysOf(result) {
		if i, ok := m.known[key]; ok {
			old := &m.results[i]
			old.prints = append(old.prints, print)
			old.platforms = union(old.platforms, platforms)
			if len(result.Suppressions) == 0 {
				old.Suppressions = nil // it is shown by one of them
			}
			m.know(result, i)
			return
		}
	}
	m.know(result, len(m.results))
	m.results = append(m.results, mergedResult{result, []string{print}, platforms})
}

// know notes that a result is of the same finding as the one with the index.
func (m *merger) know(result sarifResult, i int) {
	for _, key := range keysOf(result) {
		if _, ok := m.known[key]; !ok {
			m.known[key] = i
		}
	}
}

// merged returns the run that stands for all.
func (m *merger) merged() sarifRun {
	run := *m.first
	ids := slices.Sorted(maps.Keys(m.rules))
	run.Tool.Driver.Rules = []sarifRule{}
	for _, id := range ids {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, m.rules[id])
	}
	several := len(m.platforms) > 1
	if several {
		run.AutomationDetails.ID = Tool + "/"
	}
	run.Invocations = m.invocations
	for i := range run.Invocations {
		inv := &run.Invocations[i]
		if !several {
			inv.Props = nil
		}
		inv.Notifications = slices.Clone(inv.Notifications)
		for j, n := range inv.Notifications {
			if n.Rule != nil {
				index, _ := slices.BinarySearch(ids, n.Rule.ID)
				inv.Notifications[j].Rule = &sarifRuleRef{n.Rule.ID, index}
			}
		}
	}
	run.Results = []sarifResult{}
	for _, r := range m.sorted() {
		result := r.sarifResult
		result.Props = nil
		if several {
			result.Props = &sarifPlatforms{r.platforms}
		}
		if index, ok := slices.BinarySearch(ids, result.RuleID); ok {
			result.RuleIndex = &index
		}
		run.Results = append(run.Results, result)
	}
	evenSuppressions(run.Results)
	return run
}

// sorted returns the results by their places. Each has a fingerprint of its own, if
// the runs that have it gave it one that no other has.
func (m *merger) sorted() []mergedResult {
	slices.SortStableFunc(m.results, func(a, b mergedResult) int {
		x, y := keysOf(a.sarifResult)[1], keysOf(b.sarifResult)[1]
		return cmp.Or(
			cmp.Compare(x.base, y.base), cmp.Compare(x.uri, y.uri), cmp.Compare(x.line, y.line), cmp.Compare(x.col, y.col),
			cmp.Compare(x.rule, y.rule), cmp.Compare(x.message, y.message),
		)
	})
	taken := make(map[string]bool)
	for i, r := range m.results {
		for _, print := range r.prints {
			if !taken[print] {
				m.results[i].Fingerprints = maps.Clone(r.Fingerprints)
				m.results[i].Fingerprints[sarifFingerprint] = print
				break
			}
		}
		taken[m.results[i].Fingerprints[sarifFingerprint]] = true
	}
	return m.results
}

// platforms returns the platform that the name of a run has: none, if the run was
// merged from those of several.
func (run *sarifRun) platforms() []string {
	name := strings.Trim(strings.TrimPrefix(run.AutomationDetails.ID, Tool), "/")
	if name == "" {
		return []string{}
	}
	return []string{name}
}

// or returns the platforms, or others if none are told.
func (p *sarifPlatforms) or(others []string) []string {
	if p == nil {
		return others
	}
	return p.Platforms
}

// union returns the union of two sorted lists, sorted.
func union(a, b []string) []string {
	list := slices.Concat(a, b)
	slices.Sort(list)
	return slices.Compact(list)
}
