// Package poolmisuse uses what it has put into a pool.
package poolmisuse

import (
	"bytes"
	"io"
	"sync"

	"fixture.example/poolmisuse/dep"
)

type buf struct {
	b []byte
	n int
}

func (b *buf) reset() { b.n = 0 }

var (
	pool    = sync.Pool{New: func() any { return new(buf) }}
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
)

func get() *buf { return pool.Get().(*buf) }

func put(b *buf) {
	b.n = 0
	pool.Put(b)
}

func writesAfter() {
	b := pool.Get().(*buf)
	pool.Put(b) // related `^b is put into the pool here$`
	b.n = 1     // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func readsAfter() int {
	b := pool.Get().(*buf)
	pool.Put(b) // related `^b is put into the pool here$`
	return b.n  // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func methodAfter() {
	b := pool.Get().(*buf)
	pool.Put(b) // related `^b is put into the pool here$`
	b.reset()   // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func libraryMethodAfter() {
	b := buffers.Get().(*bytes.Buffer)
	buffers.Put(b) // related `^b is put into the pool here$`
	b.Reset()      // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func branch(fail bool) {
	b := pool.Get().(*buf)
	if fail {
		pool.Put(b) // related `^b is put into the pool here$`
	}
	b.n = 1 // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func twice(fail bool) {
	b := pool.Get().(*buf)
	defer pool.Put(b) // want `^b is put into the pool again, after line \d+: two goroutines may get it at once$`
	if fail {
		pool.Put(b) // related `^b is put into the pool here$`
		return
	}
	b.n = 1
}

func twiceInARow() {
	b := pool.Get().(*buf)
	pool.Put(b) // related `^b is put into the pool here$`
	pool.Put(b) // want `^b is put into the pool again, after line \d+: two goroutines may get it at once$`
}

func loop(xs []int) {
	b := pool.Get().(*buf)
	for _, x := range xs {
		b.n = x     // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
		pool.Put(b) // related `^b is put into the pool here$`
	}
}

func returns() *buf {
	b := pool.Get().(*buf)
	defer pool.Put(b) // related `^b is put here when the function returns$`
	return b          // want `^this returns memory of b, which a deferred call puts into the pool: another goroutine may change it$`
}

func returnsPart() []byte {
	b := pool.Get().(*buf)
	defer pool.Put(b) // related `^b is put here when the function returns$`
	return b.b        // want `^this returns memory of b, which a deferred call puts into the pool: another goroutine may change it$`
}

func returnsBytes() []byte {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b) // related `^b is put here when the function returns$`
	b.WriteString("x")
	return b.Bytes() // want `^this returns memory of b, which a deferred call puts into the pool: another goroutine may change it$`
}

