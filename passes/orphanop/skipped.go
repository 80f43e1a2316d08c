package orphanop

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- requests that are not answered where the work fails --

// A handler is a list of statements that handles one request: a turn of a loop, the case of
// a select statement, or the body of a function that is given it.
type handler struct {
	cur     inspector.Cursor // of the block or clause
	list    []ast.Stmt
	request *types.Var
	leaves  token.Token // by what it is left: continue or return
}

// A skip is a way through a handler that does not answer.
type skip struct {
	stmt  ast.Stmt // a continue or return statement, a switch statement without a default, or a default
	why   string
	drops bool // by a default: there is an answer where there is room for it
}

// skipped checks an operation of f by which a request is answered, r.reply <- v or
// close(r.done): if its handler goes on to the next request because of an error, or since
// it has not found what is asked for, and has not answered, whoever waits for nothing but
// the answer waits forever. That nobody else answers is a must-analysis of the syntax.
func (c *checker) skipped(f *skeleton.Func) {
	for _, op := range f.Ops() {
		if !op.Is(syncapi.Send, syncapi.Close) || op.Arm != nil && !op.Arm.Defined {
			continue
		}
		sel, ok := ast.Unparen(c.view.Operand(op)).(*ast.SelectorExpr)
		if !ok {
			continue
		}
		id, ok := ast.Unparen(sel.X).(*ast.Ident)
		v := chans.Variable(c.view, c.pass.TypesInfo, op)
		if !ok || v == nil || !v.IsField() || v.Pkg() != c.pass.Pkg {
			continue
		}
		request, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
		if !ok {
			continue
		}
		cur, ok := c.root.FindNode(c.view.Node(op))
		if !ok {
			continue
		}
		h := c.handler(cur, request)
		if h == nil || h.leaves == token.RETURN && !c.endsWith(h) {
			continue
		}
		var skip *skip
		if op.Arm == nil {
			skip = c.skips(h, v, cur)
		} else {
			skip = c.drops(cur.Node(), h.cur.Node(), request)
		}
		if skip != nil {
			c.unansweredAt(v, h, cur.Node(), skip)
		}
	}
}

// end returns where the place ends that is shown for the skip.
func (s *skip) end() token.Pos {
	if clause, ok := s.stmt.(*ast.CommClause); ok {
		return clause.Colon + 1
	}
	return s.stmt.End()
}

// drops returns the default of the select statement that the send answer is an arm of, within
// the handler: it drops the answer to the request where nobody is there to receive it yet. It
// is nil if there is none, if that does something about it, or if the statement comes again.
func (c *checker) drops(answer, handler ast.Node, request *types.Var) *skip {
	cur, ok := c.root.FindNode(answer)
	if !ok || cur.ParentEdgeKind() != edge.CommClause_Comm {
		return nil
	}
	sel := cur.Parent().Parent().Parent()
	for at := range sel.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil)) {
		if handler.Pos() < at.Node().Pos() {
			return nil
		}
	}
	for _, s := range sel.Node().(*ast.SelectStmt).Body.List {
		clause := s.(*ast.CommClause)
		if clause.Comm == nil && !slices.ContainsFunc(clause.Body, func(s ast.Stmt) bool { return skeleton.Mentions(c.pass.TypesInfo, s, request) || leavesFunc(s) }) {
			return &skip{stmt: clause, why: "drops the answer if nobody waits for it yet,", drops: true}
		}
	}
	return nil
}

func leavesFunc(s ast.Stmt) bool {
	_, ok := s.(*ast.ReturnStmt)
	return ok
}

