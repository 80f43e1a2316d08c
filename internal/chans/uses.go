package chans

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Uses is all that a package does to the channels that one variable or field
// has, by whatever name: variables that it is assigned to and parameters that
// it is passed as are followed, without regard to order. It errs to more uses.
type Uses struct {
	Makes  []*ast.CallExpr
	Sends  []inspector.Cursor // send statements
	Recvs  []inspector.Cursor // receive expressions and range statements
	Closes []*ast.CallExpr
	Polled bool // by len
	Shared bool // a field or package variable has the channel
	Kept   bool // a slice or map has the channel
	// Open is set if code that is not seen may have the channel.
	Open bool
}

// Variable returns the variable or field that op acts on, as the code names it;
// nil if it does not.
func Variable(view *skeleton.View, info *types.Info, op *skeleton.Op) *types.Var {
	return Named(info, view.Operand(op))
}

// Named returns the variable or field that e names, nil if it does not.
func Named(info *types.Info, e ast.Expr) *types.Var {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return nil
	}
	v, ok := info.Uses[id].(*types.Var)
	if !ok {
		return nil
	}
	return v.Origin()
}

// maxNames bounds by how many names a channel is followed.
const maxNames = 64

// UsesOf returns what the package does to the channels of obj.
func UsesOf(root *syntax.Tree, index *symindex.Index, info *types.Info, obj *types.Var) *Uses {
	c := &collector{root: root, index: index, info: info, seen: make(map[types.Object]bool)}
	c.variable(obj, false)
	c.collect()
	return &c.Uses
}

// collect notes the uses of all that is to be looked at.
func (c *collector) collect() {
	for len(c.work) > 0 && !c.Open {
		next := c.work[len(c.work)-1]
		c.work = c.work[:len(c.work)-1]
		for use := range c.index.Uses(next) {
			if isChan(next.Type()) {
				c.use(expression(use))
			} else {
				c.keeps(expression(use))
			}
		}
	}
}

// ElementsOf is UsesOf, but follows channels into the slices and maps that keep
// them, and out of these: all elements of one count as the same channel. The
// variable may be such a slice or map itself.
func ElementsOf(root *syntax.Tree, index *symindex.Index, info *types.Info, obj *types.Var) *Uses {
	c := &collector{root: root, index: index, info: info, seen: make(map[types.Object]bool), elems: true}
	if KeepsChans(obj.Type()) {
		c.add(obj, false, c.made)
	} else {
		c.variable(obj, false)
	}
	c.collect()
	return &c.Uses
}

// SemaphoreOf is UsesOf, but takes the channels of an exported type to be used in
// other packages as in this one, by its methods.
func SemaphoreOf(root *syntax.Tree, index *symindex.Index, info *types.Info, obj *types.Var) *Uses {
	c := &collector{root: root, index: index, info: info, seen: make(map[types.Object]bool), trusts: true}
	c.variable(obj, false)
	c.collect()
	return &c.Uses
}

type collector struct {
	Uses
	trusts  bool // in the methods of exported types
	elems   bool // follow elements
	root    *syntax.Tree
	index   *symindex.Index
	info    *types.Info
	seen    map[types.Object]bool
	returns map[*types.Var]bool // results, of functions whose callers are seen to
	results map[*types.Var]bool // results, of functions whose return statements are
	work    []*types.Var
}

// variable adds another variable that has the channel, perhaps a parameter that
// gets it.
func (c *collector) variable(obj types.Object, param bool) {
	v, ok := obj.(*types.Var)
	if !ok || !isChan(v.Type()) {
		c.Open = true
		return
	}
	c.add(v, param, c.defined)
}

// add adds a variable or field to those whose uses are looked at. What one is
// declared with that is neither a field nor a parameter, defined notes.
func (c *collector) add(v *types.Var, param bool, defined func(id inspector.Cursor)) {
	v = v.Origin()
	if c.seen[v] {
		return
	}
	c.seen[v] = true
	shared := v.IsField() || v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
	c.Shared = c.Shared || shared
	if shared && c.index.Public(v) || len(c.seen) > maxNames {
		c.Open = true
		return
	}
	c.work = append(c.work, v)
	if v.IsField() {
		c.positional(v)
		return
	}
	if param {
		return
	}
	id, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok {
		c.Open = true
		return
	}
	defined(id)
}

