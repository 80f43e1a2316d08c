// Package iocalls is a view of a package: which calls wait for the disk, the
// network, a process or time, by themselves or by what they call.
//
// It is decided by syntax and types, and may miss a call, since calls of function
// values are not followed. Goroutines that a function starts do not keep it
// waiting, and literals only where they are called on the spot. What a function does
// only if it is handed true, or false, is no wait of calls that hand it the contrary.
package iocalls

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/implements"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer finds the functions of a package that wait for input and output, and
// exports them as a fact. Its result is a [*Calls].
var Analyzer = &analysis.Analyzer{
	Name:       "iocalls",
	Doc:        "find the functions that wait for input and output",
	Requires:   []*analysis.Analyzer{syntax.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Calls](),
	FactTypes:  []analysis.Fact{new(waiting)},
}

// waiting is the fact of a package: the waits of its functions, sorted by name.
type waiting struct{ Waits []exported }

// An exported wait is one of the function so named.
type exported struct {
	Name string
	For  syncapi.IO
	Only Cond
	Deep int
}

// AFact marks waiting as a fact.
func (*waiting) AFact() {}

// String tells how many functions the fact has.
func (w *waiting) String() string { return fmt.Sprintf("%d waits of functions", len(w.Waits)) }

// of returns the waits of the function so named.
func (w *waiting) of(name string) []exported {
	if w == nil {
		return nil
	}
	i, _ := slices.BinarySearchFunc(w.Waits, name, func(e exported, name string) int { return cmp.Compare(e.Name, name) })
	n := i
	for n < len(w.Waits) && w.Waits[n].Name == name {
		n++
	}
	return w.Waits[i:n]
}

// Calls knows which calls of a package wait.
type Calls struct {
	pass  *analysis.Pass
	facts map[*types.Package]*waiting
	own   map[*types.Func][]*Wait // one for each condition, none behind one that has none
	conds conditions
	only  map[implements.Call]*types.Func // of interfaces, nil if there are none or several
}

// A Wait says why a call waits.
type Wait struct {
	For  syncapi.IO
	Call *ast.CallExpr // of a library function or one of another package, in this package
	only Cond          // when
	deep int           // so many functions are between the call of the one that waits and the library
}

// maxDeep bounds how far down waits are looked for. Each call on the way may be one that
// is not made in the case at hand; farther down most of what is found never happens.
const maxDeep = 8

func run(pass *analysis.Pass) (any, error) {
	c := &Calls{
		pass:  pass,
		facts: make(map[*types.Package]*waiting),
		own:   make(map[*types.Func][]*Wait),
		conds: newConditions(pass),
		only:  make(map[implements.Call]*types.Func),
	}
	if !c.concerns() {
		return c, nil
	}
	bodies := make(map[*types.Func]*ast.BlockStmt)
	var order []*types.Func
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.FuncDecl)
			if !ok || decl.Body == nil {
				continue
			}
			if fn, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
				bodies[fn] = decl.Body
				order = append(order, fn)
			}
		}
	}
	for deep := 1; deep <= maxDeep; deep++ {
		for _, fn := range order {
			c.function(fn, bodies[fn], deep)
		}
	}
	c.export(order)
	return c, nil
}

// function adds to the waits of fn those that are so deep.
func (c *Calls) function(fn *types.Func, body *ast.BlockStmt, deep int) {
	for call := range Sync(body) {
		if c.always(fn) {
			break
		}
		for _, w := range c.waits(call) {
			if w.deep != deep-1 {
				continue
			}
			only, possible := c.conds.at(fn, body, call, w.only)
			if possible && !slices.ContainsFunc(c.own[fn], func(old *Wait) bool { return old.only == only }) {
				c.own[fn] = append(c.own[fn], &Wait{w.For, w.Call, only, deep})
			}
		}
	}
}

// always reports whether fn is known to wait whatever it is handed.
func (c *Calls) always(fn *types.Func) bool {
	return slices.ContainsFunc(c.own[fn], func(w *Wait) bool { return w.only.isAlways() })
}

// concerns reports whether the package uses anything that may wait.
func (c *Calls) concerns() bool {
	return slices.ContainsFunc(c.pass.Pkg.Imports(), func(p *types.Package) bool {
		return syncapi.HasIO(p.Path()) || c.fact(p) != nil
	})
}

func (c *Calls) export(order []*types.Func) {
	fact := new(waiting)
	for _, fn := range order {
		if !fn.Exported() {
			continue
		}
		for _, w := range c.own[fn] {
			fact.Waits = append(fact.Waits, exported{nameOf(fn), w.For, w.only, w.deep})
		}
	}
	if len(fact.Waits) == 0 {
		return
	}
	slices.SortStableFunc(fact.Waits, func(a, b exported) int { return cmp.Compare(a.Name, b.Name) })
	c.pass.ExportPackageFact(fact)
}

