// Package sleeps has functions that sleep where no goroutine is waited for.
package sleeps

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func compute() int { return 1 }

// The loop polls, and ends when the condition holds.
func polls() bool {
	var done atomic.Bool
	go func() { done.Store(compute() == 1) }()
	for !done.Load() {
		time.Sleep(time.Millisecond)
	}
	return done.Load()
}

// So does this one, up to a deadline.
func eventually(cond func() bool) bool {
	for range 100 {
		if cond() {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

func TestEventually(t *testing.T) {
	var n atomic.Int32
	go func() { n.Add(1) }()
	if !eventually(func() bool { return n.Load() == 1 }) {
		t.Error("never")
	}
}

// backsOff sleeps between two attempts.
func backsOff(dial func() error) error {
	var err error
	for i := range 5 {
		if err = dial(); err == nil {
			return nil
		}
		time.Sleep(time.Duration(i) * time.Second)
	}
	return err
}

// joins sleeps, and then waits.
func joins() int {
	n := 0
	var wg sync.WaitGroup
	wg.Go(func() { n = compute() })
	time.Sleep(time.Millisecond)
	wg.Wait()
	return n
}

// receives waits for the value itself.
func receives() int {
	ch, n := make(chan int), 0
	go func() {
		n = compute()
		ch <- n
	}()
	time.Sleep(time.Millisecond)
	<-ch
	return n
}

// works sleeps to simulate work, in the goroutine.
func works() int {
	n := 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(time.Millisecond)
		n = compute()
	}()
	<-done
	return n
}

// limited starts one goroutine after the other.
func limited(urls []string, fetch func(string)) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Go(func() { fetch(u) })
		time.Sleep(time.Second)
	}
	wg.Wait()
}

// TestRuns lets a worker run for a while, and stops it.
func TestRuns(t *testing.T) {
	var n atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			n.Add(1)
			time.Sleep(time.Microsecond)
		}
	}()
	time.Sleep(10 * time.Millisecond)
	t.Log(n.Load())
	cancel()
	<-done
}

// TestBlocked checks that the goroutine is blocked.
func TestBlocked(t *testing.T) {
	var passed atomic.Bool
	gate, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		<-gate
		passed.Store(true)
	}()
	time.Sleep(time.Millisecond)
	if passed.Load() {
		t.Error("the gate is open")
	}
	close(gate)
	<-done
}

// TestServes waits until the server listens.
func TestServes(t *testing.T) {
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			conn, err := ln.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			conn.Close()
		}
	}()
	time.Sleep(time.Millisecond)
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	time.Sleep(time.Millisecond)
}

// TestOrder reads before the goroutine starts.
func TestOrder(t *testing.T) {
	n := 0
	time.Sleep(time.Millisecond)
	if n != 0 {
		t.Error(n)
	}
	done := make(chan struct{})
	go func() { n++; close(done) }()
	<-done
}

// TestSleeps starts nothing.
func TestSleeps(t *testing.T) {
	fmt.Println(backsOff(func() error { return nil }), joins(), receives(), works(), polls())
	limited(nil, nil)
	time.Sleep(time.Millisecond)
}

// expiring forgets a value when its time is up.
type expiring struct {
	mu   sync.Mutex
	vals map[string]int
}

func (e *expiring) set(key string, val int, ttl time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.vals[key] = val
	time.AfterFunc(ttl, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.vals, key)
	})
}

func (e *expiring) has(key string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, ok := e.vals[key]
	return ok
}

// TestExpires waits for a time, not for a goroutine.
func TestExpires(t *testing.T) {
	e := &expiring{vals: make(map[string]int)}
	e.set("a", 1, time.Millisecond)
	time.Sleep(20 * time.Millisecond)
	if e.has("a") {
		t.Error("not expired")
	}
}

// A ring of servers picks one from a copy of its list.
type ring struct{ servers []*int }

func (r *ring) any() *int {
	servers := append(r.servers[:0:0], r.servers...)
	rand.Shuffle(len(servers), func(i, j int) { servers[i], servers[j] = servers[j], servers[i] })
	return servers[0]
}

// TestRing lets clients work for a while before it looks at the servers.
func TestRing(t *testing.T) {
	r := &ring{servers: []*int{new(int), new(int)}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.any()
	}()
	time.Sleep(time.Millisecond)
	for _, s := range r.servers {
		t.Log(s)
	}
	<-done
}
