package ctxfield

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A use is what a package does with the values of a struct type. It errs
// towards the struct being kept, and a struct of which nothing is seen passes
// for kept as well.
type use struct {
	byValue   bool // passed to a call, or a parameter
	literal   bool // a literal of it is an argument, or an element of a table
	byPointer bool // passed to a call, or a parameter, as a pointer
	sent      bool // sent on a channel
	kept      bool // the type of a field, or of a variable of the package
	queued    bool // the type of the elements of one
	started   bool // a goroutine is started on a method of it
	returned  bool // a pointer to it is the result of a function
	made      bool // a function has a literal of it
	isContext bool // it becomes a context where it is returned, stored or passed
}

// passing reports whether the values are only ever passed on: to a call, as
// its parameters, or on a channel, as a message.
func (u *use) passing(option bool) bool {
	switch {
	case u.kept:
		return false
	case u.sent:
		return true
	case u.returned && !option:
		return false
	}
	return u.byValue || u.literal || option && (u.byPointer || u.made)
}

// request reports whether the values are records of requests: queued or sent
// to whoever answers them, with the channel for the answer, or without
// anything of their own to do, with the function that cancels the request.
// With methods for others to call, they serve requests rather.
func (u *use) request(named *types.Named) bool {
	str, ok := named.Underlying().(*types.Struct)
	if !ok || !u.sent && !u.queued || u.started {
		return false
	}
	for method := range named.Methods() {
		if method.Exported() {
			return false
		}
	}
	for field := range str.Fields() {
		if isAnswer(field.Type()) || named.NumMethods() == 0 && syncapi.IsCancelFunc(field.Type()) {
			return true
		}
	}
	return false
}

// isAnswer reports whether t is a channel for values. One that is only ever
// closed may tell many.
func isAnswer(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	str, ok := ch.Elem().Underlying().(*types.Struct)
	return !ok || str.NumFields() > 0
}

var optionName = lazyregexp.New(`(?i)(options?|opts?|params?|parameters|args|arguments|input|config|cfg|settings)$`)

// isOption reports whether a type is called as the options or parameters of a
// call are. They are often passed by pointer, which alone tells nothing.
func isOption(name string) bool { return optionName().MatchString(name) }

// usage returns what the package does with the owners of the holders.
func (c *checker) usage(holders []*holder) map[types.Type]*use {
	uses := make(map[types.Type]*use)
	for _, h := range holders {
		uses[h.owner] = new(use)
	}
	c.declared(uses)
	c.passed(uses)
	c.converted(uses)
	return uses
}

// lookup returns the use of a struct type, or of that which t points to.
func lookup(uses map[types.Type]*use, t types.Type) (u *use, pointer bool) {
	if t == nil {
		return nil, false
	}
	key, pointer := keyOf(t)
	if key == nil {
		return nil, false
	}
	return uses[key], pointer
}

// declared sees what the declarations of fields, variables, parameters and
// results tell.
func (c *checker) declared(uses map[types.Type]*use) {
	for cur := range c.root.Preorder((*ast.StructType)(nil), (*ast.FuncType)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.StructType:
			if str, ok := c.pass.TypesInfo.TypeOf(n).(*types.Struct); ok {
				owner := c.ownerOf(cur)
				for field := range str.Fields() {
					keep(uses, field.Type(), owner, false, 0)
				}
			}
		case *ast.FuncType:
			c.signature(uses, n)
		}
	}
	scope := c.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok {
			keep(uses, v.Type(), nil, false, 0)
		}
	}
}

