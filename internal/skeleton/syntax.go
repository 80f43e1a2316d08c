package skeleton

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Node returns the syntax of an operation: the call, send statement, receive
// expression, range, select, go, defer or return statement that it is. It is
// nil for operations of imported skeletons and those made by the compiler.
func (v *View) Node(op *Op) ast.Node {
	if v.nodes == nil {
		v.nodes = make(map[token.Pos]ast.Node)
		for _, file := range v.pass.Files {
			ast.Inspect(file, v.note)
		}
	}
	if op == nil || !op.Pos.IsValid() || op.Fn.Imported() {
		return nil
	}
	if op.Is(syncapi.Read, syncapi.Write) {
		if e := v.Accessed(op); e != nil {
			return e
		}
	}
	return v.nodes[op.Pos]
}

// Accessed returns the expression whose memory op accesses, nil if it is not
// written out, as the variables of a range loop are not.
func (v *View) Accessed(op *Op) ast.Expr {
	if v.operands == nil {
		v.operands, v.sliced = make(map[token.Pos]ast.Expr), make(map[token.Pos]bool)
		for _, file := range v.pass.Files {
			ast.Inspect(file, v.noteOperand)
		}
	}
	at := op.Pos
	if op.Res.Sel != nil && op.Res.Sel.Name == "[]" {
		if e := v.operands[-at]; e != nil {
			return e
		}
	}
	return v.operands[at]
}

// Cuts reports whether op stands for s[:0], after which s is filled again.
func (v *View) Cuts(op *Op) bool {
	return op.Is(syncapi.Write) && !op.Fn.Imported() && v.Accessed(op) != nil && v.sliced[op.Pos]
}

// noteOperand files n, if it names memory, under the position that go/ssa
// gives to its loads and stores. Elements of maps and slices are filed under the
// negated position, since it may be that of what they are elements of.
func (v *View) noteOperand(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		v.operands[n.Sel.Pos()] = n
		return true
	case *ast.Ident:
		if v.operands[n.Pos()] == nil {
			v.operands[n.Pos()] = n
		}
	case *ast.IndexExpr:
		v.operands[-n.Lbrack], v.operands[-n.X.Pos()] = n, n
		v.operands[-n.Pos()] = n
	case *ast.StarExpr:
		v.operands[n.Pos()] = n
	case *ast.CallExpr:
		if len(n.Args) > 0 {
			v.operands[-n.Lparen] = n.Args[0] // of delete, clear, copy, len
			fn, _ := typeutil.Callee(v.pass.TypesInfo, n).(*types.Func)
			if fn != nil && fn.Signature().Recv() == nil {
				if i, ok := syncapi.Fills(fn); ok && i < len(n.Args) {
					v.operands[-n.Lparen] = n.Args[i]
				}
			}
		}
	case *ast.SliceExpr:
		v.operands[-n.Lbrack] = n.X
		v.sliced[n.Lbrack] = true
	case *ast.RangeStmt:
		v.operands[-n.For], v.operands[-n.X.Pos()] = n.X, n.X
	}
	return true
}

// note files n under the position that go/ssa gives its instruction.
func (v *View) note(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		v.nodes[n.Lparen] = n
	case *ast.SendStmt:
		v.nodes[n.Arrow] = n
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			v.nodes[n.OpPos] = n
		}
	case *ast.GoStmt, *ast.DeferStmt, *ast.SelectStmt, *ast.RangeStmt, *ast.ReturnStmt:
		v.nodes[n.Pos()] = n
	case *ast.FuncLit:
		v.nodes[n.Type.Func] = n
	}
	return true
}

// Extent returns the source range of an operation. For operations of another
// package it is the position of the function that holds them there, and for
// those made by the compiler an empty range at their position.
func (v *View) Extent(op *Op) (pos, end token.Pos) {
	if n := v.Node(op); n != nil {
		if r, ok := n.(*ast.RangeStmt); ok {
			return r.For, r.X.End()
		}
		if s, ok := n.(*ast.SelectStmt); ok {
			return s.Select, s.Select + token.Pos(len("select"))
		}
		return n.Pos(), n.End()
	}
	if op.Fn.Imported() {
		return op.Fn.Pos, op.Fn.Pos
	}
	return op.Pos, op.Pos
}

// Closing returns the extent of the brace that ends f, an empty range at its
// position if it has none here.
func (f *Func) Closing() (pos, end token.Pos) {
	switch d := f.Syntax().(type) {
	case *ast.FuncDecl:
		return d.Body.Rbrace, d.Body.Rbrace + 1
	case *ast.FuncLit:
		return d.Body.Rbrace, d.Body.Rbrace + 1
	}
	return f.Pos, f.Pos
}

