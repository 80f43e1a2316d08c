// Package doubleclose closes channels twice.
package doubleclose

import (
	"context"
	"errors"
	"sync"
	"time"

	"fixture.example/doubleclose/dep"
)

func straight() {
	ch := make(chan int)
	close(ch) // related `^ch is closed here$`
	close(ch) // want `^ch is closed at line \d+ before this close$`
}

func twoChannels() {
	a, b := make(chan int), make(chan int)
	close(a)
	close(b)
}

func inBranch(ch chan int, err error) {
	if err != nil {
		close(ch) // related `^ch is closed here$`
	}
	close(ch) // want `^ch is closed at line \d+ before this close$`
}

func inBranchThatLeaves(ch chan int, err error) {
	if err != nil {
		close(ch)
		return
	}
	close(ch)
}

func eitherWay(ch chan int, stop bool) {
	if stop {
		close(ch)
	} else {
		close(ch)
	}
}

func sameCondition(ch chan int, stop bool) {
	if stop {
		close(ch)
	}
	if !stop {
		close(ch)
	}
}

func twoConditions(ch chan int, a, b bool) {
	if a {
		close(ch) // related `^ch is closed here$`
	}
	if b {
		close(ch) // want `^ch is closed at line \d+ before this close$`
	}
}

func modes(ch chan int, mode int) {
	if mode == 1 {
		close(ch)
	}
	if mode == 2 {
		close(ch)
	}
}

func cases(ch chan int, mode string) {
	switch mode {
	case "now":
		close(ch)
	case "never":
	default:
		time.Sleep(time.Second)
		close(ch)
	}
}

func fallsThrough(ch chan int, mode int) {
	switch mode {
	case 0:
		close(ch) // related `^ch is closed here$`
		fallthrough
	case 1:
		close(ch) // want `^ch is closed at line \d+ before this close$`
	}
}

func deferredAndExplicit(work func() error) error {
	done := make(chan struct{})
	defer close(done) // want `^done is closed at line \d+ before this close$`
	if err := work(); err != nil {
		close(done) // related `^done is closed here$`
		return err
	}
	return nil
}

func deferredAlone(work func() error) error {
	done := make(chan struct{})
	defer close(done)
	return work()
}

func deferredLate(work func() error) error {
	done := make(chan struct{})
	if err := work(); err != nil {
		close(done)
		return err
	}
	defer close(done)
	return work()
}

func deferredTwice(ch chan int) {
	defer close(ch) // want `^ch is closed at line \d+ before this close$`
	defer close(ch) // related `^ch is closed here$`
	ch <- 1
}

func deferredClosure(work func()) {
	done := make(chan struct{})
	defer func() {
		close(done) // want `^done is closed at line \d+ before this close$`
	}()
	work()
	close(done) // related `^done is closed here$`
}

func deferredClosureFlagged(work func() error) error {
	done := make(chan struct{})
	closed := false
	defer func() {
		if !closed {
			close(done)
		}
	}()
	if err := work(); err != nil {
		return err
	}
	close(done)
	closed = true
	return work()
}

func deferredUnlessFailed(work func() error) (err error) {
	done := make(chan struct{})
	defer func() {
		if err == nil {
			close(done)
		}
	}()
	if err = work(); err != nil {
		close(done)
		return err
	}
	return nil
}

func inLoop(ch chan int) {
	for range 3 {
		close(ch) // want `^ch is closed again in the next turn of the loop$`
	}
}

func madeInLoop(n int) {
	for range n {
		ch := make(chan int)
		close(ch)
	}
}

func madeAnew(n int) {
	ch := make(chan int)
	for range n {
		close(ch)
		ch = make(chan int)
	}
}

func deferredInLoop(ch chan int, xs []int) {
	for range xs {
		defer close(ch) // want `^ch is closed again in the next turn of the loop$`
	}
}

func inLoopThatLeaves(ch chan int, xs []int) {
	for _, x := range xs {
		if x == 0 {
			close(ch)
			break
		}
	}
}

func inLoopThatReturns(ch, quit chan int) {
	for {
		select {
		case <-quit:
			close(ch)
			return
		case <-time.After(time.Second):
		}
	}
}

func inLoopOnError(ch chan int, work func() error) {
	for range 10 {
		if err := work(); err != nil {
			close(ch) // want `^ch is closed again in the next turn of the loop$`
		}
	}
}

