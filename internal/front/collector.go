package front

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// The sizes in bytes of the source up to which the time of the garbage
// collector is worth more than memory, and from which on it is the reverse.
const (
	smallUnit = 1 << 20
	largeUnit = 3 << 20
)

// The heap in bytes up to which there is no collection in a small unit.
const smallHeap = 48 << 20

// The heap in bytes, for each byte of source, up to which there is no collection in
// a large unit: less than what it needs in the end, with checks or for its facts
// alone.
const (
	heapPerByte      = 95
	factsHeapPerByte = 30
)

// The memory in bytes, for each byte of source, that a large unit should do with. What
// is alive is largest for a moment, when the SSA form is still there and the
// skeletons are all made; by its growth from there on the process would get larger
// than it ever needs to be. And when the form is gone it leaves holes, which the
// growth does not count.
const memoryPerByte = 128

// A collector sets how far the heap may grow until the next collection. The
// runtime knows a rate of growth only: a rate that is low enough for the largest
// heap there will be makes it collect again and again on the way there.
type collector struct {
	floor  uint64 // in bytes; no collection below
	growth uint64 // in percent of what is alive; at least that much beyond it
	limit  uint64 // of the memory of the process in bytes, 0 for none; see room
	cycles int    // how many collections there have been
}

// manyCycles is how many collections the default checks need at most in a large unit. From
// there on time is worth more than memory: checks have been asked for that make and drop
// many times what is alive.
const manyCycles = 16

// room is how much more memory than what is alive there has to be, in percent: a limit
// that is closer makes the runtime collect without end, so it is given up.
const room = 25

// tuneCollector lets the heap grow more between collections if the files of a unit
// are small, and less if they are large, unless the environment says how much.
func tuneCollector(unit unitConfig) {
	if os.Getenv("GOGC") != "" {
		return
	}
	var size int64
	for _, f := range unit.GoFiles {
		if info, err := os.Stat(f); err == nil {
			size += info.Size()
		}
	}
	c := &collector{growth: 60}
	switch {
	case size <= smallUnit:
		c.floor = smallHeap
	case size >= largeUnit && unit.VetxOnly:
		c.growth, c.floor = 40, uint64(size)*factsHeapPerByte
	case size >= largeUnit:
		c.growth, c.floor = 40, uint64(size)*heapPerByte
		if os.Getenv("GOMEMLIMIT") == "" {
			c.limit = uint64(size) * memoryPerByte
		}
	}
	debug.SetGCPercent(c.percent(runtimeMinimum))
	c.afterNext()
}

// runtimeMinimum is the heap in bytes at which the runtime collects first, if it
// is to let the heap grow by 100 percent. It scales with the percentage.
const runtimeMinimum = 4 << 20

// percent returns the growth in percent that sets the next collection, when live
// bytes are alive.
func (c *collector) percent(live uint64) int {
	p := c.growth
	if c.cycles > manyCycles {
		p = max(p, 75)
	}
	if live > 0 && live < c.floor {
		p = max(p, 100*(c.floor-live)/live)
	}
	return int(min(p, math.MaxInt32))
}

// limitFor returns the limit of memory when live bytes are alive.
func (c *collector) limitFor(live uint64) int64 {
	if live*(100+room)/100 > c.limit || c.cycles > manyCycles {
		return math.MaxInt64
	}
	return int64(min(c.limit, math.MaxInt64))
}

// A sentinel is found by the collection that comes next.
type sentinel struct{ *collector }

// afterNext sets the growth anew behind each collection from now on: a finalizer
// runs when an object that nothing holds has been found.
func (c *collector) afterNext() {
	if c.limit > 0 {
		debug.SetMemoryLimit(c.limitFor(liveHeap()))
	}
	runtime.SetFinalizer(&sentinel{c}, func(s *sentinel) {
		s.cycles++
		debug.SetGCPercent(s.percent(liveHeap()))
		s.afterNext()
	})
}

// liveHeap returns the bytes that the last collection found alive.
func liveHeap() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return live[0].Value.Uint64()
}
