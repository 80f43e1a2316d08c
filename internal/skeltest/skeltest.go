// Package skeltest helps to test what is derived from skeletons: it finds the
// operations that a test marks in a source of its own.
//
//	wg.Go(func() {
//		close(ch) // x
//	})
//	wg.Wait()
//	ch <- 1 // y
package skeltest

import (
	"go/token"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A Package is a package that a test holds itself, with its skeletons.
type Package struct {
	View *skeleton.View
	pkg  *packages.Package
}

// Load makes packages of sources; see [checktest.LoadSources]. The views are
// locked until the test ends.
func Load(t testing.TB, sources ...string) []*Package {
	t.Helper()
	var pkgs []*Package
	for i, act := range checktest.Analyze(t, checktest.LoadSources(t, sources...), skeleton.Analyzer) {
		v, ok := act.Result.(*skeleton.View)
		if !ok {
			t.Fatalf("no skeletons of source %d", i)
		}
		v.Lock()
		t.Cleanup(v.Unlock)
		pkgs = append(pkgs, &Package{v, act.Package})
	}
	return pkgs
}

// Graph returns the graph of the function with the given name.
func (p *Package) Graph(t testing.TB, name string) *skeleton.Graph {
	t.Helper()
	for _, f := range p.View.Funcs {
		if f.Name == name {
			return p.View.Expand(f)
		}
	}
	t.Fatalf("no function %s", name)
	return nil
}

// Node returns the operation that is marked; of several the first.
func (p *Package) Node(t testing.TB, mark string) *skeleton.Node {
	t.Helper()
	return p.Nodes(t, mark)[0]
}

// Nodes returns the nodes of the operation on the line that ends in the
// comment "// mark", in the first graph of an entry of the package, or of a
// goroutine that it starts, that has any. A deferred operation has one node
// for returns and one for panics, if there are any. Statements that only hand an operation on,
// such as go, defer and calls, do not count.
func (p *Package) Nodes(t testing.TB, mark string) []*skeleton.Node {
	t.Helper()
	line := p.line(t, mark)
	for _, f := range p.View.Entries() {
		for g := range spawn.Graphs(p.View.Expand(f)) {
			var nodes []*skeleton.Node
			for _, n := range g.Nodes {
				if !operates(n.Op) || p.pkg.Fset.Position(n.Op.Pos).Line != line || !skeleton.Leads(g.Entry, n, nil) {
					continue
				}
				if len(nodes) > 0 && n.Op != nodes[0].Op {
					t.Fatalf("%q marks two operations: %v and %v", mark, nodes[0].Op.Kind, n.Op.Kind)
				}
				nodes = append(nodes, n)
			}
			if len(nodes) > 0 {
				return nodes
			}
		}
	}
	t.Fatalf("%q marks no operation", mark)
	return nil
}

func operates(op *skeleton.Op) bool {
	return op != nil && !op.Is(syncapi.Go, syncapi.Defer, syncapi.Call, syncapi.Return, syncapi.Set, syncapi.Store,
		syncapi.Select, syncapi.CtxDone, syncapi.Work)
}

// line returns the line of the comment "// mark".
func (p *Package) line(t testing.TB, mark string) int {
	t.Helper()
	var at token.Pos
	for _, file := range p.pkg.Syntax {
		for _, group := range file.Comments {
			for _, c := range group.List {
				if strings.TrimPrefix(c.Text, "// ") != mark {
					continue
				}
				if at.IsValid() {
					t.Fatalf("the mark %q is there twice", mark)
				}
				at = c.Pos()
			}
		}
	}
	if !at.IsValid() {
		t.Fatalf("there is no mark %q", mark)
	}
	return p.pkg.Fset.Position(at).Line
}
