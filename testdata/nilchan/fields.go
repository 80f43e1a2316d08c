package nilchan

import (
	"context"
	"sync"
)

type event struct{ name string }

type server struct {
	mu     sync.Mutex
	events chan event    // related `^events is declared here$` `^events is declared here$` `^events is declared here$`
	quit   chan struct{} // related `^quit is declared here$`
	work   chan func()
}

func newServer() *server {
	return &server{work: make(chan func())}
}

func (s *server) notify(name string) {
	s.events <- event{name} // want `^this send blocks for ever: nothing assigns s\.events, so it is nil$`
}

func (s *server) loop() {
	for e := range s.events { // related `^this range blocks as well$`
		use(e)
	}
}

func (s *server) wait() {
	<-s.quit // want `^this receive blocks for ever: nothing assigns s\.quit, so it is nil$`
}

func (s *server) alias() {
	events := s.events
	events <- event{} // related `^this send blocks as well$`
}

func (s *server) do(f func()) {
	s.work <- f
}

func (s *server) poll(ctx context.Context) {
	select {
	case e := <-s.events:
		use(e)
	case <-ctx.Done():
	}
}

type inner struct {
	ready chan bool // related `^ready is declared here$` `^ready is declared here$`
}

type outer struct {
	inner
	named inner
}

func newOuter() *outer { return new(outer) }

func (o *outer) promoted() bool {
	return <-o.ready // want `^this receive blocks for ever: nothing assigns o\.ready, so it is nil$`
}

func (o *outer) throughField() {
	o.named.ready <- true // related `^this send blocks as well$`
}

type box[T any] struct {
	in  chan T // related `^in is declared here$`
	out chan T
}

func newBox[T any]() *box[T] { return &box[T]{out: make(chan T, 1)} }

func (b *box[T]) put(v T) {
	b.in <- v // want `^this send blocks for ever: nothing assigns b\.in, so it is nil$`
	b.out <- v
}

// Fields that something assigns.

type assigned struct {
	byMethod     chan int
	byLiteral    chan int
	byAddress    chan int
	byRange      chan int
	byTuple      chan int
	byPointer    chan int
	byReceive    chan int
	byParam      chan int
	onlyIfWanted chan int
}

type unkeyed struct {
	n  int
	ch chan int
}

type other struct {
	n  int
	ch chan int
}

type same other

func newAssigned(ch chan int) *assigned {
	a := &assigned{byLiteral: make(chan int)}
	a.byParam = ch
	return a
}

func (a *assigned) init(chans []chan int, nested chan chan int) {
	a.byMethod = make(chan int)
	open(&a.byAddress)
	for _, a.byRange = range chans {
		use(a)
	}
	a.byTuple, _ = find()
	p := &a.byPointer
	*p = make(chan int)
	a.byReceive = <-nested
}

func (a *assigned) send() {
	a.byMethod <- 1
	a.byLiteral <- 1
	a.byAddress <- 1
	a.byRange <- 1
	a.byTuple <- 1
	a.byPointer <- 1
	a.byReceive <- 1
	a.byParam <- 1
}

func (a *assigned) sendIfWanted() {
	if a.onlyIfWanted != nil {
		a.onlyIfWanted <- 1
	}
}

func (a *assigned) wanted() bool { return a.onlyIfWanted != nil }

func (a *assigned) sendIfAsked() {
	if a.wanted() {
		a.onlyIfWanted <- 1
	}
}

func newUnkeyed() unkeyed       { return unkeyed{1, make(chan int, 1)} }
func (u unkeyed) send()         { u.ch <- 1 }
func fromOther(u unkeyed) other { return other(u) }
func (o other) send()           { o.ch <- 1 }
func (s same) send()            { s.ch <- 1 }

// Exported fields are for others to assign.

type Public struct {
	C chan int
}

func (p *Public) send()    { p.C <- 1 }
func sendDep(s *depSource) { s.C <- 1 }

type signal chan int

func (s *signal) init() { *s = make(chan int, 1) }

type withMethod struct {
	sig signal
}

func (w *withMethod) run() {
	w.sig.init()
	w.sig <- 1
}

type swapped struct {
	in, out chan int // related `^in is declared here$`
}

var swap swapped

func (s *swapped) reset() { s.in, s.out = nil, make(chan int) }

func (s *swapped) run() {
	s.out <- 1
	s.in <- 1 // want `^this send blocks for ever: nothing assigns s\.in, so it is nil$`
}

// Nothing makes one.
type dead struct {
	ch chan int
}

func (d *dead) send() { d.ch <- 1 }

// Others may make one.
type Zero struct {
	ch chan int // related `^ch is declared here$`
}

// Send sends.
func (z *Zero) Send() {
	z.ch <- 1 // want `^this send blocks for ever: nothing assigns z\.ch, so it is nil$`
}
