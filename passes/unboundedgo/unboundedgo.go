package unboundedgo

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

// Analyzer reports goroutines that input alone bounds.
var Analyzer = &analysis.Analyzer{
	Name:      "unboundedgo",
	Doc:       docs.MustExtract(doc, "unboundedgo"),
	URL:       "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/unboundedgo",
	Requires:  []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	FactTypes: []analysis.Fact{new(spawns)},
	Run:       report.Run(run),
}

// spawns is the fact of a function that starts a goroutine each time it is called, and
// waits for nothing.
type spawns struct{}

// AFact marks spawns as a fact.
func (*spawns) AFact() {}

// String says what the function does.
func (*spawns) String() string { return "starts a goroutine" }

// A checker looks at the loops of a package. Loops are known by their syntax, what the
// functions that they call do by the skeletons. Whatever might bound the goroutines counts
// (it errs to silence).
type checker struct {
	pass   *analysis.Pass
	view   *skeleton.View
	index  *symindex.Index
	values *values.Index
	done   map[token.Pos]bool
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		view:   pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		index:  pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		values: values.New(pass),
		done:   make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		if f.Obj != nil && f.Obj.Exported() && f.Obj.Pkg() == pass.Pkg && c.startsOne(f, maxDepth) {
			pass.ExportObjectFact(f.Obj, new(spawns))
		}
	}
	root := pass.ResultOf[syntax.Analyzer].(*syntax.Tree)
	for cur := range root.Preorder((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if report.InTest(pass, cur.Node().Pos()) {
			continue
		}
		if what := c.feeds(cur.Node()); what != "" {
			c.loop(cur, what)
		}
	}
	return nil, nil
}

// feeds returns what a loop has a turn for, "" if the code bounds their number.
func (c *checker) feeds(loop ast.Node) string {
	switch loop := loop.(type) {
	case *ast.RangeStmt:
		switch t := c.pass.TypesInfo.TypeOf(loop.X).Underlying().(type) {
		case *types.Chan:
			return "value from " + types.ExprString(loop.X)
		case *types.Slice, *types.Map, *types.Signature:
			if !c.spelledOut(loop.X) {
				return "element of " + types.ExprString(loop.X)
			}
		case *types.Basic:
			if t.Info()&types.IsInteger != 0 {
				return c.length(loop.X)
			}
		}
	case *ast.ForStmt:
		if bin, ok := loop.Cond.(*ast.BinaryExpr); ok && loop.Post != nil {
			return c.length(bin.Y)
		}
		if name := c.scans(loop); name != "" {
			return "token that " + name + " reads"
		}
		if name := c.accepts(loop); name != "" {
			return "connection that " + name + " returns"
		}
	}
	return ""
}

// spelledOut reports whether a list is one that the code spells out.
func (c *checker) spelledOut(e ast.Expr) bool {
	sources := c.values.Sources(e)
	return len(sources) > 0 && !slices.ContainsFunc(sources, func(s values.Source) bool {
		_, ok := s.Expr.(*ast.CompositeLit)
		return !ok
	})
}

// length returns what a loop has a turn for that counts up to e, "" if that is not the
// length of a list.
func (c *checker) length(e ast.Expr) string {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return ""
	}
	id, ok := call.Fun.(*ast.Ident)
	if b, isBuiltin := c.pass.TypesInfo.Uses[id].(*types.Builtin); !ok || !isBuiltin || b.Name() != "len" || c.spelledOut(call.Args[0]) {
		return ""
	}
	if _, ok := c.pass.TypesInfo.TypeOf(call.Args[0]).Underlying().(*types.Slice); !ok {
		return ""
	}
	return "element of " + types.ExprString(call.Args[0])
}

// scans returns the call of a bufio.Scanner by which a loop goes on, "" if it is not one.
func (c *checker) scans(loop *ast.ForStmt) string {
	call, ok := loop.Cond.(*ast.CallExpr)
	if !ok {
		return ""
	}
	if fn := c.callee(call); fn == nil || fn.FullName() != "(*bufio.Scanner).Scan" {
		return ""
	}
	return types.ExprString(call.Fun)
}

// accepts returns the call by which a loop accepts a connection, "" if there is none.
func (c *checker) accepts(loop *ast.ForStmt) string {
	name := ""
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt:
			return false
		case *ast.CallExpr:
			if fn := c.callee(n); fn != nil && strings.HasPrefix(fn.Name(), "Accept") && fn.Signature().Recv() != nil && fn.Signature().Results().Len() >= 2 {
				name = types.ExprString(n.Fun)
			}
		}
		return name == ""
	})
	return name
}

func (c *checker) callee(call *ast.CallExpr) *types.Func {
	fn, _ := typeutil.Callee(c.pass.TypesInfo, call).(*types.Func)
	if fn == nil {
		return nil
	}
	return fn.Origin()
}

// limits matches the names of functions that wait for a place.
var limits = lazyregexp.New(`(?i)acquire|limit|throttl|token|slot|reserve|^wait|^take|allow|backpressure|^borrow`)

