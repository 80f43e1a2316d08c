package leakedsend

import (
	"context"
	"errors"
	"sync"
	"time"
)

// -- channels for one answer, in tables and requests --

type caller struct {
	mu      sync.Mutex
	pending map[uint64]chan []byte
	dying   context.Context
}

func (c *caller) call(ctx context.Context, id uint64) ([]byte, error) {
	ch := make(chan []byte) // related `^ch is made here, with room for 0$`
	c.mu.Lock()
	c.pending[id] = ch
	c.mu.Unlock()
	select {
	case b := <-ch:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err() // related `^here the receiver of ch returns$`
	}
}

func (c *caller) dispatch(id uint64, b []byte) {
	c.mu.Lock()
	ch, ok := c.pending[id]
	delete(c.pending, id)
	c.mu.Unlock()
	if ok {
		ch <- b // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
	}
}

type subscribers struct {
	mu   sync.Mutex
	list []chan string
}

func (s *subscribers) next(d time.Duration) string {
	ch := make(chan string) // related `^ch is made here, with room for 0$`
	s.mu.Lock()
	s.list = append(s.list, ch)
	s.mu.Unlock()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case v := <-ch:
		return v
	case <-t.C:
		return "" // related `^here the receiver of ch returns$`
	}
}

func (s *subscribers) publish(v string) {
	s.mu.Lock()
	subs := s.list
	s.list = nil
	s.mu.Unlock()
	for _, ch := range subs {
		ch <- v // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
	}
}

type question struct {
	key    string
	answer chan int
}

type oracle struct {
	questions chan *question
	known     map[string]int
}

func (o *oracle) loop() {
	for q := range o.questions {
		o.reply(q)
	}
}

func (o *oracle) reply(q *question) {
	q.answer <- o.known[q.key] // want `^this send on q\.answer may block forever: its receiver may be gone by line \d+$`
}

func (o *oracle) ask(ctx context.Context, key string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	q := &question{key: key, answer: make(chan int)} // related `^q\.answer is made here, with room for 0$`
	select {
	case o.questions <- q:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case n := <-q.answer:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err() // related `^here the receiver of q\.answer returns$`
	}
}

// -- their neighbours --

type roomyCaller struct {
	mu      sync.Mutex
	pending map[uint64]chan []byte
}

func (c *roomyCaller) call(ctx context.Context, id uint64) ([]byte, error) {
	ch := make(chan []byte, 1)
	c.mu.Lock()
	c.pending[id] = ch
	c.mu.Unlock()
	select {
	case b := <-ch:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *roomyCaller) dispatch(id uint64, b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ch := c.pending[id]; ch != nil {
		ch <- b
	}
}

// politeSubscribers are sent to without waiting.
type politeSubscribers struct {
	mu   sync.Mutex
	list map[int]chan string
}

func (s *politeSubscribers) next(ctx context.Context, id int) (string, error) {
	ch := make(chan string)
	s.mu.Lock()
	s.list[id] = ch
	s.mu.Unlock()
	select {
	case v := <-ch:
		return v, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *politeSubscribers) publish(v string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ch := range s.list {
		select {
		case ch <- v:
		default:
		}
	}
}

// lastingCaller stops waiting only when all of it does, its dispatcher too.
type lastingCaller struct {
	mu      sync.Mutex
	pending map[uint64]chan []byte
	dying   context.Context
}

func (c *lastingCaller) call(id uint64) ([]byte, error) {
	ch := make(chan []byte)
	c.mu.Lock()
	c.pending[id] = ch
	c.mu.Unlock()
	select {
	case b := <-ch:
		return b, nil
	case <-c.dying.Done():
		return nil, errors.New("closed")
	}
}

func (c *lastingCaller) dispatch(id uint64, b []byte) {
	c.mu.Lock()
	ch := c.pending[id]
	c.mu.Unlock()
	if ch != nil {
		ch <- b
	}
}

// cancellingCaller takes what comes after the deadline.
type cancellingCaller struct{ requests chan chan int }

func (c *cancellingCaller) call(ctx context.Context) (int, error) {
	ch := make(chan int)
	c.requests <- ch
	select {
	case n := <-ch:
		return n, nil
	case <-ctx.Done():
		<-ch
		return 0, ctx.Err()
	}
}

func (c *cancellingCaller) serve() {
	for ch := range c.requests {
		ch <- 1
	}
}

// keptCaller waits again for the same channel, in another call.
type keptCaller struct {
	mu    sync.Mutex
	chans map[string]chan int
}

func (c *keptCaller) wait(ctx context.Context, key string) (int, error) {
	c.mu.Lock()
	ch := c.chans[key]
	if ch == nil {
		ch = make(chan int)
		c.chans[key] = ch
	}
	c.mu.Unlock()
	select {
	case n := <-ch:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (c *keptCaller) put(key string, n int) {
	c.mu.Lock()
	ch := c.chans[key]
	c.mu.Unlock()
	ch <- n
}
