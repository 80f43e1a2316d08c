package finding

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// Files reads the files that findings are in, each once, and names them. It reads
// what is on disk: where the go command was told to use another content (-overlay),
// lines can be off. It is not for concurrent use.
type Files struct {
	dir, root string
	files     map[string]*file
}

// A file is what is known of one that was read.
type file struct {
	rel    string // to the root
	near   string // to the directory
	data   []byte
	lines  []string
	syntax *ast.File // nil if it was not parsed, or is not Go
	fset   *token.FileSet
}

// NewFiles returns the files as seen from a directory, to which relative names refer.
func NewFiles(dir string) *Files {
	return &Files{dir: dir, root: rootOf(dir), files: make(map[string]*file)}
}

// rootOf returns the root of the repository that dir is in; outside of one, that of
// the workspace or module; else dir itself.
func rootOf(dir string) string {
	for _, mark := range []string{".git", "go.work", "go.mod"} {
		for d := dir; ; d = filepath.Dir(d) {
			if _, err := os.Stat(filepath.Join(d, mark)); err == nil {
				return d
			}
			if d == filepath.Dir(d) {
				break
			}
		}
	}
	return dir
}

// Root returns the root of the repository or module.
func (fs *Files) Root() string { return fs.root }

// Rel returns the name of a file relative to the root, with slashes, and whether
// the file is below it. Of one that is not, it returns the absolute name.
func (fs *Files) Rel(name string) (rel string, inside bool) {
	rel = fs.file(name).rel
	return rel, !filepath.IsAbs(filepath.FromSlash(rel))
}

// Near is like Rel, but relative to the directory that the files are seen from.
func (fs *Files) Near(name string) string { return fs.file(name).near }

// Data returns the content of a file, nil if it cannot be read.
func (fs *Files) Data(name string) []byte { return fs.file(name).data }

// Lines returns the lines of a file without their ends, none if it cannot be read.
func (fs *Files) Lines(name string) []string { return fs.file(name).lines }

// Line returns the line of a position, empty if there is none.
func (fs *Files) Line(pos Position) string {
	if lines := fs.Lines(pos.File); 0 < pos.Line && pos.Line <= len(lines) {
		return lines[pos.Line-1]
	}
	return ""
}

// file returns a file by its name.
func (fs *Files) file(name string) *file {
	f, ok := fs.files[name]
	if ok {
		return f
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(fs.dir, path)
	}
	f = &file{rel: relative(fs.root, path), near: relative(fs.dir, path)}
	if data, err := os.ReadFile(path); err == nil && name != "" {
		f.data = data
		f.lines = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		for i, line := range f.lines {
			f.lines[i] = strings.TrimSuffix(line, "\r")
		}
	}
	fs.files[name] = f
	return f
}

// relative returns path relative to root, with slashes, and path if it is not below
// root. The two may name it by different ways through symbolic links.
func relative(root, path string) string {
	if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	realRoot, err1 := filepath.EvalSymlinks(root)
	realPath, err2 := filepath.EvalSymlinks(path)
	if err1 == nil && err2 == nil {
		if rel, err := filepath.Rel(realRoot, realPath); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.ToSlash(path)
}

// Func names the declaration around a position: F for a function, T.M for a method
// of T or of a pointer to it, the first name for a variable, constant or type. It is
// empty at other places, and in what is not Go.
func (fs *Files) Func(pos Position) string {
	f := fs.file(pos.File)
	if f.data == nil || pos.Line <= 0 {
		return ""
	}
	if f.fset == nil {
		f.fset = token.NewFileSet()
		// What can be parsed of a broken file is good enough.
		f.syntax, _ = parser.ParseFile(f.fset, pos.File, f.data, parser.SkipObjectResolution)
	}
	if f.syntax == nil {
		return ""
	}
	for _, decl := range f.syntax.Decls {
		start := f.fset.PositionFor(decl.Pos(), false)
		end := f.fset.PositionFor(decl.End(), false)
		if start.Line <= pos.Line && pos.Line <= end.Line {
			if name := declName(f.fset, decl, pos.Line); name != "" {
				return name
			}
		}
	}
	return ""
}

// declName names a declaration, of a group the part at the line.
func declName(fset *token.FileSet, decl ast.Decl, line int) string {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv != nil && len(decl.Recv.List) == 1 {
			return baseName(decl.Recv.List[0].Type) + "." + decl.Name.Name
		}
		return decl.Name.Name
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			if line < fset.PositionFor(spec.Pos(), false).Line || fset.PositionFor(spec.End(), false).Line < line {
				continue
			}
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				return spec.Names[0].Name
			case *ast.TypeSpec:
				return spec.Name.Name
			}
		}
	}
	return ""
}

// baseName names the type of a receiver, without pointer and type parameters.
func baseName(expr ast.Expr) string {
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return "?"
		}
	}
}
