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

// guards knows which places the package accesses atomically, and which under a
// lock in more than one function, of which at least one writes.
type guards struct {
	atomic map[place]bool
	under  map[place]map[*skeleton.Func]bool
	writes map[place]bool
}

// others reports whether other checks look at what n accesses.
func (c *checker) others(n *skeleton.Node) bool { return c.isOthers(placeOf(n.Res)) }

// isOthers reports whether other checks look at a place: it is under a lock, as a
// rule, or accessed atomically.
func (c *checker) isOthers(at place) bool {
	if c.guards == nil {
		c.guards = c.readGuards()
	}
	return c.guards.atomic[at] || c.guards.writes[at] && len(c.guards.under[at]) > 1
}

func (c *checker) readGuards() *guards {
	g := &guards{make(map[place]bool), make(map[place]map[*skeleton.Func]bool), make(map[place]bool)}
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
		g.under[at][n.Op.Fn.Outermost()] = true
		g.writes[at] = g.writes[at] || n.Op.Kind == syncapi.Write
	})
	return g
}