// handler returns the innermost handler of the request around cur, nil if there is none.
func (c *checker) handler(cur inspector.Cursor, request *types.Var) *handler {
	for at := range cur.Enclosing((*ast.BlockStmt)(nil), (*ast.CommClause)(nil)) {
		h := &handler{cur: at, request: request}
		switch n := at.Node().(type) {
		case *ast.CommClause:
			h.list, h.leaves = n.Body, token.CONTINUE
			if n.Comm == nil || !within(n.Comm, request) {
				continue
			}
		case *ast.BlockStmt:
			h.list = n.List
			switch at.ParentEdgeKind() {
			case edge.ForStmt_Body, edge.RangeStmt_Body:
				h.leaves = token.CONTINUE
				if rng, ok := at.Parent().Node().(*ast.RangeStmt); ok && within(rng, request) && !within(n, request) {
					break
				}
				h.list = behindReceive(n.List, request)
			case edge.FuncDecl_Body:
				h.leaves = token.RETURN
				if !within(at.Parent().Node(), request) || within(n, request) {
					return nil
				}
			case edge.FuncLit_Body:
				h.leaves = token.RETURN
				if within(n, request) {
					return nil
				}
			default:
				continue
			}
		}
		if h.list != nil {
			return h
		}
	}
	return nil
}

// behindReceive returns the statements of list behind the one that receives the request from
// a channel, and what tests whether that is closed; nil if there is none.
func behindReceive(list []ast.Stmt, request *types.Var) []ast.Stmt {
	for i, s := range list {
		as, ok := s.(*ast.AssignStmt)
		if !ok || !within(as, request) || len(as.Rhs) != 1 {
			continue
		}
		if recv, ok := ast.Unparen(as.Rhs[0]).(*ast.UnaryExpr); !ok || recv.Op != token.ARROW {
			return nil
		}
		return list[min(i+len(as.Lhs), len(list)):]
	}
	return nil
}

// within reports whether the variable is declared in n.
func within(n ast.Node, v *types.Var) bool { return n.Pos() <= v.Pos() && v.Pos() < n.End() }

// endsWith reports whether nothing is done with the request behind the function that is the
// handler h, by whom it is given it.
func (c *checker) endsWith(h *handler) bool {
	if lit, ok := h.cur.Parent().Node().(*ast.FuncLit); ok {
		call, ok := h.cur.Parent().Parent().Node().(*ast.CallExpr)
		if !ok || len(lit.Type.Params.List) > 0 && within(lit.Type, h.request) {
			return false
		}
		return h.cur.Parent().ParentEdgeKind() == edge.CallExpr_Fun && !c.usedBehind(h.cur, h.request, call)
	}
	decl, ok := h.cur.Parent().Node().(*ast.FuncDecl)
	return ok && c.endsIn(decl, h.request, maxHandlers)
}

// maxHandlers bounds by how many calls a request comes to its handler.
const maxHandlers = 3

// endsIn reports whether nothing is done with the request behind decl, a function that is given
// it, nor before by decl for a second time: whoever calls that, by so many levels, has the
// request as a variable of its own.
func (c *checker) endsIn(decl *ast.FuncDecl, request *types.Var, levels int) bool {
	fn, ok := c.pass.TypesInfo.Defs[decl.Name].(*types.Func)
	if !ok || levels == 0 || c.index.Public(fn) {
		return false
	}
	param := paramOf(fn.Signature(), request)
	calls := 0
	for use := range c.index.Uses(fn) {
		given, call := c.given(use, param)
		if given == nil || c.usedBehind(use, given, call) || !c.isOwn(use, given, levels) {
			return false
		}
		calls++
	}
	return calls > 0
}

// isOwn reports whether v, which the function around cur gives to a handler, is a request that
// comes to it at this place alone: one that it makes or gets, in the turn of a loop if it is in one.
func (c *checker) isOwn(cur inspector.Cursor, v *types.Var, levels int) bool {
	for loop := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if !within(loop.Node(), v) {
			return false
		}
	}
	for at := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		decl := at.Node().(*ast.FuncDecl)
		switch {
		case decl.Body != nil && within(decl.Body, v):
			return true
		case within(decl, v):
			return c.endsIn(decl, v, levels-1)
		}
	}
	return false
}

