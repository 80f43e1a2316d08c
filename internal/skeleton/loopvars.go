package skeleton

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A SharedLoop is a loop whose variables are one in all iterations, as they
// were before Go 1.22, and one of which a closure or pointer refers to.
//
// In the skeleton of its function there is a Set, whose value is known, where
// such a variable comes into being, and a Set, whose value is not known,
// wherever it gets another value.
type SharedLoop struct {
	Stmt ast.Stmt // a *ast.ForStmt or *ast.RangeStmt
	Body *ast.BlockStmt
	Vars []*types.Var // those that are referred to
}

// sharedLoops returns the shared loops of a package, in the order of the code.
func sharedLoops(pass *analysis.Pass) []*SharedLoop {
	var loops []*SharedLoop
	for _, file := range pass.Files {
		v := pass.TypesInfo.FileVersions[file]
		if v == "" || version.Compare(v, "go1.22") >= 0 {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l := newSharedLoop(pass.TypesInfo, n); l != nil {
				loops = append(loops, l)
			}
			return true
		})
	}
	return loops
}

func newSharedLoop(info *types.Info, n ast.Node) *SharedLoop {
	var l *SharedLoop
	var decls []ast.Expr
	switch n := n.(type) {
	case *ast.RangeStmt:
		if _, overFunc := info.TypeOf(n.X).Underlying().(*types.Signature); n.Tok == token.DEFINE && !overFunc {
			l, decls = &SharedLoop{Stmt: n, Body: n.Body}, []ast.Expr{n.Key, n.Value}
		}
	case *ast.ForStmt:
		if init, ok := n.Init.(*ast.AssignStmt); ok && init.Tok == token.DEFINE {
			l, decls = &SharedLoop{Stmt: n, Body: n.Body}, init.Lhs
		}
	}
	if l == nil {
		return nil
	}
	for _, decl := range decls {
		if id, ok := decl.(*ast.Ident); ok {
			if v, ok := info.Defs[id].(*types.Var); ok && referredTo(info, l.Body, v) {
				l.Vars = append(l.Vars, v)
			}
		}
	}
	if len(l.Vars) == 0 {
		return nil
	}
	return l
}

// referredTo reports whether a literal in body uses v, or its address is taken.
func referredTo(info *types.Info, body ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			found = found || Mentions(info, n.Body, v)
		case *ast.UnaryExpr, *ast.SelectorExpr:
			found = found || TakesAddress(info, n.(ast.Expr), v)
		}
		return !found
	})
	return found
}

// Mentions reports whether v is used in n.
func Mentions(info *types.Info, n ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && info.Uses[id] == v
		return !found
	})
	return found
}

// TakesAddress reports whether e is &v, the address of a part of v, or a
// method of v that has a pointer to v as its receiver.
func TakesAddress(info *types.Info, e ast.Expr, v *types.Var) bool {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		return e.Op == token.AND && partOf(info, e.X, v)
	case *ast.SelectorExpr:
		sel := info.Selections[e]
		if sel == nil || sel.Kind() != types.MethodVal || !partOf(info, e.X, v) {
			return false
		}
		if _, isPointer := info.TypeOf(e.X).Underlying().(*types.Pointer); isPointer || sel.Indirect() {
			return false
		}
		_, byPointer := sel.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
		return byPointer
	}
	return false
}

// partOf reports whether e is v, or a field of v that no pointer leads to.
func partOf(info *types.Info, e ast.Expr, v *types.Var) bool {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return info.Uses[x] == v
		case *ast.SelectorExpr:
			sel := info.Selections[x]
			if sel == nil || sel.Kind() != types.FieldVal || sel.Indirect() {
				return false
			}
			e = x.X
		default:
			return false
		}
	}
}

// share notes the variables of shared loops.
func (b *builder) share(loops []*SharedLoop) {
	b.shared = make(map[token.Pos]bool)
	for _, l := range loops {
		for _, v := range l.Vars {
			b.shared[v.Pos()] = true
		}
	}
}

// renew adds a Set if instr makes or assigns a variable of a shared loop, or
// makes an object anew in each turn of a loop.
func (fb *funcBuilder) renew(instr ssa.Instruction) {
	op := &Op{Kind: syncapi.Set, Pos: instr.Pos()}
	switch instr := instr.(type) {
	case *ssa.Alloc:
		if !fb.shared[instr.Pos()] && !fb.isObject(instr) {
			return
		}
		op.Assign = Assign{Var: Path{Root: fb.cellRoot(instr)}, Known: true}
	case *ssa.Store:
		alloc, ok := fb.cell(instr.Addr).(*ssa.Alloc)
		if !ok || !fb.shared[alloc.Pos()] {
			return
		}
		op.Assign = Assign{Var: Path{Root: fb.cellRoot(alloc)}}
	default:
		return
	}
	fb.emit(op)
}

// walk adds a Set for each variable that goes on, behind block, to what its
// object refers to, as in p = p.next: its path is that of the first object.
func (fb *funcBuilder) walk(block *ssa.BasicBlock) {
	if !fb.turning[block] {
		return
	}
	for _, succ := range block.Succs {
		pred := slices.Index(succ.Preds, block)
		for _, instr := range succ.Instrs {
			phi, ok := instr.(*ssa.Phi)
			if !ok {
				break
			}
			p, q := fb.path(phi), fb.path(phi.Edges[pred])
			if p.Root.Kind != Value && hasFields(phi.Type()) && p != q && q.Root == fb.roots[phi] && q.Sel != nil {
				fb.emit(&Op{Kind: syncapi.Set, Pos: phi.Pos(), Assign: Assign{Var: p}})
			}
		}
	}
}

// renewResults adds a Set for each object that a call in a loop returns.
func (fb *funcBuilder) renewResults(call *ssa.Call) {
	sig := call.Common().Signature()
	for i := range sig.Results().Len() {
		if !fb.turning[call.Block()] || !hasFields(sig.Results().At(i).Type()) || !fb.carries(sig.Results().At(i).Type()) {
			continue
		}
		fb.emit(&Op{Kind: syncapi.Set, Pos: call.Pos(), Assign: Assign{Var: Path{Root: fb.resultRoot(call, i)}}})
	}
}

// isObject reports whether v is made in a loop and has something in it that
// operations act on.
func (fb *funcBuilder) isObject(v *ssa.Alloc) bool {
	return fb.turning[v.Block()] && hasFields(v.Type()) && fb.carries(v.Type())
}

// hasFields reports whether t is a pointer to a struct.
func hasFields(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return false
	}
	_, ok = p.Elem().Underlying().(*types.Struct)
	return ok
}

// Closure returns the path of the function literal f, as the function around
// it has it.
func (v *View) Closure(f *Func) Path { return f.closure }

// Holds returns what is handed to the goroutine or callback when it is started:
// the receiver and arguments, and what its literal captures.
func (s *Spawn) Holds() []Path {
	var held []Path
	if s.call != nil {
		held = append(held, s.frame.substAll(s.call.Args)...)
	}
	r := s.Func.Root
	if r == nil || r.Func == nil {
		return held
	}
	held = append(held, r.Bound)
	return append(held, s.frame.substAll(r.Func.captures)...)
}

// Captures returns the variables that the function literal f captures, as the
// function around it has them.
func (v *View) Captures(f *Func) []Path { return f.captures }
