package doubleclose

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"fixture.example/doubleclose/dep"
)

func eachCloses(n int, work func()) <-chan struct{} {
	done := make(chan struct{})
	for range n {
		go func() { // related `^a goroutine that closes done starts here$`
			work()
			close(done) // want `^done is closed by each of the goroutines that run this$`
		}()
	}
	return done
}

func eachClosesDeferred(n int, work func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() { // related `^a goroutine that closes done starts here$`
			defer wg.Done()
			defer close(done) // want `^done is closed by each of the goroutines that run this$`
			work()
		}()
	}
	wg.Wait()
}

func worker(jobs <-chan int, done chan<- struct{}) {
	for range jobs {
	}
	close(done) // want `^done is closed by each of the goroutines that run this$`
}

func pool(jobs <-chan int) <-chan struct{} {
	done := make(chan struct{})
	for range 3 {
		go worker(jobs, done) // related `^a goroutine that closes done starts here$`
	}
	return done
}

func onError(n int, work func() error) <-chan struct{} {
	stop := make(chan struct{})
	for range n {
		go func() { // related `^a goroutine that closes stop starts here$`
			if err := work(); err != nil {
				close(stop) // want `^stop is closed by each of the goroutines that run this$`
			}
		}()
	}
	return stop
}

func onErrorOnce(n int, work func() error) <-chan struct{} {
	stop := make(chan struct{})
	var once sync.Once
	for range n {
		go func() {
			if err := work(); err != nil {
				once.Do(func() { close(stop) })
			}
		}()
	}
	return stop
}

func inGroup(ctx context.Context, n int) error {
	done := make(chan struct{})
	g, _ := errgroup.WithContext(ctx)
	for range n {
		g.Go(func() error { // related `^a goroutine that closes done starts here$`
			close(done) // want `^done is closed by each of the goroutines that run this$`
			return nil
		})
	}
	return g.Wait()
}

func ownChannelEach(n int) {
	for range n {
		done := make(chan struct{})
		go func() { close(done) }()
		<-done
	}
}

func lastByCounter(n int, work func()) <-chan struct{} {
	done := make(chan struct{})
	left := int32(n)
	for range n {
		go func() {
			work()
			if atomic.AddInt32(&left, -1) == 0 {
				close(done)
			}
		}()
	}
	return done
}

func lastByLockedCounter(n int, work func()) <-chan struct{} {
	done := make(chan struct{})
	var mu sync.Mutex
	left := n
	for range n {
		go func() {
			work()
			mu.Lock()
			left--
			last := left == 0
			mu.Unlock()
			if last {
				close(done)
			}
		}()
	}
	return done
}

func firstByIndex(n int, work func()) <-chan struct{} {
	done := make(chan struct{})
	for i := range n {
		go func() {
			work()
			if i == 0 {
				close(done)
			}
		}()
	}
	return done
}

func firstByParam(n int, work func()) <-chan struct{} {
	done := make(chan struct{})
	for i := 0; i < n; i++ {
		go func(leader bool) {
			work()
			if !leader {
				return
			}
			close(done)
		}(i == 0)
	}
	return done
}

func closerGoroutine(n int, work func()) <-chan struct{} {
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range n {
		wg.Go(work)
	}
	go func() {
		wg.Wait()
		close(done)
	}()
	return done
}

func byToken(n int) <-chan struct{} {
	done, token := make(chan struct{}), make(chan struct{}, 1)
	for range n {
		go func() {
			select {
			case token <- struct{}{}:
				close(done)
			default:
			}
		}()
	}
	return done
}

func byReceivedToken(n int) <-chan struct{} {
	done, token := make(chan struct{}), make(chan struct{}, 1)
	token <- struct{}{}
	for range n {
		go func() {
			<-token
			close(done)
		}()
	}
	return done
}

func twoGoroutines(a, b func()) {
	done := make(chan struct{})
	go func() { // related `^a goroutine that closes done starts here$`
		a()
		close(done) // related `^done is closed here$`
	}()
	go func() { // related `^a goroutine that closes done starts here$`
		b()
		close(done) // want `^done may be closed at line \d+ by another goroutine as well$`
	}()
	<-done
}

type peer struct{ done chan struct{} }

func twoOfOne(p *peer) {
	go p.serve() // related `^a goroutine that closes p\.done starts here$`
	go p.serve() // related `^a goroutine that closes p\.done starts here$`
}

func (p *peer) serve() {
	close(p.done) // want `^p\.done is closed here by two goroutines$`
}

func goroutineAndStarter(work func()) {
	done := make(chan struct{})
	go func() { // related `^a goroutine that closes done starts here$`
		defer close(done) // related `^done is closed here$`
		work()
	}()
	time.Sleep(time.Second)
	close(done) // want `^done may be closed at line \d+ by another goroutine as well$`
}

func joinedAndAgain(work func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { // related `^a goroutine that closes done starts here$`
		work()
		close(done) // related `^done is closed here$`
	})
	wg.Wait()
	close(done) // want `^done may be closed at line \d+ by another goroutine as well$`
}

func onTimeout(work func()) error {
	done := make(chan struct{})
	go func() { // related `^a goroutine that closes done starts here$`
		work()
		close(done) // related `^done is closed here$`
	}()
	select {
	case <-done:
		return nil
	case <-time.After(time.Second):
		close(done) // want `^done may be closed at line \d+ by another goroutine as well$`
		return errors.New("late")
	}
}

func ifNotStarted(async bool, work func()) {
	done := make(chan struct{})
	if async {
		go func() {
			work()
			close(done)
		}()
	} else {
		work()
		close(done)
	}
	<-done
}

