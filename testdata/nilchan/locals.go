// Package nilchan operates on channels that nothing has made.
package nilchan

import (
	"sync"
	"time"

	"fixture.example/nilchan/dep"
)

func use(...any) {}

func sendLocal() {
	var ch chan int // related `^ch is declared here$`
	ch <- 1         // want `^this send blocks for ever: nothing assigns ch, so it is nil$`
}

func receiveLocal() int {
	var ch chan int // related `^ch is declared here$`
	return <-ch     // want `^this receive blocks for ever: nothing assigns ch, so it is nil$`
}

func receiveOK() {
	var ch chan string // related `^ch is declared here$`
	v, ok := <-ch      // want `^this receive blocks for ever: nothing assigns ch, so it is nil$`
	use(v, ok)
}

func rangeLocal() {
	var ch <-chan int   // related `^ch is declared here$`
	for v := range ch { // want `^this range blocks for ever: nothing assigns ch, so it is nil$`
		use(v)
	}
}

func made() {
	ch := make(chan int, 1)
	ch <- 1
	var later chan int
	later = ch
	use(<-later)
}

func setToNil() {
	ch := make(chan int, 1)
	ch <- 1
	ch = nil
	ch <- 2 // want `^this send blocks for ever: ch is nil$`
}

func explicitNil() {
	var ch chan int = nil
	ch <- 1 // want `^this send blocks for ever: ch is nil$`
}

func onEachPath(b bool) {
	var ch chan int // related `^ch is declared here$`
	if b {
		use("b")
	}
	for range 3 {
		ch <- 1 // want `^this send blocks for ever: nothing assigns ch, so it is nil$`
	}
}

func onSomePaths(b bool) {
	var ch chan int
	if b {
		ch = make(chan int, 1)
	}
	if b {
		ch <- 1
	}
}

func inClosure() {
	var done chan struct{} // related `^done is declared here$` `^done is declared here$`
	go func() {
		use("work")
		done <- struct{}{} // want `^this send blocks for ever: nothing assigns done, so it is nil$`
	}()
	<-done // related `^this receive blocks as well$`
}

func madeInTime() {
	var done chan struct{}
	start := func() {
		done = make(chan struct{})
		go func() { done <- struct{}{} }()
	}
	start()
	<-done
}

func inDefer() {
	var sem chan bool // related `^sem is declared here$` `^sem is declared here$`
	sem <- true       // want `^this send blocks for ever: nothing assigns sem, so it is nil$`
	defer func() {
		<-sem // related `^this receive blocks as well$`
	}()
	use("limited")
}

func shadowed(b bool) {
	var results chan int // related `^results is declared here$`
	if b {
		results := make(chan int, 1)
		results <- 1
	}
	use(<-results) // want `^this receive blocks for ever: nothing assigns results, so it is nil$`
}

func byAddress() {
	var ch chan int
	open(&ch)
	ch <- 1
}

func open(p *chan int) { *p = make(chan int, 1) }

func produce(ch chan<- int) {
	ch <- 1 // related `^ch is nil here$`
}

func produceDeep(ch chan<- int, n int) {
	for range n {
		produce(ch)
	}
}

func offer(ch chan<- int) {
	if ch == nil {
		return
	}
	ch <- 1
}

func toHelper() {
	var ch chan int // related `^ch is declared here$`
	produce(ch)     // want `^produce blocks for ever: it sends to a channel that is nil$`
}

func toHelperDeep() {
	var ch chan int    // related `^ch is declared here$`
	produceDeep(ch, 3) // want `^produceDeep blocks for ever: it sends to a channel that is nil$`
}

func toGoroutine() {
	var ch chan int // related `^ch is declared here$`
	go produce(ch)  // want `^produce blocks for ever: it sends to a channel that is nil$`
	use(<-ch)       // related `^this receive blocks as well$`
}

func toLiteral() {
	var ch chan int         // related `^ch is declared here$`
	go func(out chan int) { // want `^a function blocks for ever: it sends to a channel that is nil$`
		out <- 1 // related `^out is nil here$`
	}(ch)
	use(<-ch) // related `^this receive blocks as well$`
}

func toHelperGuarded() {
	var ch chan int
	offer(ch)
	dep.Offer(ch, 1)
}

