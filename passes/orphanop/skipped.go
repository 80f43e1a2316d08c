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

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- requests that a loop does not answer where it fails --

// skipped checks a send of f by which a loop answers a request, r.reply <- v: if it goes
// on to the next request because of an error, before it has answered, whoever waits for
// nothing but the answer waits forever. That nobody else answers is a must-analysis of the
// syntax.
func (c *checker) skipped(f *skeleton.Func) {
	for _, op := range f.Ops() {
		send, ok := c.view.Node(op).(*ast.SendStmt)
		if !ok || op.Kind != syncapi.Send || !chans.Bare(op) {
			continue
		}
		sel, ok := ast.Unparen(send.Chan).(*ast.SelectorExpr)
		if !ok {
			continue
		}
		request, ok := ast.Unparen(sel.X).(*ast.Ident)
		v := chans.Variable(c.view, c.pass.TypesInfo, op)
		if !ok || v == nil || !v.IsField() || v.Pkg() != c.pass.Pkg {
			continue
		}
		cur, ok := c.root.FindNode(send)
		if !ok {
			continue
		}
		r, ok := c.pass.TypesInfo.Uses[request].(*types.Var)
		if !ok {
			continue
		}
		if skip := c.skips(cur, r); skip != nil {
			c.unansweredAt(v, send, skip)
		}
	}
}

// skips returns the continue statement by which a turn of the loop around the send is left
// before it because of an error, without a word of the request; nil if there is none.
func (c *checker) skips(send inspector.Cursor, request *types.Var) *ast.BranchStmt {
	var list []ast.Stmt
	switch parent := send.Parent().Node().(type) {
	case *ast.BlockStmt:
		switch send.Parent().ParentEdgeKind() {
		case edge.ForStmt_Body, edge.RangeStmt_Body:
			list = parent.List
		}
	case *ast.CommClause:
		list = parent.Body
	}
	for _, s := range list {
		if s == send.Node() {
			break
		}
		ifs, ok := s.(*ast.IfStmt)
		if !ok || ifs.Else != nil || len(ifs.Body.List) == 0 || skeleton.Mentions(c.pass.TypesInfo, ifs, request) {
			continue
		}
		br, ok := ifs.Body.List[len(ifs.Body.List)-1].(*ast.BranchStmt)
		if !ok || br.Tok != token.CONTINUE || br.Label != nil {
			continue
		}
		if cur, ok := c.root.FindNode(br); ok && chans.OfError(c.pass.TypesInfo, cur) {
			return br
		}
	}
	return nil
}

// unansweredAt reports the receives of answers, which only send gives.
func (c *checker) unansweredAt(v *types.Var, send *ast.SendStmt, skip *ast.BranchStmt) {
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || len(u.Makes) == 0 || len(u.Closes) > 0 || len(u.Sends) != 1 || u.Sends[0].Node() != send {
		return
	}
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			if op.Kind != syncapi.Recv || op.Range || !chans.Bare(op) || !slices.ContainsFunc(u.Recvs, func(r inspector.Cursor) bool { return r.Node() == c.view.Node(op) }) {
				continue
			}
			pos, end := c.view.Extent(op)
			if c.done[pos] || !pos.IsValid() || end <= pos {
				continue
			}
			c.done[pos] = true
			c.found = append(c.found, analysis.Diagnostic{
				Pos: pos, End: end,
				Message: fmt.Sprintf("this receive from %s may block forever: who answers goes on without an answer at %s", c.view.Text(op), report.Place(c.pass.Fset, skip.Pos(), pos)),
				Related: []analysis.RelatedInformation{
					{Pos: skip.Pos(), End: skip.End(), Message: "here the request is not answered"},
					{Pos: send.Pos(), End: send.End(), Message: "this is the only answer"},
				},
			})
		}
	}
}