// positional notes what composite literals without keys give a field.
func (c *collector) positional(field *types.Var) {
	for e := range unkeyed(c.root, c.index, c.info, field) {
		c.from(e)
	}
}

// Given yields what composite literals of the package give a field, with keys or without.
func Given(root *syntax.Tree, index *symindex.Index, info *types.Info, field *types.Var) iter.Seq[ast.Expr] {
	return func(yield func(ast.Expr) bool) {
		for use := range index.Uses(field) {
			if use.ParentEdgeKind() == edge.KeyValueExpr_Key && !yield(use.Parent().Node().(*ast.KeyValueExpr).Value) {
				return
			}
		}
		unkeyed(root, index, info, field)(yield)
	}
}

// unkeyed yields what composite literals without keys give a field.
func unkeyed(root *syntax.Tree, index *symindex.Index, info *types.Info, field *types.Var) iter.Seq[ast.Expr] {
	return func(yield func(ast.Expr) bool) {
		def, ok := root.FindByPos(field.Pos(), field.Pos()+token.Pos(len(field.Name())))
		if !ok {
			return
		}
		for spec := range def.Enclosing((*ast.TypeSpec)(nil)) {
			tn := info.Defs[spec.Node().(*ast.TypeSpec).Name]
			i := fieldIndex(tn, field)
			if i < 0 {
				return
			}
			for use := range index.Uses(tn) {
				for _, lit := range literalsOf(use) {
					if i >= len(lit.Elts) {
						continue
					}
					if _, keyed := lit.Elts[i].(*ast.KeyValueExpr); !keyed && !yield(lit.Elts[i]) {
						return
					}
				}
			}
			return
		}
	}
}

// fieldIndex returns the index of a field in the struct type tn, -1 if it is not
// a field of that itself.
func fieldIndex(tn types.Object, field *types.Var) int {
	if tn == nil {
		return -1
	}
	st, ok := tn.Type().Underlying().(*types.Struct)
	if !ok {
		return -1
	}
	for i := range st.NumFields() {
		if st.Field(i).Origin() == field {
			return i
		}
	}
	return -1
}

// literalsOf returns the composite literals whose type a use names, as their own
// or as that of their elements.
func literalsOf(use inspector.Cursor) []*ast.CompositeLit {
	depth := 0
	for {
		switch use.ParentEdgeKind() {
		case edge.SelectorExpr_Sel, edge.ParenExpr_X, edge.IndexExpr_X, edge.IndexListExpr_X:
		case edge.StarExpr_X:
			if depth > 0 {
				return nil
			}
		case edge.ArrayType_Elt, edge.MapType_Value:
			if depth++; depth > 1 {
				return nil
			}
		case edge.CompositeLit_Type:
			lit := use.Parent().Node().(*ast.CompositeLit)
			if depth == 0 {
				return []*ast.CompositeLit{lit}
			}
			return elided(lit)
		default:
			return nil
		}
		use = use.Parent()
	}
}

// elided returns the elements of lit that are literals without a type.
func elided(lit *ast.CompositeLit) (lits []*ast.CompositeLit) {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		if el, ok := e.(*ast.CompositeLit); ok && el.Type == nil {
			lits = append(lits, el)
		}
	}
	return lits
}

