package passes_test

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// TestNogo runs each check alone on its own fixtures, as Bazel's nogo does: there are
// no facts of the standard library, and a pass has neither the module nor the other
// files of the package, nor a way to read them. The findings must be those that the
// fixtures want, but for what is said in nogoMisses.
func TestNogo(t *testing.T) {
	pkgs := fixturePackages(checktest.Load(t, "./..."))
	seen := make(map[string]bool)
	for _, check := range passes.Checks {
		name := check.Analyzer.Name
		t.Run(name, func(t *testing.T) {
			host := newNogo()
			got, want := make(map[string]bool), make(map[string]*regexp.Regexp)
			for _, pkg := range pkgs {
				if !host.needs(pkg, name) {
					continue
				}
				for _, d := range host.run(t, check.Analyzer, pkg) {
					got[lineOf(pkg, d.Pos)+": "+d.Message] = true
				}
				maps.Copy(want, wants(t, pkg))
			}
			if len(want) == 0 {
				t.Error("the fixtures want nothing")
			}
			for at, rx := range want {
				message, ok := cut(got, at, rx)
				if reason := nogoMisses[at]; reason != "" {
					seen[at] = true
					if ok {
						t.Errorf("%s: reported after all: %s", at, message)
					}
				} else if !ok {
					t.Errorf("%s: no finding matches %s", at, rx)
				}
			}
			for finding := range got {
				t.Errorf("unexpected: %s", finding)
			}
		})
	}
	for at := range nogoMisses {
		if !seen[at] {
			t.Errorf("%s: no fixture wants this", at)
		}
	}
}

// TestNogoDocs checks that what docs/nogo.md names are checks.
func TestNogoDocs(t *testing.T) {
	names := regexp.MustCompile(`//passes/([a-z]+)"|"([a-z]+)": \{"`).FindAllStringSubmatch(read(t, root+"/docs/nogo.md"), -1)
	if len(names) < 2 {
		t.Error("docs/nogo.md names no checks")
	}
	for _, m := range names {
		name := m[1] + m[2]
		if !slices.ContainsFunc(passes.Checks, func(c passes.Check) bool { return c.Analyzer.Name == name }) {
			t.Errorf("docs/nogo.md names %s, which is no check", name)
		}
	}
}

// nogoMisses are the findings, by file, line and number within the line, that cannot
// be had without what nogo does not give, and why.
var nogoMisses = map[string]string{
	// Of the path of a package alone, the module is taken to be its first three elements.
	"ctxdropped/chains.go:38#0": "the package that is called is not known to be of the same module",
	"ctxdropped/chains.go:41#0": "the same",
	"ctxdropped/chains.go:47#0": "the same",
	// Of a package whose facts need those of net/http, less is known.
	"ctxafter/handlers/handlers.go:69#0": "what dep.Later hands the context to is not known",
	"shutdownrace/shutdown.go:83#0":      "that dep.Stop shuts the server down is not known",
	"shutdownrace/shutdown.go:117#0":     "the same",
	"shutdownrace/shutdown.go:135#0":     "the same",
}

// fixturePackages returns the packages of the fixture module, dependencies first.
func fixturePackages(roots []*packages.Package) []*packages.Package {
	var list []*packages.Package
	packages.Visit(roots, nil, func(pkg *packages.Package) {
		if strings.HasPrefix(pkg.PkgPath, "fixture.example/") && !strings.HasSuffix(pkg.ID, ".test") {
			list = append(list, pkg)
		}
	})
	return list
}

// A nogo is one run of nogo over some packages.
type nogo struct{ facts map[nogoFact][]byte }

// A nogoFact names a fact: one of a package has no object.
type nogoFact struct {
	pkg *types.Package
	obj types.Object
	typ reflect.Type
}

func newNogo() *nogo { return &nogo{make(map[nogoFact][]byte)} }

// needs reports whether the package is one of the fixtures of the check. What they
// import are such as well.
func (*nogo) needs(pkg *packages.Package, check string) bool {
	rest, ok := strings.CutPrefix(pkg.PkgPath, "fixture.example/"+check)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '_')
}

// run runs an analyzer, and what it requires, on a package, and returns its findings.
func (n *nogo) run(t *testing.T, a *analysis.Analyzer, pkg *packages.Package) []analysis.Diagnostic {
	t.Helper()
	var found []analysis.Diagnostic
	results := make(map[*analysis.Analyzer]any)
	var visit func(*analysis.Analyzer)
	visit = func(req *analysis.Analyzer) {
		if _, ok := results[req]; ok {
			return
		}
		for _, r := range req.Requires {
			visit(r)
		}
		pass := n.pass(req, pkg, results)
		pass.Report = func(d analysis.Diagnostic) {
			if req == a {
				found = append(found, d)
			}
		}
		result, err := req.Run(pass)
		if err != nil {
			t.Errorf("%s on %s: %v", req.Name, pkg.ID, err)
		}
		results[req] = result
	}
	visit(a)
	return found
}

