package sharedrace

import (
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A place is a field, whatever the object, or a package variable: what both name
// for the places of other checks.
type place struct {
	class  skeleton.FieldClass
	global *skeleton.Root
}

func placeOf(p skeleton.Path) place {
	if class, ok := p.Field(); ok {
		return place{class: class}
	}
	return place{global: p.Root}
}

// guards knows which places the package accesses atomically, and which functions access
// them under a lock, the value telling whether they write.
type guards struct {
	atomic map[place]bool
	under  map[place]map[*skeleton.Func]bool
}

// others reports whether other checks look at what n accesses.
func (c *checker) others(n *skeleton.Node) bool { return c.isOthers(placeOf(n.Res)) }

// isOthers reports whether other checks look at a place: it is under a lock, as a
// rule that guardedby takes for one, or accessed atomically.
func (c *checker) isOthers(at place) bool {
	if c.guards == nil {
		c.guards = c.readGuards()
	}
	under, writers := c.guards.under[at], 0
	for _, writes := range under {
		if writes {
			writers++
		}
	}
	return c.guards.atomic[at] || writers > 1 || writers > 0 && len(under) > 2
}

func (c *checker) readGuards() *guards {
	g := &guards{make(map[place]bool), make(map[place]map[*skeleton.Func]bool)}
	c.locks.Accesses(func(a *lockset.Access) {
		n := a.Node
		if n.Op.Kind == syncapi.Call || n.Res.Root == nil {
			return
		}
		at := placeOf(n.Res)
		if !n.Op.Is(syncapi.Read, syncapi.Write) {
			g.atomic[at] = true
			return
		}
		held, _ := a.Holdings.Must(n)
		if len(held) == 0 && (a.Started || len(c.locks.HeldAtEntry(a.Func)) == 0) {
			return
		}
		if g.under[at] == nil {
			g.under[at] = make(map[*skeleton.Func]bool)
		}
		fn := n.Op.Fn.Outermost()
		g.under[at][fn] = g.under[at][fn] || n.Op.Kind == syncapi.Write
	})
	return g
}
