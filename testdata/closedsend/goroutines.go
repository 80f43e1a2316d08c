package closedsend

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"fixture.example/closedsend/dep"
)

func unjoined() {
	ch := make(chan int, 1)
	go func() { // related `^the goroutine that sends on ch starts here$`
		ch <- 1 // want `^ch may be closed at line \d+ by another goroutine before this send$`
	}()
	close(ch) // related `^ch is closed here$`
}

func joined() {
	ch := make(chan int, 1)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		ch <- 1
	}()
	wg.Wait()
	close(ch)
}

func doneTooEarly() {
	ch := make(chan int, 1)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { // related `^the goroutine that sends on ch starts here$`
		wg.Done()
		ch <- 1 // want `^ch may be closed at line \d+ by another goroutine before this send$`
	}()
	wg.Wait()
	close(ch) // related `^ch is closed here$`
}

func closerGoroutine(xs []int) <-chan int {
	ch := make(chan int)
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- x
		}()
	}
	go func() {
		wg.Wait()
		close(ch)
	}()
	return ch
}

func closerThatDoesNotWait(xs []int) <-chan int {
	ch := make(chan int)
	for _, x := range xs {
		go func() { // related `^the goroutine that sends on ch starts here$`
			ch <- x // want `^ch may be closed at line \d+ by another goroutine before this send$`
		}()
	}
	go func() {
		time.Sleep(time.Second)
		close(ch) // related `^ch is closed here$`
	}()
	return ch
}

func eachSenderCloses(xs []int) <-chan int {
	ch := make(chan int)
	for _, x := range xs {
		go func() { // related `^the goroutine that sends on ch starts here$`
			defer close(ch) // related `^ch is closed here$`
			ch <- x         // want `^ch may be closed at line \d+ by another goroutine before this send$`
		}()
	}
	return ch
}

func firstResponse(xs []int) int {
	ch := make(chan int)
	for _, x := range xs {
		go func() { // related `^the goroutine that sends on ch starts here$`
			ch <- x // want `^ch may be closed at line \d+ by another goroutine before this send$`
		}()
	}
	r := <-ch
	close(ch) // related `^ch is closed here$`
	return r
}

func allResponses(xs []int) (sum int) {
	ch := make(chan int)
	for _, x := range xs {
		go func() { ch <- x }()
	}
	for range xs {
		sum += <-ch
	}
	close(ch)
	return sum
}

func timeout(ctx context.Context) (int, error) {
	ch := make(chan int, 1)
	go func() { // related `^the goroutine that sends on ch starts here$`
		ch <- 1 // want `^ch may be closed at line \d+ by another goroutine before this send$`
	}()
	defer close(ch) // related `^ch is closed here$`
	select {
	case r := <-ch:
		return r, nil
	case <-ctx.Done():
		return 0, errors.New("late")
	}
}

func withErrgroup(xs []int) error {
	ch := make(chan int, len(xs))
	var g errgroup.Group
	for _, x := range xs {
		g.Go(func() error {
			ch <- x
			return nil
		})
	}
	err := g.Wait()
	close(ch)
	return err
}

func errgroupNotWaitedFor(xs []int) {
	ch := make(chan int, len(xs))
	var g errgroup.Group
	for _, x := range xs {
		g.Go(func() error { // related `^the goroutine that sends on ch starts here$`
			ch <- x // want `^ch may be closed at line \d+ by another goroutine before this send$`
			return nil
		})
	}
	close(ch) // related `^ch is closed here$`
}

func doneChannel() {
	ch, done := make(chan int, 1), make(chan struct{})
	go func() {
		defer close(done)
		ch <- 1
	}()
	<-done
	close(ch)
}

func senderMain(quit chan struct{}) {
	ch := make(chan int)
	go func() {
		<-quit
		close(ch) // related `^ch is closed here$`
	}()
	for i := range 10 {
		ch <- i // want `^ch may be closed at line \d+ by another goroutine before this send$`
	}
}

func senderMainOrdered() {
	ch, done := make(chan int), make(chan struct{})
	go func() {
		<-done
		close(ch)
	}()
	for i := range 10 {
		ch <- i
	}
	close(done)
}

func locked(mu *sync.Mutex) {
	ch := make(chan int, 1)
	closed := false
	go func() {
		mu.Lock()
		defer mu.Unlock()
		if !closed {
			ch <- 1
		}
	}()
	mu.Lock()
	closed = true
	close(ch)
	mu.Unlock()
}

func producerElsewhere() {
	ch := make(chan int, 1)
	dep.Produce(ch) // related `^the goroutine that sends on ch starts here$` // want `^ch may be closed at line \d+ by another goroutine before this send$`
	close(ch)       // related `^ch is closed here$`
}

type service struct {
	out  chan int
	quit chan struct{}
	wg   sync.WaitGroup
	mu   sync.Mutex
}

func newService() *service {
	s := &service{out: make(chan int), quit: make(chan struct{})}
	go s.loop() // related `^the goroutine that sends on s\.out starts here$`
	return s
}

func (s *service) loop() {
	for i := 0; ; i++ {
		select {
		case s.out <- i: // want `^s.out may be closed at line \d+ by another goroutine before this send$`
		case <-s.quit:
			return
		}
	}
}

func (s *service) Close() {
	close(s.quit)
	close(s.out) // related `^s\.out is closed here$`
}

type joinedService struct {
	out  chan int
	quit chan struct{}
	wg   sync.WaitGroup
}

func newJoinedService() *joinedService {
	s := &joinedService{out: make(chan int), quit: make(chan struct{})}
	s.wg.Add(1)
	go s.loop()
	return s
}

func (s *joinedService) loop() {
	defer s.wg.Done()
	for i := 0; ; i++ {
		select {
		case s.out <- i:
		case <-s.quit:
			return
		}
	}
}

func (s *joinedService) Close() {
	close(s.quit)
	s.wg.Wait()
	close(s.out)
}

type guardedService struct {
	mu     sync.Mutex
	closed bool
	out    chan int
}

func newGuardedService() *guardedService {
	s := &guardedService{out: make(chan int)}
	go s.emit(1)
	return s
}

func (s *guardedService) emit(x int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.out <- x
	}
}

func (s *guardedService) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.out)
	}
}

func soleSender(xs []int) <-chan int {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for _, x := range xs {
			ch <- x
		}
	}()
	return ch
}

// advance shares its parameter with a literal.
func advance(c chan int, stop bool) {
	under := func() int {
		if stop {
			return 1
		}
		return 2
	}
	if under() > 0 && !stop {
		c <- 1
	}
	if stop {
		<-c
		close(c)
	}
}

func advances() chan int {
	c := make(chan int)
	go func() {
		for range 10 {
			advance(c, false)
		}
		c <- 2
	}()
	return c
}
