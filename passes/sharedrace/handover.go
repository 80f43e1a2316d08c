package sharedrace

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// handovers reports what is written again after it was sent on a channel, while
// its receiver may still have it.
//
// A write is reported if there is a feasible path from the send to it on which
// the sender waits for nobody, and the thing is not made anew. It errs to silence
// where the sender waits for anything at all, where what is sent is not made by
// the function, and where no other goroutine of the package is seen to receive.
func (c *checker) handovers() {
	for _, f := range c.view.Funcs {
		if f.Parent == nil {
			if roots := c.rewritten(f); len(roots) > 0 {
				c.handoversIn(f, roots)
			}
		}
	}
}

// rewritten returns the roots of what f, or a literal in it, sends and has
// written to.
func (c *checker) rewritten(f *skeleton.Func) map[*skeleton.Root]bool {
	sent := make(map[*skeleton.Root]bool)
	for _, e := range c.view.Effects(f, syncapi.Send) {
		if e.Op.Fn.Outermost() == f && len(e.Op.Args) > 0 && c.carries(e.Op) && !c.inTest(e.Op.Pos) {
			c.reached(e.Op.Args[0], sent)
		}
	}
	roots := make(map[*skeleton.Root]bool)
	if len(sent) > 0 {
		for _, e := range c.view.Effects(f, syncapi.Read, syncapi.Write) {
			if e.Op.Kind == syncapi.Write && sent[e.Res.Root] && e.Res.Sel != nil {
				roots[e.Res.Root] = true
			}
		}
	}
	return roots
}

// reached adds the roots of p, and of the fields that its object was made with.
func (c *checker) reached(p skeleton.Path, roots map[*skeleton.Root]bool) {
	if p.Root == nil || roots[p.Root] {
		return
	}
	roots[p.Root] = true
	for _, init := range p.Root.Inits {
		c.reached(init, roots)
	}
}

// handoversIn looks at what f and its goroutines send, of what begins with roots.
func (c *checker) handoversIn(f *skeleton.Func, roots map[*skeleton.Root]bool) {
	g := c.view.Outline(f, skeleton.Interest{
		Ops: slices.Concat(spawn.Ordering, lockset.Ops, []syncapi.Op{syncapi.Read, syncapi.Write}),
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return t.Func.Parent != nil || slices.ContainsFunc(c.view.CallEffects(call, syncapi.Read, syncapi.Write), func(e skeleton.Effect) bool {
				return e.Op.Kind == syncapi.Write && !e.Started && roots[e.Res.Root]
			})
		},
	})
	for h := range spawn.Graphs(g) {
		for s := range spawn.Nodes(h, syncapi.Send) {
			if s.Op.Fn.Outermost() == f && !s.Frame.Widened && c.carries(s.Op) {
				c.sent(f, s)
			}
		}
	}
}

// carries reports whether what a send statement sends refers to memory.
func (c *checker) carries(send *skeleton.Op) bool {
	stmt, ok := c.view.Node(send).(*ast.SendStmt)
	return ok && refers(c.pass.TypesInfo.TypeOf(stmt.Value))
}

func refers(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map:
		return true
	case *types.Struct:
		for f := range t.Fields() {
			switch f.Type().Underlying().(type) {
			case *types.Pointer, *types.Slice, *types.Map:
				return true
			}
		}
	}
	return false
}

// sent reports the first write behind the send s, in the graph of f, to what it
// sends.
func (c *checker) sent(f *skeleton.Func, s *skeleton.Node) {
	if len(s.Args) == 0 || s.Args[0].Root == nil {
		return
	}
	for w := range spawn.Nodes(s.Graph, syncapi.Write) {
		object, ok := c.part(s, w)
		if !ok || w.Op.Fn.Imported() || w.Frame.Widened {
			continue
		}
		waits := func(n *skeleton.Node) bool {
			return n.Assigns(object) || renewed(n, object) || n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.Recv, syncapi.SemAcquire, syncapi.PoolGet) ||
				n.Op.Is(syncapi.Send) && n.Op != s.Op || n.Op.Is(syncapi.Lock, syncapi.RLock) ||
				isValue(object) && n.Op != nil && n.Op.Pos < s.Op.Pos
		}
		if c.view.Sure(func() bool { return spawn.Path(s, w, waits) != nil }) {
			if r := c.receiver(f, s); r != nil {
				c.reportHandover(s, w, r)
				return
			}
		}
	}
}

// part returns the object that s sends of which w writes a part; not ok if w
// writes no part of what s sends, or if that is not one object which is known
// from the beginning.
func (c *checker) part(s, w *skeleton.Node) (object skeleton.Path, ok bool) {
	for o := w.Res; o.Sel != nil; {
		o = o.Base()
		if !o.IsOne() && !isValue(o) {
			continue
		}
		if o == s.Args[0] {
			return o, true
		}
		if _, reached := c.view.Reach(s.Args[0], o); reached && o.Root != s.Args[0].Root {
			return o, true
		}
	}
	return object, false
}

// isValue reports whether p is a variable which may have another value each
// time that control comes by: of one turn of a loop, where it stands in the order
// of the source, it is one thing.
func isValue(p skeleton.Path) bool {
	return p.Root.Kind == skeleton.Value && p.Sel == nil && p.Root.Name != ""
}

// receiver returns an operation of another goroutine that receives what s, in the
// graph of f, sends; nil if none is seen.
func (c *checker) receiver(f *skeleton.Func, s *skeleton.Node) *skeleton.Op {
	for _, e := range c.view.Effects(f, syncapi.Recv) {
		if e.Res == s.Res && (e.Started || s.Graph.Spawner != nil) && e.Op.Fn != s.Op.Fn && !e.Op.Fn.Imported() {
			return e.Op
		}
	}
	class, ok := s.Res.Class()
	if !ok {
		return nil
	}
	for _, g := range c.view.Funcs {
		for _, e := range c.view.Effects(g, syncapi.Recv) {
			if got, ok := e.Res.Class(); ok && got == class && e.Started && e.Op.Fn != s.Op.Fn && !e.Op.Fn.Imported() {
				return e.Op
			}
		}
	}
	return nil
}

func (c *checker) reportHandover(s, w *skeleton.Node, r *skeleton.Op) {
	pos, end := c.view.Extent(w.Op)
	sent, sentEnd := c.view.Extent(s.Op)
	got, gotEnd := c.view.Extent(r)
	name, ch := c.view.Text(w.Op), c.view.Text(s.Op)
	c.add(analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s is written again after it was sent on %s at %s, and the receiver may still be reading it", name, ch, report.Place(c.pass.Fset, sent, pos)),
		Related: []analysis.RelatedInformation{
			{Pos: sent, End: sentEnd, Message: "it is handed over here"},
			{Pos: got, End: gotEnd, Message: "the receiver gets it here"},
		},
	})
}