// paramOf returns the index of a parameter, -1 if v is the receiver.
func paramOf(sig *types.Signature, v *types.Var) int {
	for i := range sig.Params().Len() {
		if sig.Params().At(i) == v {
			return i
		}
	}
	return -1
}

// given returns the variable that is given to a function as a parameter where it is used,
// and the call; nil if it is not called there, or if it is deferred.
func (c *checker) given(use inspector.Cursor, param int) (*types.Var, *ast.CallExpr) {
	fun := use
	if fun.ParentEdgeKind() == edge.SelectorExpr_Sel {
		fun = fun.Parent()
	}
	call, ok := fun.Parent().Node().(*ast.CallExpr)
	if !ok || fun.ParentEdgeKind() != edge.CallExpr_Fun {
		return nil, nil
	}
	if fun.Parent().ParentEdgeKind() == edge.DeferStmt_Call {
		return nil, nil
	}
	var e ast.Expr
	if sel, ok := fun.Node().(*ast.SelectorExpr); ok && param < 0 {
		e = sel.X
	} else if param >= 0 && param < len(call.Args) {
		e = call.Args[param]
	}
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil, nil
	}
	v, _ := c.pass.TypesInfo.Uses[id].(*types.Var)
	return v, call
}

// usedBehind reports whether the function around cur does something with the request behind
// a call, unless it returns there, or defers something that has to do with it.
func (c *checker) usedBehind(cur inspector.Cursor, request *types.Var, call *ast.CallExpr) bool {
	end := call.End()
	for ret := range cur.Enclosing((*ast.ReturnStmt)(nil)) {
		if ret.Node().Pos() <= call.Pos() && call.End() <= ret.Node().End() {
			end = request.Pos() + token.Pos(1<<30)
		}
		break
	}
	for fn := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		used := false
		ast.Inspect(fn.Node(), func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.DeferStmt:
				used = used || skeleton.Mentions(c.pass.TypesInfo, n, request)
			case *ast.Ident:
				used = used || n.Pos() >= end && c.pass.TypesInfo.Uses[n] == request
			}
			return !used
		})
		return used
	}
	return true
}

// skips returns a way through the handler h without an answer in v, before the statement
// around answer or by it, and without a word of the request: because of an error, or since
// something has not been found. It is nil if there is none.
func (c *checker) skips(h *handler, v *types.Var, answer inspector.Cursor) *skip {
	lists := [][]ast.Stmt{h.list}
	for at := range answer.Enclosing((*ast.BlockStmt)(nil)) {
		if at.Node().Pos() <= h.cur.Node().Pos() {
			break
		}
		lists = append(lists, at.Node().(*ast.BlockStmt).List)
	}
	for _, list := range lists {
		skip, answered := c.skipsIn(h, list, v, answer.Node())
		if skip != nil || answered {
			return skip
		}
	}
	return nil
}

// skipsIn is skips for the statements of one list up to that around answer, within the handler.
// It reports as well whether one of those may answer, or have others do so.
func (c *checker) skipsIn(h *handler, list []ast.Stmt, v *types.Var, answer ast.Node) (_ *skip, answered bool) {
	for _, s := range list {
		if s.Pos() <= answer.Pos() && answer.End() <= s.End() {
			if sw, ok := s.(*ast.SwitchStmt); ok && s == h.list[len(h.list)-1] && c.lacksCase(h, sw, v) {
				return &skip{stmt: sw, why: "has no case for all requests"}, false
			}
			return nil, false
		}
		ifs, ok := s.(*ast.IfStmt)
		if !ok {
			if c.handsOn(h, s, v) {
				return nil, true
			}
			continue
		}
		if ifs.Else != nil || len(ifs.Body.List) == 0 || c.handsOn(h, ifs.Cond, v) || c.handsOn(h, ifs.Body, v) || ifs.Init != nil && c.handsOn(h, ifs.Init, v) {
			if c.handsOn(h, s, v) && !c.leavesWith(h, ifs, v) {
				return nil, true
			}
			continue
		}
		last := ifs.Body.List[len(ifs.Body.List)-1]
		if h.isLeftBy(last) && c.fails(h, ifs) {
			return &skip{stmt: last, why: "goes on without an answer"}, false
		}
	}
	return nil, false
}

