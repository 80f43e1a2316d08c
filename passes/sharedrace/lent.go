package sharedrace

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// lent reports slices that are cut to nothing, to be filled again, after a go statement
// has handed them to a function which looks at their elements. As with what is sent,
// there is a path between the two on which nobody is waited for.
func (c *checker) lent() {
	for _, f := range c.view.Funcs {
		if c.inTest(f.Pos) || !slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool { return len(c.slicesLent(op)) > 0 }) ||
			!slices.ContainsFunc(f.Ops(), c.view.Cuts) {
			continue
		}
		g := c.view.Outline(f, skeleton.Interest{
			Ops:   slices.Concat(spawn.Ordering, []syncapi.Op{syncapi.Read, syncapi.Write, syncapi.Lock, syncapi.RLock}),
			Enter: func(_ *skeleton.Node, t *skeleton.Target) bool { return t.Func.Parent != nil },
		})
		for s := range spawn.Nodes(g, syncapi.Go) {
			for _, object := range c.slicesLent(s.Op) {
				c.cutBehind(s, object)
			}
		}
	}
}

// slicesLent returns the slices that a go statement hands to a function which looks at
// their elements.
func (c *checker) slicesLent(op *skeleton.Op) (lent []skeleton.Path) {
	if op.Kind != syncapi.Go || op.Inner == nil {
		return nil
	}
	for _, t := range op.Inner.Targets {
		for i, a := range t.Args {
			if a.Root == nil || i >= len(t.Func.Params) || !isSlice(t.Func.Params[i].Type) {
				continue
			}
			if c.looksAt(op, a) {
				lent = append(lent, a)
			}
		}
	}
	return lent
}

func isSlice(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Slice)
	return ok
}

// looksAt reports whether the goroutine that op starts reads or writes elements of p.
func (c *checker) looksAt(op *skeleton.Op, p skeleton.Path) bool {
	return slices.ContainsFunc(c.view.OpEffects(op, syncapi.Read, syncapi.Write), func(e skeleton.Effect) bool {
		return e.Started && e.Res.Sel != nil && e.Res.Sel.Name == "[]" && e.Res.Base() == p
	})
}

// cutBehind reports the first cut of object behind s, the go statement that hands it on.
func (c *checker) cutBehind(s *skeleton.Node, object skeleton.Path) {
	if object = s.Frame.Resolve(object); object.Root == nil || s.Frame.Widened {
		return
	}
	waits := func(n *skeleton.Node) bool {
		return n.Assigns(object) || renewed(n, object) || n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.Recv,
			syncapi.Send, syncapi.SemAcquire, syncapi.PoolGet, syncapi.Lock, syncapi.RLock)
	}
	for w := range spawn.Nodes(s.Graph, syncapi.Write) {
		if !c.view.Cuts(w.Op) || w.Res.Base() != object || w.Frame.Widened || !c.view.Sure(func() bool { return spawn.Path(s, w, waits) != nil }) {
			continue
		}
		pos, end := c.view.Extent(w.Op)
		start, startEnd := c.view.Extent(s.Op)
		c.add(analysis.Diagnostic{
			Pos: pos, End: end,
			Message: fmt.Sprintf("%s is written again after a goroutine was given it at %s, and that may still be reading it", c.view.Text(w.Op), report.Place(c.pass.Fset, start, pos)),
			Related: []analysis.RelatedInformation{{Pos: start, End: startEnd, Message: "the goroutine starts here"}},
		})
		return
	}
}

// renewed reports whether n writes to the variable object itself, something else than a
// part of what it has been.
func renewed(n *skeleton.Node, object skeleton.Path) bool {
	return n.Op.Is(syncapi.Write) && n.Res == object &&
		!slices.ContainsFunc(n.Args, func(a skeleton.Path) bool { return a.HasPrefix(object) })
}
