package fixes

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
)

// A checker type-checks packages with some files replaced. What they import, and does
// not depend on a replaced file, it takes from what the compiler has exported.
type checker struct {
	config   packages.Config
	patterns []string
	pkgs     []*packages.Package          // what was loaded, each behind what it imports
	broken   map[*packages.Package]bool   // did not compile from the first
	plain    map[string]*packages.Package // by path, without the variants for tests
	syntax   map[string]*ast.File         // of files that are not replaced
	missing  []string                     // paths that a fix imports, and nothing else does
	added    map[string]bool              // those that were loaded for that

	checked map[*packages.Package]*types.Package // by the last check
}

// newChecker loads the packages that match the patterns, with their tests, and has what
// they import compiled.
func newChecker(ctx context.Context, dir string, flags, patterns []string) (*checker, error) {
	c := &checker{
		config: packages.Config{
			Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
				packages.NeedExportFile | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedModule,
			Context:    ctx,
			Dir:        dir,
			Env:        append(os.Environ(), "GOPACKAGESDRIVER=off"),
			BuildFlags: flags,
			Fset:       token.NewFileSet(),
			Tests:      true,
		},
		patterns: patterns,
		syntax:   make(map[string]*ast.File),
		added:    make(map[string]bool),
	}
	return c, c.load()
}

// load loads the packages, from anew if they were: what comes from two loads does not go
// together.
func (c *checker) load() error {
	roots, err := packages.Load(&c.config, c.patterns...)
	if err != nil {
		return err
	}
	c.pkgs, c.broken, c.plain = nil, make(map[*packages.Package]bool), make(map[string]*packages.Package)
	packages.Visit(roots, nil, func(pkg *packages.Package) {
		if strings.HasSuffix(pkg.ID, ".test") {
			return // the main package of a test, made by the go command
		}
		c.pkgs = append(c.pkgs, pkg)
		c.broken[pkg] = len(pkg.Errors) > 0
		for _, imported := range pkg.Imports {
			c.broken[pkg] = c.broken[pkg] || c.broken[imported]
		}
		if pkg.ID == pkg.PkgPath {
			c.plain[pkg.PkgPath] = pkg
		}
	})
	return nil
}

// compiles reports whether a file is part of a package that compiles.
func (c *checker) compiles(file string) bool {
	return slices.ContainsFunc(c.pkgs, func(pkg *packages.Package) bool {
		return !c.broken[pkg] && slices.Contains(pkg.CompiledGoFiles, file)
	})
}

// check type-checks the packages that have one of the files, or depend on one that has.
// It returns the errors of the first that has any.
func (c *checker) check(contents map[string][]byte) []error {
	errs := c.checkLoaded(contents)
	if len(c.missing) == 0 {
		return errs
	}
	for _, path := range c.missing {
		c.added[path] = true
		c.patterns = append(slices.Clip(c.patterns), path)
	}
	c.missing = nil
	if err := c.load(); err != nil {
		return append(errs, err)
	}
	return c.check(contents)
}

// checkLoaded is check with what is loaded.
func (c *checker) checkLoaded(contents map[string][]byte) []error {
	checked := make(map[*packages.Package]*types.Package)
	c.checked = checked
	for _, pkg := range c.pkgs {
		if c.broken[pkg] || !affected(pkg, contents, checked) {
			continue
		}
		files, err := c.parse(pkg, contents)
		if err != nil {
			return []error{err}
		}
		var errs []error
		conf := types.Config{
			Importer: importer(func(path string) (*types.Package, error) { return c.imported(pkg, path, checked) }),
			Sizes:    pkg.TypesSizes,
			Error:    func(err error) { errs = append(errs, err) },
		}
		if pkg.Module != nil && pkg.Module.GoVersion != "" {
			conf.GoVersion = "go" + pkg.Module.GoVersion
		}
		checked[pkg], err = conf.Check(pkg.PkgPath, c.config.Fset, files, nil)
		if len(errs) == 0 && err != nil {
			errs = append(errs, err)
		}
		if len(errs) > 0 {
			return ofImporter(pkg, contents, errs)
		}
	}
	return nil
}

// An importerError is of a package that imports one that is fixed.
type importerError struct {
	path string
	error
}

// Unwrap returns the error of the type checker.
func (e *importerError) Unwrap() error { return e.error }

// ofImporter returns the errors of a package, which say so if the package, or the one
// that it tests, is not one of those that are fixed.
func ofImporter(pkg *packages.Package, contents map[string][]byte, errs []error) []error {
	for name := range contents {
		if slices.ContainsFunc(pkg.GoFiles, func(file string) bool { return filepath.Dir(file) == filepath.Dir(name) }) {
			return errs
		}
	}
	for i, err := range errs {
		errs[i] = &importerError{pkg.PkgPath, err}
	}
	return errs
}

