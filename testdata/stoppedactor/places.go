package stoppedactor

import (
	"log"
	"sync"
	"sync/atomic"
	"time"
)

// -- stops by function literals --

type ledger interface{ compact() error }

// periodic gives up after some failures, of which it tells nobody.
type periodic struct {
	of      ledger
	retries int
	quit    chan struct{}
	once    sync.Once
}

func newPeriodic(of ledger, retries int) *periodic {
	p := &periodic{of: of, retries: retries, quit: make(chan struct{})}
	go p.run()
	return p
}

func (p *periodic) run() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	failures := 0
	for {
		select {
		case <-tick.C:
			if err := p.of.compact(); err != nil {
				failures++
				if failures > p.retries {
					log.Print(err)
					return // related `^here the loop that receives from p\.quit ends$`
				}
				continue
			}
			failures = 0
		case <-p.quit:
			return
		}
	}
}

func (p *periodic) Stop() {
	p.once.Do(func() {
		p.quit <- struct{}{} // want `^this send on p\.quit blocks forever once the loop has returned at line \d+: nothing receives from it then$`
	})
}

// named stops by a method of its own.
type namedPeriodic struct {
	of   ledger
	quit chan struct{}
	once sync.Once
}

func newNamedPeriodic(of ledger) *namedPeriodic {
	p := &namedPeriodic{of: of, quit: make(chan struct{})}
	go p.run()
	return p
}

func (p *namedPeriodic) run() {
	for {
		select {
		case <-time.After(time.Second):
			if err := p.of.compact(); err != nil {
				return // related `^here the loop that receives from p\.quit ends$`
			}
		case <-p.quit:
			return
		}
	}
}

func (p *namedPeriodic) stop() {
	p.quit <- struct{}{} // want `^this send on p\.quit blocks forever once the loop has returned at line \d+: nothing receives from it then$`
}

func (p *namedPeriodic) Stop() { p.once.Do(p.stop) }

// deferring stops last.
type deferringPeriodic struct {
	of   ledger
	quit chan struct{}
}

func newDeferringPeriodic(of ledger) *deferringPeriodic {
	p := &deferringPeriodic{of: of, quit: make(chan struct{})}
	go p.run()
	return p
}

func (p *deferringPeriodic) run() {
	for {
		select {
		case <-time.After(time.Second):
			if err := p.of.compact(); err != nil {
				return // related `^here the loop that receives from p\.quit ends$`
			}
		case <-p.quit:
			return
		}
	}
}

func (p *deferringPeriodic) Stop() {
	defer func() {
		log.Print("stopping")
		p.quit <- struct{}{} // want `^this send on p\.quit blocks forever once the loop has returned at line \d+: nothing receives from it then$`
	}()
	log.Print(p.of.compact())
}

// An actor that is asked within literals.
type literalActor struct {
	reqs chan int
	done chan struct{}
	once sync.Once
	sum  int
}

func newLiteralActor() *literalActor {
	a := &literalActor{reqs: make(chan int), done: make(chan struct{})}
	go a.loop()
	return a
}

func (a *literalActor) loop() {
	for {
		select {
		case n := <-a.reqs:
			a.sum += n
		case <-a.done: // related `^here the loop that receives from a\.reqs ends$`
			return
		}
	}
}

func (a *literalActor) Close() { a.once.Do(func() { close(a.done) }) }

func (a *literalActor) Add(ns []int) {
	func() {
		for _, n := range ns {
			a.reqs <- n // want `^this send on a\.reqs blocks forever after the stop at line \d+: nothing receives from it then$`
		}
	}()
}

// -- and their neighbours --

// finalActor is told by who stops it.
type finalActor struct {
	reqs chan int
	done chan struct{}
	once sync.Once
	sum  int
}

func newFinalActor() *finalActor {
	a := &finalActor{reqs: make(chan int), done: make(chan struct{})}
	go a.loop()
	return a
}

func (a *finalActor) loop() {
	for {
		select {
		case n := <-a.reqs:
			a.sum += n
		case <-a.done:
			return
		}
	}
}

func (a *finalActor) Close() {
	a.once.Do(func() {
		func() { a.reqs <- 0 }()
		close(a.done)
	})
}

// roomyPeriodic has room for the word to end.
type roomyPeriodic struct {
	of   ledger
	quit chan struct{}
	once sync.Once
}

func newRoomyPeriodic(of ledger) *roomyPeriodic {
	p := &roomyPeriodic{of: of, quit: make(chan struct{}, 1)}
	go p.run()
	return p
}

func (p *roomyPeriodic) run() {
	for {
		select {
		case <-time.After(time.Second):
			if err := p.of.compact(); err != nil {
				return
			}
		case <-p.quit:
			return
		}
	}
}

func (p *roomyPeriodic) Stop() { p.once.Do(func() { p.quit <- struct{}{} }) }

