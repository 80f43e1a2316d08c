package guardedby

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// guardedBy is the fact that a comment at a field names a field of the same
// struct as its lock.
type guardedBy struct{ Lock string }

// AFact marks the type as a fact.
func (*guardedBy) AFact() {}

func (g *guardedBy) String() string { return "guarded by " + g.Lock }

// comment is how a comment names a lock: what it belongs to, then itself.
var comment = lazyregexp.New(`(?i:\b(not )?(?:guarded|protected)[ _]by(?:: ?| |\()|\+checklocks:)(?:\w+\.)*?(?:(\w+)\.)?(\w+)`)

// lockIn returns how comments name a lock, and what it belongs to.
func lockIn(groups ...*ast.CommentGroup) (of, lock string) {
	for _, g := range groups {
		m := comment().FindStringSubmatch(g.Text() + "\n" + directives(g))
		if m != nil && m[1] == "" {
			return m[2], m[3]
		}
	}
	return "", ""
}

// readComments notes which fields and variables comments put under a lock.
func (c *checker) readComments() {
	for _, file := range c.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				c.readVariables(n)
			case *ast.TypeSpec:
				c.readType(n)
				st, ok := n.Type.(*ast.StructType)
				tn, named := c.pass.TypesInfo.Defs[n.Name].(*types.TypeName)
				if !ok || !named {
					return true
				}
				for _, f := range st.Fields.List {
					c.readField(tn, f)
				}
			}
			return true
		})
	}
}

// readType notes a type that is another one, of the package, under a new name.
func (c *checker) readType(spec *ast.TypeSpec) {
	id, ok := spec.Type.(*ast.Ident)
	if !ok || spec.Assign.IsValid() {
		return
	}
	old, ok := c.pass.TypesInfo.Uses[id].(*types.TypeName)
	tn, named := c.pass.TypesInfo.Defs[spec.Name].(*types.TypeName)
	if !ok || !named {
		return
	}
	if _, ok := old.Type().Underlying().(*types.Struct); ok {
		c.same[tn] = old
	}
}

// key returns the key of a lock, one for all types that are the same struct.
func (c *checker) key(lock skeleton.Path) (lockset.Key, bool) {
	k, ok := lockset.KeyOf(lock)
	return c.unified(k), ok
}

func (c *checker) unified(k lockset.Key) lockset.Key {
	for range len(c.same) {
		old := c.same[k.Class.Type]
		if old == nil {
			break
		}
		k.Class.Type = old
	}
	return k
}

// readVariables notes those of a declaration of variables.
func (c *checker) readVariables(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		vs, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		doc := vs.Doc
		if doc == nil {
			doc = decl.Doc
		}
		_, lock := lockIn(doc, vs.Comment)
		for _, name := range vs.Names {
			if v, ok := c.pass.TypesInfo.Defs[name].(*types.Var); ok && lock != "" && v.Parent() == c.pass.Pkg.Scope() {
				c.variables[name.Name] = lock
			}
		}
	}
}

func (c *checker) readField(tn *types.TypeName, f *ast.Field) {
	of, lock := lockIn(f.Doc, f.Comment)
	holder := c.holder(tn, of)
	if lock == "" || holder == nil {
		return
	}
	class, ok := lockAt(holder, lock)
	if !ok {
		return
	}
	for _, name := range f.Names {
		v, ok := c.pass.TypesInfo.Defs[name].(*types.Var)
		if !ok {
			continue
		}
		c.stated[skeleton.FieldClass{Type: tn, Field: name.Name}] = class
		if class.Type == tn && name.IsExported() && tn.Exported() && tn.Parent() == c.pass.Pkg.Scope() {
			c.pass.ExportObjectFact(v, &guardedBy{class.Field})
		}
	}
}

// holder returns the type whose lock a comment in the struct tn names as that of
// of: another type, or tn itself, by whatever name; nil if it is another object
// that tn refers to.
func (c *checker) holder(tn *types.TypeName, of string) *types.TypeName {
	if other, ok := c.pass.Pkg.Scope().Lookup(of).(*types.TypeName); ok {
		return other
	}
	if obj, _, _ := types.LookupFieldOrMethod(tn.Type(), true, tn.Pkg(), of); obj != nil {
		return nil
	}
	return tn
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

// lockAt returns the lock that the struct type tn has in a field of that name, not ok if
// that is none: the field, or what is embedded in the struct that it is.
func lockAt(tn *types.TypeName, name string) (class skeleton.FieldClass, ok bool) {
	obj, _, _ := types.LookupFieldOrMethod(tn.Type(), true, tn.Pkg(), name)
	v, ok := obj.(*types.Var)
	if !ok {
		return class, false
	}
	for _, t := range []types.Type{v.Type(), types.NewPointer(v.Type())} {
		m, index, _ := types.LookupFieldOrMethod(t, true, tn.Pkg(), "Lock")
		if fn, ok := m.(*types.Func); ok && syncapi.EffectOf(fn) != nil {
			return embedded(skeleton.FieldClass{Type: tn, Field: name}, v.Type(), index[:len(index)-1]), true
		}
	}
	return class, false
}

// embedded returns the field that index leads to from class, a field of type t.
func embedded(class skeleton.FieldClass, t types.Type, index []int) skeleton.FieldClass {
	for _, i := range index {
		t = types.Unalias(t)
		if ptr, ok := t.(*types.Pointer); ok {
			t = types.Unalias(ptr.Elem())
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			break
		}
		if named, ok := t.(*types.Named); ok {
			class = skeleton.FieldClass{Type: named.Origin().Obj(), Field: st.Field(i).Name()}
		} else {
			class.Field += "." + st.Field(i).Name()
		}
		t = st.Field(i).Type()
	}
	return class
}

// statedLock returns the lock that a comment names for a field, not ok if there is
// none.
func (c *checker) statedLock(class skeleton.FieldClass) (lock skeleton.FieldClass, ok bool) {
	if class.Type == nil {
		return lock, false
	}
	if lock, ok = c.stated[class]; ok {
		return lock, lock.Type != nil
	}
	if class.Type.Pkg() == c.pass.Pkg {
		return lock, false
	}
	c.stated[class] = lock
	st, ok := class.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return lock, false
	}
	for f := range st.Fields() {
		var fact guardedBy
		if f.Name() == class.Field && c.pass.ImportObjectFact(f, &fact) {
			lock = skeleton.FieldClass{Type: class.Type, Field: fact.Lock}
		}
	}
	c.stated[class] = lock
	return lock, lock.Type != nil
}
