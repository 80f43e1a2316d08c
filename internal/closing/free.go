package closing

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
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
		r.peeks = func(fn *types.Func) bool { return t.peeks(fn, n) }
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
	// peeks reports whether a function does nothing but look whether the channel is
	// closed, and no lock is around that and the close: another may find it open as well.
	peeks func(*types.Func) bool
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