// affected reports whether a package has one of the files, or imports one that does.
func affected(pkg *packages.Package, contents map[string][]byte, checked map[*packages.Package]*types.Package) bool {
	for _, imported := range pkg.Imports {
		if checked[imported] != nil {
			return true
		}
	}
	return hasOne(pkg, contents)
}

// hasOne reports whether a package has one of the files.
func hasOne(pkg *packages.Package, contents map[string][]byte) bool {
	return slices.ContainsFunc(pkg.CompiledGoFiles, func(file string) bool { return contents[file] != nil })
}

// parse parses the files of a package.
func (c *checker) parse(pkg *packages.Package, contents map[string][]byte) ([]*ast.File, error) {
	const mode = parser.SkipObjectResolution | parser.ParseComments
	var files []*ast.File
	for _, name := range pkg.CompiledGoFiles {
		if data, ok := contents[name]; ok {
			file, err := parser.ParseFile(c.config.Fset, name, data, mode)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
			continue
		}
		if c.syntax[name] == nil {
			file, err := parser.ParseFile(c.config.Fset, name, nil, mode)
			if err != nil {
				return nil, err
			}
			c.syntax[name] = file
		}
		files = append(files, c.syntax[name])
	}
	return files, nil
}

// imported returns what a package imports by a path.
func (c *checker) imported(pkg *packages.Package, path string, checked map[*packages.Package]*types.Package) (*types.Package, error) {
	imported := pkg.Imports[path]
	if imported == nil {
		imported = c.plain[path]
	}
	switch {
	case path == "unsafe":
		return types.Unsafe, nil
	case imported == nil && c.added[path]:
		return nil, fmt.Errorf("there is no package %s", path)
	case imported == nil:
		c.missing = append(c.missing, path)
		return nil, fmt.Errorf("package %s is not loaded", path)
	case checked[imported] != nil:
		return checked[imported], nil
	case c.broken[imported] || imported.Types == nil:
		return nil, fmt.Errorf("package %s does not compile", path)
	}
	return imported.Types, nil
}

// An importer is a function that imports.
type importer func(path string) (*types.Package, error)

// Import implements [types.Importer].
func (f importer) Import(path string) (*types.Package, error) { return f(path) }

// unused matches what the type checker says of an import that is not used.
var unused = lazyregexp.New(`^"[^"]+" imported( as \S+)? and not used$`)

// withoutUnused returns the contents without the imports of which the errors say that
// they are not used, and whether there are any.
func (c *checker) withoutUnused(contents map[string][]byte, errs []error) (_ map[string][]byte, changed bool) {
	drop := make(map[string][]int) // offsets by file
	for _, err := range errs {
		var e types.Error
		if errors.As(err, &e) && unused().MatchString(e.Msg) {
			pos := c.config.Fset.PositionFor(e.Pos, false)
			drop[pos.Filename] = append(drop[pos.Filename], pos.Offset)
		}
	}
	after := make(map[string][]byte, len(contents))
	for name, data := range contents {
		after[name] = data
		offsets := drop[name]
		slices.Sort(offsets)
		for _, offset := range slices.Backward(offsets) {
			shorter := withoutImport(after[name], offset)
			changed = changed || len(shorter) < len(after[name])
			after[name] = shorter
		}
	}
	return after, changed
}

// withoutImport returns a file without the import at an offset.
func withoutImport(data []byte, offset int) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", data, parser.ParseComments|parser.ImportsOnly)
	if err != nil {
		return data
	}
	at := fset.File(file.FileStart)
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || offset < at.Offset(group.Pos()) || at.Offset(group.End()) <= offset {
			continue
		}
		if len(group.Specs) == 1 {
			return withoutLines(data, at.Offset(group.Pos()), at.Offset(group.End()))
		}
		for _, spec := range group.Specs {
			if at.Offset(spec.Pos()) <= offset && offset < at.Offset(spec.End()) {
				return withoutLines(data, at.Offset(spec.Pos()), at.Offset(spec.End()))
			}
		}
	}
	return data
}

// withoutLines returns a text without the part from start to end, and without the rest
// of its lines if there are only blanks.
func withoutLines(data []byte, start, end int) []byte {
	blank := func(b byte) bool { return b == ' ' || b == '\t' || b == '\r' }
	first, last := start, end
	for first > 0 && blank(data[first-1]) {
		first--
	}
	for last < len(data) && blank(data[last]) {
		last++
	}
	if (first == 0 || data[first-1] == '\n') && last < len(data) && data[last] == '\n' {
		start, end = first, last+1
	}
	return slices.Concat(data[:start], data[end:])
}