func returnsBytesAfter() []byte {
	b := buffers.Get().(*bytes.Buffer)
	data := b.Bytes()
	buffers.Put(b) // related `^b is put into the pool here$`
	return data    // want `^b is returned after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func writesBytesAfter(w io.Writer) {
	b := buffers.Get().(*bytes.Buffer)
	data := b.Bytes()
	buffers.Put(b) // related `^b is put into the pool here$`
	w.Write(data)  // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func byHelper() {
	b := get()
	put(b)  // related `^b is put into the pool here$`
	b.n = 1 // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func put2(b *buf) { put(b) }

func byHelpers() {
	b := get()
	put2(b) // related `^b is put into the pool here$`
	b.n = 1 // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func param(b *buf) {
	pool.Put(b) // related `^b is put into the pool here$`
	b.n = 0     // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func (s *shared) field() {
	pool.Put(s.buf) // related `^s\.buf is put into the pool here$`
	s.buf.n = 1     // want `^s\.buf is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func closure() {
	b := get()
	done := func() { pool.Put(b) }
	done()  // related `^b is put into the pool here$`
	b.n = 1 // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func slice() {
	p := slices.Get().(*[]byte)
	slices.Put(p) // related `^p is put into the pool here$`
	(*p)[0] = 1   // want `^p is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

var slices sync.Pool

func sends(ch chan *buf) {
	b := get()
	pool.Put(b) // related `^b is put into the pool here$`
	ch <- b     // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func meanwhile() {
	b := get()
	go func() {
		b.n = 1 // related `^nothing waits for this use before the Put$`
	}()
	pool.Put(b) // want `^b is put into the pool while a goroutine may still use it, on line \d+$`
}

func generic[T any](p *sync.Pool, use func(*T)) {
	v := p.Get().(*T)
	p.Put(v) // related `^v is put into the pool here$`
	use(v)   // want `^v is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func otherPackage() []byte {
	b := dep.Get()
	dep.Put(b)       // related `^b is put into the pool here$`
	return b.Bytes() // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

type recycler interface{ recycle(b *buf) }

type onlyRecycler struct{ p sync.Pool }

func (r *onlyRecycler) recycle(b *buf) { r.p.Put(b) }

func throughInterface(r recycler) {
	b := get()
	r.recycle(b) // related `^b is put into the pool here$`
	b.n = 1      // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

// -- names that still stand for the value --

func walksOn(b *block) {
	for b != nil {
		blocks.Put(b) // related `^b is put into the pool here$`
		b = b.next    // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
	}
}

func (q *queue) dropKeeps() {
	old := q.first
	old.free()    // related `^old is put into the pool here$`
	q.first.end++ // want `^old is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func (s *shared) renewed() {
	s.buf = pool.Get().(*buf)
	s.buf.release() // related `^s\.buf is put into the pool here$`
	s.buf.touch()   // want `^s\.buf is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func (n *numbered) embedded() {
	n.num++
	n.release() // related `^n is put into the pool here$`
	n.n++       // want `^n is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func takenOut(r *packets) {
	for !r.empty() {
		p := r.pop()
		p.buf.release() // related `^p\.buf is put into the pool here$`
		p.buf.touch()   // want `^p\.buf is used after it is put into the pool on line \d+: another goroutine may have it by then$`
	}
}

func rangedLate(ps []packet) {
	for _, p := range ps {
		put(p.buf)  // related `^p\.buf is put into the pool here$`
		p.buf.n = 0 // want `^p\.buf is used after it is put into the pool on line \d+: another goroutine may have it by then$`
	}
}

func runs(f func()) { f() }

func methodValueHanded() {
	b := get()
	runs(b.giveBack) // related `^b is put into the pool here$`
	b.n = 1          // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func literalHandedTwice() {
	b := get()
	runs(func() { b.release() }) // related `^b is put into the pool here$`
	runs(b.giveBack)             // want `^b is put into the pool again, after line \d+: two goroutines may get it at once$`
}

func methodValue() {
	b := get()
	done := b.giveBack
	done()  // related `^b is put into the pool here$`
	b.n = 1 // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func nilOnOtherBranch(fail bool) *buf {
	b := get()
	if fail {
		put(b) // related `^b is put into the pool here$`
	} else {
		b = nil
	}
	return b // want `^b is returned after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func newIterForgets(n int) (*iter, error) {
	i := iters.Get().(*iter)
	err := i.setup(n)
	if err != nil {
		i.Close() // related `^i is put into the pool here$`
	}
	return i, err // want `^i is returned after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func usesForgotten(n int, check func(error)) {
	i, err := newIterForgets(n) // related `^result is put into the pool here$`
	check(err)
	i.first() // want `^result is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func ofOtherFreed(q *dep.Queue) {
	q.First.Free() // related `^q\.First is put into the pool here$`
	q.First.N = 0  // want `^q\.First is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func putsThoughStarted(s *starter, b *buf) {
	started := s.start(func() {
		b.n++ // related `^nothing waits for this use before the Put$`
		putAny(get())
	})
	if started {
		pool.Put(b) // want `^b is put into the pool while a goroutine may still use it, on line \d+$`
	}
}

func putAny(b *buf) { pool.Put(b) }

var bufs = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func trimmed(v []byte) []byte {
	b := bufs.Get().(*bytes.Buffer)
	defer bufs.Put(b) // related `^b is put here when the function returns$`
	b.Write(v)
	return bytes.TrimSpace(b.Bytes()) // want `^this returns memory of b, which a deferred call puts into the pool: another goroutine may change it$`
}

func sent(out chan<- *buf) {
	b := pool.Get().(*buf)
	b.n = 1
	out <- b    // related `^nothing waits between this send and the Put$`
	pool.Put(b) // want `^b is put into the pool while its receiver may still use it: it is sent on line \d+$`
}

func handledElsewhere(handle func([]byte)) {
	b := pool.Get().(*buf)
	defer pool.Put(b) // want `^b is put into the pool while a goroutine may still use it, on line \d+$`
	go handle(b.b)    // related `^nothing waits for this use before the Put$`
}

type connection struct {
	rw  io.ReadWriteCloser
	out *bytes.Buffer
}

// The Close of another field sets none.
func (c *connection) finish() {
	bufs.Put(c.out) // related `^c\.out is put into the pool here$`
	c.rw.Close()
	c.out.WriteString("bye") // want `^c\.out is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

// What the callee does wrong is a finding there alone.
func logAndPut(b *buf) {
	pool.Put(b) // related `^b is put into the pool here$`
	b.n++       // want `^b is used after it is put into the pool on line \d+: another goroutine may have it by then$`
}

func logs() {
	b := pool.Get().(*buf)
	logAndPut(b)
}
