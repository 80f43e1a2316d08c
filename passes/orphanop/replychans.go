package orphanop

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- requests that are no more than a channel to answer on --

// replyChans checks a receive by which a loop of f gets such a request, by the case of a
// select statement, from a field or variable that it alone receives from: the case must not go
// on to the next turn without a word of the request. What is done with the request, and that
// those who ask do no more than to wait, is known by a must-analysis of the syntax.
func (c *checker) replyChans(f *skeleton.Func) {
	for _, op := range f.Ops() {
		if op.Kind != syncapi.Recv || op.Arm == nil {
			continue
		}
		queue := chans.Variable(c.view, c.pass.TypesInfo, op)
		node := c.view.Node(op)
		if queue == nil || queue.Pkg() != c.pass.Pkg || node == nil || !ofChans(queue.Type()) {
			continue
		}
		cur, ok := c.root.FindNode(node)
		if !ok {
			continue
		}
		for at := range cur.Enclosing((*ast.CommClause)(nil)) {
			clause := at.Node().(*ast.CommClause)
			if as, ok := clause.Comm.(*ast.AssignStmt); ok && as.Pos() <= node.Pos() && node.End() <= as.End() {
				c.replyChan(clause, as, queue, node)
			}
			break
		}
	}
}

// ofChans reports whether t is a channel of channels.
func ofChans(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	_, ok = ch.Elem().Underlying().(*types.Chan)
	return ok
}

// replyChan checks the case that gets its request by as from the queue.
func (c *checker) replyChan(clause *ast.CommClause, as *ast.AssignStmt, queue *types.Var, recv ast.Node) {
	id, ok := as.Lhs[0].(*ast.Ident)
	if !ok {
		return
	}
	request, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok {
		return
	}
	answer := c.onlyAnswers(request)
	if answer == nil {
		return
	}
	var skips *skip
	if left := goesOn(clause.Body, func(n ast.Node) bool { return skeleton.Mentions(c.pass.TypesInfo, n, request) }); left != nil {
		skips = &skip{stmt: left, why: "goes on without an answer"}
	} else if skips = c.drops(answer, clause, request); skips == nil {
		return
	}
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, queue)
	if u.Open || u.Polled || len(u.Makes) == 0 || len(u.Closes) > 0 || len(u.Recvs) != 1 || u.Recvs[0].Node() != recv {
		return
	}
	for _, send := range u.Sends {
		if v := chans.Named(c.pass.TypesInfo, send.Node().(*ast.SendStmt).Value); v != nil {
			c.unansweredOn(v, answer, skips)
		}
	}
}

// goesOn returns the continue statement by which a list of statements is left before any of
// them mentions the request; nil if there is none.
func goesOn(list []ast.Stmt, mentions func(ast.Node) bool) ast.Stmt {
	for _, s := range list {
		if mentions(s) {
			return nil
		}
		if ifs, ok := s.(*ast.IfStmt); ok && ifs.Else == nil && len(ifs.Body.List) > 0 {
			last, ok := ifs.Body.List[len(ifs.Body.List)-1].(*ast.BranchStmt)
			if ok && last.Tok == token.CONTINUE && last.Label == nil {
				return last
			}
		}
	}
	return nil
}

// onlyAnswers returns a send on the request, if nothing is done with that but to send on it, to
// close it, and to ask whether there is one; else nil.
func (c *checker) onlyAnswers(request *types.Var) (answer ast.Node) {
	for use := range c.index.Uses(request) {
		switch use.ParentEdgeKind() {
		case edge.SendStmt_Chan:
			answer = use.Parent().Node()
		case edge.AssignStmt_Lhs, edge.BinaryExpr_X, edge.BinaryExpr_Y:
		case edge.CallExpr_Args:
			if id, ok := use.Parent().Node().(*ast.CallExpr).Fun.(*ast.Ident); !ok || id.Name != "close" {
				return nil
			}
			answer = use.Parent().Node()
		default:
			return nil
		}
	}
	return answer
}

// unansweredOn reports the receives from v, a channel that whoever asks makes, hands over once,
// and waits for.
func (c *checker) unansweredOn(v *types.Var, answer ast.Node, skip *skip) {
	if v.IsField() || !chans.IsFresh(c.root, c.pass.TypesInfo, v) || skip.drops && !c.hasNoRoom(v) {
		return
	}
	var recvs []inspector.Cursor
	for use := range c.index.Uses(v) {
		switch use.ParentEdgeKind() {
		case edge.SendStmt_Value, edge.AssignStmt_Lhs:
		case edge.UnaryExpr_X:
			recvs = append(recvs, use.Parent())
		default:
			return
		}
	}
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			if op.Kind == syncapi.Recv && chans.Bare(op) && slices.ContainsFunc(recvs, func(r inspector.Cursor) bool { return r.Node() == c.view.Node(op) }) {
				c.reportSkipped(op, answer, skip)
			}
		}
	}
}

// hasNoRoom reports whether the variable v is declared as a channel without a buffer.
func (c *checker) hasNoRoom(v *types.Var) bool {
	def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok || def.ParentEdgeKind() != edge.AssignStmt_Lhs {
		return false
	}
	as := def.Parent().Node().(*ast.AssignStmt)
	_, i := def.ParentEdge()
	if len(as.Lhs) != len(as.Rhs) {
		return false
	}
	call, ok := ast.Unparen(as.Rhs[i]).(*ast.CallExpr)
	return ok && c.noRoom(call)
}

// noRoom reports whether a call makes a channel without a buffer.
func (c *checker) noRoom(call *ast.CallExpr) bool {
	n, known := c.chans.Capacity(call)
	return known && n == 0
}
