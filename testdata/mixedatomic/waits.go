package mixedatomic

import (
	"sync/atomic"
	"time"
)

// A wait for time, or for an order to stop, is none for those who access the variable.
type engine struct {
	state    uint32
	inflight int64
	done     int64
	quit     chan struct{}
	finished chan struct{}
}

func (e *engine) Start() {
	if !atomic.CompareAndSwapUint32(&e.state, 0, 1) { // related `^this access is atomic$`
		return
	}
	go func() {
		<-e.quit
		e.state = 2 // want `^e\.state is written plainly, and accessed atomically at line \d+$`
	}()
}

func (e *engine) Stop() { close(e.quit) }

func (e *engine) Running() bool { return atomic.LoadUint32(&e.state) == 1 }

func (e *engine) Do(f func()) {
	atomic.AddInt64(&e.inflight, 1) // related `^this access is atomic$`
	f()
	atomic.AddInt64(&e.inflight, -1)
}

func (e *engine) watch() {
	for range time.Tick(time.Minute) {
		if e.inflight > 100 { // want `^e\.inflight is read plainly, and accessed atomically at line \d+$`
			println("busy")
		}
	}
}

// The goroutine that closes the channel is the one that counts.
func (e *engine) work() {
	for range 10 {
		atomic.AddInt64(&e.done, 1)
	}
	close(e.finished)
}

func (e *engine) Done() int64 {
	<-e.finished
	return e.done
}
