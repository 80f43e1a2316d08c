package orphanop

import (
	"context"
	"io"
)

// -- channels by what returns them --

type buffer struct{ c chan int }

func newBuffer() *buffer { return &buffer{c: make(chan int)} }

func (b *buffer) get() <-chan int { return b.c }

type bufferReader struct{ buf *buffer }

func (r *bufferReader) Read(p []byte) (int, error) {
	select {
	case n := <-r.buf.get(): // want `^this receive from r\.buf\.get\(\) blocks forever: nothing sends to it or closes it$`
		return n, nil
	}
}

func readAll() error {
	r := &bufferReader{buf: newBuffer()}
	_, err := io.ReadAll(r)
	return err
}

// Of one that is fed.
type fedBuffer struct{ c chan int }

func (b *fedBuffer) get() <-chan int { return b.c }

func (b *fedBuffer) put(n int) { b.c <- n }

func throughGetter() int {
	b := &fedBuffer{c: make(chan int)}
	go b.put(1)
	return <-b.get()
}

// What a getter returns is closed.
type closedGate struct{ c chan struct{} }

func (g *closedGate) opened() chan struct{} { return g.c }

func waitForGate() {
	g := &closedGate{c: make(chan struct{})}
	go func() { close(g.opened()) }()
	<-g.opened()
}

// ... by who has got it by name.
type namedGate struct{ c chan struct{} }

func (g *namedGate) opened() chan struct{} { return g.c }

func openLater(g *namedGate) {
	c := g.opened()
	go func() { c <- struct{}{} }()
}

func waitForNamed() {
	g := &namedGate{c: make(chan struct{})}
	openLater(g)
	<-g.opened()
}

// ... by what it is handed to.
type handedGate struct{ c chan struct{} }

func (g *handedGate) opened() chan struct{} { return g.c }

func openSoon(register func(chan struct{})) {
	g := &handedGate{c: make(chan struct{})}
	register(g.opened())
	<-g.opened()
}

// ... through an interface, by code that is not seen.
type ownContext struct {
	context.Context
	done chan struct{}
}

func (c *ownContext) Done() <-chan struct{} { return c.done }

func waitForOwn(f func(context.Context)) {
	c := &ownContext{Context: context.Background(), done: make(chan struct{})}
	f(c)
	<-c.Done()
}

// ... by a method value.
type valueGate struct{ c chan struct{} }

func (g *valueGate) opened() chan struct{} { return g.c }

func openByValue(open func(func() chan struct{})) {
	g := &valueGate{c: make(chan struct{})}
	open(g.opened)
	<-g.opened()
}

// One of two.
type eitherGate struct {
	first  bool
	a, b   chan struct{}
	closes func(a, b chan struct{})
}

func (g *eitherGate) either() chan struct{} {
	if g.first {
		return g.a
	}
	return g.b
}

func waitForEither(g *eitherGate) {
	g.a, g.b = make(chan struct{}), make(chan struct{})
	close(g.b)
	<-g.either()
}

// What a getter makes when it is first asked.
type lazyGate struct{ c chan struct{} }

func (g *lazyGate) opened() chan struct{} {
	if g.c == nil {
		g.c = make(chan struct{})
		close(g.c)
	}
	return g.c
}

func waitForLazy(g *lazyGate) { <-g.opened() }

// -- room that callers ask for --

type sink struct {
	input  chan int
	result chan int
}

func newSink(size int) *sink {
	s := &sink{input: make(chan int, size), result: make(chan int, size)}
	go s.process()
	return s
}

func (s *sink) process() {
	defer close(s.result)
	for n := range s.input {
		s.result <- n // want `^this send on s\.result blocks forever: nothing receives from it$`
	}
}

func (s *sink) stop() { close(s.input) }

func sinkIt() {
	s := newSink(0)
	s.input <- 1
	s.stop()
}

// Some ask for room.
type roomySink struct{ result chan int }

func newRoomySink(size int) *roomySink { return &roomySink{result: make(chan int, size)} }

func sinkSome() (*roomySink, *roomySink) {
	none, some := newRoomySink(0), newRoomySink(1)
	some.result <- 1
	return none, some
}

// How much room is asked for is not known.
type anySink struct{ result chan int }

func newAnySink(size int) *anySink { return &anySink{result: make(chan int, size)} }

func sinkAny(n int) *anySink {
	s := newAnySink(n)
	s.result <- 1
	return s
}

// ... since the parameter is changed.
type minimalSink struct{ result chan int }

func newMinimalSink(size int) *minimalSink {
	if size == 0 {
		size = 1
	}
	return &minimalSink{result: make(chan int, size)}
}

func sinkMinimal() *minimalSink {
	s := newMinimalSink(0)
	s.result <- 1
	return s
}
