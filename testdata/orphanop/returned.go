package orphanop

import (
	"errors"
	"io"
	"sync"
)

// -- objects that a callee makes, or that are returned in the end --

type uploads struct {
	workers int
	jobs    chan string
	wg      sync.WaitGroup
}

func newUploads(workers int) *uploads { return &uploads{workers: workers} }

func (u *uploads) worker(push func(string)) {
	defer u.wg.Done()
	for j := range u.jobs { // want `^this range over u\.jobs may never end: nothing closes it after the return at line \d+$`
		push(j)
	}
}

func (u *uploads) schedule(names []string, exists func(string) (bool, error)) error {
	for _, n := range names {
		ok, err := exists(n)
		if err != nil {
			return err // related `^this return leaves the channel open$`
		}
		if !ok {
			u.jobs <- n
		}
	}
	close(u.jobs)
	return nil
}

func uploadAll(names []string, push func(string), exists func(string) (bool, error)) (*uploads, error) {
	u := newUploads(3)
	u.jobs = make(chan string)
	u.wg.Add(u.workers)
	for range u.workers {
		go u.worker(push)
	}
	err := u.schedule(names, exists)
	u.wg.Wait() // related `^here its end is waited for, forever$`
	return u, err
}

type launched struct {
	started chan int
	pid     int
}

func newLaunched() *launched { return &launched{started: make(chan int, 1)} }

func (l *launched) probe(check func(int)) {
	pid, ok := <-l.started // want `^this receive from l\.started may never come: nothing sends to it after the return at line \d+$`
	if ok {
		check(pid)
	}
}

func (l *launched) launch(create func() (int, error), start func(int) error) error {
	pid, err := create()
	if err != nil {
		return err // related `^this return comes before what is received$`
	}
	if err := start(pid); err != nil {
		close(l.started)
		return err
	}
	l.pid = pid
	l.started <- pid
	return nil
}

func launch(create func() (int, error), start func(int) error, check func(int)) (*launched, error) {
	l := newLaunched()
	go l.probe(check)
	if err := l.launch(create, start); err != nil {
		return nil, err
	}
	return l, nil
}

// Who gets the object may still send.
type lateLaunch struct{ started chan int }

func (l *lateLaunch) Start(pid int) { l.started <- pid }

func launchLater(create func() (int, error), check func(int)) (*lateLaunch, error) {
	l := &lateLaunch{started: make(chan int, 1)}
	go func() { check(<-l.started) }()
	pid, err := create()
	if err != nil {
		return l, err
	}
	l.started <- pid
	return l, nil
}

// Of two goroutines one waits for the other.
type session struct {
	granted chan int
	done    chan struct{}
}

func (s *session) establish(ttl int, grant func() (int, error)) {
	if ttl < 1 {
		return // related `^the goroutine returns here without a send$`
	}
	g, err := grant()
	if err != nil {
		close(s.granted)
		return
	}
	s.granted <- g
}

func (s *session) attach(put func(int)) {
	defer close(s.done)
	g, ok := <-s.granted // want `^this receive from s\.granted may block forever: its sender may return at line \d+ without a send$`
	if !ok {
		return
	}
	put(g)
}

func openSession(ttl int, grant func() (int, error), put func(int)) *session {
	s := &session{granted: make(chan int, 1), done: make(chan struct{})}
	attach := s.attach
	go attach(put)
	establish := s.establish
	go establish(ttl, grant)
	return s
}

func (s *session) ready() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// -- a break that goes past the close --

func pooled(next func() (string, error), handle func(string)) error {
	var wg sync.WaitGroup
	jobs := make(chan string)
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs { // want `^this range over jobs may never end: nothing closes it after the break at line \d+$`
				handle(j)
			}
		}()
	}
	var failed error
	for {
		j, err := next()
		if errors.Is(err, io.EOF) {
			close(jobs)
			break
		}
		if err != nil {
			failed = err
			break // related `^this break leaves the channel open$`
		}
		jobs <- j
	}
	wg.Wait() // related `^here its end is waited for, forever$`
	return failed
}

func pooledClosed(next func() (string, error), handle func(string)) error {
	var wg sync.WaitGroup
	jobs := make(chan string)
	wg.Go(func() {
		for j := range jobs {
			handle(j)
		}
	})
	var failed error
	for {
		j, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			failed = err
			break
		}
		jobs <- j
	}
	close(jobs)
	wg.Wait()
	return failed
}
