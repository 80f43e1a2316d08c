package stoppedactor

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- objects that one function keeps to itself --

// ordered reports whether all who come to op, on a field of an object, are functions
// that have made the object, and that let nobody stop its loop before. Others of the
// package have it only from them, and other packages do not.
func (c *checker) ordered(op *skeleton.Op) bool {
	kept := false
	for _, f := range c.view.Funcs {
		if c.inTest(f.Pos) || isInPlace(f) {
			continue
		}
		for _, e := range c.view.Effects(f, op.Kind) {
			switch {
			case e.Op != op:
			case e.Res.Root == nil || e.Res.Root.Kind == skeleton.Global:
				return false
			case e.Res.Root.Visible():
				if e.Started || c.isExposed(f) {
					return false
				}
			case !c.keeps(f, e.Res.Base(), op):
				return false
			default:
				kept = true
			}
		}
	}
	return kept
}

// isExposed reports whether f may be called by code that is not of this package, or
// that is not seen.
func (c *checker) isExposed(f *skeleton.Func) bool {
	if f.Obj == nil || c.view.Handed()[f] {
		return true
	}
	if recv := f.Obj.Signature().Recv(); recv != nil {
		return isExported(recv.Type())
	}
	return f.Obj.Exported()
}

func isExported(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return !ok || n.Obj().Exported()
}

// keeps reports whether f comes to op before it hands the object to anyone, closes
// anything or cancels a context.
func (c *checker) keeps(f *skeleton.Func, object skeleton.Path, op *skeleton.Op) bool {
	ops := []syncapi.Op{op.Kind, syncapi.Close, syncapi.Cancel}
	g := c.view.Outline(f, skeleton.Interest{
		Ops: append(ops, syncapi.Store, syncapi.Send),
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return !t.Func.Imported() && (len(c.view.CallEffects(call, ops...)) > 0 || slices.ContainsFunc(t.Args, func(p skeleton.Path) bool { return p.Root == object.Root }))
		},
	})
	if g.Widened {
		return false
	}
	for each := range spawn.Graphs(g) {
		for _, n := range each.Nodes {
			if !n.Op.Is(syncapi.Close, syncapi.Cancel) && !spawn.Escapes(n, object) {
				continue
			}
			// Have: from n on the loop may be stopped.
			if mayFollow(g, n, op) {
				return false
			}
		}
	}
	return true
}

// mayFollow reports whether g, or a goroutine that it starts, may come to op behind n.
func mayFollow(g *skeleton.Graph, n *skeleton.Node, op *skeleton.Op) bool {
	from := chans.StarterIn(g, n)
	for each := range spawn.Graphs(g) {
		for to := range spawn.Nodes(each, op.Kind) {
			if to.Op == op && (each == g && spawn.Leads(from, to) || each != g && !spawn.HappensBefore(to, n)) {
				return true
			}
		}
	}
	return false
}
