package noexit

import (
	"go/ast"
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

// owned checks the goroutines that f starts, or that a callee does, and that end by
// nothing but channels which f keeps to itself, in an object of its own perhaps, and
// which nothing closes or sends on.
func (c *checker) owned(f *skeleton.Func) {
	if report.Tests(c.pass, f.Pos) || !c.view.May(f, syncapi.Go) || !c.view.May(f, syncapi.Recv) || c.lifetimes().AsProcess(f) {
		return
	}
	var dead []*chans.Channel
	for _, ch := range chans.Made(c.locks, f) {
		if len(ch.Recvs) > 0 && len(ch.Sends)+len(ch.Closes) == 0 && c.keeps(f, ch) {
			dead = append(dead, ch)
		}
	}
	for _, ch := range dead {
		for _, r := range ch.Recvs {
			if r.Graph != ch.Graph && (!chans.Bare(r.Op) || len(ch.Escapes) > 0) && !r.Op.Fn.Imported() && c.strands(ch, r, dead) {
				c.reportOwned(ch, r)
			}
		}
	}
}

// keeps reports whether f keeps the channel to itself, and the object that it is in. Where a
// callee makes that and other functions of the package have to do with the field, what
// the names of the object are used for decides.
func (c *checker) keeps(f *skeleton.Func, ch *chans.Channel) bool {
	if len(ch.Escapes) == 0 {
		return true
	}
	class, ok := ch.Path.Class()
	if !ok || ch.Made.Frame.Call == nil || slices.ContainsFunc(ch.Escapes, func(n *skeleton.Node) bool { return n != ch.Made }) {
		return false
	}
	for cur := range c.root.Preorder((*ast.Ident)(nil)) {
		v, ok := c.pass.TypesInfo.Uses[cur.Node().(*ast.Ident)].(*types.Var)
		if ok && namedBy(v.Type()) == class.Type && c.handsOn(f, cur, class.Type) {
			return false
		}
	}
	return true
}

// handsOn reports whether f, a method of the type of or a function that returns one does
// more with the value that cur names than to use its fields and methods.
func (c *checker) handsOn(f *skeleton.Func, cur inspector.Cursor, of *types.TypeName) bool {
	for encl := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		decl := encl.Node().(*ast.FuncDecl)
		own := decl == f.Outermost().Syntax()
		if fn, _ := c.pass.TypesInfo.Defs[decl.Name].(*types.Func); !own && (fn == nil || !concerns(fn.Signature(), of)) {
			return false
		}
		switch cur.ParentEdgeKind() {
		case edge.SelectorExpr_X, edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.AssignStmt_Lhs:
			return false
		case edge.ReturnStmt_Results:
			return own
		}
		return true
	}
	return false
}

// concerns reports whether sig is that of a method of the type of, or returns one.
func concerns(sig *types.Signature, of *types.TypeName) bool {
	if recv := sig.Recv(); recv != nil && namedBy(recv.Type()) == of {
		return true
	}
	for r := range sig.Results().Variables() {
		if namedBy(r.Type()) == of {
			return true
		}
	}
	return false
}

// namedBy returns the name of t, or of what it points to; nil if it has none.
func namedBy(t types.Type) *types.TypeName {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}

// strands reports whether the goroutine of r has no way out but the channels dead, and
// the function that has them returns all the same.
func (c *checker) strands(ch *chans.Channel, r *skeleton.Node, dead []*chans.Channel) bool {
	isDead := func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.Recv) && slices.ContainsFunc(dead, func(d *chans.Channel) bool { return d.Path == n.Res })
	}
	g := r.Graph
	if g.Widened || g.Joined || !skeleton.Leads(g.Entry, r, nil) {
		return false
	}
	for _, n := range g.Nodes {
		if n.Exit != skeleton.NoExit && skeleton.Leads(g.Entry, n, isDead) {
			return false
		}
	}
	start := chans.StarterIn(ch.Graph, r)
	return start != nil && c.view.Sure(func() bool {
		return ch.Graph.Search(skeleton.Query{
			From: []*skeleton.Node{start},
			Visit: func(n *skeleton.Node) skeleton.Verdict {
				if n.Exit == skeleton.ByReturn {
					return skeleton.Found
				}
				return skeleton.Continue
			},
		}) != nil
	})
}

// reportOwned reports a goroutine that waits for a channel of the function that has it
// started.
func (c *checker) reportOwned(ch *chans.Channel, r *skeleton.Node) {
	start := chans.StarterIn(ch.Graph, r)
	site := start.Op
	what := "this goroutine never ends"
	if calls := start.Calls(); len(calls) > 0 {
		site = calls[0].Op
		what = "this call starts a goroutine that never ends"
	}
	pos, end := c.view.Extent(site)
	if c.reported[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.reported[pos] = true
	c.done[r.Frame.Func] = true
	d := analysis.Diagnostic{Pos: pos, End: end, Message: what + ": nothing closes " + ch.Path.String() + ", or sends on it, by which it would end"}
	if at, to := c.view.Extent(r.Op); at.IsValid() && to > at {
		d.Related = []analysis.RelatedInformation{{Pos: at, End: to, Message: "it waits for " + c.view.Text(r.Op) + " here"}}
	}
	report.Report(c.pass, d)
}