// nameOf names a function within its package.
func nameOf(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj().Name() + "." + fn.Name()
	}
	return fn.Name()
}

// fact returns the fact of another package, nil if it has none or is not imported: not all
// drivers know of such.
func (c *Calls) fact(pkg *types.Package) *waiting {
	w, ok := c.facts[pkg]
	if !ok {
		if fact := new(waiting); slices.Contains(c.pass.Pkg.Imports(), pkg) && c.pass.ImportPackageFact(pkg, fact) {
			w = fact
		}
		c.facts[pkg] = w
	}
	return w
}

// Of returns why a call waits, nil if it does not or that is not known.
func (c *Calls) Of(call *ast.CallExpr) *Wait {
	for _, w := range c.waits(call) {
		if c.conds.possible(call, w.only) {
			return w
		}
	}
	return nil
}

// waits returns the waits of what a call calls.
func (c *Calls) waits(call *ast.CallExpr) []*Wait {
	fn := typeutil.Callee(c.pass.TypesInfo, call)
	obj, ok := fn.(*types.Func)
	if !ok || obj.Pkg() == nil {
		return nil
	}
	obj = obj.Origin()
	if obj.Pkg() == c.pass.Pkg {
		return c.ofOwn(obj, call.Pos())
	}
	io := syncapi.IOOf(obj)
	if io != syncapi.NoIO && c.isStream(call.Fun) {
		return nil
	}
	for _, i := range syncapi.IOOperands(obj) {
		if io == syncapi.NoIO {
			io = c.operand(call, obj, i)
		}
	}
	if io != syncapi.NoIO {
		return []*Wait{{For: io, Call: call}}
	}
	if syncapi.HasIO(obj.Pkg().Path()) {
		return nil
	}
	var waits []*Wait
	for _, e := range c.fact(obj.Pkg()).of(nameOf(obj)) {
		waits = append(waits, &Wait{e.For, call, e.Only, e.Deep})
	}
	return waits
}

// ofOwn returns the waits of a function of the package that is called at pos. Of an
// interface with one implementation in the package it is that.
func (c *Calls) ofOwn(fn *types.Func, pos token.Pos) []*Wait {
	if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		call := implements.Call{Method: fn, InTest: report.InTest(c.pass, pos)}
		only, ok := c.only[call]
		if !ok {
			if all := implements.Methods(c.pass, recv.Type().Underlying().(*types.Interface), call); len(all) == 1 {
				only = all[0]
			}
			c.only[call] = only
		}
		fn = only
	}
	return c.own[fn]
}

// isStream reports whether a method of a standard stream is called.
func (c *Calls) isStream(fun ast.Expr) bool {
	sel, ok := ast.Unparen(fun).(*ast.SelectorExpr)
	return ok && c.names(sel.X)
}

// names reports whether e is a standard stream.
func (c *Calls) names(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && syncapi.IsStandardStream(c.pass.TypesInfo.Uses[sel.Sel])
}

// operand returns what reading or writing operand i of a call waits for.
func (c *Calls) operand(call *ast.CallExpr, fn *types.Func, i int) syncapi.IO {
	if fn.Signature().Recv() != nil {
		i--
	}
	if i < 0 || i >= len(call.Args) || c.names(call.Args[i]) {
		return syncapi.NoIO
	}
	e := ast.Unparen(call.Args[i])
	if sel, ok := e.(*ast.SelectorExpr); ok && sel.Sel.Name == "Body" {
		if field := c.pass.TypesInfo.Uses[sel.Sel]; field != nil && field.Pkg() != nil && field.Pkg().Path() == "net/http" {
			return syncapi.Network
		}
	}
	return syncapi.IOType(c.pass.TypesInfo.TypeOf(e))
}

// Sync yields the calls in n that are done before it is: not those of goroutines
// that it starts, nor those of literals but where they are called on the spot.
// The operands of a call come before it.
func Sync(n ast.Node) iter.Seq[*ast.CallExpr] {
	return func(yield func(*ast.CallExpr) bool) { syncCalls(n, yield) }
}

func syncCalls(n ast.Node, yield func(*ast.CallExpr) bool) bool {
	more := true
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.GoStmt:
			for _, arg := range m.Call.Args {
				more = more && syncCalls(arg, yield)
			}
			return false
		case *ast.CallExpr:
			if lit, ok := ast.Unparen(m.Fun).(*ast.FuncLit); ok {
				more = more && syncCalls(lit.Body, yield)
			} else {
				more = more && syncCalls(m.Fun, yield)
			}
			for _, arg := range m.Args {
				more = more && syncCalls(arg, yield)
			}
			more = more && yield(m)
			return false
		}
		return more
	})
	return more
}
