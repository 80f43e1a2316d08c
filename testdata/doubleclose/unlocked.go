package doubleclose

import (
	"errors"
	"net"
	"sync"
)

// -- looks without a lock, by the function itself or by another --

type wire struct {
	conn  net.Conn
	in    chan []byte
	done  chan struct{}
	mu    sync.Mutex
	cause error
}

func newWire(c net.Conn) *wire {
	w := &wire{conn: c, in: make(chan []byte), done: make(chan struct{})}
	go w.read() // related `^a goroutine that closes w\.done starts here$`
	return w
}

func (w *wire) closing() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

func (w *wire) Close(cause error) error {
	if w.closing() {
		return errors.New("closed already")
	}
	w.mu.Lock()
	w.cause = cause
	w.mu.Unlock()
	close(w.done) // want `^w\.done is closed here both by a goroutine and by others$`
	return w.conn.Close()
}

func (w *wire) read() {
	for {
		b := make([]byte, 64)
		if _, err := w.conn.Read(b); err != nil {
			_ = w.Close(err)
			return
		}
		select {
		case w.in <- b:
		case <-w.done:
			return
		}
	}
}

func (w *wire) next() ([]byte, bool) {
	select {
	case b := <-w.in:
		return b, true
	case <-w.done:
		return nil, false
	}
}

func echo(c net.Conn, stop <-chan struct{}) {
	w := newWire(c)
	defer func() { _ = w.Close(nil) }()
	for {
		select {
		case <-stop:
			return
		default:
		}
		b, ok := w.next()
		if !ok {
			return
		}
		_, _ = c.Write(b)
	}
}

// -- their neighbours --

// A lockedWire looks and closes under one lock.
type lockedWire struct {
	conn net.Conn
	mu   sync.Mutex
	done chan struct{}
}

func newLockedWire(c net.Conn) *lockedWire {
	w := &lockedWire{conn: c, done: make(chan struct{})}
	go w.read()
	return w
}

func (w *lockedWire) closing() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

func (w *lockedWire) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing() {
		return
	}
	close(w.done)
}

func (w *lockedWire) read() {
	if _, err := w.conn.Read(nil); err != nil {
		w.Close()
	}
}

func useLockedWire(c net.Conn, stop <-chan struct{}) {
	w := newLockedWire(c)
	<-stop
	w.Close()
}

// A joined wire is closed when its goroutine has ended.
type joinedWire struct {
	conn  net.Conn
	done  chan struct{}
	ended chan struct{}
}

func newJoinedWire(c net.Conn) *joinedWire {
	w := &joinedWire{conn: c, done: make(chan struct{}), ended: make(chan struct{})}
	go w.read()
	return w
}

func (w *joinedWire) stop() {
	select {
	case <-w.done:
	default:
		close(w.done)
	}
}

func (w *joinedWire) read() {
	defer close(w.ended)
	if _, err := w.conn.Read(nil); err != nil {
		w.stop()
	}
}

func useJoinedWire(c net.Conn) {
	w := newJoinedWire(c)
	<-w.ended
	w.stop()
}