// loop reports the first goroutine that a turn of a loop starts, if nothing bounds it.
func (c *checker) loop(cur inspector.Cursor, what string) {
	var start ast.Node
	bounded := false
	c.turn(body(cur.Node()), func(n ast.Node) {
		switch n := n.(type) {
		case *ast.GoStmt:
			if start == nil && !bounded {
				start = n
			}
		case *ast.CallExpr:
			switch {
			case start == nil && c.starts(n):
				start = n
			case c.waits(n):
				bounded = true
			}
		case *ast.SendStmt:
			bounded = true
		case *ast.UnaryExpr:
			bounded = bounded || n.Op == token.ARROW
		case *ast.IfStmt:
			bounded = bounded || start == nil && compares(n.Cond)
		}
	})
	if start == nil || bounded || c.done[start.Pos()] {
		return
	}
	c.done[start.Pos()] = true
	pos, end := start.Pos(), start.End()
	if g, ok := start.(*ast.GoStmt); ok {
		end = g.Call.Fun.Pos() + 1
		if _, isLit := g.Call.Fun.(*ast.FuncLit); !isLit {
			end = g.Call.End()
		}
	} else if call := start.(*ast.CallExpr); call != nil {
		end = call.Fun.End()
	}
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: end, Message: fmt.Sprintf("a goroutine is started for each %s, and nothing bounds how many there are at once", what),
	})
}

func body(loop ast.Node) *ast.BlockStmt {
	if r, ok := loop.(*ast.RangeStmt); ok {
		return r.Body
	}
	return loop.(*ast.ForStmt).Body
}

// turn calls visit for what a turn of a loop does itself: not what literals do, nor the
// loops in it, which are looked at by themselves.
func (c *checker) turn(block *ast.BlockStmt, visit func(ast.Node)) {
	ast.Inspect(block, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.GoStmt:
			visit(n)
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			return false
		}
		if n != nil {
			visit(n)
		}
		return true
	})
}

// compares reports whether a condition compares a count with another.
func compares(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok {
			switch b.Op {
			case token.LSS, token.LEQ, token.GTR, token.GEQ:
				found = true
			}
		}
		return !found
	})
	return found
}

// maxDepth bounds through how many functions a go statement is looked for.
const maxDepth = 3

// starts reports whether a call starts a goroutine that goes on behind it.
func (c *checker) starts(call *ast.CallExpr) bool {
	fn := c.callee(call)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	if effect := syncapi.EffectOf(fn); effect != nil {
		return effect.Op == syncapi.WgGo || effect.Op == syncapi.GroupGo && !c.limited(call)
	}
	if syncapi.IsStandard(fn.Pkg()) {
		return false
	}
	if fn.Pkg() != c.pass.Pkg {
		return c.pass.ImportObjectFact(fn, new(spawns))
	}
	f := c.view.FuncOf(fn)
	return f != nil && c.startsOne(f, maxDepth)
}

// startsOne reports whether f starts a goroutine whenever it is called, and neither waits
// for anything nor tells one to stop.
func (c *checker) startsOne(f *skeleton.Func, depth int) bool {
	if pkg, _ := f.From(); depth == 0 || len(f.Blocks) == 0 || pkg != nil && syncapi.IsStandard(pkg) || acquires(f) {
		return false
	}
	seen := make(map[*skeleton.Block]bool)
	for b := f.Blocks[0]; !seen[b]; b = b.Succs[0].To {
		seen[b] = true
		if slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool { return c.opStarts(op, depth) }) {
			return true
		}
		if len(b.Succs) != 1 {
			break
		}
	}
	return false
}

func (c *checker) opStarts(op *skeleton.Op, depth int) bool {
	switch {
	case op.Is(syncapi.Go, syncapi.WgGo):
		return true
	case op.Kind != syncapi.Call:
		return false
	case op.Obj != nil && op.Obj.Pkg() != nil && op.Obj.Pkg() != c.pass.Pkg && c.pass.ImportObjectFact(op.Obj.Origin(), new(spawns)):
		return true
	}
	return slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return c.startsOne(t.Func, depth-1) })
}

// acquires reports whether f may wait for something, a place or the end of what it has
// started, or tells that to stop.
func acquires(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return op.Is(syncapi.Send, syncapi.Recv, syncapi.Select, syncapi.SemAcquire, syncapi.SemTryAcquire, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.OnceDo, syncapi.Close)
	})
}

// limited reports whether the group of a call has a limit, or may have one that is not
// seen.
func (c *checker) limited(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return true
	}
	id := symindex.LastIdent(sel.X)
	if id == nil {
		return true
	}
	v, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || c.isParam(sel.X) {
		return true
	}
	for use := range c.index.Uses(v) {
		if s, ok := use.Parent().Node().(*ast.SelectorExpr); ok {
			fn, _ := c.pass.TypesInfo.Uses[s.Sel].(*types.Func)
			if effect := syncapi.EffectOf(fn); effect != nil && effect.Op == syncapi.GroupLimit {
				return true
			}
		}
	}
	return false
}

// isParam reports whether the value of e may come from a parameter.
func (c *checker) isParam(e ast.Expr) bool {
	return slices.ContainsFunc(c.values.Sources(e), func(s values.Source) bool { return s.Param != nil })
}

// waits reports whether a call may wait for a place, or for what the turn has started.
func (c *checker) waits(call *ast.CallExpr) bool {
	fn := c.callee(call)
	if fn == nil {
		return false
	}
	if effect := syncapi.EffectOf(fn); effect != nil {
		return slices.Contains([]syncapi.Op{syncapi.SemAcquire, syncapi.SemTryAcquire, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.GroupTryGo}, effect.Op)
	}
	if limits().MatchString(fn.Name()) {
		return true
	}
	if fn.Pkg() == nil || syncapi.IsStandard(fn.Pkg()) {
		return false
	}
	f := c.view.FuncOf(fn)
	return f != nil && acquires(f)
}
