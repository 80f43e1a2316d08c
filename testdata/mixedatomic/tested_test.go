package mixedatomic

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

type workers struct {
	running int32
	wg      sync.WaitGroup
	jobs    chan func()
}

func newWorkers() *workers {
	w := &workers{jobs: make(chan func(), 1)}
	w.wg.Add(1)
	go w.loop()
	return w
}

func (w *workers) loop() {
	defer w.wg.Done()
	atomic.AddInt32(&w.running, 1) // related `^this access is atomic$`
	for job := range w.jobs {
		job()
	}
}

func TestPolled(t *testing.T) {
	// races: w := newWorkers(); _ = w.running; close(w.jobs); w.wg.Wait()
	w := newWorkers()
	defer close(w.jobs)
	for w.running == 0 { // want `^w\.running is read plainly, and accessed atomically at line \d+$`
		time.Sleep(time.Millisecond)
	}
}

func TestWaited(t *testing.T) {
	// ordered: w := newWorkers(); close(w.jobs); w.wg.Wait(); _ = w.running
	w := newWorkers()
	close(w.jobs)
	w.wg.Wait()
	if w.running != 1 {
		t.Fatal(w.running)
	}
}