func isChan(t types.Type) bool {
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// expression returns the cursor of the expression that an identifier stands for:
// with what it is a field of, and parentheses.
func expression(cur inspector.Cursor) inspector.Cursor {
	for {
		switch cur.ParentEdgeKind() {
		case edge.SelectorExpr_Sel, edge.ParenExpr_X:
			cur = cur.Parent()
		default:
			return cur
		}
	}
}

// use notes what is done at one use.
func (c *collector) use(cur inspector.Cursor) {
	parent := cur.Parent()
	switch cur.ParentEdgeKind() {
	case edge.SendStmt_Chan:
		c.Sends = append(c.Sends, parent)
	case edge.UnaryExpr_X:
		if parent.Node().(*ast.UnaryExpr).Op == token.ARROW {
			c.Recvs = append(c.Recvs, parent)
		} else {
			c.Open = true
		}
	case edge.RangeStmt_X:
		c.Recvs = append(c.Recvs, parent)
	case edge.BinaryExpr_X, edge.BinaryExpr_Y: // compared
	case edge.CallExpr_Args:
		_, i := cur.ParentEdge()
		c.argument(parent.Node().(*ast.CallExpr), i)
	case edge.AssignStmt_Lhs:
		_, i := cur.ParentEdge()
		c.assigned(parent.Node().(*ast.AssignStmt), i)
	case edge.AssignStmt_Rhs:
		as := parent.Node().(*ast.AssignStmt)
		_, i := cur.ParentEdge()
		if _, ok := as.Rhs[i].(*ast.IndexExpr); len(as.Lhs) != len(as.Rhs) && (!ok || len(as.Rhs) > 1) {
			c.Open = true // several results
			return
		}
		c.to(as.Lhs[i])
	case edge.ValueSpec_Values:
		spec := parent.Node().(*ast.ValueSpec)
		_, i := cur.ParentEdge()
		if i < len(spec.Names) {
			c.variable(c.info.Defs[spec.Names[i]], false)
		}
	case edge.KeyValueExpr_Key:
		c.from(parent.Node().(*ast.KeyValueExpr).Value)
	case edge.KeyValueExpr_Value:
		c.to(parent.Node().(*ast.KeyValueExpr).Key)
	case edge.SelectorExpr_X:
		c.method(parent.Node().(*ast.SelectorExpr))
	case edge.ReturnStmt_Results:
		_, i := cur.ParentEdge()
		c.returned(parent, i)
	default:
		c.Open = true
	}
}

// method notes that the channel is the receiver of a method of its type.
func (c *collector) method(sel *ast.SelectorExpr) {
	fn, ok := c.info.Uses[sel.Sel].(*types.Func)
	if !ok || !c.declares(fn.Origin()) {
		c.Open = true
		return
	}
	c.variable(fn.Origin().Signature().Recv(), true)
}

// declares reports whether the package has the declaration of fn.
func (c *collector) declares(fn *types.Func) bool {
	_, found := c.root.FindByPos(fn.Pos(), fn.Pos())
	return found && !types.IsInterface(recvType(fn))
}

// defined notes what a variable is declared with.
func (c *collector) defined(id inspector.Cursor) {
	switch id.ParentEdgeKind() {
	case edge.AssignStmt_Lhs:
		_, i := id.ParentEdge()
		c.assigned(id.Parent().Node().(*ast.AssignStmt), i)
	case edge.ValueSpec_Names:
		spec := id.Parent().Node().(*ast.ValueSpec)
		_, i := id.ParentEdge()
		if len(spec.Values) == len(spec.Names) {
			c.from(spec.Values[i])
		} else if len(spec.Values) > 0 {
			c.fromOneOf(spec.Values[0], i)
		}
	case edge.RangeStmt_Value:
		c.container(id.Parent().Node().(*ast.RangeStmt).X)
	case edge.Field_Names:
		c.receiver(id)
	default:
		c.Open = true
	}
}

// receiver notes what the receiver of a method may be: all that the package calls
// it on.
func (c *collector) receiver(id inspector.Cursor) {
	list := id.Parent().Parent()
	decl, ok := list.Parent().Node().(*ast.FuncDecl)
	if !ok || list.ParentEdgeKind() != edge.FuncDecl_Recv {
		c.Open = true
		return
	}
	if v := c.info.Defs[id.Node().(*ast.Ident)]; !c.trusts && c.isPublic(v.Type()) {
		c.Open = true
		return
	}
	for use := range c.index.Uses(c.info.Defs[decl.Name]) {
		sel, ok := use.Parent().Node().(*ast.SelectorExpr)
		if !ok || use.ParentEdgeKind() != edge.SelectorExpr_Sel {
			c.Open = true
			return
		}
		if tv := c.info.Types[sel.X]; tv.IsType() {
			c.Open = true // a method expression
			return
		}
		c.from(sel.X)
	}
}

// isPublic reports whether other packages can name the type t.
func (c *collector) isPublic(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && c.index.Public(n.Obj())
}

// counterpart returns what the i-th operand on the left of an assignment gets,
// nil if that is one of several results.
func counterpart(as *ast.AssignStmt, i int) ast.Expr {
	if ix, ok := as.Rhs[0].(*ast.IndexExpr); ok && i == 0 && len(as.Lhs) == 2 && len(as.Rhs) == 1 {
		return ix // v, ok := m[k]
	}
	if len(as.Lhs) != len(as.Rhs) {
		return nil
	}
	return as.Rhs[i]
}

// assigned notes that the channel may be what the i-th operand of an assignment gets.
func (c *collector) assigned(as *ast.AssignStmt, i int) {
	if e := counterpart(as, i); e != nil {
		c.from(e)
	} else {
		c.fromOneOf(as.Rhs[0], i)
	}
}

// fromOneOf notes that the channel may be the i-th of the results of e, which has several.
func (c *collector) fromOneOf(e ast.Expr, i int) {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); !ok || !c.result(call, i) {
		c.Open = true
	}
}

