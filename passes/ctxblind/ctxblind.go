package ctxblind

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxscope"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

// Analyzer reports calls that wait without the context in scope.
var Analyzer = &analysis.Analyzer{
	Name:     "ctxblind",
	Doc:      docs.MustExtract(doc, "ctxblind"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/ctxblind",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at one package. It goes by syntax and types: of a callee the types of
// its package are enough to know its siblings.
type checker struct {
	*ctxscope.Package
	pass   *analysis.Pass
	root   *syntax.Tree
	index  *symindex.Index
	values *values.Index
	slog   bool // the package logs with contexts
	found  []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	view := pass.ResultOf[skeleton.Analyzer].(*skeleton.View)
	view.Lock()
	defer view.Unlock()
	c := &checker{
		Package: ctxscope.New(pass),
		pass:    pass,
		root:    pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		index:   pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		values:  values.New(pass),
	}
	syncapi.Siblings(func(path, key string, s *syncapi.Sibling) bool {
		if s.Logs {
			typ, name, isMethod := strings.Cut(s.Name, ".")
			c.slog = c.slog || !isMethod && c.index.Used(c.index.Object(path, typ)) || isMethod && c.index.Used(c.index.Method(path, typ, name))
		}
		return !c.slog
	})
	for cur := range c.root.Preorder((*ast.CallExpr)(nil), (*ast.SendStmt)(nil), (*ast.UnaryExpr)(nil), (*ast.RangeStmt)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.CallExpr:
			c.call(cur, n)
		case *ast.RangeStmt:
			c.ticks(cur, n)
		default:
			c.channel(cur)
		}
	}
	slices.SortStableFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// inScope returns the place of what is at cur if a context is in scope there that it
// should mind, otherwise nil.
func (c *checker) inScope(cur inspector.Cursor) *ctxscope.Place {
	if c.IsTest(cur.Node()) {
		return nil
	}
	pl := c.Place(cur)
	if pl.Ctx == "" || pl.Detached || pl.Deferred || c.CleansUp(cur) || c.Ended(cur) || c.Explained(cur.Node()) {
		return nil
	}
	return pl
}

// -- siblings --

func (c *checker) call(cur inspector.Cursor, call *ast.CallExpr) {
	fn := c.Callee(call)
	if fn == nil {
		return
	}
	if effect := syncapi.EffectOf(fn); effect != nil && effect.Op == syncapi.Sleep {
		c.sleep(cur, call)
		return
	}
	std := syncapi.SiblingOf(fn)
	var sibling *types.Func
	if std == nil {
		sibling = siblingOf(fn)
	}
	if std == nil && sibling == nil || std != nil && std.Logs && !c.slog {
		return
	}
	pl := c.inScope(cur)
	if pl == nil || sibling != nil && c.within(cur, sibling) || c.minded(cur, fn) {
		return
	}
	c.found = append(c.found, analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(), Category: categorySibling,
		Message:        fmt.Sprintf("%s is called without %s, which %s takes", types.ExprString(call.Fun), pl.Ctx, nameOf(fn, std, sibling)),
		SuggestedFixes: c.fixCall(cur, call, fn, std, sibling, pl),
	})
}

// nameOf spells the sibling of fn: a method by its name, a function with its package.
func nameOf(fn *types.Func, std *syncapi.Sibling, sibling *types.Func) string {
	if std == nil {
		return sibling.Name()
	}
	if _, method, isMethod := strings.Cut(std.Name, "."); isMethod && fn.Signature().Recv() != nil {
		return method
	}
	return fn.Pkg().Name() + "." + std.Name
}

// siblingOf returns the function beside fn that does the same with a context: its name is
// that of fn and a suffix, its parameters those of fn behind the context.
func siblingOf(fn *types.Func) *types.Func {
	sig := fn.Signature()
	if fn.Pkg() == nil || syncapi.IsStandard(fn.Pkg()) || takesContext(sig) || syncapi.IsLogging(fn) {
		return nil
	}
	for _, suffix := range []string{"Context", "Ctx", "WithContext", "WithCtx"} {
		var obj types.Object
		if recv := sig.Recv(); recv != nil {
			obj, _, _ = types.LookupFieldOrMethod(recv.Type(), true, fn.Pkg(), fn.Name()+suffix)
		} else {
			obj = fn.Pkg().Scope().Lookup(fn.Name() + suffix)
		}
		if sibling, ok := obj.(*types.Func); ok && sameBehindContext(sig, sibling.Signature()) {
			return sibling
		}
	}
	return nil
}

func takesContext(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if syncapi.IsContext(p.Type()) {
			return true
		}
	}
	return false
}