// spentPeriodic takes the one time itself.
type spentPeriodic struct {
	of   ledger
	quit chan struct{}
	once sync.Once
}

func newSpentPeriodic(of ledger) *spentPeriodic {
	p := &spentPeriodic{of: of, quit: make(chan struct{})}
	go p.run()
	return p
}

func (p *spentPeriodic) run() {
	for {
		select {
		case <-time.After(time.Second):
			if err := p.of.compact(); err != nil {
				p.once.Do(func() {})
				return
			}
		case <-p.quit:
			return
		}
	}
}

func (p *spentPeriodic) Stop() { p.once.Do(func() { p.quit <- struct{}{} }) }

// heardPeriodic says by a flag, or by a channel, that it has left.
type heardPeriodic struct {
	of     ledger
	quit   chan struct{}
	exited chan struct{}
	gone   atomic.Bool
	once   sync.Once
}

func newHeardPeriodic(of ledger) *heardPeriodic {
	p := &heardPeriodic{of: of, quit: make(chan struct{}), exited: make(chan struct{})}
	go p.run()
	return p
}

func (p *heardPeriodic) run() {
	defer close(p.exited)
	for {
		select {
		case <-time.After(time.Second):
			if err := p.of.compact(); err != nil {
				p.gone.Store(true)
				return
			}
		case <-p.quit:
			return
		}
	}
}

func (p *heardPeriodic) Stop() {
	p.once.Do(func() {
		select {
		case p.quit <- struct{}{}:
		case <-p.exited:
		}
	})
}

func (p *heardPeriodic) StopIfThere() {
	if p.gone.Load() {
		return
	}
	p.once.Do(func() { p.quit <- struct{}{} })
}

// lastingPeriodic waits for the word to end when it has given up.
type lastingPeriodic struct {
	of   ledger
	quit chan struct{}
	once sync.Once
}

func newLastingPeriodic(of ledger) *lastingPeriodic {
	p := &lastingPeriodic{of: of, quit: make(chan struct{})}
	go p.run()
	return p
}

func (p *lastingPeriodic) run() {
	for {
		select {
		case <-time.After(time.Second):
			if err := p.of.compact(); err != nil {
				<-p.quit
				return
			}
		case <-p.quit:
			return
		}
	}
}

func (p *lastingPeriodic) Stop() { p.once.Do(func() { p.quit <- struct{}{} }) }

// flaggedActor looks in front of the literal.
type flaggedActor struct {
	reqs   chan int
	done   chan struct{}
	mu     sync.Mutex
	closed bool
	sum    int
}

func newFlaggedActor() *flaggedActor {
	a := &flaggedActor{reqs: make(chan int), done: make(chan struct{})}
	go a.loop()
	return a
}

func (a *flaggedActor) loop() {
	for {
		select {
		case n := <-a.reqs:
			a.sum += n
		case <-a.done:
			return
		}
	}
}

func (a *flaggedActor) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.closed = true
		close(a.done)
	}
}

func (a *flaggedActor) Add(n int) {
	if a.closed {
		return
	}
	func() { a.reqs <- n }()
}

func (a *flaggedActor) AddLocked(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	func() {
		defer log.Print(n)
		a.reqs <- n
	}()
}

// Flush must not be called after Close.
func (a *flaggedActor) Flush() {
	func() { a.reqs <- 0 }()
}

// privateActor is stopped at the end of the one function that has it.
type privateActor struct {
	reqs chan int
	done chan struct{}
	sum  int
}

func (a *privateActor) loop() {
	for {
		select {
		case n := <-a.reqs:
			a.sum += n
		case <-a.done:
			return
		}
	}
}

func (a *privateActor) add(n int) {
	func() { a.reqs <- n }()
}

func UsePrivate(ns []int) {
	a := &privateActor{reqs: make(chan int), done: make(chan struct{})}
	go a.loop()
	for _, n := range ns {
		a.add(n)
	}
	close(a.done)
}

// -- checks of those who call --

type flushBuffer struct {
	mu      sync.Mutex
	closed  bool
	flushes chan chan struct{}
	quit    chan struct{}
}

func newFlushBuffer() *flushBuffer {
	b := &flushBuffer{flushes: make(chan chan struct{}), quit: make(chan struct{})}
	go b.loop()
	return b
}

func (b *flushBuffer) loop() {
	for {
		select {
		case ack := <-b.flushes:
			ack <- struct{}{}
		case <-b.quit:
			return
		}
	}
}

// Flush does nothing once the buffer is closed.
func (b *flushBuffer) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.flush()
	}
}

func (b *flushBuffer) flush() {
	ack := make(chan struct{}, 1)
	b.flushes <- ack
	<-ack
}

// Close flushes before it stops the loop.
func (b *flushBuffer) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.flush()
	b.closed = true
	close(b.quit)
}