// from notes that the channel may be what e is.
func (c *collector) from(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok && c.info.Uses[id] == types.Universe.Lookup("make") {
			c.Makes = append(c.Makes, e)
			return
		}
		if c.info.Types[e.Fun].IsType() && len(e.Args) == 1 {
			c.from(e.Args[0])
			return
		}
		if c.result(e, 0) {
			return
		}
	case *ast.Ident:
		if c.info.Types[e].IsNil() {
			return
		}
		if v := c.info.Uses[e]; v != nil {
			c.variable(v, false)
			return
		}
	case *ast.SelectorExpr:
		c.variable(c.info.Uses[e.Sel], false)
		return
	case *ast.IndexExpr:
		c.container(e.X)
		return
	}
	c.Open = true
}

// result notes that the channel may be the i-th result of a call. It reports whether the
// callee is of the package.
func (c *collector) result(call *ast.CallExpr, i int) bool {
	fn := typeutil.StaticCallee(c.info, call)
	if fn == nil || !c.declares(fn.Origin()) {
		return false
	}
	results := fn.Origin().Signature().Results()
	result := results.At(i)
	if c.results[result] {
		return true
	}
	if c.results == nil {
		c.results = make(map[*types.Var]bool)
	}
	c.results[result] = true
	decl := c.root.Decl(fn)
	if decl == nil || decl.Body == nil || len(c.results) > maxNames {
		return false
	}
	for _, e := range returnedBy(decl, i) {
		switch _, tuple := c.info.TypeOf(e).(*types.Tuple); {
		case e == nil:
			c.Open = true
			return true
		case tuple:
			c.fromOneOf(e, i)
		default:
			c.from(e)
		}
	}
	return true
}

// to notes that e gets the channel.
func (c *collector) to(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if e.Name == "_" {
			return
		}
		if v := c.info.ObjectOf(e); v != nil {
			c.variable(v, false)
			return
		}
	case *ast.SelectorExpr:
		c.variable(c.info.Uses[e.Sel], false)
		return
	case *ast.IndexExpr:
		c.container(e.X)
		return
	}
	c.Open = true
}

// argument notes that the channel is the i-th argument of a call.
func (c *collector) argument(call *ast.CallExpr, i int) {
	fun := ast.Unparen(call.Fun)
	if ix, ok := fun.(*ast.IndexExpr); ok {
		fun = ix.X
	}
	var obj types.Object
	switch fun := fun.(type) {
	case *ast.Ident:
		obj = c.info.Uses[fun]
	case *ast.SelectorExpr:
		obj = c.info.Uses[fun.Sel]
	case *ast.FuncLit:
		c.param(c.info.TypeOf(fun).(*types.Signature), i)
		return
	}
	switch obj := obj.(type) {
	case *types.Builtin:
		switch obj.Name() {
		case "close":
			c.Closes = append(c.Closes, call)
			return
		case "len":
			c.Polled = true
			return
		case "cap": // which never changes
			return
		case "append":
			c.container(call.Args[0])
			return
		}
	case *types.Func:
		if c.declares(obj.Origin()) {
			c.param(obj.Origin().Signature(), i)
			return
		}
	}
	c.Open = true
}

func recvType(f *types.Func) types.Type {
	if recv := f.Signature().Recv(); recv != nil {
		return recv.Type()
	}
	return types.Typ[types.Invalid]
}

// param notes that a parameter gets the channel.
func (c *collector) param(sig *types.Signature, i int) {
	if i >= sig.Params().Len() || sig.Variadic() && i == sig.Params().Len()-1 {
		c.Open = true
		return
	}
	c.variable(sig.Params().At(i), true)
}