// leavesWith reports whether ifs does something with the request only where it then leaves the
// handler.
func (c *checker) leavesWith(h *handler, ifs *ast.IfStmt, v *types.Var) bool {
	return ifs.Else == nil && len(ifs.Body.List) > 0 && h.isLeftBy(ifs.Body.List[len(ifs.Body.List)-1]) &&
		(ifs.Init == nil || !c.handsOn(h, ifs.Init, v)) && !c.handsOn(h, ifs.Cond, v)
}

// isLeftBy reports whether the handler is left by s.
func (h *handler) isLeftBy(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.BranchStmt:
		return h.leaves == token.CONTINUE && s.Tok == token.CONTINUE && s.Label == nil
	case *ast.ReturnStmt:
		return h.leaves == token.RETURN
	}
	return false
}

func (c *checker) mentions(h *handler, n ast.Node) bool {
	return skeleton.Mentions(c.pass.TypesInfo, n, h.request)
}

// handsOn reports whether s does something with the request but to read fields other than
// v: it may answer, or have others answer.
func (c *checker) handsOn(h *handler, s ast.Node, v *types.Var) bool {
	hands := false
	reads := make(map[*ast.Ident]bool)
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			field, ok := c.pass.TypesInfo.Uses[n.Sel].(*types.Var)
			if id, isIdent := ast.Unparen(n.X).(*ast.Ident); isIdent && ok && field.Origin() != v {
				reads[id] = true
			}
		case *ast.Ident:
			hands = hands || c.pass.TypesInfo.Uses[n] == h.request && !reads[n]
		case *ast.FuncLit, *ast.DeferStmt:
			hands = hands || c.mentions(h, n)
		}
		return !hands
	})
	return hands
}

// fails reports whether the condition of ifs says that there is an error, or that something
// has not been found, which no parameter of the handler says.
func (c *checker) fails(h *handler, ifs *ast.IfStmt) bool {
	if c.mentions(h, ifs.Cond) {
		return c.asksElement(ifs.Cond) // who asks does not know what is kept there
	}
	if cur, ok := c.root.FindNode(ifs.Body.List[0]); ok && chans.OfError(c.pass.TypesInfo, cur) {
		return c.isLocal(h, ifs.Cond)
	}
	switch e := ast.Unparen(ifs.Cond).(type) {
	case *ast.CallExpr: // of any error
		return syncapi.TestsError(typeutil.StaticCallee(c.pass.TypesInfo, e)) && len(e.Args) > 0 && c.isLocal(h, e.Args[0])
	case *ast.UnaryExpr: // !ok
		return e.Op == token.NOT && c.isLocal(h, e.X) && c.isFound(e.X)
	case *ast.BinaryExpr:
		return e.Op == token.EQL && c.pass.TypesInfo.Types[e.Y].IsNil() && c.isLocal(h, e.X)
	}
	return false
}

// asksElement reports whether e has a variable in it that is an element of a map, or says
// whether there is one.
func (c *checker) asksElement(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found = found || c.isElementOf(id)
		}
		return !found
	})
	return found
}

// isElementOf reports whether the variable id is declared as an element of a map, or as what
// says whether there is one.
func (c *checker) isElementOf(id *ast.Ident) bool {
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return false
	}
	def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok || def.ParentEdgeKind() != edge.AssignStmt_Lhs {
		return false
	}
	as := def.Parent().Node().(*ast.AssignStmt)
	_, isElement := ast.Unparen(as.Rhs[0]).(*ast.IndexExpr)
	return isElement && len(as.Rhs) == 1
}

// isLocal reports whether the variables in e are declared in the handler.
func (c *checker) isLocal(h *handler, e ast.Expr) bool {
	found, local := false, true
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := c.pass.TypesInfo.Uses[id].(*types.Var); ok {
				found = true
				local = local && h.cur.Node().Pos() <= v.Pos() && v.Pos() < h.cur.Node().End()
			}
		}
		return true
	})
	return found && local
}

