package front

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// The exit statuses of -standalone, which are those of multichecker.
const (
	standaloneFindings = 3
	standaloneFailure  = 1
)

// standalone checks packages in this process and writes the findings as the front
// writes them. It returns the exit status.
func (s *Suite) standalone(opts *options, list []*analysis.Analyzer, stdout, stderr io.Writer) int {
	fail := func(err error) int {
		fmt.Fprintf(stderr, "%s: %v\n", progname, err)
		return standaloneFailure
	}
	dir, err := workingDir("")
	if err != nil {
		return fail(err)
	}
	pkgs, err := load(opts, list)
	if err != nil {
		return fail(err)
	}
	status := 0
	packages.Visit(pkgs, nil, func(pkg *packages.Package) {
		for _, err := range pkg.Errors {
			fmt.Fprintln(stderr, err)
			status = standaloneFailure
		}
	})
	graph, err := checker.Analyze(list, pkgs, nil)
	if err != nil {
		return fail(err)
	}
	units, err := unitsOf(graph)
	if err != nil {
		return fail(err)
	}
	findings, failures := read(units)
	g := &gate{suite: s, opts: opts, dir: dir, files: finding.NewFiles(dir)}
	if err := s.textPrinter(stdout, styleOf(stdout), g).print(findings); err != nil {
		return fail(err)
	}
	explain(&outcome{}, failures, stderr)
	switch {
	case status != 0 || len(failures) > 0:
		return standaloneFailure
	case len(findings) > 0:
		return standaloneFindings
	}
	return 0
}

// load loads the packages, and what they import from source if the facts of that are
// wanted.
func load(opts *options, list []*analysis.Analyzer) ([]*packages.Package, error) {
	mode := packages.LoadSyntax
	if slices.ContainsFunc(withPrerequisites(list), func(a *analysis.Analyzer) bool { return len(a.FactTypes) > 0 }) {
		mode = packages.LoadAllSyntax
	}
	patterns := opts.patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	pkgs, err := packages.Load(&packages.Config{Mode: mode | packages.NeedModule | packages.NeedForTest, Tests: opts.tests}, patterns...)
	if err == nil && len(pkgs) == 0 {
		err = errors.New(strings.Join(patterns, " ") + " matched no packages")
	}
	return withTests(pkgs), err
}

// withTests leaves out the packages that are there together with their tests as well, as
// the go command does.
func withTests(pkgs []*packages.Package) []*packages.Package {
	tested := make(map[string]bool)
	for _, pkg := range pkgs {
		tested[pkg.PkgPath] = tested[pkg.PkgPath] || pkg.ForTest == pkg.PkgPath
	}
	return slices.DeleteFunc(pkgs, func(pkg *packages.Package) bool { return tested[pkg.PkgPath] && pkg.ForTest == "" })
}

// unitsOf returns what was found as if go vet had printed it.
func unitsOf(graph *checker.Graph) ([]unit, error) {
	var b bytes.Buffer
	if err := graph.PrintJSON(&b); err != nil {
		return nil, err
	}
	var t map[string]map[string]result
	if err := json.Unmarshal(b.Bytes(), &t); err != nil {
		return nil, err
	}
	var units []unit
	for id, results := range t {
		units = append(units, unit{id: id, results: results})
	}
	return units, nil
}