// pass returns the pass of an analyzer at a package, with no more in it than nogo gives.
func (n *nogo) pass(a *analysis.Analyzer, pkg *packages.Package, results map[*analysis.Analyzer]any) *analysis.Pass {
	inputs := make(map[*analysis.Analyzer]any)
	for _, r := range a.Requires {
		inputs[r] = results[r]
	}
	of := func(obj types.Object, fact analysis.Fact) nogoFact {
		return nogoFact{obj.Pkg(), obj, reflect.TypeOf(fact)}
	}
	ofPackage := func(p *types.Package, fact analysis.Fact) nogoFact {
		return nogoFact{pkg: p, typ: reflect.TypeOf(fact)}
	}
	return &analysis.Pass{
		Analyzer:          a,
		Fset:              pkg.Fset,
		Files:             pkg.Syntax,
		Pkg:               pkg.Types,
		TypesInfo:         pkg.TypesInfo,
		TypesSizes:        pkg.TypesSizes,
		ResultOf:          inputs,
		ImportPackageFact: func(p *types.Package, fact analysis.Fact) bool { return n.get(ofPackage(p, fact), fact) },
		ExportPackageFact: func(fact analysis.Fact) { n.put(ofPackage(pkg.Types, fact), fact) },
		ImportObjectFact:  func(obj types.Object, fact analysis.Fact) bool { return n.get(of(obj, fact), fact) },
		ExportObjectFact: func(obj types.Object, fact analysis.Fact) {
			if obj.Pkg() != pkg.Types {
				panic(fmt.Sprintf("%s exports a fact of %v, which is of another package than %v", a.Name, obj, pkg.Types))
			}
			n.put(of(obj, fact), fact)
		},
		AllPackageFacts: func() (list []analysis.PackageFact) {
			n.all(a, func(key nogoFact, fact analysis.Fact) {
				if key.obj == nil {
					list = append(list, analysis.PackageFact{Package: key.pkg, Fact: fact})
				}
			})
			return list
		},
		AllObjectFacts: func() (list []analysis.ObjectFact) {
			n.all(a, func(key nogoFact, fact analysis.Fact) {
				if key.obj != nil {
					list = append(list, analysis.ObjectFact{Object: key.obj, Fact: fact})
				}
			})
			return list
		},
	}
}

// put keeps a fact as it is written to a file.
func (n *nogo) put(key nogoFact, fact analysis.Fact) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(fact); err != nil {
		panic(err)
	}
	n.facts[key] = b.Bytes()
}

// get sets a fact to the one that is kept, and reports whether there is one.
func (n *nogo) get(key nogoFact, fact analysis.Fact) bool {
	data, ok := n.facts[key]
	if ok {
		if err := gob.NewDecoder(bytes.NewReader(data)).Decode(fact); err != nil {
			panic(err)
		}
	}
	return ok
}

// all calls f with all facts of the types that the analyzer has.
func (n *nogo) all(a *analysis.Analyzer, f func(nogoFact, analysis.Fact)) {
	for key := range n.facts {
		if slices.ContainsFunc(a.FactTypes, func(fact analysis.Fact) bool { return reflect.TypeOf(fact) == key.typ }) {
			fact := reflect.New(key.typ.Elem()).Interface().(analysis.Fact)
			n.get(key, fact)
			f(key, fact)
		}
	}
}

// lineOf returns the file and line of a position, from the fixture module.
func lineOf(pkg *packages.Package, pos token.Pos) string {
	posn := pkg.Fset.Position(pos)
	dir, err := filepath.Abs(testdata)
	if err != nil {
		return err.Error()
	}
	rel, err := filepath.Rel(dir, posn.Filename)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s:%d", filepath.ToSlash(rel), posn.Line)
}

// wants returns the patterns of the findings that the comments of a package want, by
// file, line and number within the line.
func wants(t *testing.T, pkg *packages.Package) map[string]*regexp.Regexp {
	t.Helper()
	list := make(map[string]*regexp.Regexp)
	for _, file := range pkg.Syntax {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				at := lineOf(pkg, comment.Pos())
				for i, pattern := range wantedBy(comment) {
					list[fmt.Sprintf("%s#%d", at, i)] = regexp.MustCompile(pattern)
				}
			}
		}
	}
	return list
}

// wantedBy returns the patterns behind the word "want" in a comment.
func wantedBy(comment *ast.Comment) (patterns []string) {
	_, rest, ok := strings.Cut(strings.Replace(comment.Text, "/* want ", "// want ", 1), "// want ")
	for ok {
		rest = strings.TrimSpace(rest)
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return patterns
		}
		pattern, err := strconv.Unquote(quoted)
		if err != nil {
			return patterns
		}
		patterns, rest = append(patterns, pattern), rest[len(quoted):]
	}
	return patterns
}

// cut removes from the findings one at the place that matches, and returns it.
func cut(findings map[string]bool, at string, rx *regexp.Regexp) (string, bool) {
	line, _, _ := strings.Cut(at, "#")
	for finding := range findings {
		if message, ok := strings.CutPrefix(finding, line+": "); ok && rx.MatchString(message) {
			delete(findings, finding)
			return message, true
		}
	}
	return "", false
}
