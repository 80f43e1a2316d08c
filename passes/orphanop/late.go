package orphanop

import (
	"fmt"
	"go/ast"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- waits for a goroutine that is told to end only behind them --

// late checks the waits of f for the end of goroutines behind which f closes a channel,
// as nobody else does.
//
// That the goroutine ends by that channel alone is a must-analysis of its own returns. The
// objects that its method and f have are taken to be the same.
func (c *checker) late(f *skeleton.Func) {
	for _, k := range f.Ops() {
		stop := k
		if k.Kind == syncapi.Defer {
			stop = k.Inner
		}
		if stop.Kind != syncapi.Close {
			continue
		}
		for _, w := range f.Ops() {
			if (w.Kind == syncapi.WgWait || w.Kind == syncapi.Recv && chans.Bare(w)) && w.Res != stop.Res && w.Res.IsOne() &&
				(stop != k || behind(f, k, w)) && c.closesAlone(stop) && c.endsBy(f, w, stop) {
				c.reportLate(w, stop)
			}
		}
	}
}

// behind reports whether f comes to k from w, and not the other way round.
func behind(f *skeleton.Func, k, w *skeleton.Op) bool { return f.Comes(w, k) && !f.Comes(k, w) }

// closesAlone reports whether the package has the channel that stop closes to itself, and
// does nothing else that ends a wait for it: a send ends none where all who receive range over it.
func (c *checker) closesAlone(stop *skeleton.Op) bool {
	v := chans.Variable(c.view, c.pass.TypesInfo, stop)
	if v == nil || v.Pkg() != c.pass.Pkg {
		return false
	}
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	ranges := !slices.ContainsFunc(u.Recvs, func(cur inspector.Cursor) bool {
		_, ok := cur.Node().(*ast.RangeStmt)
		return !ok
	})
	return !u.Open && (len(u.Sends) == 0 || ranges) && len(u.Closes) == 1 && len(u.Makes) > 0
}

// endsBy reports whether w of f waits for a goroutine that comes to its end only by what
// stop closes.
func (c *checker) endsBy(f *skeleton.Func, w, stop *skeleton.Op) bool {
	if w.Kind == syncapi.Recv && !c.closesAlone(w) {
		return false // others may answer it
	}
	return slices.ContainsFunc(c.view.Funcs, func(g *skeleton.Func) bool {
		return c.view.OnlyStarted()[g] && endsBehind(g, w, stop) && c.runs(f, g, w)
	})
}

// runs reports whether f has started g when it comes to w, or has an object whose
// goroutine g is, and starts none behind w.
func (c *checker) runs(f, g *skeleton.Func, w *skeleton.Op) bool {
	_, ofObject := w.Res.Class()
	for _, op := range f.Ops() {
		switch {
		case op.Kind == syncapi.Go && slices.ContainsFunc(op.Inner.Targets, func(t *skeleton.Target) bool { return t.Func == g }):
			if f.Comes(op, w) {
				return true
			}
			ofObject = false
		case f.Comes(w, op) && slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return c.view.May(t.Func, syncapi.Go) }):
			ofObject = false
		}
	}
	return ofObject
}

// endsBehind reports whether g, when it returns, does what w waits for, and returns only
// behind a receive from what stop closes.
func endsBehind(g *skeleton.Func, w, stop *skeleton.Op) bool {
	kind := syncapi.WgDone
	if w.Kind == syncapi.Recv {
		kind = syncapi.Close
	}
	signals := slices.ContainsFunc(g.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Defer && op.Inner.Kind == kind && same(op.Inner.Res, w.Res)
	})
	ends := func(b *skeleton.Block) bool {
		return slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool {
			return op.Is(syncapi.Return, syncapi.Panic, syncapi.Exit, syncapi.Goexit) || op.Is(kind) && same(op.Res, w.Res)
		})
	}
	if !signals || !g.Returns || len(g.Blocks) == 0 || g.Effects {
		return false
	}
	_, ofObject := stop.Res.Class() // for others see lateClose
	asks := func(b *skeleton.Block) bool {
		return slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool {
			return op.Kind == syncapi.Recv && same(op.Res, stop.Res) && (!op.Range || ofObject && endsByClose(b, ends))
		})
	}
	unasked := func(b *skeleton.Block) bool { return ends(b) && !asks(b) }
	first := g.Blocks[0]
	return asks(first) || !ends(first) && !first.Leads(unasked, asks)
}