func ifFailedEarly(prepare func() error, work func()) error {
	done := make(chan struct{})
	if err := prepare(); err != nil {
		close(done)
		return err
	}
	go func() {
		work()
		close(done)
	}()
	return nil
}

func toldToClose(prepare func() error) error {
	done, start := make(chan struct{}), make(chan struct{})
	go func() {
		<-start
		close(done)
	}()
	if err := prepare(); err != nil {
		close(done)
		return err
	}
	close(start)
	return nil
}

func pumps(r io.Reader, w io.Writer) {
	done := make(chan struct{})
	go func() { // related `^a goroutine that closes done starts here$`
		for {
			if _, err := r.Read(nil); err != nil {
				close(done) // related `^done is closed here$`
				return
			}
		}
	}()
	go func() { // related `^a goroutine that closes done starts here$`
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Second):
			}
			if _, err := w.Write(nil); err != nil {
				close(done) // want `^done may be closed at line \d+ by another goroutine as well$`
				return
			}
		}
	}()
}

func checkedWithoutLock(n int) <-chan struct{} {
	done := make(chan struct{})
	for range n {
		go func() { // related `^a goroutine that closes done starts here$`
			select {
			case <-done:
			default:
				close(done) // want `^done is closed by each of the goroutines that run this$`
			}
		}()
	}
	return done
}

func checkedUnderLock(n int) <-chan struct{} {
	done := make(chan struct{})
	var mu sync.Mutex
	for range n {
		go func() {
			mu.Lock()
			defer mu.Unlock()
			select {
			case <-done:
			default:
				close(done)
			}
		}()
	}
	return done
}

func lockedButUnchecked(n int) <-chan struct{} {
	done := make(chan struct{})
	var mu sync.Mutex
	for range n {
		go func() { // related `^a goroutine that closes done starts here$`
			mu.Lock()
			defer mu.Unlock()
			close(done) // want `^done is closed by each of the goroutines that run this$`
		}()
	}
	return done
}

func flagUnderLock(n int) <-chan struct{} {
	done := make(chan struct{})
	var mu sync.Mutex
	closed := false
	for range n {
		go func() {
			mu.Lock()
			if !closed {
				closed = true
				close(done)
			}
			mu.Unlock()
		}()
	}
	return done
}

func checkedAfterJoin(work func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		work()
		close(done)
	})
	wg.Wait()
	select {
	case <-done:
	default:
		close(done)
	}
}

func recoveredEach(n int) {
	done := make(chan struct{})
	for range n {
		go func() {
			defer func() { _ = recover() }()
			close(done)
		}()
	}
}

func elsewhere(ch chan int) {
	dep.CloseLater(ch) // related `^ch is closed here$` `^a goroutine that closes ch starts here$`
	close(ch)          // want `^ch may be closed at line \d+ by another goroutine as well$`
}

// A service's loop closes what Close closes.
type service struct {
	quit chan struct{}
	in   chan int
}

func newService() *service {
	s := &service{quit: make(chan struct{}), in: make(chan int)}
	go s.loop() // related `^a goroutine that closes s\.quit starts here$`
	return s
}

func (s *service) loop() {
	defer close(s.quit) // related `^s\.quit is closed here$`
	for range s.in {
	}
}

func (s *service) Close() {
	close(s.quit) // want `^s\.quit may be closed at line \d+ by another goroutine as well$`
}

// A stopper's loop calls the method that its users call.
type stopper struct {
	quit chan struct{}
	in   chan int
}

func newStopper() *stopper {
	s := &stopper{quit: make(chan struct{}), in: make(chan int)}
	go s.loop() // related `^a goroutine that closes s\.quit starts here$`
	return s
}

func (s *stopper) loop() {
	for v := range s.in {
		if v < 0 {
			break
		}
	}
	s.Stop()
}

func (s *stopper) Stop() {
	close(s.quit) // want `^s\.quit is closed here both by a goroutine and by others$`
}

// A link has two loops that close it on error.
type link struct {
	rw     io.ReadWriter
	closed chan struct{}
}

func newLink(rw io.ReadWriter) *link {
	l := &link{rw: rw, closed: make(chan struct{})}
	go l.read()  // related `^a goroutine that closes l\.closed starts here$`
	go l.write() // related `^a goroutine that closes l\.closed starts here$`
	return l
}

func (l *link) read() {
	for {
		if _, err := l.rw.Read(nil); err != nil {
			l.shut()
			return
		}
	}
}

func (l *link) write() {
	for {
		if _, err := l.rw.Write(nil); err != nil {
			l.shut()
			return
		}
	}
}

func (l *link) shut() {
	close(l.closed) // want `^l\.closed is closed here by two goroutines$`
}

// A safeLink asks first, under a lock.
type safeLink struct {
	rw     io.ReadWriter
	mu     sync.Mutex
	closed chan struct{}
}

func newSafeLink(rw io.ReadWriter) *safeLink {
	l := &safeLink{rw: rw, closed: make(chan struct{})}
	go l.read()
	go l.write()
	return l
}

func (l *safeLink) read() {
	for {
		if _, err := l.rw.Read(nil); err != nil {
			l.shut()
			return
		}
	}
}

func (l *safeLink) write() {
	for {
		if _, err := l.rw.Write(nil); err != nil {
			l.shut()
			return
		}
	}
}

func (l *safeLink) shut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
}

// An actor has a channel to ask it to stop, and one to say that it has.
type actor struct {
	quit, done chan struct{}
}

func newActor() *actor {
	a := &actor{quit: make(chan struct{}), done: make(chan struct{})}
	go a.run()
	return a
}

func (a *actor) run() {
	defer close(a.done)
	<-a.quit
}

func (a *actor) Close() {
	close(a.quit)
	<-a.done
}
