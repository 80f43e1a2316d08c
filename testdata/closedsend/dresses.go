package closedsend

import (
	"iter"

	"fixture.example/closedsend/dep"
)

func bothInOtherPackage() {
	ch := make(chan int, 2)
	dep.Finish(ch)  // related `^ch is closed here$`
	dep.Emit(ch, 1) // want `^ch is closed at line \d+ before this send$`
	dep.Emit(ch, 2) // want `^ch is closed at line \d+ before this send$`
}

func bothInOtherPackageInOrder() {
	ch := make(chan int, 1)
	dep.Emit(ch, 1)
	dep.Finish(ch)
}

func feedOfOtherPackage() {
	f := &dep.Feed{C: make(chan int, 1)}
	stop := f.Close
	stop()    // related `^f\.C is closed here$`
	f.Push(1) // want `^f\.C is closed at line \d+ before this send$`
}

func guardedOfOtherPackage() {
	g := &dep.Guarded{C: make(chan int, 1)}
	g.Close()
	g.Push(1)
}

func rangeOverFunc(seq iter.Seq[int]) {
	ch := make(chan int, 8)
	for v := range seq {
		ch <- v // want `^ch is closed at line \d+ before this send$`
		if v == 3 {
			close(ch) // related `^ch is closed here$`
		}
	}
}

func rangeOverFuncLeft(seq iter.Seq[int]) {
	ch := make(chan int, 8)
	for v := range seq {
		ch <- v
		if v == 3 {
			close(ch)
			break
		}
	}
}

func rangeOverFuncThenClosed(seq iter.Seq[int]) <-chan int {
	ch := make(chan int)
	go func() {
		for v := range seq {
			ch <- v
		}
		close(ch)
	}()
	return ch
}

type pipe struct{ c chan int }

func (p pipe) put(v int) { p.c <- v }   // want `^p\.c is closed at line \d+ before this send$`
func (p pipe) end()      { close(p.c) } // related `^p\.c is closed here$`

func valueReceivers() {
	p := pipe{make(chan int, 1)}
	p.end()
	p.put(1)
}

type renewed struct{ c chan int }

func (r renewed) put(v int) {
	r.c = make(chan int, 1) // a channel of the copy
	r.c <- v
}

func (r renewed) end() { close(r.c) }

func valueReceiverThatChanges() {
	r := renewed{make(chan int, 1)}
	r.end()
	r.put(1)
}

func twoPipes() {
	p, q := pipe2{make(chan int, 1)}, pipe2{make(chan int, 1)}
	p.end()
	q.put(1)
}

type pipe2 struct{ c chan int }

func (p pipe2) put(v int) { p.c <- v }
func (p pipe2) end()      { close(p.c) }

type hooked struct {
	ch   chan int
	stop func()
}

func newHooked() *hooked {
	h := &hooked{ch: make(chan int, 1)}
	h.stop = func() { close(h.ch) } // related `^h\.ch is closed here$`
	return h
}

func (h *hooked) flush() {
	h.stop()
	h.ch <- 1 // want `^h\.ch is closed at line \d+ before this send$`
}

type hookedInOrder struct {
	ch   chan int
	stop func()
}

func newHookedInOrder() *hookedInOrder {
	h := &hookedInOrder{ch: make(chan int, 1)}
	h.stop = func() { close(h.ch) }
	return h
}

func (h *hookedInOrder) flush(other *hookedInOrder) {
	h.ch <- 1
	h.stop()
	other.ch <- 1
	other.stop()
}

func useHooked() {
	newHooked().flush()
	newHookedInOrder().flush(newHookedInOrder())
}

type restarted struct{ ch chan int }

func (r *restarted) start() { r.ch = make(chan int, 1) }
func (r *restarted) stop()  { close(r.ch) } // related `^r\.ch is closed here$`

func (r *restarted) restart() {
	r.stop()
	r.start()
	r.ch <- 1
}

func (r *restarted) stopOnly() {
	r.stop()
	r.ch <- 1 // want `^r\.ch is closed at line \d+ before this send$`
}

func useRestarted() {
	r := new(restarted)
	r.start()
	r.restart()
	r.stopOnly()
}
