package mainexit

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxDepth bounds through how many functions a call is followed.
const maxDepth = 3

// lasting are functions whose effect outlasts the process.
var lasting = map[string]bool{
	"os.Remove": true, "os.RemoveAll": true, "os.Rename": true,
	"runtime/pprof.StopCPUProfile": true, "runtime/pprof.WriteHeapProfile": true, "runtime/trace.Stop": true,
}

// matters reports whether a call does something that the end of the process does
// not: it removes files, flushes or closes what is written to, or ends a profile.
func (c *checker) matters(call *ast.CallExpr, depth int) bool {
	if depth == 0 {
		return false
	}
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return c.anyMatters(lit.Body, depth)
	}
	fn := c.callee(call)
	if fn == nil || fn.Pkg() == nil {
		return c.lastingValue(call, depth)
	}
	if lasting[fn.Pkg().Path()+"."+fn.Name()] && fn.Signature().Recv() == nil {
		return true
	}
	if decl := c.decls[fn]; decl != nil && fn.Name() != "Close" {
		return c.anyMatters(decl.Body, depth-1)
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || fn.Signature().Recv() == nil || len(call.Args) > 0 || syncapi.EffectOf(fn) != nil {
		return false
	}
	switch fn.Name() {
	case "Flush", "Sync":
		return true
	case "Close":
		return c.writes(sel.X)
	}
	return false
}

// anyMatters reports whether a function makes a call that matters.
func (c *checker) anyMatters(body *ast.BlockStmt, depth int) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			found = found || c.matters(call, depth)
		}
		return !found
	})
	return found
}

// lastingValue reports whether a function value does something that matters: a
// literal, or what a function of the package returns.
func (c *checker) lastingValue(call *ast.CallExpr, depth int) bool {
	for _, src := range c.values.Sources(call.Fun) {
		switch e := ast.Unparen(src.Expr).(type) {
		case *ast.FuncLit:
			if c.anyMatters(e.Body, depth-1) {
				return true
			}
		case *ast.CallExpr:
			fn := c.callee(e)
			if fn == nil || c.decls[fn] == nil {
				continue
			}
			found := false
			ast.Inspect(c.decls[fn].Body, func(n ast.Node) bool {
				if ret, ok := n.(*ast.ReturnStmt); ok && src.Index < len(ret.Results) {
					lit, ok := ast.Unparen(ret.Results[src.Index]).(*ast.FuncLit)
					found = found || ok && c.anyMatters(lit.Body, depth-1)
				}
				return !found
			})
			if found {
				return true
			}
		}
	}
	return false
}

// writes reports whether closing e does more than the end of the process does: it
// is written to, and is no connection.
func (c *checker) writes(e ast.Expr) bool {
	t := c.pass.TypesInfo.TypeOf(e)
	if !hasMethod(t, "Write") || hasMethod(t, "LocalAddr") {
		return false
	}
	for _, src := range c.values.Sources(e) {
		if call, ok := ast.Unparen(src.Expr).(*ast.CallExpr); ok {
			if fn := c.callee(call); fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "os" && fn.Name() == "Open" {
				return false
			}
		}
	}
	return true
}

func hasMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}

// isQuick reports whether a package's functions do not wait, but for those that are
// modeled.
func isQuick(fn *types.Func) bool {
	switch fn.Pkg().Path() {
	case "fmt", "log":
		return !strings.Contains(fn.Name(), "can")
	case "errors", "math", "sort", "slices", "maps", "strconv", "strings", "time", "unicode":
		return true
	}
	return false
}
