package protocols

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// -- the one who stops receives, whoever has started --

var recording struct {
	sync.Mutex
	on   bool
	done chan bool
}

// Record starts to record.
func Record(next func() bool) error {
	recording.Lock()
	defer recording.Unlock()
	if recording.done == nil {
		recording.done = make(chan bool)
	}
	if recording.on {
		return errors.New("recording already")
	}
	recording.on = true
	go record(next)
	return nil
}

func record(next func() bool) {
	defer func() { recover() }()
	for next() {
	}
	recording.done <- true
}

// StopRecording returns when all is recorded.
func StopRecording() {
	recording.Lock()
	defer recording.Unlock()
	if !recording.on {
		return
	}
	recording.on = false
	<-recording.done
}

func recorded(next func() bool, f func() error) error {
	if err := Record(next); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err // the recording goes on
	}
	StopRecording()
	return nil
}

// -- a receive far down, in a function that calls itself --

func callDeep(depth int, f func()) {
	if depth == 0 {
		f()
		return
	}
	callDeep(depth-1, f)
}

func lookDeep(depth, times int, look func()) {
	ready, wait, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer func() { recover() }()
		callDeep(depth, func() {
			ready <- struct{}{}
			<-wait
		})
		done <- struct{}{}
	}()
	<-ready
	for range times {
		look()
	}
	wait <- struct{}{}
	<-done
}

// -- a deadline that only tells the workers to end --

type squarer struct{ pool *squarers }

type squarers struct{ numbers, squares chan int }

func newSquarers() (*squarers, error) {
	return &squarers{numbers: make(chan int), squares: make(chan int)}, nil
}

func (s *squarer) work(over *atomic.Bool) error {
	for n := range s.pool.numbers {
		if n < 0 {
			return errors.New("negative")
		}
		if over.Load() {
			break
		}
		s.pool.squares <- n * n
	}
	return nil
}

// sumOfSquares goes on to receive until the last worker has ended.
func sumOfSquares(ctx context.Context, n int) (sum int, err error) {
	pool, err := newSquarers()
	if err != nil {
		return 0, err
	}
	var stopped atomic.Bool
	ended := make(chan error)
	workers := make([]*squarer, n)
	for i := range workers {
		workers[i] = &squarer{pool}
	}
	for _, w := range workers {
		go func() { ended <- w.work(&stopped) }()
	}
	over := ctx.Done()
	for active := n; ; {
		select {
		case <-over:
			stopped.Store(true)
			over = nil
		case e := <-ended:
			if err == nil {
				err = e
			}
			active--
			if active == 0 {
				return sum, err
			}
		case square := <-pool.squares:
			sum += square
		}
	}
}

// -- as many receives as sends, by loops that count --

func asMany(n int, text func(int) string, use func(string)) {
	made := make(chan string)
	go func() {
		defer func() { recover() }()
		for i := range n {
			made <- text(i)
		}
	}()
	for range n {
		use(<-made)
	}
}

// -- a receiver behind an interface, in a part of an object --

type resolver interface {
	updates() <-chan string
	forget()
}

type polling struct {
	addresses chan string
	hosts     []string
}

func (p *polling) start() {
	p.addresses = make(chan string)
	go func() {
		defer func() { recover() }()
		for _, host := range p.hosts {
			p.addresses <- host
		}
	}()
}

func (p *polling) updates() <-chan string { return p.addresses }
func (p *polling) forget()                { p.hosts = nil }

type dialing struct{ resolver resolver }

type dialer struct{ options dialing }

func (d *dialer) dialAll(n int, dial func(string)) {
	for range n {
		dial(<-d.options.resolver.updates())
	}
}

func dialEach(hosts []string, dial func(string)) {
	p := &polling{hosts: hosts}
	d := &dialer{options: dialing{resolver: p}}
	p.start()
	d.dialAll(len(hosts), dial)
}
