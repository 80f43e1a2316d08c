package closing

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Skeletons keep few of the conditions that decide whether an operation takes
// place, so this file reads them in the source. A condition is free if it can
// be so more than once, whatever the other close has done: that of an error
// which a call has returned, or of values which the turn of a loop, or the
// goroutine, has to itself. What is made of fields, counters, captured
// variables or messages is not: that may be how the code chooses who closes. It
// errs to not free.

// A mode says what is done more than once.
type mode uint8

const (
	sequence  mode = iota // nothing: parameters are free as well
	loop                  // a turn of the innermost loop
	goroutine             // the activation at the root of a goroutine
)

// free reports whether all conditions on the way to n are free, in the
// functions from n's own to that of the activation root. It returns the
// variables that they are made of.
func (t *twiceFinder) free(n *skeleton.Node, root *skeleton.Frame, m mode) (map[types.Object]bool, bool) {
	vars := make(map[types.Object]bool)
	if m == goroutine && (n.Frame.Call == nil || n.Frame.Call.Graph != n.Graph) {
		return vars, true // the goroutine is the operation
	}
	for f := n.Frame; f != nil; f = f.Up {
		syntax := t.view.Node(lockset.OpIn(n, f))
		body := bodyOf(f.Func.Syntax())
		if syntax == nil || body == nil {
			return nil, false
		}
		r := &reader{info: t.pass.TypesInfo, pkg: t.pass.Pkg, pos: syntax.Pos(), fn: f.Func.Syntax(), vars: vars, mode: m}
		r.scope, r.racy = body, m == goroutine && racy(n)
		if m == sequence && f != root {
			r.mode = goroutine // the arguments are not looked at
		}
		done := f == root
		if l := loopAround(body, r.pos); m == loop && l != nil {
			r.scope, done = l, true
		} else if m == loop && done {
			if !jumps(body) {
				return nil, false // what goes around is not seen
			}
		} else if m == loop {
			r.mode = goroutine
		}
		if !r.conditions() {
			return nil, false
		}
		if done {
			return vars, true
		}
	}
	return nil, false
}

func disjoint(a, b map[types.Object]bool) bool {
	for v := range a {
		if b[v] {
			return false
		}
	}
	return true
}

func bodyOf(fn ast.Node) *ast.BlockStmt {
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		return fn.Body
	case *ast.FuncLit:
		return fn.Body
	}
	return nil
}

func encloses(n ast.Node, pos token.Pos) bool { return n != nil && n.Pos() <= pos && pos < n.End() }

// loopAround returns the innermost loop of body whose body has pos in it, nil
// if there is none.
func loopAround(body *ast.BlockStmt, pos token.Pos) (found ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt:
			if encloses(n.Body, pos) {
				found = n
			}
		case *ast.RangeStmt:
			if encloses(n.Body, pos) {
				found = n
			}
		}
		return true
	})
	return found
}

// jumps reports whether a loop may be made of goto statements.
func jumps(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		found = found || ok && b.Tok == token.GOTO
		return !found
	})
	return found
}

// A reader reads the conditions in one function on the way to a position.
type reader struct {
	info  *types.Info
	pkg   *types.Package
	pos   token.Pos
	fn    ast.Node // *ast.FuncDecl or *ast.FuncLit
	scope ast.Node // the body of fn, or a loop in it
	mode  mode
	vars  map[types.Object]bool
	busy  map[types.Object]bool
	// If racy, a flag that the function sets where it has found it unset is
	// free: another goroutine may find it unset as well.
	racy bool
}

// conditions reports whether all conditions that lead to the position, or from
// it, within the scope are free.
func (r *reader) conditions() bool {
	free := true
	ast.Inspect(r.scope, func(n ast.Node) bool {
		if n == nil || !free || n.Pos() > r.pos {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			if encloses(n.Body, r.pos) || n.Else != nil && encloses(n.Else, r.pos) || r.leaves(n) {
				free = r.free(n.Cond)
			}
		case *ast.SwitchStmt:
			if encloses(n.Body, r.pos) || r.leaves(n) {
				free = r.freeCases(n)
			}
		case *ast.TypeSwitchStmt:
			if encloses(n.Body, r.pos) {
				free = r.freeSwitch(n.Assign)
			}
		}
		return free
	})
	return free
}

func (r *reader) freeCases(s *ast.SwitchStmt) bool {
	free := s.Tag == nil || r.free(s.Tag)
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			free = free && r.free(e)
		}
	}
	return free
}

