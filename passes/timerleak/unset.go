package timerleak

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"
)

// -- intervals that may not have been set --

// unset reports the ticker that call makes if its interval is a field which nothing sets but a
// decoder of the package, from what may lack it, or options that nobody has to give. That
// nothing checks it, or gives it a default, is a must-analysis of the package's syntax.
func (c *checker) unset(call *ast.CallExpr, cur inspector.Cursor) {
	d := &divisor{checker: c, at: cur}
	v := d.field(call.Args[0], 0)
	if v == nil {
		return
	}
	d.via = append(d.via, v)
	for _, v := range d.via {
		for use := range c.index.Uses(v) {
			if d.checks(use) {
				return
			}
		}
	}
	why := ""
	switch {
	case c.isDecoded(v):
		why = "what it is decoded from may lack it"
	case c.isOption(v):
		why = "only an option sets it"
	default:
		return
	}
	c.report(analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(),
		Message: fmt.Sprintf("%s may be zero, with which this panics: %s", v.Name(), why),
		Related: []analysis.RelatedInformation{{Pos: v.Pos(), End: v.Pos() + token.Pos(len(v.Name())), Message: fmt.Sprintf("nothing checks %s, or gives it a default", v.Name())}},
	})
}

// field returns the field of the package that e is, perhaps in other units, or that a function
// of the package does no more than to return; nil if it is none.
func (d *divisor) field(e ast.Expr, steps int) *types.Var {
	if steps > maxSteps {
		return nil
	}
	switch e := d.stripped(e).(type) {
	case *ast.BinaryExpr:
		if e.Op == token.MUL {
			if v := d.field(e.X, steps+1); v != nil {
				return v
			}
			return d.field(e.Y, steps+1)
		}
	case *ast.Ident:
		if rhs := d.follow(e, steps); rhs != nil {
			return d.field(rhs, steps+1)
		}
	case *ast.CallExpr:
		if result := d.root.OnlyReturned(typeutil.StaticCallee(d.pass.TypesInfo, e)); result != nil {
			return d.field(result, steps+1)
		}
	case *ast.SelectorExpr:
		if v, ok := d.pass.TypesInfo.Uses[e.Sel].(*types.Var); ok && v.IsField() && v.Pkg() == d.pass.Pkg {
			return v.Origin()
		}
	}
	return nil
}

// formats are the keys of struct tags by which decoders find a field.
var formats = []string{"json", "yaml", "toml", "hcl", "mapstructure", "xml", "koanf"}

// isDecoded reports whether v is filled by a decoder that the package calls, and by nothing
// else, and its tag has nothing to say of what it must be.
func (c *checker) isDecoded(v *types.Var) bool {
	def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok || def.ParentEdgeKind() != edge.Field_Names {
		return false
	}
	lit := def.Parent().Node().(*ast.Field).Tag
	if lit == nil {
		return false
	}
	text, err := strconv.Unquote(lit.Value)
	tag := reflect.StructTag(text)
	if err != nil || strings.Contains(text, "default") || strings.Contains(text, "valid") || strings.Contains(text, "required") ||
		!slices.ContainsFunc(formats, func(key string) bool { name, ok := tag.Lookup(key); return ok && name != "-" }) {
		return false
	}
	if !c.sets(v, func(inspector.Cursor) bool { return false }) {
		return false
	}
	for cur := range c.root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		fn, ok := typeutil.Callee(c.pass.TypesInfo, call).(*types.Func)
		if !ok || !strings.HasPrefix(fn.Name(), "Unmarshal") && !strings.HasPrefix(fn.Name(), "Decode") {
			continue
		}
		if slices.ContainsFunc(call.Args, func(e ast.Expr) bool { return has(c.pass.TypesInfo.TypeOf(e), v, 3) }) {
			return true
		}
	}
	return false
}

// has reports whether what a pointer of type t points to has the field v, by so many levels.
func has(t types.Type, v *types.Var, levels int) bool {
	if t == nil || levels == 0 {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if f.Origin() == v || has(f.Type(), v, levels-1) {
			return true
		}
	}
	return false
}

// isOption reports whether v is set, and that only by literals which functions return for
// others to call.
func (c *checker) isOption(v *types.Var) bool {
	if c.index.Public(v) {
		return false
	}
	set := false
	ok := c.sets(v, func(use inspector.Cursor) bool {
		for at := range use.Enclosing((*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
			set = set || at.ParentEdgeKind() == edge.ReturnStmt_Results
			return at.ParentEdgeKind() == edge.ReturnStmt_Results
		}
		return false
	})
	return ok && set
}

// sets reports whether nothing in the package sets the field v but at the uses for which ok
// holds.
func (c *checker) sets(v *types.Var, ok func(inspector.Cursor) bool) bool {
	for use := range c.index.Uses(v) {
		if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
			use = use.Parent()
		}
		switch use.ParentEdgeKind() {
		case edge.KeyValueExpr_Key, edge.IncDecStmt_X:
			return false
		case edge.UnaryExpr_X:
			if use.Parent().Node().(*ast.UnaryExpr).Op == token.AND {
				return false
			}
		case edge.AssignStmt_Lhs:
			if !ok(use) {
				return false
			}
		}
	}
	return true
}