func inLoopOnErrorThatLeaves(ch chan int, work func() error) {
	for range 10 {
		if err := work(); err != nil {
			close(ch)
			return
		}
	}
}

func inLoopOnValue(ch chan int, xs []int) {
	for _, x := range xs {
		if x < 0 {
			close(ch) // want `^ch is closed again in the next turn of the loop$`
		}
	}
}

func inLastTurn(ch chan int, xs []int) {
	for i := range xs {
		if i == len(xs)-1 {
			close(ch)
		}
	}
}

func inFirstTurn(ch chan int, xs []int) {
	for i := 0; i < len(xs); i++ {
		if i > 0 {
			continue
		}
		close(ch)
	}
}

func countedDown(ch chan int, xs <-chan int, n int) {
	for range xs {
		n--
		if n == 0 {
			close(ch)
		}
	}
}

func flaggedInLoop(ch chan int, xs []int) {
	closed := false
	for _, x := range xs {
		if x == 0 && !closed {
			close(ch)
			closed = true
		}
	}
}

func nilledInLoop(ch chan int, xs []int) {
	for _, x := range xs {
		if x == 0 && ch != nil {
			close(ch)
			ch = nil
		}
	}
}

func stateOfMessages(ready chan int, events <-chan string) {
	for ev := range events {
		if ev == "ready" { // once, by the protocol
			close(ready)
		}
	}
}

func onDoneInLoop(ctx context.Context, ch chan int, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			close(ch) // want `^ch is closed again in the next turn of the loop$`
		case v := <-in:
			if v == 0 {
				return
			}
		}
	}
}

func breakOfSelect(ctx context.Context, ch chan int) {
	for {
		select {
		case <-ctx.Done():
			close(ch) // want `^ch is closed again in the next turn of the loop$`
			break
		case <-time.After(time.Second):
		}
	}
}

func onTick(ch chan int, ticker *time.Ticker, in chan int) {
	for {
		select {
		case <-ticker.C:
			close(ch) // want `^ch is closed again in the next turn of the loop$`
		case <-in:
			return
		}
	}
}

func checkedBySelect(done chan struct{}, n int) {
	for range n {
		select {
		case <-done:
		default:
			close(done)
		}
	}
}

func isClosed(ch chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
	}
	return false
}

func checkedByHelper(done chan struct{}, n int) {
	for range n {
		if !isClosed(done) {
			close(done)
		}
	}
}

func onceInLoop(done chan struct{}, n int) {
	var once sync.Once
	for range n {
		once.Do(func() { close(done) })
	}
}

func onceFunc(work func() error) error {
	done := make(chan struct{})
	stop := sync.OnceFunc(func() { close(done) })
	defer stop()
	if err := work(); err != nil {
		stop()
		return err
	}
	return nil
}

func onceAndBare(done chan struct{}) {
	var once sync.Once
	once.Do(func() { close(done) }) // related `^done is closed here$`
	close(done)                     // want `^done is closed at line \d+ before this close$`
}

func twoOnces(done chan struct{}) {
	var a, b sync.Once
	a.Do(func() { close(done) }) // related `^done is closed here$`
	b.Do(func() { close(done) }) // want `^done is closed at line \d+ before this close$`
}

func recovered(ch chan int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("closed already")
		}
	}()
	close(ch)
	close(ch)
	return nil
}

func safeClose(ch chan int) {
	defer func() { _ = recover() }()
	close(ch)
}

func closesSafely(ch chan int) {
	safeClose(ch)
	safeClose(ch)
}

func closeOne(ch chan int)   { closeInner(ch) }
func closeInner(ch chan int) { close(ch) } // related `^this is what closes ch$` `^ch is closed here$`

func helperTwoDeep(ch chan int) {
	closeOne(ch) // related `^ch is closed here$`
	closeOne(ch) // want `^ch is closed at line \d+ and again by this call of closeOne$`
}

func helperAndExplicit(ch chan int) {
	closeOne(ch)
	close(ch) // want `^ch is closed at line \d+ before this close$`
}

func helperOfOther(a, b chan int) {
	closeOne(a)
	closeOne(b)
}

func otherPackage(ch chan int) {
	dep.Finish(ch) // related `^ch is closed here$`
	dep.Finish(ch) // want `^ch is closed at line \d+ before this close$`
}

