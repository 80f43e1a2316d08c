package nilchan

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- fields that one object is not given, and others are --

// lacks reports whether p is a field that nothing gives a channel in the object that it
// is a field of, and that nothing compares with nil, as who knows that it may be nil does.
func (c *checker) lacks(p skeleton.Path) bool {
	if _, ok := p.Lacks(); !ok {
		return false
	}
	v := c.variable(p)
	if v == nil || c.opaque() {
		return false
	}
	for use := range c.index.Uses(v) {
		if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
			use = use.Parent()
		}
		switch use.ParentEdgeKind() {
		case edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.SwitchStmt_Tag, edge.CaseClause_List:
			return false
		}
	}
	return true
}

// mayLead reports whether an argument is a nil channel, or an object that lacks one.
func (c *checker) mayLead(p skeleton.Path) bool {
	return c.isNil(p) || p.Root != nil && p.Sel == nil && p.Root.LacksAny()
}

// onLacking reports whether a call has something done to a channel that an object lacks.
func (c *checker) onLacking(call *skeleton.Node) bool {
	for _, e := range c.view.CallEffects(call, syncapi.Send, syncapi.Recv) {
		if c.lacks(e.Res) {
			return true
		}
	}
	return false
}

// checkLacking reports n, whose channel an object lacks that f makes, or has made. A callee
// may know by the object's other fields that it has none, so that it must come to n.
func (c *checker) checkLacking(f *skeleton.Func, n *skeleton.Node) {
	if n.Op.Arm != nil || !exact(n) || n.Op.Kind == syncapi.Recv && !n.Op.Range && n.Graph.Spawner != nil {
		return
	}
	site, fr := n, n.Frame
	for ; fr.Func != f || fr.Call != nil; fr = fr.Up {
		if fr.Call == nil || !unavoidable(fr.Func, site.Op) {
			return
		}
		site = fr.Call
	}
	if site.Op.Fn != f || c.seen[site.Op] || !c.feasible(n, n.Res) {
		return
	}
	c.seen[site.Op] = true
	c.reportLacking(site, n)
}

// unavoidable reports whether f comes to op on all ways to a return.
func unavoidable(f *skeleton.Func, op *skeleton.Op) bool {
	has := func(b *skeleton.Block) bool { return slices.Contains(b.Ops, op) }
	returns := func(b *skeleton.Block) bool {
		for _, o := range b.Ops {
			if o.Is(syncapi.Return, syncapi.Panic, syncapi.Exit, syncapi.Goexit) {
				return !has(b)
			}
		}
		return false
	}
	if len(f.Blocks) == 0 || f.Effects {
		return false
	}
	first := f.Blocks[0]
	return has(first) || !returns(first) && !first.Leads(returns, has)
}

// reportLacking reports what n does at site to a channel that an object lacks.
func (c *checker) reportLacking(site, n *skeleton.Node) {
	v := c.variable(n.Res)
	made, _ := n.Res.Lacks()
	pos, end := c.view.Extent(site.Op)
	d := analysis.Diagnostic{Pos: pos, End: end}
	name := c.view.Text(n.Op)
	if site == n {
		d.Message = fmt.Sprintf("this %s blocks for ever: %s is nil, since its object is made without one", noun(n.Op), name)
	} else {
		d.Message = fmt.Sprintf("%s blocks for ever: it %s a channel that is nil", c.view.Callee(site.Op), verb(n.Op))
		pos, end := c.view.Extent(n.Op)
		d.Related = append(d.Related, analysis.RelatedInformation{Pos: pos, End: end, Message: fmt.Sprintf("%s is nil here", name)})
	}
	if cur, ok := c.root.FindByPos(made, made); ok {
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: cur.Node().Pos(), End: cur.Node().End(), Message: fmt.Sprintf("this object is made without %s", v.Name()),
		})
	}
	c.found = append(c.found, finding{d, v, noun(n.Op)})
}
