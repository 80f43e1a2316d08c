package checktest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// importable are the packages that sources may use without importing them.
var importable = []string{"context", "golang.org/x/sync/errgroup", "sync", "sync/atomic", "testing", "testing/synctest", "time"}

// LoadSources loads packages that a test holds itself. Each source is what
// stands behind the imports of the only file of a package, and gets the
// imports that it uses. The packages stand in the order of their sources.
func LoadSources(t testing.TB, sources ...string) []*packages.Package {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	mod := "module sources.example\n\ngo 1.26.0\n\nrequire golang.org/x/sync v0.1.0\n" + replacements(t, Testdata(t))
	write(t, filepath.Join(dir, "go.mod"), []byte(mod))
	for i, source := range sources {
		var b strings.Builder
		b.WriteString("package p\n\n")
		for _, path := range importable {
			if strings.Contains(source, path[strings.LastIndex(path, "/")+1:]+".") {
				fmt.Fprintf(&b, "import %q\n", path)
			}
		}
		b.WriteString(source)
		write(t, filepath.Join(dir, fmt.Sprintf("p%03d", i), "p.go"), []byte(b.String()))
	}
	pkgs := load(t, dir, nil, "./...") // sorted by path
	if len(pkgs) != len(sources) {
		t.Fatalf("%d sources make %d packages", len(sources), len(pkgs))
	}
	return pkgs
}
