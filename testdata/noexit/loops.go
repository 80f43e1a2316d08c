// Package noexit has goroutines whose loop has no way out.
package noexit

import (
	"context"
	"log"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"fixture.example/noexit/dep"
)

func evict() {}

func poll() (int, error) { return 0, nil }

type cache struct {
	mu    sync.Mutex
	items map[string]int
	in    chan int
	done  chan struct{}
	tick  *time.Ticker
}

func newSleeping() *cache {
	c := &cache{}
	go func() { // want `^this goroutine never ends: its loop has no way out$`
		for { // related `^this loop has no way out$`
			time.Sleep(time.Minute)
			evict()
		}
	}()
	return c
}

func newByMethod() *cache {
	c := &cache{in: make(chan int)}
	go c.loop() // want `^this goroutine never ends: its loop has no way out$`
	return c
}

func (c *cache) loop() {
	for { // related `^this loop has no way out$`
		select {
		case n := <-c.in:
			c.items["n"] = n
		case <-time.After(time.Second):
			evict()
		}
	}
}

func (c *cache) startDeep() {
	go func() { // want `^this goroutine never ends: its loop has no way out$`
		defer evict()
		c.outer()
	}()
}

func (c *cache) outer() { c.inner() }

func (c *cache) inner() {
	for { // related `^this loop has no way out$`
		c.mu.Lock()
		evict()
		c.mu.Unlock()
		time.Sleep(time.Second)
	}
}

// continueOnly looks at done and goes on.
func (c *cache) continueOnly() {
	go func() { // want `^this goroutine never ends: its loop has no way out$`
		for { // related `^this loop has no way out$`
			select {
			case <-c.done:
				continue
			case n := <-c.in:
				_ = n
			}
		}
	}()
}

func (c *cache) retries() {
	go func() { // want `^this goroutine never ends: its loop has no way out$`
		for { // related `^this loop has no way out$`
			if _, err := poll(); err != nil {
				time.Sleep(time.Second)
				continue
			}
			evict()
		}
	}()
}

func (c *cache) fieldTicker() {
	go func() { // want `^this goroutine never ends: nothing closes c\.tick\.C, which it ranges over$`
		for range c.tick.C { // related `^it ranges over c\.tick\.C here$`
			evict()
		}
	}()
}

func byParameter(t *time.Ticker) {
	go func() { // want `^this goroutine never ends: nothing closes t\.C, which it ranges over$`
		for range t.C { // related `^it ranges over t\.C here$`
			evict()
		}
	}()
}

func fromOtherPackage() {
	go dep.Loop(evict) // want `^this goroutine never ends: its loop has no way out$`
}

func byWaitGroup() *sync.WaitGroup {
	var wg sync.WaitGroup
	wg.Go(func() { // want `^this goroutine never ends: its loop has no way out$`
		for { // related `^this loop has no way out$`
			evict()
			time.Sleep(time.Second)
		}
	})
	return &wg
}

func background(f func()) { go f() }

func byHelper() {
	background(func() { // want `^this goroutine never ends: its loop has no way out$`
		for { // related `^this loop has no way out$`
			evict()
			time.Sleep(time.Second)
		}
	})
}

func byGoto() {
	go func() { // want `^this goroutine never ends: its loop has no way out$`
	again:
		evict()
		time.Sleep(time.Second)
		goto again
	}()
}

type looper interface{ run() }

type only struct{}

func (only) run() {
	for { // related `^this loop has no way out$`
		time.Sleep(time.Second)
	}
}

func byInterface() {
	var l looper = only{}
	go l.run() // want `^this goroutine never ends: its loop has no way out$`
}

func accepts(ln net.Listener) {
	go func() { // want `^this goroutine never ends: its loop has no way out$`
		for { // related `^this loop has no way out$`
			conn, err := ln.Accept()
			if err != nil {
				log.Print(err)
				continue
			}
			conn.Close()
		}
	}()
}

// -- pools --

type pool struct {
	jobs chan func()
	kept chan func()
}

func newPool(n int) *pool {
	p := &pool{jobs: make(chan func()), kept: make(chan func())}
	for range n {
		go p.work() // want `^this goroutine never ends: nothing closes p\.jobs, which it ranges over$`
		go p.closed()
	}
	return p
}

func (p *pool) work() {
	for j := range p.jobs { // related `^it ranges over p\.jobs here$`
		j()
	}
}

func (p *pool) closed() {
	for j := range p.kept {
		j()
	}
}

func (p *pool) submit(j func()) { p.jobs <- j; p.kept <- j }

func (p *pool) stop() { close(p.kept) }

type genericPool[T any] struct{ jobs chan T }

func newGenericPool[T any](f func(T)) *genericPool[T] {
	p := &genericPool[T]{jobs: make(chan T, 8)}
	go func() { // want `^this goroutine never ends: nothing closes p\.jobs, which it ranges over$`
		for j := range p.jobs { // related `^it ranges over p\.jobs here$`
			f(j)
		}
	}()
	return p
}

func (p *genericPool[T]) submit(j T) { p.jobs <- j }

type closedElsewhere struct{ in chan int }

func newClosedElsewhere() *closedElsewhere {
	c := &closedElsewhere{in: make(chan int)}
	go func() {
		for range c.in {
		}
	}()
	return c
}

func (c *closedElsewhere) stop() { shut(c.in) }

func shut(ch chan int) { close(ch) }

type handsOut struct{ in chan int }

func newHandsOut() *handsOut {
	h := &handsOut{in: make(chan int)}
	go func() {
		for range h.in {
		}
	}()
	return h
}