func toOtherPackage() {
	var ch chan int    // related `^ch is declared here$`
	go dep.Produce(ch) // want `^dep.Produce blocks for ever: it sends to a channel that is nil$`
	use(dep.Sum(ch))   // related `^this range blocks as well$`
}

func literalToHelper() {
	produce(nil) // want `^produce blocks for ever: it sends to a channel that is nil$`
}

func runsForEver() {
	dep.Serve(nil)
}

func generic[T any](v T) T {
	var ch chan T // related `^ch is declared here$`
	ch <- v       // want `^this send blocks for ever: nothing assigns ch, so it is nil$`
	return v
}

func blocksOnPurpose() {
	<-(chan int)(nil)
}

func blocksBySelect() {
	select {}
}

func waitsForEver() {
	var forever chan struct{}
	go use("work")
	<-forever
}

func switchedOff(in <-chan int, pause <-chan bool) {
	var out chan int
	var timeout <-chan time.Time
	for {
		select {
		case v := <-in:
			use(v)
		case out <- 1:
		case <-timeout:
		case <-pause:
			in = nil
		}
	}
}

func madeByOthers(wg *sync.WaitGroup) {
	var ch chan int
	ch, ok := find()
	if ok {
		ch <- 1
	}
	wg.Wait()
}

func find() (chan int, bool) { return nil, false }

func tuple() {
	var a, b chan int
	a, b = make(chan int, 1), make(chan int, 1)
	a <- 1
	b <- 2
}

func fromRange(chans []chan int) {
	var ch chan int
	for _, ch = range chans {
		use("next")
	}
	ch <- 1
}

func named() (ch chan int) {
	ch = make(chan int, 1)
	ch <- 1
	return
}

func methodValue() {
	var ch chan int // related `^ch is declared here$`
	f := produce
	f(ch) // want `^f blocks for ever: it sends to a channel that is nil$`
}

type sink interface{ put(chan int) }

type onlySink struct{}

func (onlySink) put(ch chan int) {
	ch <- 1 // related `^ch is nil here$`
}

func viaInterface(s sink) {
	var ch chan int // related `^ch is declared here$`
	s.put(ch)       // want `^s.put blocks for ever: it sends to a channel that is nil$`
}

func callback() {
	var ch chan int // related `^ch is declared here$`
	each(3, func(i int) {
		ch <- i // want `^this send blocks for ever: nothing assigns ch, so it is nil$`
	})
}

func each(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

func compared() {
	var ch chan int
	if ch != nil {
		ch <- 1
	}
	func() {
		if ch == nil {
			return
		}
		ch <- 1
	}()
}

func forgets() chan int {
	var ch chan int
	return ch
}

func returnsNil() chan int { return nil }

func maybe(b bool) chan int {
	if b {
		return make(chan int)
	}
	return nil
}

func neverReady() <-chan struct{} { return nil }

func byResult() {
	ch := forgets() // related `^forgets is called here$`
	ch <- 1         // want `^this send blocks for ever: forgets returns a nil channel$`
}

func byResultDirectly() {
	for v := range returnsNil() { // related `^returnsNil is called here$` // want `^this range blocks for ever: returnsNil returns a nil channel$`
		use(v)
	}
}

func byResultChecked() {
	ch := returnsNil()
	if ch != nil {
		ch <- 1
	}
	<-neverReady()
	maybe(true) <- 1
}

// -- captured, so that the compiler keeps no track --

func beforeItIsMade(n int, f func() error) error {
	var errs chan error
	if n == 0 {
		return <-errs // want `^this receive blocks for ever: errs is nil$`
	}
	errs = make(chan error, 1)
	go func() { errs <- f() }()
	return <-errs
}

func onceItIsMade(n int, f func() error) (err error) {
	var errs chan error
	for range n {
		if errs != nil {
			err = <-errs
		}
		errs = make(chan error, 1)
		go func() { errs <- f() }()
	}
	return err
}

func madeInALoop(n int, f func() error) (err error) {
	var errs chan error
	for i := range n {
		if i > 0 {
			err = <-errs
		}
		errs = make(chan error, 1)
		go func() { errs <- f() }()
	}
	return err
}

func receivedLater(f func() error) error {
	var errs chan error
	wait := func() error { return <-errs }
	errs = make(chan error, 1)
	go func() { errs <- f() }()
	return wait()
}
