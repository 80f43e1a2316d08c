package spawn

import (
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// joined reports whether the goroutine that common starts, and that is x's or
// leads to it, has ended when the call that starts it returns.
func joined(x *skeleton.Node, common *skeleton.Graph) bool {
	for g := x.Graph; g != common; g = g.Spawner.Graph {
		if g.Spawner.Graph == common {
			return g.Joined || inTurn(g)
		}
	}
	return false
}

// inTurn reports whether the goroutine g is one of those on which a call looks at
// a condition that it waits for: they run one after the other, and the last one
// has ended when the call returns, unless the test fails.
func inTurn(g *skeleton.Graph) bool {
	start := g.Spawner
	for f := start.Frame; f != nil && f.Call != nil && f.Call.Graph == start.Graph; f = f.Up {
		if _, ok := syncapi.AwaitsOnGoroutine(f.Call.Op.Obj); ok {
			return true
		}
	}
	_, ok := syncapi.AwaitsOnGoroutine(start.Op.Obj)
	return ok
}
