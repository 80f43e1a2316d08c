package loopcapture

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

//go:embed doc.go
var doc string

// Analyzer reports loop variables captured by what runs after their iteration.
var Analyzer = &analysis.Analyzer{
	Name:     "loopcapture",
	Doc:      docs.MustExtract(doc, "loopcapture"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/loopcapture",
	Requires: []*analysis.Analyzer{syntax.Analyzer, symindex.Analyzer, skeleton.Analyzer},
	Run:      report.Run(run),
}

func run(pass *analysis.Pass) (any, error) {
	view := pass.ResultOf[skeleton.Analyzer].(*skeleton.View)
	if len(view.SharedLoops) == 0 {
		return nil, nil // no file before Go 1.22, or no capture in it
	}
	view.Lock()
	defer view.Unlock()
	c := &checker{
		pass:  pass,
		view:  view,
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		funcs: make(map[ast.Node]*skeleton.Func),
	}
	for _, f := range view.Funcs {
		if n := f.Syntax(); n != nil {
			c.funcs[n] = f
		}
	}
	root := pass.ResultOf[syntax.Analyzer].(*syntax.Tree)
	for _, shared := range view.SharedLoops {
		cur, ok := root.FindNode(shared.Stmt)
		if !ok {
			continue
		}
		l := &loop{checker: c, SharedLoop: shared}
		for encl := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
			l.fn = c.funcs[encl.Node()]
			break
		}
		if l.fn == nil {
			continue
		}
		l.graph = view.Expand(l.fn)
		for _, v := range shared.Vars {
			l.check(v)
		}
	}
	return nil, nil
}

type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	index *symindex.Index
	funcs map[ast.Node]*skeleton.Func
}

// A loop is a shared loop in the function fn.
type loop struct {
	*checker
	*skeleton.SharedLoop
	fn    *skeleton.Func
	graph *skeleton.Graph
}

// An escape is a way by which what refers to a loop variable outlives its
// iteration.
type escape struct {
	how  string         // "captured by …" or "whose address is …"
	node *skeleton.Node // where it sets out; nil if the skeleton does not show it
	stmt ast.Node       // the same in the syntax, if node is nil
	run  *skeleton.Spawn
	last bool // nothing in the iteration can wait for it
}

// check reports the captures of v, each literal and each address once.
func (l *loop) check(v *types.Var) {
	done := make(map[*ast.FuncLit]bool)
	for cur := range l.index.Uses(v) {
		if !within(l.Body, cur.Node()) {
			continue
		}
		lits := l.literals(cur)
		if len(lits) == 0 {
			l.checkAddress(v, cur)
			continue
		}
		if cur.ParentEdgeKind() == edge.AssignStmt_Lhs {
			continue // not read
		}
		for _, lit := range lits { // the outermost first
			if done[lit] {
				break
			}
			if e := l.escapeOf(lit, cur.Node().Pos()); e != nil && l.outlives(v, e) {
				done[lit] = true
				l.report(v, cur.Node(), e)
				break
			}
		}
	}
}

// literals returns the function literals of the loop's body around a node,
// the outermost first.
func (l *loop) literals(cur inspector.Cursor) []*ast.FuncLit {
	var lits []*ast.FuncLit
	for encl := range cur.Enclosing((*ast.FuncLit)(nil)) {
		if within(l.Body, encl.Node()) {
			lits = append([]*ast.FuncLit{encl.Node().(*ast.FuncLit)}, lits...)
		}
	}
	return lits
}

func within(outer, n ast.Node) bool { return outer.Pos() <= n.Pos() && n.End() <= outer.End() }

// checkAddress reports a use of v that takes its address, if that outlives the
// iteration.
func (l *loop) checkAddress(v *types.Var, cur inspector.Cursor) {
	for encl := range cur.Enclosing((*ast.UnaryExpr)(nil), (*ast.SelectorExpr)(nil)) {
		e := encl.Node().(ast.Expr)
		if !within(l.Body, e) || e.End() < cur.Node().End() {
			return
		}
		if skeleton.TakesAddress(l.pass.TypesInfo, e, v) {
			if esc := l.addressEscape(v, encl); esc != nil && l.outlives(v, esc) {
				l.report(v, e, esc)
			}
			return
		}
	}
}

func (l *loop) report(v *types.Var, at ast.Node, e *escape) {
	report.Report(l.pass, analysis.Diagnostic{
		Pos:     at.Pos(),
		End:     at.End(),
		Message: fmt.Sprintf("loop variable %s, %s, is shared by all iterations before Go 1.22", v.Name(), e.how),
		Related: []analysis.RelatedInformation{{
			Pos: v.Pos(), End: v.Pos() + token.Pos(len(v.Name())),
			Message: fmt.Sprintf("variable %s is declared once for the whole loop", v.Name()),
		}},
		SuggestedFixes: l.fix(v),
	})
}

// fix returns the fix that gives each iteration a variable of its own. It is
// not right if the body assigns the variable for the next iteration to see.
func (l *loop) fix(v *types.Var) []analysis.SuggestedFix {
	for cur := range l.index.Uses(v) {
		if within(l.Body, cur.Node()) && l.assigns(cur) {
			return nil
		}
	}
	if len(l.Body.List) == 0 {
		return nil
	}
	for _, stmt := range l.Body.List { // the body may have another v at its top
		if declares(stmt, v.Name()) {
			return nil
		}
	}
	indent := "\n"
	first := l.pass.Fset.PositionFor(l.Body.List[0].Pos(), false)
	for range first.Column - 1 {
		indent += "\t"
	}
	if first.Line == l.pass.Fset.PositionFor(l.Body.Lbrace, false).Line {
		indent = " "
	}
	text := fmt.Sprintf("%s%s := %s", indent, v.Name(), v.Name())
	if indent == " " {
		text += ";"
	}
	pos := l.Body.Lbrace + 1
	return []analysis.SuggestedFix{{
		Message:   fmt.Sprintf("Copy %s in each iteration", v.Name()),
		TextEdits: []analysis.TextEdit{{Pos: pos, End: pos, NewText: []byte(text)}},
	}}
}

// assigns reports whether a use gives the variable, or a part of it, a value.
func (l *loop) assigns(cur inspector.Cursor) bool {
	for {
		switch cur.ParentEdgeKind() {
		case edge.ParenExpr_X, edge.SelectorExpr_X, edge.IndexExpr_X:
			cur = cur.Parent()
		case edge.AssignStmt_Lhs, edge.IncDecStmt_X, edge.RangeStmt_Key, edge.RangeStmt_Value:
			return true
		default:
			return false
		}
	}
}

// declares reports whether a statement declares name in its own block.
func declares(stmt ast.Stmt, name string) bool {
	assign, ok := stmt.(*ast.AssignStmt)
	if ok && assign.Tok == token.DEFINE {
		for _, lhs := range assign.Lhs {
			if id, ok := lhs.(*ast.Ident); ok && id.Name == name {
				return true
			}
		}
	}
	decl, ok := stmt.(*ast.DeclStmt)
	if !ok {
		return false
	}
	found := false
	ast.Inspect(decl, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			for _, id := range spec.Names {
				found = found || id.Name == name
			}
		}
		return !found
	})
	return found
}