// endsByClose reports whether a function ends only when the channel is closed that the last
// operation of b ranges over: no turn of the loop comes to one of its ends.
func endsByClose(b *skeleton.Block, ends func(*skeleton.Block) bool) bool {
	isHead := func(at *skeleton.Block) bool { return at == b }
	for _, e := range b.Succs {
		if e.To == b || !e.To.Leads(isHead, nil) {
			continue // behind the loop, or no more than its head
		}
		if ends(e.To) || e.To.Leads(ends, isHead) {
			return false
		}
	}
	return true
}

// same reports whether p and q are one, or the same field of objects of one type.
func same(p, q skeleton.Path) bool {
	a, ok := p.Class()
	b, both := q.Class()
	return p == q || ok && both && a == b
}

// reportLate reports the wait w for what ends by stop alone.
func (c *checker) reportLate(w, stop *skeleton.Op) {
	pos, end := c.view.Extent(w)
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	what := "wait for "
	if w.Kind == syncapi.Recv {
		what = "receive from "
	}
	from, to := c.view.Extent(stop)
	name := c.view.Text(stop)
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this %s%s blocks forever: the goroutine that it waits for ends by %s, which is closed only later, at %s",
			what, c.view.Text(w), name, report.Place(c.pass.Fset, from, pos)),
		Related: []analysis.RelatedInformation{{Pos: from, End: to, Message: name + " is closed here"}},
	})
}

// -- waits of a function for its own end --

// itself checks what f calls: none of that may wait for a channel that f closes when it
// returns, as nobody else does.
func (c *checker) itself(f *skeleton.Func) {
	for _, end := range f.Ops() {
		if end.Kind != syncapi.Defer || end.Inner.Kind != syncapi.Close || !end.Inner.Res.IsOne() || !c.closesAlone(end.Inner) {
			continue
		}
		for _, op := range f.Ops() {
			if op.Is(syncapi.Go, syncapi.Defer) {
				continue
			}
			for _, e := range c.view.OpEffects(op, syncapi.Recv) {
				if !e.Started && e.Res == end.Inner.Res && chans.Bare(e.Op) && isDirect(op, e.Op) && !c.conditional(e.Op) {
					c.reportItself(op, e.Op, end.Inner)
				}
			}
		}
	}
}

// isDirect reports whether op, which has w done, is w, or calls the one function that does.
func isDirect(op, w *skeleton.Op) bool {
	return op == w || len(op.Targets) == 1 && op.Targets[0].Func == w.Fn.Outermost()
}

// conditional reports whether op is in a branch of its function.
func (c *checker) conditional(op *skeleton.Op) bool {
	node := c.view.Node(op)
	if node == nil {
		return true
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return true
	}
	for at := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.CaseClause)(nil), (*ast.FuncDecl)(nil)) {
		_, whole := at.Node().(*ast.FuncDecl)
		return !whole
	}
	return true
}

// reportItself reports the wait w, which the operation op of a function comes to, for
// what end does when that function returns.
func (c *checker) reportItself(op, w, end *skeleton.Op) {
	pos, to := c.view.Extent(op)
	if c.done[pos] || !pos.IsValid() || to <= pos {
		return
	}
	c.done[pos] = true
	what := "this receive from " + c.view.Text(w) + " blocks forever"
	returns, who := "the goroutine returns", "this goroutine"
	if !c.view.OnlyStarted()[end.Fn] {
		returns, who = "the function returns", "this function"
	}
	related := c.related(end, "this comes only when "+returns)
	if op != w {
		what = "this call never returns: it receives from " + c.view.Text(w)
		related = append(c.related(w, "here it waits for "+c.view.Text(w)), related...)
	}
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: to, Message: what + ", which only " + who + " closes, when it returns", Related: related,
	})
}
