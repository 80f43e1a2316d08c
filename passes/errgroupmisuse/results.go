package errgroupmisuse

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- the error of Wait --

// dropsOf reports the waits of a scene whose error is dropped.
func (c *checker) dropsOf(s *scene, gos, waits []*skeleton.Node) {
	failing := (*skeleton.Node)(nil)
	for _, n := range gos {
		if failing == nil && c.mayFail(n) {
			failing = n
		}
	}
	if failing == nil {
		return
	}
	var drops []*skeleton.Op
	for _, w := range waits {
		op := c.dropOf(w)
		if op == nil {
			return // another path looks at it
		}
		drops = append(drops, op)
	}
	for _, op := range drops {
		c.reportDrop(op, s.p, at(failing, s.graph))
	}
}

// dropOf returns the operation that drops the error of the Wait w: its own, or the
// call of a function that returns it. It is nil if the error is looked at.
func (c *checker) dropOf(w *skeleton.Node) *skeleton.Op {
	op := w.Op
	for fr := w.Frame; ; fr = fr.Up {
		switch {
		case !op.Fn.Imported() && c.dropped(op):
			return op
		case !forwards(op) || fr.Call == nil:
			return nil
		}
		if start := fr.Call.Graph.Spawner; start != nil && !start.Op.Is(syncapi.Go) && fr.Call.Op.Pos == start.Op.Pos {
			return nil // another group gets it
		}
		op = fr.Call.Op
	}
}

// forwards reports whether the function that has op returns its result.
func forwards(op *skeleton.Op) bool {
	return slices.ContainsFunc(op.Fn.Ops(), func(ret *skeleton.Op) bool {
		return ret.Is(syncapi.Return) && slices.ContainsFunc(ret.Args, func(p skeleton.Path) bool {
			return p.Root != nil && p.Sel == nil && slices.Contains(op.Results, p.Root)
		})
	})
}

// reportDrop reports that op drops the error of a group; start starts a function
// that may fail.
func (c *checker) reportDrop(op *skeleton.Op, p skeleton.Path, start *skeleton.Op) {
	message := fmt.Sprintf("the error of %s is dropped", c.view.Callee(op))
	if !inner(op).Is(syncapi.GroupWait) {
		message = fmt.Sprintf("the error of the group, which %s returns, is dropped", c.view.Callee(op))
	}
	c.add(op, message, c.note(start, fmt.Sprintf("this function of %s may fail", c.group(start, p)))...)
}

// mayFail reports whether a function that n starts may return an error which it
// does not tell of by itself.
func (c *checker) mayFail(n *skeleton.Node) bool {
	for _, sp := range n.Spawns {
		if sp.Mode.Starts() && c.failing(sp.Func) {
			return true
		}
	}
	return false
}

// failing reports whether the function p may do so. One that is not known may.
func (c *checker) failing(p skeleton.Path) bool {
	if p.Root == nil || p.Root.Kind != skeleton.FuncVal || p.Root.Func == nil {
		return true
	}
	return !c.never(p.Root.Func, 3) && !c.tells(p.Root.Func)
}

// never reports whether all returns of f return nil, or the error of a context.
func (c *checker) never(f *skeleton.Func, depth int) bool {
	if depth == 0 || len(f.Blocks) == 0 {
		return false
	}
	for _, ret := range f.Ops() {
		if !ret.Is(syncapi.Return) || len(ret.Args) == 0 {
			continue
		}
		last := ret.Args[len(ret.Args)-1]
		if (last.Root == nil || last.Root.Kind != skeleton.Nil) && !c.returnsNil(ret, depth) {
			return false
		}
	}
	return true
}

// returnsNil reports whether ret returns what a function that never fails does, or the
// error of a context.
func (c *checker) returnsNil(ret *skeleton.Op, depth int) bool {
	stmt, ok := c.view.Node(ret).(*ast.ReturnStmt)
	if !ok || len(stmt.Results) == 0 {
		return false
	}
	e := ast.Unparen(stmt.Results[len(stmt.Results)-1])
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	if fn := c.callee(call); fn != nil {
		if f := c.view.FuncOf(fn.Origin()); f != nil && c.never(f, depth-1) {
			return true
		}
	}
	return c.isContextError(e)
}

