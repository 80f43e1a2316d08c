// Package iocalls is a view of a package: which calls wait for the disk, the
// network, a process or time, by themselves or by what they call.
//
// It is decided by syntax and types, and may miss a call, since calls of function
// values are not followed. Goroutines that a function starts do not keep it
// waiting, and literals only where they are called on the spot.
package iocalls

import (
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
)

// Analyzer finds the functions of a package that wait for input and output, and
// exports them as a fact. Its result is a [*Calls].
var Analyzer = &analysis.Analyzer{
	Name:       "iocalls",
	Doc:        "find the functions that wait for input and output",
	Run:        run,
	ResultType: reflect.TypeFor[*Calls](),
	FactTypes:  []analysis.Fact{new(waiting)},
}

// waiting is the fact of a package: those of its functions that wait, sorted, and
// what each of them waits for.
type waiting struct {
	Names []string
	For   []syncapi.IO
}

// AFact marks waiting as a fact.
func (*waiting) AFact() {}

// String tells how many functions the fact has.
func (w *waiting) String() string { return fmt.Sprintf("%d functions that wait", len(w.Names)) }

// Calls knows which calls of a package wait.
type Calls struct {
	pass  *analysis.Pass
	facts map[*types.Package]*waiting
	own   map[*types.Func]*Wait
	only  map[implements.Call]*types.Func // of interfaces, nil if there are none or several
}

// A Wait says why a call waits.
type Wait struct {
	For  syncapi.IO
	Call *ast.CallExpr // of a library function or one of another package, in this package
}

func run(pass *analysis.Pass) (any, error) {
	c := &Calls{
		pass:  pass,
		facts: make(map[*types.Package]*waiting),
		own:   make(map[*types.Func]*Wait),
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
	for changed := true; changed; {
		changed = false
		for _, fn := range order {
			if c.own[fn] != nil {
				continue
			}
			for call := range Sync(bodies[fn]) {
				if w := c.Of(call); w != nil {
					c.own[fn] = w
					changed = true
					break
				}
			}
		}
	}
	c.export(order)
	return c, nil
}

// concerns reports whether the package uses anything that may wait.
func (c *Calls) concerns() bool {
	return slices.ContainsFunc(c.pass.Pkg.Imports(), func(p *types.Package) bool {
		return syncapi.HasIO(p.Path()) || c.fact(p) != nil
	})
}

func (c *Calls) export(order []*types.Func) {
	w := new(waiting)
	for _, fn := range order {
		if c.own[fn] != nil && fn.Exported() {
			w.Names = append(w.Names, nameOf(fn))
		}
	}
	if len(w.Names) == 0 {
		return
	}
	slices.Sort(w.Names)
	by := make(map[string]syncapi.IO)
	for fn, why := range c.own {
		by[nameOf(fn)] = why.For
	}
	for _, name := range w.Names {
		w.For = append(w.For, by[name])
	}
	c.pass.ExportPackageFact(w)
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
	if w := c.fact(obj.Pkg()); io == syncapi.NoIO && w != nil && !syncapi.HasIO(obj.Pkg().Path()) {
		if i, ok := slices.BinarySearch(w.Names, nameOf(obj)); ok {
			io = w.For[i]
		}
	}
	if io == syncapi.NoIO {
		return nil
	}
	return &Wait{io, call}
}

// ofOwn returns why a call at pos of a function of the package waits. Of an interface
// with one implementation in the package it is that.
func (c *Calls) ofOwn(fn *types.Func, pos token.Pos) *Wait {
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