// isFound reports whether e is a variable that says whether an element is in a map.
func (c *checker) isFound(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && skeleton.IsBool(c.pass.TypesInfo.TypeOf(id)) && c.isElementOf(id)
}

// lacksCase reports whether sw, each case of which answers, has none for some of the values
// that a field of the request may have: it is given what a caller of the package likes.
func (c *checker) lacksCase(h *handler, sw *ast.SwitchStmt, v *types.Var) bool {
	sel, ok := ast.Unparen(sw.Tag).(*ast.SelectorExpr)
	if !ok || sw.Init != nil {
		return false
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	field, isField := c.pass.TypesInfo.Uses[sel.Sel].(*types.Var)
	if !ok || !isField || c.pass.TypesInfo.Uses[id] != h.request {
		return false
	}
	if _, ok := types.Unalias(field.Type()).(*types.Basic); !ok {
		return false // whose values may be known to be all
	}
	for _, s := range sw.Body.List {
		clause := s.(*ast.CaseClause)
		if clause.List == nil || len(clause.Body) == 0 {
			return false
		}
		answers := false
		for _, s := range clause.Body {
			answers = answers || c.handsOn(h, s, v)
		}
		if !answers {
			return false // some requests are not answered
		}
	}
	return c.isForeign(field)
}

// isForeign reports whether a composite literal gives the field the parameter of a function
// that code outside of the package calls.
func (c *checker) isForeign(field *types.Var) bool {
	for e := range chans.Given(c.root, c.index, c.pass.TypesInfo, field) {
		id, ok := ast.Unparen(e).(*ast.Ident)
		if !ok {
			continue
		}
		v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
		if !ok {
			continue
		}
		def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
		if !ok {
			continue
		}
		for decl := range def.Enclosing((*ast.FuncDecl)(nil)) {
			name := decl.Node().(*ast.FuncDecl).Name
			if def.ParentEdgeKind() == edge.Field_Names && c.index.Public(c.pass.TypesInfo.Defs[name]) {
				return true
			}
		}
	}
	return false
}

// unansweredAt reports the receives of answers, which only those in the handler give.
func (c *checker) unansweredAt(v *types.Var, h *handler, answer ast.Node, skip *skip) {
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || len(u.Makes) == 0 {
		return
	}
	if skip.drops && slices.ContainsFunc(u.Makes, func(m *ast.CallExpr) bool { return !c.noRoom(m) }) {
		return
	}
	inside := func(n ast.Node) bool { return h.cur.Node().Pos() <= n.Pos() && n.End() <= h.cur.Node().End() }
	if slices.ContainsFunc(u.Sends, func(s inspector.Cursor) bool { return !inside(s.Node()) }) ||
		slices.ContainsFunc(u.Closes, func(call *ast.CallExpr) bool { return !inside(call) }) {
		return
	}
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			if op.Kind != syncapi.Recv || op.Range || !chans.Bare(op) || !slices.ContainsFunc(u.Recvs, func(r inspector.Cursor) bool { return r.Node() == c.view.Node(op) }) {
				continue
			}
			c.reportSkipped(op, answer, skip)
		}
	}
}

// reportSkipped reports a receive that waits for an answer which the handler does not give.
func (c *checker) reportSkipped(op *skeleton.Op, answer ast.Node, skip *skip) {
	pos, end := c.view.Extent(op)
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	c.found = append(c.found, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this receive from %s may block forever: who answers %s at %s", c.view.Text(op), skip.why, report.Place(c.pass.Fset, skip.stmt.Pos(), pos)),
		Related: []analysis.RelatedInformation{
			{Pos: skip.stmt.Pos(), End: skip.end(), Message: "here the request is not answered"},
			{Pos: answer.Pos(), End: answer.End(), Message: "this is an answer"},
		},
	})
}