func (h *handsOut) feed() chan<- int { return h.in }

type given struct{ in <-chan int }

func newGiven(in <-chan int) *given {
	g := &given{in: in}
	go func() {
		for range g.in {
		}
	}()
	return g
}

// -- neighbours --

func onDone(c *cache) {
	go func() {
		for {
			select {
			case <-c.done:
				return
			case n := <-c.in:
				_ = n
			}
		}
	}()
}

func onContext(ctx context.Context) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
				evict()
			}
		}
	}()
}

func onContextError(ctx context.Context) {
	go func() {
		for ctx.Err() == nil {
			evict()
			time.Sleep(time.Second)
		}
	}()
}

func onFlag(stop *atomic.Bool) {
	go func() {
		for !stop.Load() {
			time.Sleep(time.Second)
		}
	}()
}

func onError() {
	go func() {
		for {
			if _, err := poll(); err != nil {
				return
			}
		}
	}()
}

func onErrorBreak() {
	go func() {
		for {
			if _, err := poll(); err != nil {
				break
			}
		}
		evict()
	}()
}

func labelled(c *cache) {
	go func() {
	loop:
		for {
			select {
			case <-c.done:
				break loop
			case <-c.in:
			}
		}
	}()
}

// breaksSelect is left to breakselect.
func breaksSelect(c *cache) {
	go func() {
		for {
			select {
			case <-c.done:
				break
			case <-c.in:
				evict()
			}
		}
	}()
}

func panics() {
	go func() {
		for {
			if _, err := poll(); err != nil {
				panic(err)
			}
		}
	}()
}

func dies() {
	go func() {
		for {
			if _, err := poll(); err != nil {
				log.Fatal(err)
			}
		}
	}()
}

func commaOk(c *cache) {
	go func() {
		for {
			n, ok := <-c.in
			if !ok {
				return
			}
			_ = n
		}
	}()
}

func bounded() {
	go func() {
		for i := 0; i < 10; i++ {
			evict()
		}
	}()
}

func rangesOver(ch <-chan int) {
	go func() {
		for range ch {
			evict()
		}
	}()
}

// ownTicker is left to timerleak.
func ownTicker() {
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for range t.C {
			evict()
		}
	}()
}

func calleeReturns(c *cache) {
	go func() {
		c.until()
	}()
}

func (c *cache) until() {
	for {
		if _, err := poll(); err != nil {
			return
		}
	}
}

func synchronous(c *cache) { c.loop() }

var once sync.Once

func sweeper() {
	once.Do(func() {
		go func() {
			for {
				time.Sleep(time.Minute)
				evict()
			}
		}()
	})
}

func init() {
	go func() {
		for {
			time.Sleep(time.Minute)
			evict()
		}
	}()
	startFromInit()
}

func startFromInit() {
	go func() {
		for {
			time.Sleep(time.Minute)
		}
	}()
}

var started atomic.Bool

func unlessStarted() {
	if !started.CompareAndSwap(false, true) {
		return
	}
	go func() {
		for {
			time.Sleep(time.Minute)
		}
	}()
}

var running bool

func unlessRunning() {
	if running {
		return
	}
	running = true
	go func() {
		for {
			time.Sleep(time.Minute)
		}
	}()
}

var shared = newShared()

func newShared() *cache {
	c := &cache{}
	go func() {
		for {
			time.Sleep(time.Minute)
		}
	}()
	return c
}

// StartBusy is left to spinloop.
func StartBusy() {
	go func() {
		for {
		}
	}()
}

// StartBusyTrue is, too.
func StartBusyTrue() {
	go func() {
		for true {
		}
	}()
}

// -- loops that wait for an end which never comes --

type endlessWorker struct {
	in   chan int
	done chan struct{}
	sum  int
}

func newEndlessWorker() *endlessWorker {
	w := &endlessWorker{in: make(chan int), done: make(chan struct{})}
	go func() { // want `^this goroutine never ends: nothing closes w\.done, or sends on it, by which it would end$`
		for {
			select {
			case n := <-w.in:
				w.sum += n
			case <-w.done: // related `^it waits for w\.done here$`
				return
			}
		}
	}()
	return w
}

func (w *endlessWorker) add(n int) { w.in <- n }

type endedWorker struct {
	in   chan int
	done chan struct{}
	sum  int
}

func newEndedWorker() *endedWorker {
	w := &endedWorker{in: make(chan int), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *endedWorker) run() {
	for {
		select {
		case n := <-w.in:
			w.sum += n
		case <-w.done:
			return
		}
	}
}

func (w *endedWorker) add(n int) { w.in <- n }

func (w *endedWorker) stop() { w.done <- struct{}{} }

// errorWorker has another way out.
type errorWorker struct {
	in   chan error
	done chan struct{}
}

func newErrorWorker() *errorWorker {
	w := &errorWorker{in: make(chan error), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *errorWorker) run() {
	for {
		select {
		case err := <-w.in:
			if err != nil {
				return
			}
		case <-w.done:
			return
		}
	}
}

// lentWorker lets others close what it waits for.
type lentWorker struct {
	in   chan int
	done chan struct{}
	sum  int
}

func newLentWorker() *lentWorker {
	w := &lentWorker{in: make(chan int), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *lentWorker) Done() chan struct{} { return w.done }

func (w *lentWorker) run() {
	for {
		select {
		case n := <-w.in:
			w.sum += n
		case <-w.done:
			return
		}
	}
}

func (w *errorWorker) put(err error) { w.in <- err }

func (w *lentWorker) add(n int) { w.in <- n }
