package closes

import "sync"

// -- functions that a slice or map keeps, of which one closes --

type actor struct {
	execute   func() error
	interrupt func(error)
}

type actors struct{ all []actor }

func (a *actors) add(execute func() error, interrupt func(error)) {
	a.all = append(a.all, actor{execute, interrupt})
}

func (a *actors) run() error {
	errs := make(chan error, len(a.all))
	for _, each := range a.all {
		go func(each actor) { errs <- each.execute() }(each)
	}
	err := <-errs
	for _, each := range a.all {
		each.interrupt(err)
	}
	for i := 1; i < cap(errs); i++ {
		<-errs
	}
	return err
}

func interrupted() error {
	var a actors
	stop := make(chan struct{})
	a.add(func() error { <-stop; return nil }, func(error) { close(stop) })
	return a.run()
}

type cleanups struct{ all []func() }

func (c *cleanups) add(f func()) { c.all = append(c.all, f) }

func (c *cleanups) run() {
	for _, f := range c.all {
		f()
	}
}

func cleanedUp(v int) {
	var c cleanups
	defer c.run()
	m := make(chan int, 1)
	c.add(func() { close(m) })
	m <- v
}

type hooks struct{ all map[int]func() }

func (h *hooks) fire() {
	for _, f := range h.all {
		go f()
	}
}

func hooked(id int) {
	h := &hooks{all: map[int]func(){}}
	ch := make(chan struct{})
	h.all[id] = func() { close(ch) }
	h.fire()
	<-ch
}

// -- a channel that is taken out of what is closed as a whole --

type pinger struct {
	mu    sync.Mutex
	pongs []chan struct{}
}

func (p *pinger) pong() {
	var ch chan struct{}
	p.mu.Lock()
	if len(p.pongs) > 0 {
		ch = p.pongs[0]
		p.pongs = p.pongs[1:]
	}
	p.mu.Unlock()
	if ch != nil {
		ch <- struct{}{}
	}
}

func (p *pinger) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ch := range p.pongs {
		close(ch)
	}
	p.pongs = nil
}

func (p *pinger) flush() bool {
	ch := make(chan struct{}, 1)
	p.mu.Lock()
	p.pongs = append(p.pongs, ch)
	p.mu.Unlock()
	_, ok := <-ch
	return ok
}

type waiters struct {
	mu  sync.Mutex
	all map[int]chan int
}

func (w *waiters) answer(id, v int) {
	w.mu.Lock()
	ch, ok := w.all[id]
	delete(w.all, id)
	w.mu.Unlock()
	if ok {
		ch <- v
	}
}

func (w *waiters) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, ch := range w.all {
		close(ch)
		delete(w.all, id)
	}
}
