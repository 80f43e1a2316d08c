package stoppedactor

import (
	"context"
	"io"
	"sync"
)

// -- loops whose select is in a function that they call --

type stepper struct {
	cmds chan int
	done chan struct{}
	sum  int
}

func newStepper() *stepper {
	s := &stepper{cmds: make(chan int), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *stepper) run() {
	for s.step() {
	}
}

func (s *stepper) step() bool {
	select {
	case n := <-s.cmds:
		s.sum += n
		return true
	case <-s.done: // related `^here the loop that receives from s\.cmds ends$`
		return false
	}
}

func (s *stepper) Do(n int) {
	s.cmds <- n // want `^this send on s\.cmds blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (s *stepper) TryDo(n int) bool {
	select {
	case s.cmds <- n:
		return true
	case <-s.done:
		return false
	}
}

func (s *stepper) Stop() { close(s.done) }

type runner struct {
	funcs chan func()
	quit  chan struct{}
	once  sync.Once
}

func newRunner() *runner {
	r := &runner{funcs: make(chan func()), quit: make(chan struct{})}
	go func() {
		for {
			if !r.next() {
				return
			}
		}
	}()
	return r
}

func (r *runner) next() bool {
	if err := r.one(); err != nil {
		return false
	}
	return true
}

func (r *runner) one() error {
	select {
	case f := <-r.funcs:
		f()
	case <-r.quit: // related `^here the loop that receives from r\.funcs ends$`
		return io.EOF
	}
	return nil
}

func (r *runner) Submit(f func()) {
	r.funcs <- f // want `^this send on r\.funcs blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (r *runner) Close() { r.once.Do(func() { close(r.quit) }) }

type writer struct {
	out chan []byte
	w   io.Writer
}

func newWriter(ctx context.Context, w io.Writer) *writer {
	wr := &writer{out: make(chan []byte), w: w}
	go wr.loop(ctx)
	return wr
}

func (w *writer) loop(ctx context.Context) {
	for {
		if err := w.write(ctx); err != nil {
			return
		}
	}
}

func (w *writer) write(ctx context.Context) error {
	select {
	case <-ctx.Done(): // related `^here the loop that receives from w\.out ends$`
		return ctx.Err()
	case b := <-w.out:
		_, err := w.w.Write(b)
		return err
	}
}

func (w *writer) Send(b []byte) {
	w.out <- b // want `^this send on w\.out blocks forever after the stop at line \d+: nothing receives from it then$`
}

// steady goes on after the signal, so that it answers always.
type steady struct {
	cmds, reload chan int
	sum          int
}

func newSteady() *steady {
	s := &steady{cmds: make(chan int), reload: make(chan int)}
	go s.run()
	return s
}

func (s *steady) run() {
	for s.step() {
	}
}

func (s *steady) step() bool {
	select {
	case n := <-s.cmds:
		s.sum += n
	case <-s.reload:
		s.sum = 0
	}
	return true
}

func (s *steady) Do(n int) { s.cmds <- n }
func (s *steady) Reset()   { s.reload <- 0 }

// polite drains what comes after the stop.
type polite struct {
	cmds chan int
	done chan struct{}
	sum  int
}

func newPolite() *polite {
	p := &polite{cmds: make(chan int), done: make(chan struct{})}
	go p.run()
	return p
}

func (p *polite) run() {
	for p.step() {
	}
	for range p.cmds {
	}
}

func (p *polite) step() bool {
	select {
	case n := <-p.cmds:
		p.sum += n
		return true
	case <-p.done:
		return false
	}
}

func (p *polite) Do(n int) { p.cmds <- n }
func (p *polite) Stop()    { close(p.done) }
