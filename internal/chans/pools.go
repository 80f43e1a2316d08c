package chans

import (
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A Pool is a range by which the workers of a pool, which f starts, take what they
// are to do from a channel that nothing closes, while their end is waited for.
type Pool struct {
	Range, Await *skeleton.Node
}

// PoolsOf returns the pools of f.
func PoolsOf(p *Package, f *skeleton.Func) []Pool {
	view := p.Locks.View
	if !view.May(f, syncapi.Recv) || !view.May(f, syncapi.WgWait) && !view.May(f, syncapi.GroupWait) {
		return nil
	}
	var pools []Pool
	for _, c := range p.Of(f) {
		for _, r := range c.Recvs {
			if !r.Op.Range || r.Op.Fn.Imported() || !c.OfPool(r) || !view.Sure(func() bool { return c.Unclosed(r) }) {
				continue
			}
			if await := AwaitOf(r); await != nil {
				pools = append(pools, Pool{r, await})
			}
		}
	}
	return pools
}
