package protocols

import (
	"net"
	"sync"
)

// -- actors that one function asks before it stops them --

type ledger struct {
	reqs chan chan int
	stop chan struct{}
}

func (l *ledger) loop() {
	for {
		select {
		case r := <-l.reqs:
			r <- 1
		case <-l.stop:
			return
		}
	}
}

func (l *ledger) query() int {
	c := make(chan int, 1)
	l.reqs <- c
	return <-c
}

func driveLedger(l *ledger, done chan<- int) {
	sum := 0
	for range 3 {
		sum += l.query()
	}
	close(l.stop)
	done <- sum
}

func askLedger() int {
	l := &ledger{reqs: make(chan chan int), stop: make(chan struct{})}
	done := make(chan int)
	go l.loop()
	go driveLedger(l, done)
	return <-done
}

// -- an error that is the last, in a loop --

type acceptor struct {
	lis net.Listener
	err chan error
}

func (a *acceptor) serve() {
	for {
		c, err := a.lis.Accept()
		if err != nil {
			a.err <- err
			return
		}
		c.Close()
	}
}

func startAcceptor(l net.Listener) *acceptor {
	a := &acceptor{lis: l, err: make(chan error, 1)}
	go a.serve()
	return a
}

// -- a limit that there may be none of --

type limited struct {
	wg  sync.WaitGroup
	sem chan struct{}
}

func (l *limited) setLimit(n int) { l.sem = make(chan struct{}, n) }

func (l *limited) done() {
	if l.sem != nil {
		<-l.sem
	}
	l.wg.Done()
}

func (l *limited) run(f func()) {
	if l.sem != nil {
		l.sem <- struct{}{}
	}
	l.wg.Add(1)
	go func() {
		defer l.done()
		f()
	}()
}

func (l *limited) wait() { l.wg.Wait() }