// Leaving returns the source range of where op leaves its function: that of its statement,
// or of the brace at the end of the function.
func (v *View) Leaving(op *Op) (pos, end token.Pos) {
	_, isStmt := v.Node(op).(*ast.ReturnStmt)
	if pos, end = v.Extent(op); isStmt || op.Kind != syncapi.Return && pos < end {
		return pos, end
	}
	return op.Fn.Closing()
}

// Operand returns the expression that names the resource of an operation (the
// channel of a send, the receiver of a method …), or nil.
func (v *View) Operand(op *Op) ast.Expr {
	switch n := v.Node(op).(type) {
	case *ast.SendStmt:
		return n.Chan
	case *ast.UnaryExpr:
		return n.X
	case *ast.RangeStmt:
		return n.X
	case *ast.GoStmt:
		return n.Call.Fun
	case *ast.DeferStmt:
		return operandOf(n.Call, v.pass.TypesInfo)
	case *ast.CallExpr:
		return operandOf(n, v.pass.TypesInfo)
	}
	return nil
}

// operandOf returns the receiver of a method call, the argument of a builtin
// or else the function that is called.
func operandOf(call *ast.CallExpr, info *types.Info) ast.Expr {
	fun := ast.Unparen(call.Fun)
	if id, ok := fun.(*ast.Ident); ok && len(call.Args) > 0 {
		if _, builtin := info.Uses[id].(*types.Builtin); builtin {
			return call.Args[0]
		}
	}
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if s := info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			return sel.X
		}
	}
	return fun
}

// Text spells the resource of an operation as the code does, or as its path
// if the code is not at hand.
func (v *View) Text(op *Op) string {
	if op.Is(syncapi.Read, syncapi.Write) {
		if e := v.Accessed(op); e != nil {
			return types.ExprString(e)
		}
	}
	if e := v.Operand(op); e != nil {
		return types.ExprString(ast.Unparen(e))
	}
	return op.Res.String()
}

// CallOf returns the call that an operation is, or that it defers or starts; nil
// if it is none.
func (v *View) CallOf(op *Op) *ast.CallExpr {
	switch n := v.Node(op).(type) {
	case *ast.CallExpr:
		return n
	case *ast.DeferStmt:
		return n.Call
	case *ast.GoStmt:
		return n.Call
	}
	return nil
}

// Callee names what the call op calls, as the code does.
func (v *View) Callee(op *Op) string {
	call := v.CallOf(op)
	if call == nil {
		return "a function"
	}
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return types.ExprString(fun)
	}
	return "a function"
}

// Site returns the operation by which the source of this package does what n
// does: n's own, or the innermost call in this package that leads to it.
func (v *View) Site(n *Node) *Op {
	op := n.Op
	for f := n.Frame; op.Fn.Imported() && f != nil && f.Call != nil; f = f.Up {
		op = f.Call.Op
	}
	return op
}

// Recovered reports whether a panic at n is recovered by a function that n's
// goroutine is in.
func (n *Node) Recovered() bool {
	for f := n.Frame; f != nil && f.graph == n.Graph; f = f.Up {
		if f.Func.Recovers() {
			return true
		}
	}
	return false
}

// Assigns reports whether n gives p, or something that p is a part of, a new
// value, so that what was known of the old one says nothing any more. Nothing
// assigns the zero path.
func (n *Node) Assigns(p Path) bool {
	if n.Op == nil || p.Root == nil {
		return false
	}
	if n == p.Root.Call() {
		return true // another activation
	}
	switch n.Op.Kind {
	case syncapi.MakeChan, syncapi.NewCancel, syncapi.AfterFunc:
		if n.Res == p {
			return true
		}
	case syncapi.Store, syncapi.Set:
		dst := n.Res
		if n.Op.Kind == syncapi.Set {
			dst = n.set.Var
		}
		if dst.Root != nil && p.HasPrefix(dst) {
			return true
		}
	}
	for _, r := range n.Op.Results {
		if n.Frame.subst(Path{Root: r}).Root == p.Root {
			return true
		}
	}
	return false
}

// Assigned returns the variable that n sets, zero if it sets none.
func (n *Node) Assigned() Path {
	if n.set == nil {
		return Path{}
	}
	return n.set.Var
}

// TypeOf returns the type of an expression of the package.
func (v *View) TypeOf(e ast.Expr) types.Type { return v.pass.TypesInfo.TypeOf(e) }

// InTest reports whether an operation of the package stands in a test file.
func (v *View) InTest(op *Op) bool { return !op.Fn.Imported() && report.Tests(v.pass, op.Pos) }
