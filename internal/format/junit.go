package format

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes a report as XML of JUnit. A check is a test suite: its findings are
// tests that failed, and one without findings is a test that passed. A check that did
// not do its work, and a package that could not be checked, is a test with an error.
func JUnit(w io.Writer, r *Report) error {
	out := junitReport{Name: Tool}
	names := make([]string, 0, len(r.Rules))
	for _, rule := range r.Rules {
		names = append(names, rule.Name)
	}
	for _, f := range r.Findings {
		if !slices.Contains(names, f.Check) {
			names = append(names, f.Check)
		}
	}
	for _, f := range r.Failures {
		if !slices.Contains(names, f.Check) {
			names = append(names, f.Check)
		}
	}
	for _, name := range names {
		out.add(r.junitSuite(name))
	}
	if len(r.Errors) > 0 {
		s := junitSuite{Name: Tool}
		for _, text := range r.Errors {
			first := firstLine(text)
			s.fail(junitCase{Class: Tool, Name: strings.TrimPrefix(first, "# "), Error: &junitProblem{first, "error", text}})
		}
		out.add(s)
	}
	return writeXML(w, out)
}

// junitSuite returns the suite of a check.
func (r *Report) junitSuite(check string) junitSuite {
	s := junitSuite{Name: check}
	class := Tool + "." + check
	for _, f := range r.Findings {
		if f.Check == check {
			s.fail(r.junitFailure(class, f))
		}
	}
	for _, f := range r.Failures {
		if f.Check == check {
			s.fail(junitCase{Class: class, Name: f.Package, Error: &junitProblem{firstLine(f.Reason), "failure", f.Reason}})
		}
	}
	if s.Tests == 0 {
		s.Tests = 1
		s.Cases = []junitCase{{Class: class, Name: check}}
	}
	return s
}

// junitFailure returns the test that a finding is.
func (r *Report) junitFailure(class string, f finding.Finding) junitCase {
	name := r.Files.Near(f.Pos.File)
	posn := fmt.Sprintf("%s:%d:%d", name, f.Pos.Line, f.Pos.Col)
	text := []string{posn + ": " + f.Message}
	for _, n := range f.Related {
		text = append(text, fmt.Sprintf("\t%s:%d:%d: %s", r.Files.Near(n.Pos.File), n.Pos.Line, n.Pos.Col, n.Message))
	}
	rule, _ := r.rule(f.Check)
	return junitCase{
		Class: class, Name: posn, File: name, Line: f.Pos.Line,
		Failure: &junitProblem{f.Message, rule.Group, strings.Join(text, "\n")},
	}
}

// fail adds a test that did not pass.
func (s *junitSuite) fail(c junitCase) {
	s.Tests++
	if c.Error != nil {
		s.Errors++
	} else {
		s.Failures++
	}
	s.Cases = append(s.Cases, c)
}

// add adds a suite.
func (out *junitReport) add(s junitSuite) {
	out.Tests += s.Tests
	out.Failures += s.Failures
	out.Errors += s.Errors
	out.Suites = append(out.Suites, s)
}

// firstLine returns the first line of a text.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