func (c *checker) isContextError(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn, ok := c.pass.TypesInfo.Uses[lastIdent(call.Fun)].(*types.Func)
	effect := syncapi.EffectOf(fn)
	return ok && effect != nil && effect.Op == syncapi.CtxErr
}

// lastIdent returns the name of what is called, an unknown one if it has none.
func lastIdent(e ast.Expr) *ast.Ident {
	if id := symindex.LastIdent(e); id != nil {
		return id
	}
	return new(ast.Ident)
}

// tells reports whether f hands each error that it returns to another function as
// well, or sends it.
func (c *checker) tells(f *skeleton.Func) bool {
	var body *ast.BlockStmt
	switch n := f.Syntax().(type) {
	case *ast.FuncDecl:
		body = n.Body
	case *ast.FuncLit:
		body = n.Body
	}
	if body == nil {
		return false
	}
	told := make(map[types.Object]bool)
	mention := func(e ast.Expr) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			told[c.pass.TypesInfo.Uses[id]] = true
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if _, isReturned := c.returned(n); !isReturned {
				for _, arg := range n.Args {
					mention(arg)
				}
			}
		case *ast.SendStmt:
			mention(n.Value)
		case *ast.AssignStmt: // errs[i] = err
			for i, v := range n.Rhs {
				if _, isIdent := n.Lhs[i].(*ast.Ident); len(n.Lhs) == len(n.Rhs) && !isIdent {
					mention(v)
				}
			}
		}
		return true
	})
	return c.allTold(body, told)
}

// returned returns the statement that returns the result of a call.
func (c *checker) returned(call *ast.CallExpr) (*ast.ReturnStmt, bool) {
	cur, ok := c.root.FindNode(call)
	if !ok {
		return nil, false
	}
	ret, ok := cur.Parent().Node().(*ast.ReturnStmt)
	return ret, ok
}

// allTold reports whether all returns of a function return nil, the error of a
// context, or what is among told.
func (c *checker) allTold(body *ast.BlockStmt, told map[types.Object]bool) bool {
	all := true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for _, e := range n.Results {
				id, ok := ast.Unparen(e).(*ast.Ident)
				all = all && (ok && (told[c.pass.TypesInfo.Uses[id]] || c.pass.TypesInfo.Types[e].IsNil()) || c.isContextError(e))
			}
		}
		return all
	})
	return all
}

// -- groups that functions share --

// A shared group is in a field or package variable.
type shared struct {
	field  skeleton.FieldClass
	global *skeleton.Root
}

func sharedOf(p skeleton.Path) (sh shared, ok bool) {
	if class, ok := p.Class(); ok {
		return shared{field: class}, true
	}
	if p.Root != nil && p.Root.Kind == skeleton.Global && p.Sel == nil {
		return shared{global: p.Root}, true
	}
	return shared{}, false
}

// uses are the operations of the package on a shared group.
type uses struct {
	gos, waits, limits []*skeleton.Op
}

// collect notes the operations on shared groups.
func (c *checker) collect() {
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			in := inner(op)
			sh, ok := sharedOf(in.Res)
			if !ok || !in.Is(kinds...) {
				continue
			}
			u := c.shared[sh]
			if u == nil {
				u = new(uses)
				c.shared[sh] = u
				c.order = append(c.order, sh)
			}
			switch in.Kind {
			case syncapi.GroupGo, syncapi.GroupTryGo:
				u.gos = append(u.gos, in)
			case syncapi.GroupWait:
				u.waits = append(u.waits, in)
			case syncapi.GroupLimit:
				if bounds(in) {
					u.limits = append(u.limits, in)
				}
			}
		}
	}
}

// sharedGroups reports shared groups that nothing waits for, and those whose error
// is dropped by all who wait.
func (c *checker) sharedGroups() {
	for _, sh := range c.order {
		u := c.shared[sh]
		if len(u.gos) == 0 || !c.confined(sh) {
			continue
		}
		if len(u.waits) == 0 {
			site := u.gos[0]
			c.add(site, fmt.Sprintf("nothing waits for the functions of %s, so that their errors are lost", c.group(site, site.Res)))
			continue
		}
		i := slices.IndexFunc(u.gos, func(op *skeleton.Op) bool {
			return slices.ContainsFunc(op.Callbacks, func(cb skeleton.Callback) bool { return c.failing(cb.Func) })
		})
		drops, ok := c.dropsAmong(u.waits, 3)
		if i < 0 || !ok {
			continue
		}
		for _, op := range drops {
			c.reportDrop(op, op.Res, u.gos[i])
		}
	}
}

