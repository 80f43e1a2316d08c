package closes

import "sync"

// -- literals each of which has captured a channel of its own --

type keptTask struct{ run func() }

func runAll(n int) (out []chan struct{}) {
	var ts []keptTask
	for range n {
		ch := make(chan struct{})
		out = append(out, ch)
		ts = append(ts, keptTask{run: func() { close(ch) }})
	}
	for _, t := range ts {
		t.run()
	}
	return out
}

type endings struct {
	mu sync.Mutex
	m  map[int]*ending
}

type ending struct{ end func() }

func (q *endings) add(id int) <-chan struct{} {
	ch := make(chan struct{})
	q.mu.Lock()
	defer q.mu.Unlock()
	q.m[id] = &ending{end: func() { close(ch) }}
	return ch
}

func (q *endings) all() {
	q.mu.Lock()
	all := q.m
	q.m = map[int]*ending{}
	q.mu.Unlock()
	for _, t := range all {
		t.end()
	}
}

type asked struct{ onDone func(int) }

func serveAsked(in <-chan *asked) {
	for r := range in {
		r.onDone(1)
	}
}

func askOne(in chan<- *asked) int {
	ch := make(chan int, 1)
	in <- &asked{onDone: func(v int) { ch <- v; close(ch) }}
	return <-ch
}

type keptFuture struct{ done chan struct{} }

func (f *keptFuture) complete() { close(f.done) }

func completeAll(q <-chan *keptTask) {
	for t := range q {
		t.run()
	}
}

func submitKept(q chan<- *keptTask) *keptFuture {
	f := &keptFuture{done: make(chan struct{})}
	t := &keptTask{}
	t.run = func() { f.complete() }
	q <- t
	return f
}

type wakeNode struct {
	next *wakeNode
	wake func()
}

type wakeList struct {
	mu   sync.Mutex
	head *wakeNode
}

func (s *wakeList) wait() <-chan struct{} {
	ch := make(chan struct{})
	s.mu.Lock()
	s.head = &wakeNode{next: s.head, wake: func() { close(ch) }}
	s.mu.Unlock()
	return ch
}

func (s *wakeList) wakeAll() {
	s.mu.Lock()
	h := s.head
	s.head = nil
	s.mu.Unlock()
	for ; h != nil; h = h.next {
		h.wake()
	}
}