func otherPackageAndExplicit(ch chan int) {
	defer close(ch) // want `^ch is closed at line \d+ before this close$`
	dep.Finish(ch)  // related `^ch is closed here$`
}

func importedConn(work func(*dep.Conn) error) error {
	c := dep.Dial()
	defer c.Close() // want `^c\.done is closed at line \d+ before this close$`
	if err := work(c); err != nil {
		c.Close() // related `^c\.done is closed here$`
		return err
	}
	return nil
}

func importedSafe(work func(*dep.Safe) error) error {
	c := dep.NewSafe()
	defer c.Close()
	if err := work(c); err != nil {
		c.Close()
		return err
	}
	return nil
}

func generic[T any](ch chan T) {
	close(ch) // related `^ch is closed here$`
	close(ch) // want `^ch is closed at line \d+ before this close$`
}

func callback(ch chan int, each func(func())) {
	stop := func() { close(ch) } // related `^this is what closes ch$`
	stop()                       // related `^ch is closed here$`
	stop()                       // want `^ch is closed at line \d+ and again by this call of stop$`
}

var global = make(chan struct{})

func stopGlobal() { close(global) } // related `^this is what closes global$`

func globalTwice() {
	stopGlobal() // related `^global is closed here$`
	stopGlobal() // want `^global is closed at line \d+ and again by this call of stopGlobal$`
}

func nilChannel() {
	var ch chan int
	close(ch) // want `^ch is nil at this close$`
}

func nilOnOnePath(b bool) {
	var ch chan int
	if b {
		ch = make(chan int)
	}
	close(ch)
}

func nilCaptured() {
	var ch chan int
	func() {
		close(ch) // want `^ch is nil at this close$`
	}()
}

func laterMade() {
	var ch chan int
	start := func() { ch = make(chan int) }
	start()
	close(ch)
}

type neverMade struct {
	quit chan struct{}
	done chan struct{}
}

func newNeverMade() *neverMade {
	return &neverMade{done: make(chan struct{})}
}

func (n *neverMade) stop() {
	close(n.quit) // want `^n\.quit is nil at this close$`
	close(n.done)
}

func aliases() {
	a := make(chan int)
	b := a
	var s chan<- int = a
	close(b) // related `^b is closed here$`
	close(s) // want `^s is closed at line \d+ before this close$`
}

func goesBack(ch chan int) {
again:
	close(ch) // want `^ch is closed again in the next turn of the loop$`
	if time.Now().Unix()%2 == 0 {
		goto again
	}
}

func atBottom(ch chan int, n int) {
	if n == 0 {
		close(ch)
		return
	}
	atBottom(ch, n-1)
}

func atEachDepth(ch chan int, n int) {
	if n > 0 {
		atEachDepth(ch, n-1) // related `^ch is closed here$`
	}
	close(ch) // want `^ch is closed at line \d+ before this close$`
}

func onEachOfTwoErrors(one, two func() error) (chan int, error) {
	ch := make(chan int)
	if err := one(); err != nil {
		close(ch) // related `^ch is closed here$`
	}
	if err := two(); err != nil {
		close(ch) // want `^ch is closed at line \d+ before this close$`
		return nil, err
	}
	return ch, nil
}

func onDisjointSizes(ch chan int, xs []int) {
	if len(xs) == 0 {
		close(ch)
	}
	if len(xs) > 0 {
		close(ch)
	}
}

func rangeThenClose(ch chan int, use func(int)) {
	for v := range ch { // related `^this loop ends when ch is closed$`
		use(v)
	}
	close(ch) // want `^ch is closed already when the range over it at line \d+ has ended$`
}

func rangeThatBreaks(ch chan int) {
	for v := range ch {
		if v == 0 {
			break
		}
	}
	close(ch)
}

func closeDeferredBeforeRange(ch chan int, use func(int)) {
	defer close(ch)     // want `^ch is closed already when the range over it at line \d+ has ended$`
	for v := range ch { // related `^this loop ends when ch is closed$`
		use(v)
	}
}

func closeDeferredBeforeRangeThatReturns(ch chan int) int {
	defer close(ch)
	for v := range ch {
		if v > 0 {
			return v
		}
	}
	return 0
}

func rangeOfOther(in, out chan int) {
	defer close(out)
	for v := range in {
		out <- v
	}
}

func rangeThenMadeAnew(ch chan int) {
	for range ch {
	}
	ch = make(chan int)
	close(ch)
}
