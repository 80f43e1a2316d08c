package semleak

import (
	"context"
	"errors"
	"io"
	"sync"

	"golang.org/x/sync/semaphore"
)

// -- one fault is one finding --

type pipeline struct {
	slots chan struct{}
	write func([]byte) error
}

func newPipeline(n int, write func([]byte) error) *pipeline {
	return &pipeline{slots: make(chan struct{}, n), write: write}
}

func (p *pipeline) commit(b []byte) error {
	p.slots <- struct{}{} // want `^p\.slots is not released at the return on line \d+$`
	if err := p.write(b); err != nil {
		return err // related `^this return does not release p\.slots$`
	}
	<-p.slots
	return nil
}

// Apply calls what loses a slot, and has no part in it.
func (p *pipeline) Apply(b []byte) error {
	if err := p.commit(b); err != nil {
		return err
	}
	return p.commit(nil)
}

func (p *pipeline) All(bs [][]byte) error {
	for _, b := range bs {
		if err := p.Apply(b); err != nil {
			return err
		}
	}
	return nil
}

// -- released by the goroutine that it is handed to --

type broker struct {
	inFlight  chan struct{}
	responses chan *promise
	done      chan struct{}
}

type promise struct {
	err   error
	ready chan struct{}
}

func open(n int) *broker {
	b := &broker{inFlight: make(chan struct{}, n), responses: make(chan *promise), done: make(chan struct{})}
	go b.receive()
	return b
}

func (b *broker) close() {
	close(b.responses)
	<-b.done
}

// send leaves the slot to receive, once something is written.
func (b *broker) send(w io.Writer, p []byte, wants bool) (*promise, error) {
	b.inFlight <- struct{}{}
	if _, err := w.Write(p); err != nil {
		<-b.inFlight
		return nil, err
	}
	if !wants {
		<-b.inFlight
		return nil, nil
	}
	res := &promise{ready: make(chan struct{})}
	b.responses <- res
	return res, nil
}

func (b *broker) Ask(w io.Writer, p []byte) error {
	res, err := b.send(w, p, true)
	if err != nil {
		return err
	}
	<-res.ready
	return res.err
}

// receive knows the channel by a name of its own.
func (b *broker) receive() {
	inFlight := b.inFlight
	for res := range b.responses {
		res.err = errors.ErrUnsupported
		close(res.ready)
		<-inFlight
	}
	close(b.done)
}

// -- released by what is handed out --

type listener struct {
	sem  chan struct{}
	done chan struct{}
}

func newListener(n int) *listener {
	return &listener{sem: make(chan struct{}, n), done: make(chan struct{})}
}

func (l *listener) acquire() bool {
	select {
	case <-l.done:
		return false
	case l.sem <- struct{}{}:
		return true
	}
}

func (l *listener) release() { <-l.sem }

type conn struct {
	io.ReadWriteCloser
	once    sync.Once
	release func()
}

func (c *conn) Close() error {
	err := c.ReadWriteCloser.Close()
	c.once.Do(c.release)
	return err
}

func (l *listener) Accept(next func() (io.ReadWriteCloser, error)) (io.ReadWriteCloser, error) {
	if !l.acquire() {
		return nil, errors.ErrUnsupported
	}
	c, err := next()
	if err != nil {
		l.release()
		return nil, err
	}
	return &conn{ReadWriteCloser: c, release: l.release}, nil
}

// -- channels that are no semaphore, or one the other way round --

func credits(n, items int, publish func(int)) {
	credits := make(chan struct{}, n)
	for range n {
		credits <- struct{}{}
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range items {
			<-credits
			publish(i)
			credits <- struct{}{}
		}
	})
	wg.Wait()
}

func creditsGivenBackElsewhere(n, items int, publish func(int), seen <-chan int) {
	credits := make(chan struct{}, n)
	for range n {
		credits <- struct{}{}
	}
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-seen:
				select {
				case credits <- struct{}{}:
				case <-stop:
					return
				}
			case <-stop:
				return
			}
		}
	}()
	for i := range items {
		<-credits
		publish(i)
	}
	close(stop)
}

func creditsOfParameter(n, items int, publish func(int), full func() bool) {
	credits := make(chan struct{}, n)
	for range n {
		credits <- struct{}{}
	}
	go giveBack(credits, full)
	for i := range items {
		<-credits
		publish(i)
	}
}

func giveBack(tokens chan struct{}, full func() bool) {
	for {
		tokens <- struct{}{}
		if full() {
			<-tokens
			return
		}
	}
}

type opener struct {
	wanted  chan struct{}
	mu      sync.Mutex
	pending int
	closed  bool
}

func newOpener(ctx context.Context, n int) *opener {
	o := &opener{wanted: make(chan struct{}, n)}
	go o.run(ctx)
	return o
}

// run takes what others ask for, and may ask itself.
func (o *opener) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.wanted:
			o.mu.Lock()
			o.ask()
			o.mu.Unlock()
		}
	}
}

func (o *opener) ask() {
	for o.pending > 0 {
		o.pending--
		if o.closed {
			return
		}
		o.wanted <- struct{}{}
	}
}

func workOfBools(n, workers int) {
	work := make(chan bool, n+workers)
	done := make(chan struct{})
	for range n {
		work <- true
	}
	for range workers {
		work <- false
	}
	for range workers {
		go func() {
			for <-work {
			}
			done <- struct{}{}
		}()
	}
	for range workers {
		<-done
	}
}

// -- limits of what is done at once, not of goroutines --

var ioLimit = make(chan bool, 10)

func parse(files []string, read func(string)) {
	var wg sync.WaitGroup
	for _, file := range files {
		wg.Add(1)
		go func() {
			ioLimit <- true
			defer func() {
				wg.Done()
				<-ioLimit
			}()
			read(file)
		}()
	}
	wg.Wait()
}

var handshakes = semaphore.NewWeighted(100)

type handshaker struct{ shake func() error }

func (h *handshaker) Handshake(ctx context.Context) error {
	if err := handshakes.Acquire(ctx, 1); err != nil {
		return err
	}
	defer handshakes.Release(1)
	return h.shake()
}

func all(ctx context.Context, hs []*handshaker) {
	var wg sync.WaitGroup
	for _, h := range hs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = h.Handshake(ctx)
		}()
	}
	wg.Wait()
}

// slots bounds the commits of all users of a pipeline, whoever starts them.
func (p *pipeline) parallel(bs [][]byte) {
	var wg sync.WaitGroup
	for _, b := range bs {
		wg.Go(func() { _ = p.commit(b) })
	}
	wg.Wait()
}
