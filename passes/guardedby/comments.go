package guardedby

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// guardedBy is the fact that a comment at a field names a field of the same
// struct as its lock.
type guardedBy struct{ Lock string }

// AFact marks the type as a fact.
func (*guardedBy) AFact() {}

func (g *guardedBy) String() string { return "guarded by " + g.Lock }

// comment is how a comment names a lock.
var comment = regexp.MustCompile(`(?i:\b(?:guarded|protected) by:? |\+checklocks:)(?:\w+\.)*(\w+)`)

// readComments notes which fields comments put under a lock.
func (c *checker) readComments() {
	for _, file := range c.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			st, ok := spec.Type.(*ast.StructType)
			tn, named := c.pass.TypesInfo.Defs[spec.Name].(*types.TypeName)
			if !ok || !named {
				return true
			}
			for _, f := range st.Fields.List {
				c.readField(tn, f)
			}
			return true
		})
	}
}

func (c *checker) readField(tn *types.TypeName, f *ast.Field) {
	m := comment.FindStringSubmatch(f.Doc.Text() + "\n" + directives(f.Doc) + f.Comment.Text() + directives(f.Comment))
	if m == nil || !isLock(tn, m[1]) {
		return
	}
	for _, name := range f.Names {
		v, ok := c.pass.TypesInfo.Defs[name].(*types.Var)
		if !ok {
			continue
		}
		c.stated[place{class: skeleton.FieldClass{Type: tn, Field: name.Name}}] = m[1]
		if name.IsExported() && tn.Exported() && tn.Parent() == c.pass.Pkg.Scope() {
			c.pass.ExportObjectFact(v, &guardedBy{m[1]})
		}
	}
}

// directives returns the lines of a comment that Text leaves out, since they
// look like directives.
func directives(g *ast.CommentGroup) string {
	var text strings.Builder
	if g != nil {
		for _, c := range g.List {
			text.WriteString("\n" + c.Text)
		}
	}
	return text.String()
}

// isLock reports whether the struct type tn has a field of that name which is
// a lock.
func isLock(tn *types.TypeName, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(tn.Type(), true, tn.Pkg(), name)
	v, ok := obj.(*types.Var)
	if !ok {
		return false
	}
	for _, t := range []types.Type{v.Type(), types.NewPointer(v.Type())} {
		m, _, _ := types.LookupFieldOrMethod(t, true, tn.Pkg(), "Lock")
		if fn, ok := m.(*types.Func); ok && syncapi.EffectOf(fn) != nil {
			return true
		}
	}
	return false
}

// imported reports whether a field of another package's type is under a lock
// by a comment there.
func (c *checker) imported(class skeleton.FieldClass) bool {
	p := place{class: class}
	if lock, ok := c.stated[p]; ok {
		return lock != ""
	}
	c.stated[p] = ""
	st, ok := class.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		var fact guardedBy
		if f.Name() == class.Field && c.pass.ImportObjectFact(f, &fact) {
			c.stated[p] = fact.Lock
		}
	}
	return c.stated[p] != ""
}
