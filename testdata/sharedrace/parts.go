package sharedrace

import (
	"sync"
	"time"
)

// The goroutine is started by a method of what is embedded.
type beating struct {
	beats int
	quit  chan struct{}
}

func (b *beating) Start() {
	// races: w := newBeatingWorker(); w.Start(); for range 20 { time.Sleep(time.Millisecond); w.Beats() }; w.Stop()
	b.quit = make(chan struct{})
	go b.loop(b.quit) // related `^the goroutine that has b\.beats starts here$`
}

func (b *beating) loop(quit <-chan struct{}) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-quit:
			return
		case <-t.C:
			b.beats++ // want `^b\.beats is written by a goroutine that \(\*beating\)\.Start starts, and may be read at the same time at line 40$`
		}
	}
}

type beatingWorker struct {
	beating
	name string
}

func newBeatingWorker() *beatingWorker { return &beatingWorker{name: "w"} }

func (w *beatingWorker) Beats() int { return w.beats } // related `^w\.beats is read here at the same time$`

func (w *beatingWorker) Stop() { close(w.quit) }

// Two methods alone hold the lock, and the goroutine does not.
type expiring[K comparable, V any] struct {
	mu    sync.RWMutex
	items map[K]V
	quit  chan struct{}
}

func newExpiring[K comparable, V any]() *expiring[K, V] {
	// races: e := newExpiring[int, int](); for i := range 20 { time.Sleep(time.Millisecond); e.Set(i, i) }; e.Close()
	e := &expiring[K, V]{items: make(map[K]V), quit: make(chan struct{})}
	go e.janitor() // related `^the goroutine that has e\.items starts here$`
	return e
}

func (e *expiring[K, V]) janitor() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-e.quit:
			return
		case <-t.C:
			e.sweep()
		}
	}
}

func (e *expiring[K, V]) sweep() {
	for k := range e.items {
		delete(e.items, k) // want `^e\.items is written by a goroutine that newExpiring starts, and may be written at the same time at line 80$`
	}
}

func (e *expiring[K, V]) Set(k K, v V) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.items[k] = v // related `^e\.items\[k\] is written here at the same time$`
}

func (e *expiring[K, V]) Get(k K) V {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.items[k]
}

func (e *expiring[K, V]) Close() { close(e.quit) }

// All hold it.
type lockedBeating struct {
	mu    sync.Mutex
	beats int
	quit  chan struct{}
}

func (b *lockedBeating) Start() {
	// ordered: w := &lockedWorker{}; w.Start(); for range 20 { time.Sleep(time.Millisecond); w.Beats() }; w.Stop()
	b.quit = make(chan struct{})
	go b.loop(b.quit)
}

func (b *lockedBeating) loop(quit <-chan struct{}) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-quit:
			return
		case <-t.C:
			b.beat()
		}
	}
}

func (b *lockedBeating) beat() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.beats++
}

type lockedWorker struct{ lockedBeating }

func (w *lockedWorker) Beats() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.beats
}

func (w *lockedWorker) Stop() { close(w.quit) }
