package orphanop

import (
	"context"
	"errors"
	"time"
)

var errNone = errors.New("none")

func lookUp(i int) (int, error) { return i, errNone }

// -- senders that find nothing to send --

func firstFound(xs []int) int {
	ch := make(chan int)
	go func() {
		for _, x := range xs {
			if v, err := lookUp(x); err == nil {
				ch <- v
				return
			}
		}
	}() // related `^the goroutine returns here without a send$`
	return <-ch // want `^this receive from ch may block forever: its sender may return at line 24 without a send$`
}

func tried() int {
	ch := make(chan int, 1)
	go func() {
		for i := 0; i < 3; i++ {
			v, err := lookUp(i)
			if err != nil {
				continue
			}
			ch <- v
			return
		}
	}() // related `^the goroutine returns here without a send$`
	return <-ch // want `^this receive from ch may block forever: its sender may return at line 39 without a send$`
}

// triedAll sends what is none, too.
func triedAll(xs []int) int {
	ch := make(chan int)
	go func() {
		for _, x := range xs {
			if v, err := lookUp(x); err == nil {
				ch <- v
				return
			}
		}
		ch <- -1
	}()
	return <-ch
}

func tryOn() int {
	ch := make(chan int)
	go func() {
		for i := 0; ; i++ {
			if v, err := lookUp(i); err == nil {
				ch <- v
				return
			}
		}
	}()
	return <-ch
}

// lastOf sends in the last turn.
func lastOf(xs []int) int {
	ch := make(chan int)
	go func() {
		left := len(xs)
		for _, x := range xs {
			left--
			if left == 0 {
				ch <- x
			}
		}
	}()
	return <-ch
}

func lastIndex(xs []int) int {
	ch := make(chan int)
	go func() {
		for i, x := range xs {
			if i == len(xs)-1 {
				ch <- x
			}
		}
	}()
	return <-ch
}

type addrs struct{ ch chan bool }

func noAddrs() *addrs {
	a := &addrs{ch: make(chan bool)}
	close(a.ch)
	return a
}

func (a *addrs) watch(up chan struct{}) {
	for ok := range a.ch {
		if ok {
			if up != nil {
				close(up)
				up = nil
			}
		}
	}
} // related `^the goroutine returns here without a send$`

func (a *addrs) connect() {
	up := make(chan struct{})
	go a.watch(up)
	<-up // want `^this receive from up may block forever: its sender may return at line 115 without a send$`
}

// -- senders that give up with a context --

func numbers(ctx context.Context, n int, out chan<- int) {
	for i := range n {
		select {
		case out <- i:
		case <-ctx.Done():
			return // related `^the goroutine returns here and leaves the channel open$` `^the goroutine returns here and leaves the channel open$` `^the goroutine returns here and leaves the channel open$`
		}
	}
	close(out)
}

func total(ctx context.Context, n int) (t int) {
	out := make(chan int)
	go numbers(ctx, n, out)
	for v := range out { // want `^this range over out may never end: its sender may return at line 130 without closing it$`
		t += v
	}
	return t
}

func totalInTime(n int) (t int) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	out := make(chan int)
	go numbers(ctx, n, out)
	for v := range out { // want `^this range over out may never end: its sender may return at line 130 without closing it$`
		t += v
	}
	return t
}

func totalBelow(ctx context.Context, n int) (t int) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := make(chan int)
	go numbers(ctx, n, out)
	for v := range out { // want `^this range over out may never end: its sender may return at line 130 without closing it$`
		t += v
	}
	return t
}

// totalOwn ends the context only behind the range.
func totalOwn(n int) (t int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := make(chan int)
	go numbers(ctx, n, out)
	for v := range out {
		t += v
	}
	return t
}

func oneNumber(ctx context.Context) int {
	ch := make(chan int)
	go func() {
		v, _ := lookUp(1)
		select {
		case ch <- v:
		case <-ctx.Done():
		}
	}() // related `^the goroutine returns here without a send$`
	return <-ch // want `^this receive from ch may block forever: its sender may return at line 187 without a send$`
}

// oneOrNone gives up as well.
func oneOrNone(ctx context.Context) int {
	ch := make(chan int)
	go func() {
		v, _ := lookUp(1)
		select {
		case ch <- v:
		case <-ctx.Done():
		}
	}()
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		return 0
	}
}

func totalClosed(ctx context.Context, n int) (t int) {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			select {
			case out <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	for v := range out {
		t += v
	}
	return t
}
