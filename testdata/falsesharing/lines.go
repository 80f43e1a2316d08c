// Package falsesharing has goroutines that write to one cache line.
package falsesharing

import (
	"sync"
	"sync/atomic"
)

func weigh(n int) int64 { return int64(n) }

func slots(items [][]int) []int64 {
	counts := make([]int64, len(items))
	var wg sync.WaitGroup
	for w := range items {
		wg.Add(1)
		go func() { // related `^the goroutine is started here$`
			defer wg.Done()
			for _, item := range items[w] {
				counts[w] += weigh(item) // want `^counts\[w\] is on one cache line with elements that other goroutines write: they are 8 bytes long$`
			}
		}()
	}
	wg.Wait()
	return counts
}

func byGroup(items [][]int) {
	var counts [8]int32
	var wg sync.WaitGroup
	for w := 0; w < 8; w++ {
		wg.Go(func() { // related `^the goroutine is started here$`
			for range items[w] {
				counts[w]++ // want `^counts\[w\] is on one cache line with elements that other goroutines write: they are 4 bytes long$`
			}
		})
	}
	wg.Wait()
}

func byArgument(jobs <-chan int) {
	counts := make([]atomic.Int64, 4)
	for i := range 4 {
		go func(id int) { // related `^the goroutine is started here$`
			for range jobs {
				counts[id].Add(1) // want `^counts\[id\] is on one cache line with elements that other goroutines write: they are 8 bytes long$`
			}
		}(i)
	}
}

type stat struct {
	hits, misses int64
}

type pool struct {
	stats []stat
	jobs  chan int
}

func (p *pool) run() {
	for i := range p.stats {
		go p.work(i) // related `^the goroutine is started here$`
	}
}

func (p *pool) work(id int) {
	for j := range p.jobs {
		if j > 0 {
			p.stats[id].hits++ // want `^p\.stats\[id\] is on one cache line with elements that other goroutines write: they are 16 bytes long$`
		}
	}
}

type deep struct{ counts []uint64 }

func (d *deep) inc(id int) {
	d.counts[id]++ // want `^d\.counts\[id\] is on one cache line with elements that other goroutines write: they are 8 bytes long$`
}

func (d *deep) run(n int) {
	for i := range n {
		go func() { // related `^the goroutine is started here$`
			for range 1000 {
				d.inc(i)
			}
		}()
	}
}

func byFunction(n int) {
	counts := make([]int64, n)
	for i := range n {
		go func() { // related `^the goroutine is started here$`
			for range 1000 {
				atomic.AddInt64(&counts[i], 1) // want `^counts\[i\] is on one cache line with elements that other goroutines write: they are 8 bytes long$`
			}
		}()
	}
}

type generic[T any] struct {
	vals []T
	seen []int64
}

func (g *generic[T]) fill(n int, v T) {
	for i := range n {
		go func() { // related `^the goroutine is started here$`
			for range 1000 {
				g.seen[i]++ // want `^g\.seen\[i\] is on one cache line with elements that other goroutines write: they are 8 bytes long$`
			}
			g.vals[i] = v
		}()
	}
}

type counters struct {
	sent, received atomic.Int64
}

func (c *counters) start(n int) {
	go func() { // related `^the goroutine is started here$`
		for range n {
			c.sent.Add(1) // want `^c\.sent is on one cache line with c\.received, which another goroutine writes in a loop$`
		}
	}()
	go func() {
		for range n {
			c.received.Add(1) // related `^c\.received is written here$`
		}
	}()
}

type queue struct {
	head, tail uint64
}

func (q *queue) produce(n int) {
	for range n {
		q.tail++ // want `^q\.tail is on one cache line with q\.head, which another goroutine writes in a loop$`
	}
}

func (q *queue) consume(n int) {
	for range n {
		q.head++ // related `^q\.head is written here$`
	}
}

func transfer(n int) {
	q := new(queue)
	go q.produce(n) // related `^the goroutine is started here$`
	q.consume(n)
}

type embedding struct {
	queue
	name string
}

func (e *embedding) start(n int) {
	go func() { // related `^the goroutine is started here$`
		for range n {
			e.head++ // want `^e\.head is on one cache line with e\.tail, which another goroutine writes in a loop$`
		}
	}()
	go func() {
		for range n {
			e.tail++ // related `^e\.tail is written here$`
		}
	}()
}

func constants(n int) {
	var sums [2]int64
	go func() { // related `^the goroutine is started here$`
		for i := range n {
			sums[0] += weigh(i) // want `^sums\[0\] is on one cache line with sums\[1\], which another goroutine writes in a loop$`
		}
	}()
	go func() {
		for i := range n {
			sums[1] += weigh(i) // related `^sums\[1\] is written here$`
		}
	}()
}

type pair[T any] struct {
	first T
	n     int64
}

// start has parts of which the size is not known.
func (p *pair[T]) start(vals []T, each []pair[T]) {
	for i := range each {
		go func() {
			for _, v := range vals {
				each[i].first = v
				p.first = v
			}
		}()
	}
	go func() {
		for range vals {
			p.n++
		}
	}()
}