// sameBehindContext reports whether a function takes a context and then what the other
// one takes, and returns the same. Results that only add an error do not count.
func sameBehindContext(sig, with *types.Signature) bool {
	if with.Params().Len() != sig.Params().Len()+1 || with.Variadic() != sig.Variadic() || !syncapi.IsContext(with.Params().At(0).Type()) ||
		with.Results().Len() != sig.Results().Len() || with.TypeParams().Len() != sig.TypeParams().Len() {
		return false
	}
	if sig.TypeParams().Len() > 0 {
		return true // their types are equal but for the names of the parameters, as far as can be told
	}
	for i := range sig.Params().Len() {
		if !types.Identical(sig.Params().At(i).Type(), with.Params().At(i+1).Type()) {
			return false
		}
	}
	return types.Identical(sig.Results(), with.Results())
}

// within reports whether cur is in fn itself, which does its work by the one without a
// context, or in one of the same name, which wraps it.
func (c *checker) within(cur inspector.Cursor, fn *types.Func) bool {
	for up := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		return up.Node().(*ast.FuncDecl).Name.Name == fn.Name()
	}
	return false
}

// minded reports whether what a call makes gets the context later, or is ended by hand: a
// request by WithContext, a process by what it has, both by a call that is handed a context
// as well.
func (c *checker) minded(call inspector.Cursor, fn *types.Func) bool {
	switch kind, i := call.ParentEdge(); kind {
	case edge.SelectorExpr_X:
		return withContext(call.Parent().Node().(*ast.SelectorExpr).Sel.Name)
	case edge.AssignStmt_Rhs:
		as := call.Parent().Node().(*ast.AssignStmt)
		id, ok := as.Lhs[i].(*ast.Ident)
		if !ok {
			return false
		}
		v := c.pass.TypesInfo.ObjectOf(id)
		if v == nil {
			return false
		}
		for use := range c.index.Uses(v) {
			switch parent := use.Parent().Node().(type) {
			case *ast.SelectorExpr:
				if withContext(parent.Sel.Name) || parent.Sel.Name == "Process" || parent.Sel.Name == "Start" {
					return true
				}
			case *ast.CallExpr:
				if c.takesContext(parent) {
					return true
				}
			}
		}
	case edge.ReturnStmt_Results:
		return fn.Pkg().Path() == "os/exec" // the caller runs it
	}
	return false
}

// takesContext reports whether a call is handed a context, which it can give to whatever else
// it is handed.
func (c *checker) takesContext(call *ast.CallExpr) bool {
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return syncapi.IsContext(c.pass.TypesInfo.TypeOf(arg)) })
}

func withContext(method string) bool { return method == "WithContext" || method == "Clone" }

// fixCall calls the sibling, if that takes the place of fn as it is.
func (c *checker) fixCall(cur inspector.Cursor, call *ast.CallExpr, fn *types.Func, std *syncapi.Sibling, sibling *types.Func, pl *ctxscope.Place) []analysis.SuggestedFix {
	name, last := "", ""
	switch {
	case std != nil && std.Direct:
		name, last = std.Name[strings.LastIndex(std.Name, ".")+1:], std.Last
	case sibling != nil:
		name = sibling.Name()
	default:
		return nil
	}
	id := symindex.LastIdent(call.Fun)
	if id == nil || id.Name != fn.Name() || !c.named(cur, pl) {
		return nil
	}
	ctx := pl.Ctx
	edits := []analysis.TextEdit{{Pos: id.Pos(), End: id.End(), NewText: []byte(name)}}
	if len(call.Args) > 0 {
		edits = append(edits, analysis.TextEdit{Pos: call.Args[0].Pos(), End: call.Args[0].Pos(), NewText: []byte(ctx + ", ")})
	} else {
		if last != "" {
			ctx += ", " + last
		}
		edits = append(edits, analysis.TextEdit{Pos: call.Rparen, End: call.Rparen, NewText: []byte(ctx)})
	}
	return []analysis.SuggestedFix{{Message: "Call " + name, TextEdits: edits}}
}

// named reports whether the name of the context in scope means that at cur.
func (c *checker) named(cur inspector.Cursor, pl *ctxscope.Place) bool {
	pos := cur.Node().Pos()
	scope := c.pass.Pkg.Scope().Innermost(pos)
	if scope == nil || pl.Obj == nil {
		return false
	}
	_, obj := scope.LookupParent(pl.Obj.Name(), pos)
	return obj == pl.Obj
}
