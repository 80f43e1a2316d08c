package checkthenact

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A point is an operation that a function does, by itself or by a helper.
type point struct {
	chain []*skeleton.Op // from one of the function to the one meant, calls in between
	res   skeleton.Path  // what that acts on, as the function names it
	lock  skeleton.Path  // that the helper holds there
}

func (p *point) at() *skeleton.Op { return p.chain[0] }
func (p *point) op() *skeleton.Op { return p.chain[len(p.chain)-1] }

// The bounds of a helper: its operations, and the calls that lead to it.
const (
	maxHelper = 24
	maxDepth  = 2
)

// cells are the operations on what is safe by itself. Those that write come last.
var cells = []syncapi.Op{
	syncapi.AtomicLoad, syncapi.MapRead, syncapi.AtomicStore, syncapi.AtomicCAS, syncapi.MapWrite,
}

// points returns the points of f, whose own accesses of memory are left out if depth
// is maxDepth, or else those that a helper does under a lock. What only functions do
// that f is handed is not known, nor what those of other packages do.
func (c *checker) points(f *skeleton.Func, depth int) []point {
	key := pointsKey{f, depth}
	if ps, ok := c.known[key]; ok {
		return ps
	}
	ops := f.Ops()
	if depth < maxDepth && len(ops) > maxHelper {
		return nil
	}
	var ps []point
	for _, op := range ops {
		if op.Kind == syncapi.Defer {
			op = op.Inner
		}
		switch {
		case op.Is(cells...) && op.Res.Root != nil:
			ps = append(ps, point{[]*skeleton.Op{op}, op.Res, skeleton.Path{}})
		case op.Is(syncapi.Read, syncapi.Write):
			if lock := section(ops, op); depth < maxDepth && lock.Root != nil && op.Res.Root != nil {
				ps = append(ps, point{[]*skeleton.Op{op}, op.Res, lock})
			}
		case op.Kind == syncapi.Call && depth > 0 && len(op.Targets) == 1 && !op.Targets[0].Func.Imported():
			ps = append(ps, c.helped(op, op.Targets[0], depth-1)...)
		}
	}
	c.known[key] = ps
	return ps
}

type pointsKey struct {
	f     *skeleton.Func
	depth int
}

// helped returns the points of what op calls, as the caller names things.
func (c *checker) helped(op *skeleton.Op, t *skeleton.Target, depth int) []point {
	var ps []point
	for _, p := range c.points(t.Func, depth) {
		res, ok := c.bind(p.res, t)
		if !ok {
			continue
		}
		lock, ok := c.bind(p.lock, t)
		if !ok {
			lock = skeleton.Path{}
		}
		if ok || p.op().Is(cells...) {
			ps = append(ps, point{append([]*skeleton.Op{op}, p.chain...), res, lock})
		}
	}
	return ps
}

// section returns the lock that is held at op, by what a helper's operations are
// in the order of the source; zero if there is none, or more than one section.
func section(ops []*skeleton.Op, op *skeleton.Op) skeleton.Path {
	var acquire, release *skeleton.Op
	for _, o := range ops {
		switch {
		case o.Is(syncapi.Lock, syncapi.RLock):
			if acquire != nil {
				return skeleton.Path{}
			}
			acquire = o
		case o.Is(syncapi.Unlock, syncapi.RUnlock):
			if release == nil || o.Pos < release.Pos {
				release = o
			}
		}
	}
	if acquire == nil || op.Pos < acquire.Pos || release != nil && release.Pos < op.Pos {
		return skeleton.Path{}
	}
	return acquire.Res
}

// bind returns a path of the function that t calls as the caller names it.
func (c *checker) bind(p skeleton.Path, t *skeleton.Target) (skeleton.Path, bool) {
	r := p.Root
	switch {
	case r == nil:
		return p, false
	case r.Kind == skeleton.Global, t.Func.Parent != nil && r.Owner != t.Func:
		return p, true // what a literal captures has the name of the function around it
	case r.Kind != skeleton.Param || r.Owner != t.Func || r.Index >= len(t.Args) || t.Args[r.Index].Root == nil:
		return p, false
	}
	return c.extend(t.Args[r.Index], p.Sel), true
}

func (c *checker) extend(p skeleton.Path, s *skeleton.Sel) skeleton.Path {
	if s == nil {
		return p
	}
	return c.view.Field(c.extend(p, s.Up), s.Name, s.Owner)
}

// -- what stands in the source --

// call returns the call that op is, nil if it is none of this package.
func (c *checker) call(op *skeleton.Op) *ast.CallExpr {
	if op.Fn.Imported() {
		return nil
	}
	return c.view.CallOf(op)
}

