package lockedwait

import (
	"context"
	"sync"
)

// A hub sends to its subscribers under the lock by which they leave it: one that has
// stopped to receive waits for the lock, and the hub for the subscriber.

type Note struct{ ID int }

type noteSub struct {
	ch  chan Note
	hub *NoteHub
}

type NoteHub struct {
	mu   sync.Mutex
	subs map[*noteSub]struct{}
}

func (h *NoteHub) subscribe() *noteSub {
	s := &noteSub{ch: make(chan Note), hub: h}
	h.mu.Lock()
	h.subs[s] = struct{}{}
	h.mu.Unlock()
	return s
}

func (s *noteSub) cancel() {
	s.hub.mu.Lock() // related `^s\.hub\.mu is locked here, where no answer comes any more$`
	delete(s.hub.subs, s)
	s.hub.mu.Unlock()
}

func (h *NoteHub) Publish(n Note) {
	h.mu.Lock() // related `^h\.mu is locked here$`
	defer h.mu.Unlock()
	for s := range h.subs {
		s.ch <- n // want `^this send on s\.ch waits while h\.mu is held, which its receiver locks when it leaves, at line 32$`
	}
}

func (h *NoteHub) Each(f func(Note) bool) {
	s := h.subscribe()
	defer s.cancel()
	for n := range s.ch { // related `^s\.ch is received from here$`
		if !f(n) {
			return
		}
	}
}

// By another arm of a select, from a map by name, under a read lock.

type Feed struct {
	mu   sync.RWMutex
	subs map[string]*feedSub
}

type feedSub struct{ lines chan string }

func (f *Feed) Send(line string) {
	f.mu.RLock() // related `^f\.mu is read-locked here$`
	defer f.mu.RUnlock()
	for _, s := range f.subs {
		s.lines <- line // want `^this send on s\.lines waits while f\.mu is read-locked, which its receiver locks when it leaves, at line 89$`
	}
}

func (f *Feed) Follow(ctx context.Context, name string, print func(string)) {
	s := &feedSub{lines: make(chan string)}
	f.mu.Lock()
	f.subs[name] = s
	f.mu.Unlock()
	for {
		select {
		case line := <-s.lines: // related `^s\.lines is received from here$`
			print(line)
		case <-ctx.Done():
			f.drop(name)
			return
		}
	}
}

func (f *Feed) drop(name string) {
	f.mu.Lock() // related `^f\.mu is locked here, where no answer comes any more$`
	delete(f.subs, name)
	f.mu.Unlock()
}

// -- none of these is reported --

// The subscriber says that it has left before it takes the lock.
type politeSub struct {
	ch   chan Note
	gone chan struct{}
}

type PoliteHub struct {
	mu   sync.Mutex
	subs map[*politeSub]bool
}

func (h *PoliteHub) Publish(n Note) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		select {
		case s.ch <- n:
		case <-s.gone:
		}
	}
}

func (h *PoliteHub) Each(f func(Note) bool) {
	s := &politeSub{ch: make(chan Note), gone: make(chan struct{})}
	h.mu.Lock()
	h.subs[s] = true
	h.mu.Unlock()
	defer func() {
		close(s.gone)
		h.mu.Lock()
		delete(h.subs, s)
		h.mu.Unlock()
	}()
	for n := range s.ch {
		if !f(n) {
			return
		}
	}
}

// The subscriber goes on receiving until it is out.
type DrainHub struct {
	mu   sync.Mutex
	subs map[*drainSub]bool
}

type drainSub struct{ ch chan Note }

func (h *DrainHub) Publish(n Note) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		s.ch <- n
	}
}

func (h *DrainHub) Each(f func(Note) bool) {
	s := &drainSub{ch: make(chan Note)}
	h.mu.Lock()
	h.subs[s] = true
	h.mu.Unlock()
	for n := range s.ch {
		if !f(n) {
			break
		}
	}
	go func() {
		for range s.ch {
		}
	}()
	h.mu.Lock()
	delete(h.subs, s)
	h.mu.Unlock()
	close(s.ch)
}

// The hub closes the channel, and the subscriber leaves only then.
type EndHub struct {
	mu   sync.Mutex
	subs map[*endSub]bool
	n    int
}

type endSub struct{ ch chan Note }

func (h *EndHub) Publish(n Note) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		s.ch <- n
	}
}

func (h *EndHub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		close(s.ch)
		delete(h.subs, s)
	}
}

func (h *EndHub) Count() int {
	s := &endSub{ch: make(chan Note)}
	h.mu.Lock()
	h.subs[s] = true
	h.mu.Unlock()
	n := 0
	for range s.ch {
		n++
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n += n
	return n
}

// The hub sends behind the lock.
type CopyHub struct {
	mu   sync.Mutex
	subs map[*copySub]bool
}

type copySub struct{ ch chan Note }

func (h *CopyHub) Publish(n Note) {
	h.mu.Lock()
	subs := make([]*copySub, 0, len(h.subs))
	for s := range h.subs {
		subs = append(subs, s)
	}
	h.mu.Unlock()
	for _, s := range subs {
		select {
		case s.ch <- n:
		default:
		}
	}
}

func (h *CopyHub) Each(f func(Note) bool) {
	s := &copySub{ch: make(chan Note)}
	h.mu.Lock()
	h.subs[s] = true
	h.mu.Unlock()
	for n := range s.ch {
		if !f(n) {
			break
		}
	}
	h.mu.Lock()
	delete(h.subs, s)
	h.mu.Unlock()
}

// A caller receives one reply, and takes the lock behind it.
type Exchange struct {
	mu      sync.Mutex
	waiting map[int]*exchanged
}

type exchanged struct{ reply chan Note }

func (e *Exchange) Ask(id int) Note {
	w := &exchanged{reply: make(chan Note)}
	e.mu.Lock()
	e.waiting[id] = w
	e.mu.Unlock()
	n := <-w.reply
	e.mu.Lock()
	delete(e.waiting, id)
	e.mu.Unlock()
	return n
}

func (e *Exchange) Answer(n Note) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w := e.waiting[n.ID]; w != nil {
		w.reply <- n
	}
}