func (r *reader) isType(e ast.Expr) bool { return r.info.Types[e].IsType() || r.info.Types[e].IsNil() }

func (r *reader) freeSwitch(s ast.Stmt) bool {
	free := true
	ast.Inspect(s, func(n ast.Node) bool {
		if a, ok := n.(*ast.TypeAssertExpr); ok {
			free = r.free(a.X)
		}
		return true
	})
	return free
}

// leaves reports whether a statement before the position may jump past it.
func (r *reader) leaves(s ast.Stmt) bool {
	if s.End() > r.pos {
		return false
	}
	found := false
	var around []ast.Node // what break and continue may mean
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			return false
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			around = append(around, n)
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok != token.FALLTHROUGH && (n.Label != nil || !within(n, around))
		}
		return !found
	})
	return found
}

// within reports whether a break or continue is meant for one of the statements
// around.
func within(b *ast.BranchStmt, around []ast.Node) bool {
	for _, s := range around {
		if !encloses(s, b.Pos()) {
			continue
		}
		switch s.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		default:
			if b.Tok == token.BREAK {
				return true
			}
		}
	}
	return false
}

// free reports whether the value of e is free.
func (r *reader) free(e ast.Expr) bool {
	if tv := r.info.Types[e]; tv.Value != nil || tv.IsNil() {
		return true
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.free(e.X)
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && r.free(e.X)
	case *ast.StarExpr:
		return r.free(e.X)
	case *ast.BinaryExpr:
		return r.free(e.X) && r.free(e.Y)
	case *ast.IndexExpr:
		return r.free(e.X) && r.free(e.Index)
	case *ast.TypeAssertExpr:
		return r.free(e.X)
	case *ast.Ident:
		return r.variable(r.info.ObjectOf(e))
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok {
			if _, ok := r.info.Uses[id].(*types.PkgName); ok {
				return r.variable(r.info.Uses[e.Sel])
			}
		}
		sel := r.info.Selections[e]
		if sel == nil || sel.Kind() != types.FieldVal {
			return false
		}
		return r.racy && r.sets(sel.Obj()) || r.mode != sequence && r.free(e.X)
	case *ast.CallExpr:
		return r.call(e)
	}
	return false
}

// call reports whether the result of a call is free: an error, or what a
// function makes of free arguments.
func (r *reader) call(e *ast.CallExpr) bool {
	if isError(r.info.TypeOf(e)) {
		return true
	}
	built := r.info.Types[e.Fun].IsType() || r.info.Types[e.Fun].IsBuiltin()
	fn := typeutil.StaticCallee(r.info, e)
	if eff := syncapi.EffectOf(fn); !built && (fn == nil || eff != nil) {
		return eff != nil && eff.Op == syncapi.AtomicLoad && r.racy && r.stores(e)
	}
	for _, a := range e.Args {
		if !r.isType(a) && !r.free(a) {
			return false
		}
	}
	if built {
		return true
	}
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && r.info.Selections[sel] != nil {
		return r.mode != sequence && r.free(sel.X)
	}
	return len(e.Args) > 0 || fn.Pkg() != r.pkg // else it goes by the state of the package
}

var errorType = types.Universe.Lookup("error").Type()

func isError(t types.Type) bool { return t != nil && types.Identical(t, errorType) }

// variable reports whether the value of a variable is free.
func (r *reader) variable(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	if !ok {
		return obj != nil // a constant, or a function
	}
	if v.Parent() == nil || v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
		return isError(v.Type()) && !v.IsField() // io.EOF
	}
	r.vars[v] = true
	body := bodyOf(r.fn)
	if r.racy && r.sets(v) {
		return true
	}
	switch {
	case !encloses(r.fn, v.Pos()):
		return false // captured
	case !encloses(body, v.Pos()):
		return r.mode == sequence // a parameter
	case r.busy[v]:
		return true
	}
	if r.busy == nil {
		r.busy = make(map[types.Object]bool)
	}
	r.busy[v] = true
	return r.defined(v, body)
}