// key returns the expression, of the function at hand, by which p picks an entry;
// not ok if there is none.
func (c *checker) key(p *point) (ast.Expr, bool) {
	op := p.op()
	if op.Is(syncapi.Read, syncapi.Write) {
		e, ok := c.view.Accessed(op).(*ast.IndexExpr)
		if !ok {
			return nil, false
		}
		return c.lift(p, e.Index)
	}
	call := c.call(op)
	if call == nil || len(call.Args) == 0 {
		return nil, false
	}
	return c.lift(p, call.Args[0])
}

// lift returns an expression that stands at p as the function at hand has it: a
// parameter of a helper as the argument.
func (c *checker) lift(p *point, e ast.Expr) (ast.Expr, bool) {
	for i := len(p.chain) - 1; i > 0; i-- {
		if c.pass.TypesInfo.Types[e].Value != nil {
			return e, true
		}
		if p.chain[i].Fn.Parent != nil {
			continue
		}
		id, ok := ast.Unparen(e).(*ast.Ident)
		if !ok {
			return nil, false
		}
		if e = c.argument(p.chain[i].Fn, p.chain[i-1], c.pass.TypesInfo.Uses[id]); e == nil {
			return nil, false
		}
	}
	return e, true
}

// argument returns what a call hands to the parameter v of f, nil if v is none.
func (c *checker) argument(f *skeleton.Func, op *skeleton.Op, v types.Object) ast.Expr {
	call := c.call(op)
	if call == nil || f.Obj == nil || v == nil {
		return nil
	}
	params := f.Obj.Signature().Params()
	for i := range params.Len() {
		if params.At(i) == v && params.Len() == len(call.Args) {
			return call.Args[i]
		}
	}
	return nil
}

// arguments returns what a call hands to those parameters of f that are among vars.
func (c *checker) arguments(f *skeleton.Func, op *skeleton.Op, vars map[types.Object]bool) []ast.Expr {
	if f.Obj == nil {
		return nil
	}
	var args []ast.Expr
	for v := range f.Obj.Signature().Params().Variables() {
		if e := c.argument(f, op, v); vars[v] && e != nil {
			args = append(args, e)
		}
	}
	return args
}

// sameKey reports whether two points pick one entry, as far as the code says.
func (c *checker) sameKey(a, b *point) bool {
	x, ok := c.key(a)
	y, also := c.key(b)
	return ok && also && c.sameExpr(x, y)
}

// sameExpr reports whether two expressions of a function have one value: they are
// spelled alike, and no variable in them is assigned in between.
func (c *checker) sameExpr(x, y ast.Expr) bool {
	a, ok := c.spell(x)
	b, also := c.spell(y)
	return ok && also && a == b && !c.uses.Changed(x, y)
}

// spell spells an expression, a constant as its value; not ok if it may have another
// value each time.
func (c *checker) spell(e ast.Expr) (string, bool) {
	e = ast.Unparen(e)
	if tv := c.pass.TypesInfo.Types[e]; tv.Value != nil {
		return "constant " + tv.Value.ExactString(), true
	}
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			pure = pure && c.pass.TypesInfo.Types[n.Fun].IsType()
		case *ast.FuncLit, *ast.UnaryExpr:
			pure = false
		}
		return pure
	})
	return types.ExprString(e), pure
}

// sameThing reports whether two points act on one thing.
func (c *checker) sameThing(a, b *point) bool {
	if a.res != b.res {
		return false
	}
	if a.res.IsOne() {
		return true
	}
	if len(a.chain) != 1 || len(b.chain) != 1 {
		return false
	}
	x, y := c.acted(a.op()), c.acted(b.op())
	return x != nil && y != nil && c.sameExpr(x, y)
}

// acted returns what an atomic operation, or that of a map, acts on: the receiver,
// or what the first argument is the address of.
func (c *checker) acted(op *skeleton.Op) ast.Expr {
	call := c.call(op)
	if call == nil {
		return nil
	}
	if op.Obj != nil && op.Obj.Signature().Recv() != nil {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			return sel.X
		}
		return nil
	}
	if len(call.Args) == 0 {
		return nil
	}
	e := ast.Unparen(call.Args[0])
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = ast.Unparen(u.X)
	}
	return e
}

// name spells what p acts on, as the function at hand does.
func (c *checker) name(p *point) string {
	if len(p.chain) == 1 {
		if e := c.acted(p.op()); e != nil {
			return types.ExprString(ast.Unparen(e))
		}
		if p.op().Is(syncapi.Read, syncapi.Write) {
			return c.view.Text(p.op())
		}
	}
	if key, ok := c.key(p); ok && p.op().Is(syncapi.Read, syncapi.Write) {
		return fmt.Sprintf("%s[%s]", p.res.Base(), types.ExprString(key))
	}
	return p.res.String()
}
