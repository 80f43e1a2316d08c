package ctxfield

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports structs that hold a context.
var Analyzer = &analysis.Analyzer{
	Name:     "ctxfield",
	Doc:      docs.MustExtract(doc, "ctxfield"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/ctxfield",
	Requires: []*analysis.Analyzer{syntax.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A holder is a place where a struct holds a context.
type holder struct {
	pos, end token.Pos
	owner    types.Type // *types.Named, or *types.Struct for one without a name
	field    *types.Var // nil for an instance of a generic type
	message  string
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),

		within: make(map[types.Type]bool),
	}
	holders := c.fields()
	holders = append(holders, c.instances(holders)...)
	holders = append(holders, c.stores()...)
	if len(holders) == 0 {
		return nil, nil
	}
	usage := c.usage(holders)
	for _, h := range holders {
		if c.standsForOneCall(h, usage) {
			continue
		}
		report.Report(pass, analysis.Diagnostic{Pos: h.pos, End: h.end, Message: h.message})
	}
	return nil, nil
}

// A checker looks at one package.
type checker struct {
	pass  *analysis.Pass
	root  *syntax.Tree
	index *symindex.Index

	values map[types.Type][]inspector.Cursor // see valuesOf
	within map[types.Type]bool               // see withinCall
}

// -- where contexts are held --

// fields returns the fields whose type has room for a context.
func (c *checker) fields() []*holder {
	var holders []*holder
	for cur := range c.root.Preorder((*ast.StructType)(nil)) {
		syntax := cur.Node().(*ast.StructType)
		str, ok := c.pass.TypesInfo.TypeOf(syntax).(*types.Struct)
		if !ok || c.inTest(syntax.Pos()) {
			continue
		}
		i := 0
		for _, field := range syntax.Fields.List {
			names := max(len(field.Names), 1)
			for n := range names {
				v := str.Field(i + n)
				if !holds(v.Type()) {
					break // all names have one type
				}
				h := &holder{field: v, owner: c.ownerOf(cur)}
				if v.Embedded() {
					h.pos, h.end = field.Type.Pos(), field.Type.End()
				} else {
					h.pos, h.end = field.Names[n].Pos(), field.Names[n].End()
				}
				if v.Embedded() && isContext(v.Type()) {
					h.message = fmt.Sprintf("%s embeds a context", nameOf(h.owner))
				} else {
					h.message = fmt.Sprintf("field %s of %s holds a context", v.Name(), nameOf(h.owner))
				}
				holders = append(holders, h)
			}
			i += names
		}
	}
	return holders
}

// ownerOf returns the type that a struct type is declared to be or to be
// part of, or the struct type itself.
func (c *checker) ownerOf(cur inspector.Cursor) types.Type {
	for outer := cur; ; outer = outer.Parent() {
		switch n := outer.Node().(type) {
		case *ast.StructType, *ast.FieldList, *ast.Field, *ast.ArrayType, *ast.StarExpr, *ast.MapType, *ast.ChanType, *ast.ParenExpr:
			continue
		case *ast.TypeSpec:
			if named, ok := types.Unalias(c.pass.TypesInfo.Defs[n.Name].Type()).(*types.Named); ok {
				return named
			}
		}
		return c.pass.TypesInfo.TypeOf(cur.Node().(*ast.StructType))
	}
}

// instances returns the places where a generic struct type is instantiated
// with a context, other than as the type of a field: once a generic type, and
// not if a field has told of it already.
func (c *checker) instances(fields []*holder) []*holder {
	told := make(map[types.Type]bool)
	for _, h := range fields {
		if key, _ := keyOf(h.field.Type()); key != nil {
			told[key] = true
		}
	}
	var holders []*holder
	for cur := range c.root.Preorder((*ast.CompositeLit)(nil), (*ast.TypeSpec)(nil)) {
		var syntax ast.Expr
		switch n := cur.Node().(type) {
		case *ast.CompositeLit:
			syntax = n.Type
		case *ast.TypeSpec:
			syntax = n.Type
		}
		if syntax == nil || c.inTest(syntax.Pos()) {
			continue
		}
		t, ok := types.Unalias(c.pass.TypesInfo.TypeOf(syntax)).(*types.Named)
		if !ok || t.TypeArgs() == nil || told[t.Origin()] || !holds(t) {
			continue
		}
		if _, ok := t.Underlying().(*types.Struct); !ok {
			continue
		}
		told[t.Origin()] = true
		holders = append(holders, &holder{
			pos: syntax.Pos(), end: syntax.End(), owner: t.Origin(),
			message: fmt.Sprintf("%s holds a context", types.TypeString(t, types.RelativeTo(c.pass.Pkg))),
		})
	}
	return holders
}

func (c *checker) inTest(pos token.Pos) bool {
	return report.InTest(c.pass, pos)
}

func nameOf(owner types.Type) string {
	if named, ok := owner.(*types.Named); ok {
		return named.Obj().Name()
	}
	return "an unnamed struct"
}

// -- what is left alone --

// standsForOneCall reports whether a struct may hold a context because it
// stands for a call itself, or because its methods cannot be given one.
func (c *checker) standsForOneCall(h *holder, usage map[types.Type]*use) bool {
	u := usage[h.owner]
	named, ok := h.owner.(*types.Named)
	if !ok {
		return u.passing(false) || c.withinCall(h.owner) && c.fromCaller(h)
	}
	switch {
	case implementsContext(named, c.pass.Pkg) || overridesContext(named, c.pass.Pkg):
		return true
	case h.field != nil && h.field.Embedded() && (u.isContext || isContext(h.field.Type()) && derives(named)):
		return true
	case h.field != nil && !h.field.Exported() && !h.field.Embedded() && isCarrier(named, c.pass.Pkg):
		return true
	}
	if !named.Obj().Exported() && (c.withinCall(named) || u.request(named)) && c.fromCaller(h) {
		return true
	}
	if methods := c.methodsUsing(h); len(methods) > 0 {
		return c.dictated(named, methods)
	}
	option := isOption(named.Obj().Name())
	if option && c.withinCall(named) {
		u.kept = false // for longer than the call
	}
	return u.passing(option)
}

// methodsUsing returns the methods of the owner of a field that use it, other
// than those which just return it.
func (c *checker) methodsUsing(h *holder) []*types.Func {
	if h.field == nil {
		return nil
	}
	var methods []*types.Func
	for cur := range c.index.Uses(h.field) {
		for decl := range cur.Enclosing((*ast.FuncDecl)(nil)) {
			fn, ok := c.pass.TypesInfo.Defs[decl.Node().(*ast.FuncDecl).Name].(*types.Func)
			if !ok || fn.Signature().Recv() == nil {
				continue
			}
			if key, _ := keyOf(fn.Signature().Recv().Type()); key == h.owner && !isGetter(fn.Signature()) {
				methods = append(methods, fn)
			}
		}
	}
	return methods
}

// dictated reports whether interfaces of other modules, which the package
// imports and the type implements, dictate the signatures of all the methods.
func (c *checker) dictated(named *types.Named, methods []*types.Func) bool {
	for _, method := range methods {
		if !c.dictatedOne(named, method) {
			return false
		}
	}
	return true
}

func (c *checker) dictatedOne(named *types.Named, method *types.Func) bool {
	if givesContext(method.Signature(), c.pass.Pkg) {
		return false
	}
	for _, pkg := range c.pass.Pkg.Imports() {
		if c.sameModule(pkg) {
			continue
		}
		for _, name := range pkg.Scope().Names() {
			tname, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || !tname.Exported() {
				continue
			}
			iface, ok := tname.Type().Underlying().(*types.Interface)
			if !ok || !hasMethod(iface, method.Name()) || isTrivial(iface) {
				continue
			}
			if types.Implements(types.NewPointer(named), iface) {
				return true
			}
		}
	}
	return false
}

func (c *checker) sameModule(pkg *types.Package) bool {
	module := c.pass.Module
	return module != nil && module.Path != "" &&
		(pkg.Path() == module.Path || strings.HasPrefix(pkg.Path(), module.Path+"/"))
}

// givesContext reports whether a parameter is a context, or has one.
func givesContext(sig *types.Signature, pkg *types.Package) bool {
	for param := range sig.Params().Variables() {
		if isContext(param.Type()) || returnsContext(param.Type(), pkg) {
			return true
		}
	}
	return false
}

func hasMethod(iface *types.Interface, name string) bool {
	for method := range iface.Methods() {
		if method.Name() == name {
			return true
		}
	}
	return false
}

// isTrivial reports whether an interface is one that any service may happen to
// implement, so that it says nothing of why a method is as it is.
func isTrivial(iface *types.Interface) bool {
	if iface.NumMethods() != 1 {
		return false
	}
	sig := iface.Method(0).Signature()
	return sig.Params().Len() == 0 && sig.Results().Len() <= 1
}
