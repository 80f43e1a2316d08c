package poolmisuse

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
)

func deferred(w io.Writer) {
	b := pool.Get().(*buf)
	defer pool.Put(b)
	b.b = append(b.b[:0], 1)
	w.Write(b.b)
}

func putLast(w io.Writer) {
	b := pool.Get().(*buf)
	b.b = b.b[:0]
	w.Write(b.b)
	pool.Put(b)
}

func copied() []byte {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.WriteString("x")
	return bytes.Clone(b.Bytes())
}

func text() string {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	return b.String()
}

func number() int {
	b := pool.Get().(*buf)
	n := b.n
	pool.Put(b)
	return n
}

func numberHandedOn() {
	b := pool.Get().(*buf)
	n := b.n
	pool.Put(b)
	fmt.Println(n)
	takes(n)
}

func takes(int) {}

func inLoop(xs []int) {
	for _, x := range xs {
		b := pool.Get().(*buf)
		b.n = x
		pool.Put(b)
	}
}

func reused() {
	b := pool.Get().(*buf)
	pool.Put(b)
	b = pool.Get().(*buf)
	b.n = 1
	pool.Put(b)
}

func onEachPath(fail bool) {
	b := pool.Get().(*buf)
	if fail {
		pool.Put(b)
		return
	}
	b.n = 1
	pool.Put(b)
}

func eitherOr(fail bool) {
	b := pool.Get().(*buf)
	if fail {
		pool.Put(b)
	} else {
		b.n = 1
		pool.Put(b)
	}
}

func handedOver() *buf {
	b := pool.Get().(*buf)
	b.n = 0
	return b
}

func wrapped() {
	b := get()
	b.n = 1
	put(b)
}

func newIfNone() {
	b, _ := pool.Get().(*buf)
	if b == nil {
		b = new(buf)
	}
	b.n = 1
	pool.Put(b)
}

func tooLarge(b *buf) {
	if cap(b.b) > 1<<10 {
		return
	}
	pool.Put(b)
}

type shared struct {
	refs atomic.Int32
	buf  *buf
	n    int
}

var sharedPool sync.Pool

func (s *shared) release() {
	if s.refs.Add(-1) == 0 {
		sharedPool.Put(s)
	}
}

func counted() {
	s := sharedPool.Get().(*shared)
	s.refs.Store(2)
	s.release()
	s.n++
	s.release()
}

func (s *shared) drop() {
	pool.Put(s.buf)
	s.buf = nil
}

func (s *shared) renew() {
	pool.Put(s.buf)
	s.buf = pool.Get().(*buf)
	s.buf.n = 1
}

func joined() {
	var wg sync.WaitGroup
	b := pool.Get().(*buf)
	wg.Go(func() { b.n = 1 })
	wg.Wait()
	pool.Put(b)
}

func goroutinePuts() {
	b := pool.Get().(*buf)
	go func() {
		defer pool.Put(b)
		b.n = 1
	}()
}

func two() {
	a := pool.Get().(*buf)
	b := pool.Get().(*buf)
	pool.Put(a)
	b.n = 1
	pool.Put(b)
}

func builder() string {
	b := builders.Get().(*strings.Builder)
	s := b.String()
	b.Reset()
	builders.Put(b)
	return s
}

var builders sync.Pool

type scanner struct {
	buf
	err  error
	next *scanner
}

var scanners sync.Pool

func scanError() error {
	s := scanners.Get().(*scanner)
	defer scanners.Put(s)
	return s.err
}

func chain() {
	s := scanners.Get().(*scanner)
	next := s.next
	scanners.Put(s)
	next.err = nil
}

var replies sync.Pool

func reply(send func(chan *buf)) int {
	ch := replies.Get().(chan *buf)
	send(ch)
	b := <-ch
	replies.Put(ch)
	return b.n
}

// A lazyReader has a reader of the pool while it is needed: whoever takes it out of the
// field, under the lock, is the one that puts it back.
type lazyReader struct {
	mu     sync.Mutex
	b      *bytes.Buffer
	closed bool
}

func (r *lazyReader) take() *bytes.Buffer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	if r.b == nil {
		r.b = buffers.Get().(*bytes.Buffer)
	}
	b := r.b
	r.b = nil
	return b
}

func (r *lazyReader) giveBack(b *bytes.Buffer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		putReset(b)
	} else {
		r.b = b
	}
}

func (r *lazyReader) Read(p []byte) (int, error) {
	b := r.take()
	if b == nil {
		return 0, io.EOF
	}
	defer r.giveBack(b)
	return b.Read(p)
}

func (r *lazyReader) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed && r.b != nil {
		putReset(r.b)
		r.b = nil
	}
	r.closed = true
}

func putReset(b *bytes.Buffer) {
	b.Reset()
	buffers.Put(b)
}

func closesWhileReading() error {
	r := &lazyReader{}
	done := make(chan error, 1)
	go func() {
		_, err := r.Read(make([]byte, 1))
		done <- err
	}()
	r.Close()
	return <-done
}