// dropsAmong returns the operations that drop the error of waits; not ok if one of
// them is looked at.
func (c *checker) dropsAmong(waits []*skeleton.Op, depth int) (drops []*skeleton.Op, ok bool) {
	for _, w := range waits {
		if c.dropped(w) {
			drops = append(drops, w)
			continue
		}
		if !forwards(w) || depth == 0 || w.Fn.Obj == nil {
			return nil, false
		}
		calls := c.callsOf(w.Fn)
		if len(calls) == 0 {
			return nil, false
		}
		more, ok := c.dropsAmong(calls, depth-1)
		if !ok {
			return nil, false
		}
		drops = append(drops, more...)
	}
	return drops, true
}

// callsOf returns the calls of f; none if it is used in another way, or exported.
func (c *checker) callsOf(f *skeleton.Func) []*skeleton.Op {
	if f.Obj.Exported() {
		return nil
	}
	calls := c.allCallsOf(f)
	n := 0
	for range c.index.Uses(f.Obj) {
		n++
	}
	if n != len(calls) {
		return nil
	}
	return calls
}

// confined reports whether the package does nothing with a shared group but call its
// methods, and no other can.
func (c *checker) confined(sh shared) bool {
	v := c.variable(sh)
	if v == nil || v.Exported() {
		return false
	}
	for cur := range c.index.Uses(v) {
		for cur.ParentEdgeKind() == edge.SelectorExpr_Sel || cur.ParentEdgeKind() == edge.ParenExpr_X {
			cur = cur.Parent()
		}
		switch kind := cur.ParentEdgeKind(); {
		case kind == edge.SelectorExpr_X && cur.Parent().ParentEdgeKind() == edge.CallExpr_Fun:
		case kind == edge.AssignStmt_Lhs && madeBy(cur.Parent().Node().(*ast.AssignStmt).Rhs):
		case kind == edge.KeyValueExpr_Key && madeBy([]ast.Expr{cur.Parent().Node().(*ast.KeyValueExpr).Value}):
		default:
			return false
		}
	}
	return true
}

// madeBy reports whether values are no names of what others may have.
func madeBy(values []ast.Expr) bool {
	return !slices.ContainsFunc(values, func(e ast.Expr) bool { return symindex.LastIdent(e) != nil })
}

func (c *checker) variable(sh shared) *types.Var {
	if sh.global != nil {
		v, _ := c.pass.Pkg.Scope().Lookup(sh.global.Name).(*types.Var)
		return v
	}
	if sh.field.Type.Pkg() != c.pass.Pkg {
		return nil
	}
	st, ok := sh.field.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for v := range st.Fields() {
		if v.Name() == sh.field.Field {
			return v
		}
	}
	return nil
}

// ignoredTries reports the calls of TryGo whose result nothing looks at.
func (c *checker) ignoredTries() {
	var tries []*skeleton.Op
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			if op.Is(syncapi.GroupTryGo) || op.Inner.Is(syncapi.GroupTryGo) {
				tries = append(tries, inner(op))
			}
		}
	}
	for depth := 3; depth > 0 && len(tries) > 0; depth-- {
		var next []*skeleton.Op
		for _, op := range tries {
			switch {
			case c.dropped(op):
				c.add(op, fmt.Sprintf("the result of %s is ignored: if the limit is reached, the function does not run", c.view.Callee(op)))
			case forwards(op) && op.Fn.Obj != nil:
				next = append(next, c.allCallsOf(op.Fn)...)
			}
		}
		tries = next
	}
}

// allCallsOf returns the calls of f in the package.
func (c *checker) allCallsOf(f *skeleton.Func) []*skeleton.Op {
	var calls []*skeleton.Op
	for _, g := range c.view.Funcs {
		for _, op := range g.Ops() {
			if slices.ContainsFunc(inner(op).Targets, func(t *skeleton.Target) bool { return t.Func == f }) {
				calls = append(calls, inner(op))
			}
		}
	}
	return calls
}
