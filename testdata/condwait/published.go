package condwait

import (
	"errors"
	"io"
	"sync"
)

// Re-created from bugs in published code, with their repaired versions.

// -- a FIFO of a cluster's cache, popped by several workers --

type fifo struct {
	lock   sync.RWMutex
	cond   sync.Cond
	queue  []string
	items  map[string]any
	closed bool
}

func newFIFO() *fifo {
	f := &fifo{items: make(map[string]any)}
	f.cond.L = &f.lock
	return f
}

func (f *fifo) Pop(process func(any)) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if len(f.queue) == 0 { // related `^the condition is tested here only$`
		f.cond.Wait() // want `^f\.cond\.Wait is not in a loop that tests its condition again$`
	}
	id := f.queue[0]
	f.queue = f.queue[1:]
	process(f.items[id])
}

func (f *fifo) PopRepaired(process func(any)) {
	f.lock.Lock()
	defer f.lock.Unlock()
	for {
		for len(f.queue) == 0 {
			if f.closed {
				return
			}
			f.cond.Wait()
		}
		id := f.queue[0]
		f.queue = f.queue[1:]
		item, ok := f.items[id]
		if !ok {
			continue
		}
		process(item)
		return
	}
}

// -- a pipe between two ends of a connection --

var errClosed = errors.New("closed")

type pipe struct {
	sync.Mutex
	rwait, wwait sync.Cond
	buf          []byte
	max          int
	closed       bool
}

func newPipe(max int) *pipe {
	p := &pipe{max: max}
	p.rwait.L, p.wwait.L = p, p
	return p
}

func (p *pipe) Read(b []byte) (int, error) {
	for len(p.buf) == 0 {
		if p.closed {
			return 0, io.EOF
		}
		p.rwait.Wait() // want `^p\.rwait\.Wait is called without p\.Mutex held$`
	}
	p.Lock()
	defer p.Unlock()
	n := copy(b, p.buf)
	p.buf = p.buf[n:]
	p.wwait.Signal()
	return n, nil
}

func (p *pipe) ReadRepaired(b []byte) (int, error) {
	p.Lock()
	defer p.Unlock()
	for {
		if len(p.buf) > 0 {
			break
		}
		if p.closed {
			return 0, io.EOF
		}
		p.rwait.Wait()
	}
	n := copy(b, p.buf)
	p.buf = p.buf[n:]
	p.wwait.Signal()
	return n, nil
}

func (p *pipe) Write(b []byte) (int, error) {
	p.Lock()
	defer p.Unlock()
	if len(p.buf) >= p.max { // related `^the condition is tested here only$`
		p.wwait.Wait() // want `^p\.wwait\.Wait is not in a loop that tests its condition again$`
	}
	if p.closed {
		return 0, errClosed
	}
	p.buf = append(p.buf, b...)
	p.rwait.Signal()
	return len(b), nil
}

// -- activation of a plugin, which all requests wait for --

type plugin struct {
	activateWait *sync.Cond
	activated    bool
	activateErr  error
}

func newPlugin() *plugin {
	return &plugin{activateWait: sync.NewCond(&sync.Mutex{})}
}

func (p *plugin) waitActive() error {
	p.activateWait.L.Lock()
	for !p.activated && p.activateErr == nil {
		p.activateWait.Wait()
	}
	p.activateWait.L.Unlock()
	return p.activateErr
}

func (p *plugin) waitActiveUnlocked() error {
	for !p.activated && p.activateErr == nil {
		p.activateWait.Wait() // want `^p\.activateWait\.Wait is called without p\.activateWait\.L held$`
	}
	return p.activateErr
}

// -- the write quota of a stream --

type quota struct {
	mu   sync.Mutex
	cond *sync.Cond
	left int
}

func newQuota(n int) *quota {
	q := &quota{left: n}
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *quota) acquire(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.left < n { // related `^the condition is tested here only$`
		q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	}
	q.left -= n
}

func (q *quota) acquireRepaired(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.left < n {
		q.cond.Wait()
	}
	q.left -= n
}
