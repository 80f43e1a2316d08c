package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// hits is what a line says of a test that makes a race of the corpus happen: the check, the
// module, and the position of the finding.
var hits = regexp.MustCompile(`(?m)^Hits (\S+) (\S+) (\S+):(\d+):(\d+)\.$`)

// sample runs the tests of testdata/corpus/races under the race detector. It reports whether
// each finding that they name is labelled true, and is on a line that the detector reports.
func sample(string) (ok bool, err error) {
	tmp, err := os.MkdirTemp("", "race")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(tmp)
	corpus := filepath.Join("testdata", "corpus")
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(corpus, "races", "races_test.go"), nil, parser.ParseComments)
	if err != nil {
		return false, err
	}
	binary := filepath.Join(tmp, "races.test")
	build := exec.Command("go", "test", "-race", "-vet=off", "-c", "-o", binary, "./races")
	build.Dir, build.Env = corpus, append(os.Environ(), "CGO_ENABLED=1", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return false, fmt.Errorf("%w\n%s", err, out)
	}
	ok = true
	n := 0
	for _, d := range file.Decls {
		fn, isFunc := d.(*ast.FuncDecl)
		if !isFunc || !strings.HasPrefix(fn.Name.Name, "Test") {
			continue
		}
		out, _ := exec.Command(binary, "-test.run", "^"+fn.Name.Name+"$").CombinedOutput() // races make it fail
		for _, m := range hits.FindAllStringSubmatch(fn.Doc.Text(), -1) {
			n++
			known, err := isTrue(filepath.Join(corpus, "findings", m[1]+".txt"), fmt.Sprintf("%s %s:%s:%s", m[2], m[3], m[4], m[5]))
			if err != nil {
				return false, err
			}
			raced := strings.Contains(string(out), "DATA RACE") && strings.Contains(string(out), fmt.Sprintf("/%s:%s ", m[3], m[4]))
			if !known || !raced {
				ok = false
				fmt.Printf("%s: %s %s:%s: labelled true: %t, races: %t\n", fn.Name.Name, m[2], m[3], m[4], known, raced)
			}
		}
	}
	fmt.Printf("corpus: %d findings looked at\n", n)
	return ok, nil
}

// isTrue reports whether the finding at pos is labelled true in a file of findings.
func isTrue(name, pos string) (bool, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	for entry := range strings.SplitSeq(string(text), "\n\n") {
		if strings.HasPrefix(entry, pos+"\n") && strings.Contains(entry, "\n\ttrue: ") {
			return true, nil
		}
	}
	return false, nil
}
