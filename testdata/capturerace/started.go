package capturerace

import "sync"

type task struct {
	fn   func() error
	done chan bool
	err  error
}

func newTask(fn func() error) *task { return &task{fn: fn, done: make(chan bool)} }

func (t *task) start() {
	go func() { // related `^the goroutine that has t\.err written starts here$`
		t.err = t.fn() // want `^t\.err is written by this goroutine, and may be written at the same time at line \d+$`
		close(t.done)
	}()
}

func (t *task) giveUp() {
	select {
	case <-t.done:
	default:
		t.err = nil // related `^t\.err is written here at the same time$`
	}
}

// A constructor has made the object, and a method starts its goroutine.
func startsAndGivesUp() {
	// races
	t := newTask(func() error { return nil })
	t.start()
	t.giveUp()
}

type pending struct {
	wg  sync.WaitGroup
	err error
}

func newPending() *pending { return &pending{} }

func (p *pending) start() { p.wg.Go(func() { p.err = work() }) }

func (p *pending) wait() error {
	p.wg.Wait()
	return p.err
}

func startsAndWaits() {
	p := newPending()
	p.err = nil
	p.start()
	use(p.wait())
	p.err = nil
}
