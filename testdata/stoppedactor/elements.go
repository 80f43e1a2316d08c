package stoppedactor

import (
	"context"
	"sync"
)

// -- loops that serve an element each --

type shards struct {
	queues []chan int
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

func newShards(n int) *shards {
	s := &shards{queues: make([]chan int, n)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for i := range s.queues {
		s.queues[i] = make(chan int)
		s.wg.Add(1)
		go s.run(i)
	}
	return s
}

func (s *shards) run(i int) {
	defer s.wg.Done()
	queue := s.queues[i]
	for {
		select {
		case <-s.ctx.Done(): // related `^here the loop that receives from s\.queues\[.*\] ends$`
			return
		case v := <-queue:
			println(v)
		}
	}
}

func (s *shards) Stop() {
	s.cancel()
	s.wg.Wait()
}

func (s *shards) Add(v int) {
	s.queues[v%len(s.queues)] <- v // want `^this send on s\.queues\[v % len\(s\.queues\)\] blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (s *shards) TryAdd(v int) bool {
	select {
	case s.queues[v%len(s.queues)] <- v:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// Lanes are closed by who sends, and drained.
type lanes struct {
	queues map[int]chan int
	done   chan struct{}
}

func newLanes(n int) *lanes {
	l := &lanes{queues: make(map[int]chan int), done: make(chan struct{})}
	for i := range n {
		l.queues[i] = make(chan int)
		go l.run(i)
	}
	return l
}

func (l *lanes) run(i int) {
	queue := l.queues[i]
	for {
		select {
		case <-l.done:
			for range queue {
			}
			return
		case v := <-queue:
			println(v)
		}
	}
}

func (l *lanes) Stop() { close(l.done) }

func (l *lanes) Add(i, v int) { l.queues[i] <- v }

// Rooms have room for what comes late.
type rooms struct {
	queues []chan int
	done   chan struct{}
}

func newRooms(n int) *rooms {
	r := &rooms{queues: make([]chan int, n), done: make(chan struct{})}
	for i := range r.queues {
		r.queues[i] = make(chan int, 1)
		go r.run(i)
	}
	return r
}

func (r *rooms) run(i int) {
	for {
		select {
		case <-r.done:
			return
		case v := <-r.queues[i]:
			println(v)
		}
	}
}

func (r *rooms) Stop() { close(r.done) }

func (r *rooms) Add(i, v int) { r.queues[i] <- v }
