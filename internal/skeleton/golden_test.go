package skeleton_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

var update = flag.Bool("update", false, "write the golden file anew")

// load returns the view of a package of the golden module.
func load(t *testing.T, pattern string) *skeleton.View {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("testdata", "golden"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := &packages.Config{Mode: packages.LoadAllSyntax, Dir: dir}
	pkgs, err := packages.Load(cfg, pattern)
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(pkgs) > 0 {
		t.Fatal("the golden module does not compile")
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{skeleton.Analyzer}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Roots[0].Err; err != nil {
		t.Fatal(err)
	}
	return graph.Roots[0].Result.(*skeleton.View)
}

// TestGolden compares the printed skeletons with those in golden.txt.
func TestGolden(t *testing.T) {
	var got bytes.Buffer
	for _, f := range load(t, ".").Funcs {
		if f.Name != "init" {
			got.WriteString(f.String() + "\n")
		}
	}
	file := filepath.Join("testdata", "golden", "golden.txt")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("the skeletons have changed; look at them, then run go test -update\n%s", got.String())
	}
}

// TestExpandImported follows calls of another package through its fact.
func TestExpandImported(t *testing.T) {
	v := load(t, ".")
	v.Lock()
	defer v.Unlock()
	var g *skeleton.Graph
	for _, f := range v.Funcs {
		if f.Name == "imported" {
			g = v.Expand(f)
		}
	}
	found := make(map[string]bool)
	note := func(g *skeleton.Graph, where string) {
		for _, n := range g.Nodes {
			if n.Op != nil {
				found[where+n.Op.Kind.String()+" "+n.Res.String()] = true
			}
		}
	}
	note(g, "")
	for _, n := range g.Nodes {
		for _, s := range n.Spawns {
			if s.Mode == syncapi.Elsewhere {
				note(s.Graph(), "go ")
			}
		}
	}
	for _, want := range []string{"go add wg", "go done wg", "send ch", "go send ch", "close ch", "exit ?", "wait wg"} {
		if !found[want] {
			t.Errorf("no %q among %v", want, found)
		}
	}
}

// TestSearchConditions checks that a search takes no path on which a
// variable would have to be both true and false.
func TestSearchConditions(t *testing.T) {
	v := load(t, ".")
	v.Lock()
	defer v.Unlock()
	for _, f := range v.Funcs {
		if f.Name != "cond" { // locks and unlocks under the same condition
			continue
		}
		g := v.Expand(f)
		var lock *skeleton.Node
		for _, n := range g.Nodes {
			if n.Op.Is(syncapi.Lock) {
				lock = n
			}
		}
		leak := g.Search(skeleton.Query{From: []*skeleton.Node{lock}, Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case n.Op.Is(syncapi.Unlock):
				return skeleton.Stop
			case n.Exit == skeleton.ByReturn:
				return skeleton.Found
			}
			return skeleton.Continue
		}})
		if leak != nil {
			t.Errorf("found a path past the unlock: %v", leak.Nodes)
		}
		return
	}
	t.Fatal("no function cond")
}
