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
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// A checker type-checks packages with some files replaced. What they import, and does
// not depend on a replaced file, it takes from what the compiler has exported.
type checker struct {
	config   packages.Config
	fset     *token.FileSet
	pkgs     []*packages.Package          // what was loaded, each behind what it imports
	broken   map[*packages.Package]bool   // did not compile from the first
	plain    map[string]*packages.Package // by path, without the variants for tests
	syntax   map[string]*ast.File         // of files that are not replaced
	exported map[string]*types.Package    // by the ID of the package
}

// load lists the packages that match the patterns, with their tests, and has what they
// import compiled.
func load(ctx context.Context, dir string, flags, patterns []string) (*checker, error) {
	c := &checker{
		config: packages.Config{
			Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
				packages.NeedExportFile | packages.NeedTypesSizes | packages.NeedModule,
			Context:    ctx,
			Dir:        dir,
			Env:        append(os.Environ(), "GOPACKAGESDRIVER=off"),
			BuildFlags: flags,
			Tests:      true,
		},
		fset:     token.NewFileSet(),
		broken:   make(map[*packages.Package]bool),
		plain:    make(map[string]*packages.Package),
		syntax:   make(map[string]*ast.File),
		exported: make(map[string]*types.Package),
	}
	roots, err := packages.Load(&c.config, patterns...)
	if err != nil {
		return nil, err
	}
	packages.Visit(roots, nil, func(pkg *packages.Package) {
		if strings.HasSuffix(pkg.ID, ".test") {
			return // the main package of a test, made by the go command
		}
		c.pkgs = append(c.pkgs, pkg)
		if len(pkg.Errors) > 0 {
			c.broken[pkg] = true
		}
		for _, imported := range pkg.Imports {
			c.broken[pkg] = c.broken[pkg] || c.broken[imported]
		}
		if pkg.ID == pkg.PkgPath {
			c.plain[pkg.PkgPath] = pkg
		}
	})
	return c, nil
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
	checked := make(map[*packages.Package]*types.Package)
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
		checked[pkg], err = conf.Check(pkg.PkgPath, c.fset, files, nil)
		if len(errs) == 0 && err != nil {
			errs = append(errs, err)
		}
		if len(errs) > 0 {
			return errs
		}
	}
	return nil
}

// affected reports whether a package has one of the files, or imports one that does.
func affected(pkg *packages.Package, contents map[string][]byte, checked map[*packages.Package]*types.Package) bool {
	for _, imported := range pkg.Imports {
		if checked[imported] != nil {
			return true
		}
	}
	return slices.ContainsFunc(pkg.CompiledGoFiles, func(file string) bool { return contents[file] != nil })
}

// parse parses the files of a package.
func (c *checker) parse(pkg *packages.Package, contents map[string][]byte) ([]*ast.File, error) {
	const mode = parser.SkipObjectResolution | parser.ParseComments
	var files []*ast.File
	for _, name := range pkg.CompiledGoFiles {
		if data, ok := contents[name]; ok {
			file, err := parser.ParseFile(c.fset, name, data, mode)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
			continue
		}
		if c.syntax[name] == nil {
			file, err := parser.ParseFile(c.fset, name, nil, mode)
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
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	imported := pkg.Imports[path]
	if imported == nil { // it is one that a fix has added
		var err error
		if imported, err = c.find(path); err != nil {
			return nil, err
		}
	}
	if checked[imported] != nil {
		return checked[imported], nil
	}
	if imported.ExportFile == "" {
		return nil, fmt.Errorf("the compiler has exported nothing of %s", path)
	}
	return c.read(imported)
}

// read returns a package as the compiler has exported it.
func (c *checker) read(pkg *packages.Package) (*types.Package, error) {
	if known := c.exported[pkg.ID]; known != nil && known.Complete() {
		return known, nil
	}
	file, err := os.Open(pkg.ExportFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := gcexportdata.NewReader(file)
	if err != nil {
		return nil, err
	}
	// The variants of a package for tests have the path of the plain one, so what it
	// depends on is not the same for all.
	byPath := make(map[string]*types.Package)
	var below []*packages.Package
	packages.Visit([]*packages.Package{pkg}, nil, func(dep *packages.Package) {
		below = append(below, dep)
		if known := c.exported[dep.ID]; known != nil {
			byPath[dep.PkgPath] = known
		}
	})
	result, err := gcexportdata.Read(data, c.fset, byPath, pkg.PkgPath)
	for _, dep := range below {
		if known := byPath[dep.PkgPath]; known != nil {
			c.exported[dep.ID] = known
		}
	}
	return result, err
}

// find returns the package of a path.
func (c *checker) find(path string) (*packages.Package, error) {
	if pkg := c.plain[path]; pkg != nil {
		return pkg, nil
	}
	config := c.config
	config.Tests = false
	list, err := packages.Load(&config, path)
	switch {
	case err != nil:
		return nil, err
	case len(list) != 1:
		return nil, fmt.Errorf("there is no package %s", path)
	case len(list[0].Errors) > 0:
		return nil, list[0].Errors[0]
	}
	c.plain[path] = list[0]
	return list[0], nil
}

// An importer is a function that imports.
type importer func(path string) (*types.Package, error)

// Import implements [types.Importer].
func (f importer) Import(path string) (*types.Package, error) { return f(path) }

// unused matches what the type checker says of an import that is not used.
var unused = regexp.MustCompile(`^"[^"]+" imported( as \S+)? and not used$`)

// withoutUnused returns the contents without the imports of which the errors say that
// they are not used, and whether there are any.
func (c *checker) withoutUnused(contents map[string][]byte, errs []error) (_ map[string][]byte, changed bool) {
	drop := make(map[string][]int) // offsets by file
	for _, err := range errs {
		var e types.Error
		if errors.As(err, &e) && unused.MatchString(e.Msg) {
			pos := c.fset.PositionFor(e.Pos, false)
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
