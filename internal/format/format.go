// Package format writes what a run found in the formats that other programs read:
// code hosts, continuous integration, editors.
//
// Each format is a [Writer] in a file of its own, and a row of [Formats].
package format

import (
	"io"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// Tool is the name of the program in all formats.
const Tool = "concurrencyvet"

// Home is where the program is documented.
const Home = "https://github.com/concurrencyvet/concurrencyvet"

// A Report is what a run left.
type Report struct {
	Rules      []Rule             // the checks that ran, in the order of the table
	Findings   []finding.Finding  // sorted
	Identities []finding.Identity // of the findings, told apart from those that are left out
	Hidden     []finding.Hidden   // findings that do not count, which SARIF alone tells of
	HiddenIDs  []finding.Identity // of these
	Failures   []finding.Failure
	Errors     []string // what the go command said of packages that it could not check
	Files      *finding.Files
	Version    string // of the program, such as v1.2.3; empty if not known
	OS, Arch   string // for which the packages were checked
	ExitStatus int
	Failed     bool // the run did not check all that it should have
}

// A Rule is a check.
type Rule struct {
	Name    string
	Doc     string // the analyzer's
	URL     string
	Group   string
	Status  string
	Trusted bool // its findings are measured to be true
	Level   Level
}

// A Level is how grave the findings of a check are.
type Level int

// The levels, from the gravest down.
const (
	Error Level = iota
	Warning
	Notice
)

// A Writer writes a report in some format.
type Writer func(w io.Writer, r *Report) error

// A Format is a writer with its name.
type Format struct {
	Name    string
	Summary string
	Write   Writer
}

// Formats are the formats, in the order in which they are listed for users.
var Formats = []Format{
	{"sarif", "SARIF 2.1.0, as for GitHub code scanning", SARIF},
	{"github", "workflow commands of GitHub Actions", GitHub},
	{"gitlab", "code quality report of GitLab", GitLab},
	{"checkstyle", "XML of Checkstyle", Checkstyle},
	{"junit", "XML of JUnit, a test suite a check", JUnit},
	{"rdjson", "JSON of reviewdog, with the fixes", RDJSON},
	{"markdown", "a summary in Markdown", Markdown},
}

// rule returns the rule of a check and its index, of a check that is not among the
// rules one with its name alone, and -1.
func (r *Report) rule(check string) (Rule, int) {
	for i, rule := range r.Rules {
		if rule.Name == check {
			return rule, i
		}
	}
	return Rule{Name: check}, -1
}

// level returns the level of a finding.
func (r *Report) level(f finding.Finding) Level {
	rule, _ := r.rule(f.Check)
	return rule.Level
}

// rel returns the name of a file relative to the root of the repository.
func (r *Report) rel(file string) string {
	rel, _ := r.Files.Rel(file)
	return rel
}

// summary returns the first line of the documentation of a rule, without its name.
func (rule Rule) summary() string {
	line, _, _ := strings.Cut(rule.Doc, "\n")
	return strings.TrimPrefix(line, rule.Name+": ")
}