// keep notes that a variable of type t outlives the call: a field of owner, or
// a variable of the package, or an element of one. What is in a channel is on
// its way.
func keep(uses map[types.Type]*use, t, owner types.Type, element bool, depth int) {
	if depth > maxDepth {
		return
	}
	if u, _ := lookup(uses, t); u != nil {
		if key, _ := keyOf(t); key != owner {
			u.kept = true
			u.queued = u.queued || element
		}
		return
	}
	depth++
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		keep(uses, t.Elem(), owner, element, depth)
	case *types.Slice:
		keep(uses, t.Elem(), owner, true, depth)
	case *types.Array:
		keep(uses, t.Elem(), owner, true, depth)
	case *types.Map:
		keep(uses, t.Key(), owner, true, depth)
		keep(uses, t.Elem(), owner, true, depth)
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			keep(uses, arg, owner, true, depth)
		}
		if _, isStruct := t.Underlying().(*types.Struct); !isStruct {
			keep(uses, t.Underlying(), owner, element, depth)
		}
	}
}

func (c *checker) signature(uses map[types.Type]*use, syntax *ast.FuncType) {
	for _, param := range syntax.Params.List {
		if u, pointer := lookup(uses, c.pass.TypesInfo.TypeOf(param.Type)); u != nil {
			u.byPointer = u.byPointer || pointer
			u.byValue = u.byValue || !pointer
		}
	}
	if syntax.Results == nil {
		return
	}
	for _, result := range syntax.Results.List {
		if u, pointer := lookup(uses, c.pass.TypesInfo.TypeOf(result.Type)); u != nil && pointer {
			u.returned = true
		}
	}
}

// passed sees the values that are arguments, messages, or rows of a table.
func (c *checker) passed(uses map[types.Type]*use) {
	info := c.pass.TypesInfo
	for cur := range c.root.Preorder((*ast.CallExpr)(nil), (*ast.SendStmt)(nil), (*ast.CompositeLit)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.SendStmt:
			if u, _ := lookup(uses, info.TypeOf(n.Value)); u != nil {
				u.sent = true
			}
		case *ast.CompositeLit:
			for range cur.Enclosing((*ast.BlockStmt)(nil)) {
				c.literal(uses, n)
				break
			}
		case *ast.CallExpr:
			if tv := info.Types[n.Fun]; tv.IsType() || tv.IsBuiltin() {
				continue
			}
			c.started(uses, cur)
			for _, arg := range n.Args {
				u, pointer := lookup(uses, info.TypeOf(arg))
				if u == nil {
					continue
				}
				u.literal = u.literal || isLiteral(arg)
				u.byPointer = u.byPointer || pointer
				u.byValue = u.byValue || !pointer
			}
		}
	}
}

// started sees the methods that run on a goroutine of their own.
func (c *checker) started(uses map[types.Type]*use, call inspector.Cursor) {
	fun, ok := ast.Unparen(call.Node().(*ast.CallExpr).Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	u, _ := lookup(uses, c.pass.TypesInfo.TypeOf(fun.X))
	if u == nil {
		return
	}
	u.started = u.started || call.ParentEdgeKind() == edge.GoStmt_Call
	for lit := range call.Enclosing((*ast.FuncLit)(nil)) {
		u.started = u.started || lit.ParentEdgeKind() == edge.CallExpr_Fun && lit.Parent().ParentEdgeKind() == edge.GoStmt_Call
		break
	}
}

// literal sees a literal in a function: of a struct, or of a table whose rows
// are structs without a name.
func (c *checker) literal(uses map[types.Type]*use, lit *ast.CompositeLit) {
	t := c.pass.TypesInfo.TypeOf(lit)
	if u, _ := lookup(uses, t); u != nil {
		u.made = true
	}
	if slice, ok := t.Underlying().(*types.Slice); ok {
		if str, ok := slice.Elem().(*types.Struct); ok && uses[str] != nil {
			uses[str].literal = true
		}
	}
}

// isLiteral reports whether an expression is T{…} or &T{…}.
func isLiteral(e ast.Expr) bool {
	e = ast.Unparen(e)
	if unary, ok := e.(*ast.UnaryExpr); ok {
		e = ast.Unparen(unary.X)
	}
	_, ok := e.(*ast.CompositeLit)
	return ok
}