// defined reports whether all that a variable of the function is assigned is
// free, and some of it is assigned within the scope.
func (r *reader) defined(v *types.Var, body *ast.BlockStmt) bool {
	free, inScope := true, false
	def := func(at ast.Node, ok bool) {
		free = free && ok
		inScope = inScope || at.Pos() >= r.scope.Pos() && at.End() <= r.scope.End()
	}
	is := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && r.info.ObjectOf(id) == v
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			free = free && !assigns(r.info, n, v)
			return false
		case *ast.ForStmt:
			if n.Init != nil && encloses(n.Init, v.Pos()) {
				free = false // it counts
			}
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if is(lhs) {
					def(n, (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) && r.freeDef(n, i, v))
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if is(name) {
					def(n, len(n.Values) == 0 || len(n.Values) == len(n.Names) && r.free(n.Values[i]) || len(n.Values) < len(n.Names) && isError(v.Type()))
				}
			}
		case *ast.IncDecStmt:
			free = free && !is(n.X)
		case *ast.UnaryExpr:
			free = free && !(n.Op == token.AND && is(n.X))
		case *ast.RangeStmt:
			if n.Key != nil && is(n.Key) {
				_, isMap := r.info.TypeOf(n.X).Underlying().(*types.Map)
				def(n, r.mode == sequence || isMap)
			}
			if n.Value != nil && is(n.Value) {
				def(n, true)
			}
		}
		return free
	})
	return free && (inScope || r.mode == sequence)
}

// freeDef reports whether what an assignment gives its i-th operand is free.
func (r *reader) freeDef(s *ast.AssignStmt, i int, v *types.Var) bool {
	if isError(v.Type()) && len(s.Rhs) < len(s.Lhs) {
		return true
	}
	if len(s.Rhs) == len(s.Lhs) {
		return r.free(s.Rhs[i])
	}
	switch rhs := ast.Unparen(s.Rhs[0]).(type) {
	case *ast.UnaryExpr: // v, ok := <-ch
		return i == 1 || r.mode == sequence
	case *ast.CallExpr:
		return r.call(rhs)
	default: // v, ok := m[k], v, ok := x.(T)
		return r.free(rhs)
	}
}

// assigns reports whether a literal assigns v, or may have it assigned.
func assigns(info *types.Info, lit *ast.FuncLit, v *types.Var) bool {
	found := false
	is := func(e ast.Expr) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && info.ObjectOf(id) == v {
			found = true
		}
	}
	ast.Inspect(lit, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				is(lhs)
			}
		case *ast.IncDecStmt:
			is(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				is(n.X)
			}
		}
		return !found
	})
	return found
}

// racy reports whether a path comes to n by no lock, Once or atomic operation
// that could choose one of several goroutines.
func racy(n *skeleton.Node) bool {
	return spawn.Path(n.Graph.Entry, n, func(at *skeleton.Node) bool {
		return at.Op.Is(syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.OnceDo, syncapi.AtomicCAS, syncapi.AtomicUpdate, syncapi.SemAcquire)
	}) != nil
}

// sets reports whether the function assigns a constant to v, which is a field
// or a captured variable.
func (r *reader) sets(v types.Object) bool {
	found := false
	ast.Inspect(bodyOf(r.fn), func(n ast.Node) bool {
		s, ok := n.(*ast.AssignStmt)
		if !ok || s.Tok != token.ASSIGN || len(s.Lhs) != len(s.Rhs) {
			return !found
		}
		for i, lhs := range s.Lhs {
			tv := r.info.Types[s.Rhs[i]]
			found = found || r.object(lhs) == v && (tv.Value != nil || tv.IsNil())
		}
		return !found
	})
	return found && (v.Parent() == nil || !encloses(r.fn, v.Pos()))
}

// object returns the variable or field that e names.
func (r *reader) object(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return r.info.ObjectOf(e)
	case *ast.SelectorExpr:
		return r.info.ObjectOf(e.Sel)
	}
	return nil
}

// stores reports whether the function stores to the atomic variable that the
// call e loads.
func (r *reader) stores(e *ast.CallExpr) bool {
	found := false
	ast.Inspect(bodyOf(r.fn), func(n ast.Node) bool {
		s, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if eff := syncapi.EffectOf(typeutil.StaticCallee(r.info, s)); eff != nil && eff.Op == syncapi.AtomicStore {
			found = r.atomic(s) != nil && r.atomic(s) == r.atomic(e)
		}
		return !found
	})
	return found
}

// atomic returns the variable that an atomic operation acts on: its receiver
// or what its first argument is the address of.
func (r *reader) atomic(e *ast.CallExpr) types.Object {
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && r.info.Selections[sel] != nil {
		return r.object(sel.X)
	}
	if len(e.Args) == 0 {
		return nil
	}
	if u, ok := ast.Unparen(e.Args[0]).(*ast.UnaryExpr); ok {
		return r.object(u.X)
	}
	return nil
}
