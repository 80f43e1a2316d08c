package spawn

import (
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Counted reports whether the goroutine that start starts has been counted in
// group: start is the group's own Go, or some Add before it has not been used
// up by another goroutine that calls Done.
func Counted(start *skeleton.Node, group skeleton.Path) bool {
	if start.Op.Is(syncapi.WgGo, syncapi.GroupGo, syncapi.GroupTryGo) {
		return start.Res == group
	}
	for a := range Nodes(start.Graph, syncapi.WgAdd) {
		if a.Res != group || a.Op.NKnown && a.Op.N <= 0 {
			continue
		}
		single := a.Op.NKnown && a.Op.N == 1
		usedUp := func(n *skeleton.Node) bool { return single && takesCount(n, group) }
		if Path(a, start, usedUp) != nil {
			return true
		}
	}
	return false
}

// takesCount reports whether n calls Done, or starts a goroutine that does.
func takesCount(n *skeleton.Node, group skeleton.Path) bool {
	if n.Op.Is(syncapi.WgDone, syncapi.WgWait) && n.Res == group {
		return true
	}
	for _, s := range n.Spawns {
		for d := range Nodes(s.Graph(), syncapi.WgDone) {
			if d.Res == group {
				return true
			}
		}
	}
	return false
}
