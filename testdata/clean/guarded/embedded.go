package guarded

import (
	"io"
	"sync"
)

// A segment is one of those of a log, and goes by the lock of that.
type segment struct {
	// size is what has been written so far. Protected by writeAhead.mu.
	size int
}

type writeAhead struct {
	mu struct {
		sync.Mutex
		segments []*segment
	}
}

func (w *writeAhead) add(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mu.segments = append(w.mu.segments, &segment{})
	w.mu.segments[len(w.mu.segments)-1].size = n
	w.flush(func() { w.mu.segments[0].size++ })
}

// flush is called with the lock held, and gives it back for a while.
func (w *writeAhead) flush(update func()) {
	w.mu.Unlock()
	w.mu.Lock()
	update()
	w.mu.segments[0].size = 0
}

// first is called with the lock held.
func (w *writeAhead) first() int { return w.mu.segments[0].size }

func (w *writeAhead) total() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.first()
}

// A stream is read under its lock, by way of a streamLocked if that is held already.
type stream struct {
	mu     sync.Mutex
	src    io.Reader
	closed bool
}

func (s *stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, io.ErrClosedPipe
	}
	return s.src.Read(p)
}

func (s *stream) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	_, err := io.Copy(io.Discard, streamLocked{s})
	s.closed = true
	return err
}

func (s *stream) reset(src io.Reader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.src, s.closed = src, false
}

type streamLocked struct{ s *stream }

func (l streamLocked) Read(p []byte) (int, error) {
	if l.s.closed {
		return 0, io.ErrUnexpectedEOF
	}
	return l.s.src.Read(p)
}

// Count reads what it is given.
func Count(r io.Reader) (n int) {
	b := make([]byte, 64)
	for {
		m, err := r.Read(b)
		if n += m; err != nil {
			return n
		}
	}
}

func serveLog(w *writeAhead, s *stream) {
	for range 3 {
		go w.add(1)
	}
	go s.reset(nil)
	Count(s)
}

var _ = []any{serveLog, (*writeAhead).total}
