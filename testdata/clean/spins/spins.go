// Package spins has loops that get on in each turn, or wait in it.
package spins

import (
	"sync"
	"sync/atomic"
	"time"
)

// queue hands out what there is, and waits if there is nothing.
type queue struct {
	mu     sync.Mutex
	cond   *sync.Cond
	items  []int
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *queue) get() (item int, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.cond.Wait()
	}
	if len(q.items) == 0 {
		return 0, true
	}
	item = q.items[0]
	q.items = q.items[1:]
	return item, false
}

func (q *queue) add(item int) {
	q.mu.Lock()
	q.items = append(q.items, item)
	q.cond.Signal()
	q.mu.Unlock()
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.cond.Broadcast()
	q.mu.Unlock()
}

// drain takes item after item.
func (q *queue) drain() {
	for closed := false; !closed; {
		_, closed = q.get()
	}
}

// A state tells who waits for it to change.
type state struct {
	mu      sync.Mutex
	now     int
	changed chan struct{}
}

func (s *state) get() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *state) set(now int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *state) notify() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// wait returns at once if the state is not from any more.
func (s *state) wait(from int, timeout <-chan time.Time) bool {
	changed := s.notify()
	if s.get() != from {
		return true
	}
	select {
	case <-changed:
		return true
	case <-timeout:
		return false
	}
}

func (s *state) await(want int) bool {
	timeout := time.After(time.Second)
	for {
		now := s.get()
		if now == want {
			return true
		}
		if !s.wait(now, timeout) {
			return false
		}
	}
}

// A list has levels, and each turn goes on or down.
type node struct{ next [4]atomic.Pointer[node] }

type list struct {
	head   *node
	height atomic.Int32
}

func (*list) next(n *node, level int) *node { return n.next[level].Load() }

func (l *list) last() *node {
	n := l.head
	level := int(l.height.Load()) - 1
	for {
		next := l.next(n, level)
		if next != nil {
			n = next
			continue
		}
		if level == 0 {
			if n == l.head {
				return nil
			}
			return n
		}
		level--
	}
}

// A tree is searched without its lock, and again under it.
type tree struct {
	root  atomic.Pointer[inner]
	depth int
}

type inner struct {
	mu    sync.Mutex
	dead  atomic.Bool
	slots [16]atomic.Pointer[entry]
}

type entry struct {
	key  int
	down *inner
}

func (t *tree) store(key int) *entry {
	var in *inner
	var slot *atomic.Pointer[entry]
	for {
		in = t.root.Load()
		found := false
		for shift := t.depth; shift > 0; shift -= 4 {
			slot = &in.slots[key>>shift&15]
			e := slot.Load()
			if e == nil {
				found = true
				break
			}
			if e.down == nil {
				if e.key == key {
					return e
				}
				found = true
				break
			}
			in = e.down
		}
		if !found {
			panic("too deep")
		}
		in.mu.Lock()
		if e := slot.Load(); (e == nil || e.down == nil) && !in.dead.Load() {
			break
		}
		in.mu.Unlock()
	}
	defer in.mu.Unlock()
	e := &entry{key: key}
	slot.Store(e)
	return e
}

// never ends by a panic, not by the loop.
func never() {
	fail()
	for {
	}
}

func fail() { panic("never") }

// lengths looks at each channel once.
func lengths(fatal func(string), want int, chans ...chan struct{}) {
	for _, c := range chans {
		if len(c) != want {
			fatal("length")
		}
	}
}

var _ = []any{newQueue, (*queue).add, (*queue).close, (*queue).drain, (*state).set, (*state).await, (*list).last, (*tree).store, never, lengths}
