package capturerace

import (
	"strings"
	"sync"
)

// Goroutines that go through all of one slice or map come to the same elements.

type webPage struct {
	initMu  sync.Mutex
	raw     string
	content string
	summary string
}

func (p *webPage) text() string {
	p.initMu.Lock()
	defer p.initMu.Unlock()
	p.content = strings.ToUpper(p.raw)
	return p.content
}

func (p *webPage) sum() string {
	if p.summary == "" { // related `^p\.summary is read here at the same time$`
		p.summary = p.text() // want `^p\.summary is written by several goroutines, perhaps at the same time$`
	}
	return p.summary
}

type webSite struct{ pages []*webPage }

func (s *webSite) render(wg *sync.WaitGroup) {
	defer wg.Done()
	for _, p := range s.pages {
		use(p.sum())
	}
}

func renderAll() {
	s := &webSite{pages: []*webPage{{raw: "a"}, {raw: "b"}}}
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go s.render(&wg) // related `^the goroutines that have p\.summary start here$`
	}
	wg.Wait()
}

type filter interface{ pass(n int) bool }

type counting struct{ calls int }

func (c *counting) pass(n int) bool {
	c.calls++ // want `^c\.calls is written by several goroutines, perhaps at the same time$`
	return n > 1
}

type filterChain struct{ filters []filter }

func (c *filterChain) run(n int) bool {
	for _, f := range c.filters {
		if !f.pass(n) {
			return false
		}
	}
	return true
}

func runsFilters() {
	c := &filterChain{filters: []filter{&counting{}}}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() { // related `^the goroutines that have c\.calls start here$`
			use(c.run(i))
		})
	}
	wg.Wait()
}

type oneCell struct{ n int }

func countsEachByIndex() {
	cells := make([]oneCell, 4)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { // related `^the goroutines that have cells\[i\]\.n start here$`
			for i := 0; i < len(cells); i++ {
				cells[i].n++ // want `^cells\[i\]\.n is written by several goroutines, perhaps at the same time$`
			}
		})
	}
	wg.Wait()
	use(cells)
}

func eachOf[T any](all []*T, do func(*T)) {
	for _, e := range all {
		do(e)
	}
}

func countsValuesOfMap() {
	cells := map[string]*oneCell{"a": {}, "b": {}}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { // related `^the goroutines that have c\.n start here$`
			for _, c := range cells {
				c.n++ // want `^c\.n is written by several goroutines, perhaps at the same time$`
			}
		})
	}
	wg.Wait()
	use(cells)
}

// Each goroutine has elements of its own.
func countsItsOwn() {
	cells := []*oneCell{{}, {}, {}, {}}
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i, c := range cells {
				if i%2 == w {
					c.n++
				}
			}
		})
	}
	wg.Wait()
	use(cells)
}

func countsItsPart() {
	cells := []*oneCell{{}, {}, {}, {}}
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Add(1)
		go countPart(cells[2*w:2*w+2], &wg)
	}
	wg.Wait()
	use(cells)
}

func countPart(part []*oneCell, wg *sync.WaitGroup) {
	defer wg.Done()
	for _, c := range part {
		c.n++
	}
}

type partWorker struct{ part []*oneCell }

func (w *partWorker) count() {
	for _, c := range w.part {
		c.n++
	}
}

func countsPartsOfWorkers() {
	cells := []*oneCell{{}, {}, {}, {}}
	var wg sync.WaitGroup
	for i := range 2 {
		w := &partWorker{part: cells[2*i : 2*i+2]}
		wg.Go(w.count)
	}
	wg.Wait()
	use(cells)
}

func countsOneEach() {
	cells := []*oneCell{{}, {}}
	var wg sync.WaitGroup
	for _, c := range cells {
		wg.Go(func() { c.n++ })
	}
	wg.Wait()
	for _, c := range cells {
		use(c.n)
	}
}

func countsNewOnes() {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			cells := []*oneCell{{}, {}}
			eachOf(cells, func(c *oneCell) { c.n++ })
			for _, c := range cells {
				c.n++
			}
		})
	}
	wg.Wait()
}

type lockedCell struct {
	mu sync.Mutex
	n  int
}

func (c *lockedCell) inc() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

func countsUnderTheLocks() {
	cells := []*lockedCell{{}, {}}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for _, c := range cells {
				c.inc()
			}
		})
	}
	wg.Wait()
	use(cells)
}

// The lock is released when the call returns, deferred or not.
type sightings struct {
	mu   sync.Mutex
	seen int
	last int
}

func (t *sightings) see(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen += n
}

func writesBehindTheUnlock() {
	t := new(sightings)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() { // related `^the goroutines that have t\.last start here$`
			t.see(i)
			t.last = i // want `^t\.last is written by several goroutines, perhaps at the same time$`
		})
	}
	wg.Wait()
	use(t)
}

// Where control returns before the lock is taken, nothing is deferred.
func (t *sightings) seeSome(n int) int {
	if n == 0 {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = n
	return t.last
}

func writesUnderTheLockSometimes() {
	t := new(sightings)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() { use(t.seeSome(i)) })
	}
	wg.Wait()
	use(t)
}

// Wires are started one after the other: each goroutine has the one of its turn.
type wire struct {
	queue chan int
	sum   int
}

func (l *wire) start(wg *sync.WaitGroup) {
	l.queue = make(chan int, 1)
	wg.Go(func() {
		for v := range l.queue {
			l.sum += v
		}
	})
}

type wiring struct {
	wires []*wire
	wg    sync.WaitGroup
}

func (n *wiring) start() {
	for _, l := range n.wires {
		l.start(&n.wg)
	}
}

func (n *wiring) stop() {
	for _, l := range n.wires {
		close(l.queue)
	}
	n.wg.Wait()
}

func runsWires() int {
	n := &wiring{wires: []*wire{{}, {}}}
	n.start()
	n.stop()
	return n.wires[0].sum
}
