// Package lines has goroutines that leave each other's cache lines alone.
package lines

import (
	"sync"
	"sync/atomic"
	"time"
)

func weigh(n int) int64 { return int64(n) }

type padded struct {
	n int64
	_ [56]byte
}

// sums has slots of the size of a line.
func sums(items [][]int) int64 {
	slots := make([]padded, len(items))
	var wg sync.WaitGroup
	for w := range items {
		wg.Go(func() {
			for _, item := range items[w] {
				slots[w].n += weigh(item)
			}
		})
	}
	wg.Wait()
	var sum int64
	for i := range slots {
		sum += slots[i].n
	}
	return sum
}

// once writes each element once.
func once(items [][]int) []int64 {
	out := make([]int64, len(items))
	var wg sync.WaitGroup
	for w := range items {
		wg.Go(func() {
			var sum int64
			for _, item := range items[w] {
				sum += weigh(item)
			}
			out[w] = sum
		})
	}
	wg.Wait()
	return out
}

// chunks gives each goroutine a part of the slice, which it walks through.
func chunks(out []int64, size int) {
	var wg sync.WaitGroup
	for lo := 0; lo < len(out); lo += size {
		wg.Go(func() {
			for i := lo; i < min(lo+size, len(out)); i++ {
				out[i] = weigh(i)
			}
		})
	}
	wg.Wait()
}

// one has one goroutine that writes.
func one(items []int) [4]int64 {
	var counts [4]int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, item := range items {
			counts[item%4]++
		}
	}()
	<-done
	return counts
}

type counter struct{ n int64 }

// pointers has counters of their own.
func pointers(n int) {
	counters := make([]*counter, n)
	var wg sync.WaitGroup
	for i := range counters {
		counters[i] = new(counter)
		wg.Go(func() {
			for range 1000 {
				counters[i].n++
			}
		})
	}
	wg.Wait()
}

type apart struct {
	sent     atomic.Int64
	_        [56]byte
	received atomic.Int64
}

// start has padding between the fields.
func (a *apart) start(n int) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for range n {
			a.sent.Add(1)
		}
	})
	wg.Go(func() {
		for range n {
			a.received.Add(1)
		}
	})
	wg.Wait()
}

type totals struct{ hits, misses atomic.Int64 }

// both has goroutines that write all fields, which is sharing in truth.
func (c *totals) both(items []int) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for _, item := range items {
				if item > 0 {
					c.hits.Add(1)
				} else {
					c.misses.Add(1)
				}
			}
		})
	}
	wg.Wait()
}

// rows has a row for each goroutine.
func rows(m [][]int64) {
	var wg sync.WaitGroup
	for i := range m {
		wg.Go(func() {
			for j := range m[i] {
				m[i][j] = weigh(j)
			}
		})
	}
	wg.Wait()
}

// slowly writes so seldom that it does not matter.
func slowly(n int) {
	beats := make([]atomic.Int64, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for range 10 {
				beats[i].Add(1)
				time.Sleep(time.Second)
			}
		})
	}
	wg.Wait()
}

type phases struct{ marked, swept int }

func (p *phases) mark(items []int) {
	for _, item := range items {
		if weigh(item) > 0 {
			weigh(item)
		}
	}
	if weigh(len(items)) == 0 {
		return
	}
	p.marked++
}

func (p *phases) sweep(items []int) {
	for _, item := range items {
		if weigh(item) < 0 {
			weigh(item)
		}
	}
	if weigh(len(items)) == 0 {
		return
	}
	p.swept++
}

// cycles writes once in each of a few long turns.
func (p *phases) cycles(items []int) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 3 {
			p.mark(items)
		}
	})
	wg.Go(func() {
		for range 3 {
			p.sweep(items)
		}
	})
	wg.Wait()
}
