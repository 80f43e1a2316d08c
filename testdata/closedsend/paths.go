// Package closedsend sends on closed channels.
package closedsend

import (
	"sync"

	"fixture.example/closedsend/dep"
)

func straight() {
	ch := make(chan int, 1)
	close(ch) // related `^ch is closed here$`
	ch <- 1   // want `^ch is closed at line \d+ before this send$`
}

func sendThenClose() {
	ch := make(chan int, 1)
	ch <- 1
	close(ch)
}

func inBranch(ch chan int, err error) {
	if err != nil {
		close(ch) // related `^ch is closed here$`
	}
	ch <- 1 // want `^ch is closed at line \d+ before this send$`
}

func inBranchThatLeaves(ch chan int, err error) {
	if err != nil {
		close(ch)
		return
	}
	ch <- 1
}

func sameCondition(ch chan int, stop bool) {
	if stop {
		close(ch)
	}
	if !stop {
		ch <- 1
	}
}

func nextTurn(ch chan int, xs []int) {
	for _, x := range xs {
		ch <- x // want `^ch is closed at line \d+ before this send$`
		if x == 0 {
			close(ch) // related `^ch is closed here$`
		}
	}
}

func nextTurnFlagged(ch chan int, xs []int) {
	closed := false
	for _, x := range xs {
		if !closed {
			ch <- x
		}
		if x == 0 && !closed {
			close(ch)
			closed = true
		}
	}
}

func lastTurn(ch chan int, xs []int) {
	for _, x := range xs {
		ch <- x
		if x == 0 {
			close(ch)
			break
		}
	}
}

func madeAnew(xs []int) {
	ch := make(chan int, 1)
	for _, x := range xs {
		ch <- x
		close(ch)
		ch = make(chan int, 1)
	}
}

func madeInLoop(xs []int) {
	for _, x := range xs {
		ch := make(chan int, 1)
		ch <- x
		close(ch)
	}
}

func selectArm(ch chan int, quit chan struct{}) {
	close(ch) // related `^ch is closed here$`
	select {
	case ch <- 1: // want `^ch is closed at line \d+ before this send$`
	case <-quit:
	}
}

func deferredFirst(ch chan int) {
	defer close(ch)
	ch <- 1
}

func deferredOrder(ch chan int) {
	defer func() {
		ch <- 0 // want `^ch is closed at line \d+ before this send$`
	}()
	defer close(ch) // related `^ch is closed here$`
	ch <- 1
}

func closer(ch chan int)  { closer2(ch) }
func closer2(ch chan int) { close(ch) } // related `^ch is closed here$`

func helperTwoDeep(ch chan int) {
	closer(ch)
	ch <- 1 // want `^ch is closed at line \d+ before this send$`
}

func produce(ch chan int) {
	defer close(ch) // related `^ch is closed here$`
	ch <- 1
}

func afterDeferredInCallee(ch chan int) {
	produce(ch)
	ch <- 2 // want `^ch is closed at line \d+ before this send$`
}

func otherPackage(ch chan int) {
	dep.Finish(ch) // related `^ch is closed here$`
	ch <- 1        // want `^ch is closed at line \d+ before this send$`
}

func recovered(ch chan int) (ok bool) {
	defer func() { ok = recover() == nil }()
	close(ch)
	ch <- 1
	return true
}

type queue struct {
	ch chan int
}

func (q *queue) finish() { close(q.ch) } // related `^q\.ch is closed here$`

func (q *queue) put(x int) { q.ch <- x } // want `^q.ch is closed at line \d+ before this send$`

func methods() {
	q := &queue{ch: make(chan int, 3)}
	q.put(1)
	q.finish()
	q.put(2)
}

func differentQueues() {
	a, b := &queue{ch: make(chan int, 3)}, &queue{ch: make(chan int, 3)}
	a.finish()
	b.put(2)
}

type outer struct{ queue }

func embedded(o *outer) {
	close(o.ch) // related `^o\.ch is closed here$`
	o.ch <- 1   // want `^o.ch is closed at line \d+ before this send$`
}

func generic[T any](ch chan T, v T) {
	close(ch) // related `^ch is closed here$`
	ch <- v   // want `^ch is closed at line \d+ before this send$`
}

func methodValue(q *queue) {
	f := q.finish
	f()
	q.ch <- 1 // want `^q.ch is closed at line \d+ before this send$`
}

type finisher interface{ finish() }

func throughInterface(q *queue) {
	var f finisher = q
	f.finish()
	q.ch <- 1 // want `^q.ch is closed at line \d+ before this send$`
}

func closure(ch chan int) {
	stop := func() { close(ch) } // related `^ch is closed here$`
	stop()
	ch <- 1 // want `^ch is closed at line \d+ before this send$`
}

func onceGuarded(ch chan int, xs []int) {
	var once sync.Once
	for range xs {
		once.Do(func() { close(ch) })
	}
}
