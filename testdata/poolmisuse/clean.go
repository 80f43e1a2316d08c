package poolmisuse

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"fixture.example/poolmisuse/dep"
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

// -- variables that have moved on --

// A block is one of a list that is let go from the front.
type block struct {
	data []byte
	end  int
	next *block
}

var blocks sync.Pool

func newBlock() *block {
	b := blocks.Get().(*block)
	b.next = nil
	return b
}

func (b *block) free() { blocks.Put(b) }

func (b *block) until() int { return b.end }

type queue struct {
	first, last *block
	start       int
}

func (q *queue) dropBefore(n int) {
	for q.first != nil && q.first.until() < n {
		old := q.first
		q.first = q.first.next
		old.free()
	}
	if q.first == nil {
		q.last = nil
	}
	q.start = n
}

func (q *queue) dropFirst() {
	old := q.first
	q.first = old.next
	blocks.Put(old)
	q.first.end++
}

func (q *queue) peek() []byte {
	if q.first == nil {
		return nil
	}
	return q.first.data
}

type conn struct {
	in, out queue
}

func (c *conn) read(n int) []byte {
	c.in.dropBefore(n)
	return c.in.peek()
}

func (c *conn) readTwice(n int) int {
	x := len(c.read(n))
	return x + len(c.read(n+1))
}

func newConn() *conn { return new(conn) }

func readsOwn() []byte {
	c := newConn()
	c.in.dropBefore(1)
	c.in.dropBefore(2)
	return c.in.first.data
}

// pop takes the first block out.
func (q *queue) pop() *block {
	b := q.first
	if b != nil {
		q.first = b.next
	}
	return b
}

func (q *queue) popAndUse() {
	b := q.pop()
	blocks.Put(b)
	q.first.end++
}

func (q *queue) popAll() {
	for {
		b := q.pop()
		if b == nil {
			return
		}
		b.end = 0
		b.free()
	}
}

func (q *queue) moveOn() { q.first = q.first.next }

func (q *queue) movesBetween() {
	b := q.first
	q.moveOn()
	b.free()
	q.first.end = 0
}

func (q *queue) swap() {
	old := q.first
	q.first = newBlock()
	old.free()
	q.first.end = 1
}

func freeList(b *block) {
	for b != nil {
		next := b.next
		blocks.Put(b)
		b = next
	}
}

func freeRest(q *queue) {
	for b := q.first; b != nil; {
		next := b.next
		b.free()
		b = next
	}
}

// -- values that are new in each turn --

// A packet holds a buffer of the pool.
type packet struct {
	buf  *buf
	size int
}

type packets struct {
	ring []packet
	head int
}

func (r *packets) empty() bool { return r.head == len(r.ring) }

func (r *packets) pop() packet {
	p := r.ring[r.head]
	r.head++
	return p
}

func (b *buf) touch() { b.n++ }

func (b *buf) release() { pool.Put(b) }

func drains(r *packets) {
	for !r.empty() {
		p := r.pop()
		p.buf.touch()
		p.buf.release()
	}
}

func drainsDeferred(r *packets) {
	defer func() {
		for !r.empty() {
			p := r.pop()
			p.buf.touch()
			p.buf.release()
		}
	}()
	r.head = 0
}

func received(in chan packet, done chan struct{}, w io.Writer) {
	for {
		select {
		case <-done:
			return
		case p := <-in:
			w.Write(p.buf.b[:p.size])
			p.buf.release()
		}
	}
}

func receivedInOne(in chan packet, w io.Writer) {
	var p packet
	for {
		p = <-in
		w.Write(p.buf.b)
		p.buf.release()
	}
}

func ranged(ps []packet, seen func(int)) {
	for _, p := range ps {
		if p.buf.n > 0 {
			seen(p.size)
		}
		p.buf.n = 0
		put(p.buf)
	}
}

// An embedding packet goes by the fields of what it embeds.
type numbered struct {
	*buf
	num int
}

func rangedEmbedded(ps []numbered) (sum int) {
	for _, p := range ps {
		sum += p.n
		put(p.buf)
	}
	return sum
}

func indexed(ps []packet) {
	for i := range ps {
		p := &ps[i]
		p.buf.touch()
		p.buf.release()
	}
}

// -- a Put that is handed on --

func (b *buf) giveBack() { pool.Put(b) }

type entry struct {
	data []byte
	done func()
}

type sorter struct {
	entries map[int]entry
	list    []entry
}

func (s *sorter) push(at int, data []byte, done func()) {
	for {
		old, ok := s.entries[at]
		if !ok {
			break
		}
		delete(s.entries, at)
		if old.done != nil {
			old.done()
		}
		at += len(old.data)
	}
	s.entries[at] = entry{data: data, done: done}
}

func (s *sorter) pushAll(data []byte, done func()) {
	for _, e := range s.list {
		e.done()
	}
	s.list = append(s.list[:0], entry{data, done})
}

type stream struct{ q sorter }

func (s *stream) handle(b *buf) { s.q.push(b.n, b.b, b.giveBack) }

func (s *stream) handleAll(b *buf) { s.q.pushAll(b.b, b.giveBack) }

func handlesTwo(s *stream) {
	s.handle(&buf{n: 1})
	s.handle(&buf{n: 2})
}

func handlesAllOfTwo(s *stream) {
	s.handleAll(&buf{n: 1})
	s.handleAll(&buf{n: 2})
}

type holder struct{ done func() }

func (h *holder) set(done func()) {
	if h.done != nil {
		h.done()
	}
	h.done = done
}

func (h *holder) keep(b *buf) { h.set(b.giveBack) }

func keepsTwo(h *holder) {
	for i := range 3 {
		b := &buf{n: i}
		h.keep(b)
	}
	h.keep(&buf{n: 1})
}

// -- constructors that fail --

type iter struct {
	b   []byte
	err error
}

var iters sync.Pool

func (i *iter) Close() error {
	err := i.err
	iters.Put(i)
	return err
}

func (i *iter) setup(n int) error {
	if n < 0 {
		return io.EOF
	}
	i.b = make([]byte, n)
	return nil
}

func (i *iter) first() byte { return i.b[0] }

func openIndex(n int) ([]byte, error) {
	if n > 10 {
		return nil, io.EOF
	}
	return make([]byte, n), nil
}

func newIter(n int) (*iter, error) {
	i := iters.Get().(*iter)
	ix, err := openIndex(n)
	if err == nil {
		err = i.setup(len(ix))
	}
	if err != nil {
		_ = i.Close()
		return nil, err
	}
	return i, nil
}

type closer interface {
	first() byte
	Close() error
}

func newCloser(n int) (closer, error) {
	i := iters.Get().(*iter)
	if err := i.setup(n); err != nil {
		i.Close()
		return nil, err
	}
	return i, nil
}

func newIterDeferred(n int) (_ *iter, err error) {
	i := iters.Get().(*iter)
	defer func() {
		if err != nil {
			iters.Put(i)
		}
	}()
	if err := i.setup(n); err != nil {
		return nil, err
	}
	return i, nil
}

func newIterOrNil(n int) *iter {
	i := iters.Get().(*iter)
	if i.setup(n) != nil {
		iters.Put(i)
		return nil
	}
	return i
}

func usesIter(n int) (*iter, error) {
	i, err := newIter(n)
	if err != nil {
		return nil, err
	}
	i.first()
	return i, nil
}

func usesIterUnchecked(n int, check func(error)) byte {
	i, err := newIter(n)
	check(err)
	return i.first()
}

func usesCloser(n int, check func(error)) {
	i, err := newCloser(n)
	defer i.Close()
	check(err)
	for range 3 {
		i.first()
	}
}

func usesDeferred(n int) byte {
	i, err := newIterDeferred(n)
	if err != nil {
		return 0
	}
	return i.first()
}

func usesDeferredUnchecked(n int, check func(error)) byte {
	i, err := newIterDeferred(n)
	check(err)
	return i.first()
}

func usesIterOrNil(n int) byte {
	i := newIterOrNil(n)
	if i == nil {
		return 0
	}
	return i.first()
}

func opensTwice(n int, check func(error)) byte {
	i, err := usesIter(n)
	check(err)
	return i.first()
}

// -- variables that are set to nil --

func (b *buf) returnToPool() {
	if b == nil {
		return
	}
	b.n = 0
	pool.Put(b)
}

func nilReturned(load func(*buf) error) (*buf, error) {
	b := get()
	err := load(b)
	if err != nil {
		b.returnToPool()
		b = nil
	}
	return b, err
}

func nilPutAgain(load func(*buf) error, again bool) (*buf, error) {
	b := get()
	err := load(b)
	if err != nil {
		b.returnToPool()
		b = nil
		again = !again
	}
	if again {
		b.returnToPool()
		b = nil
		return nil, err
	}
	return b, err
}

func nilInLoop(load func(*buf) error) *buf {
	for {
		b := get()
		err := load(b)
		if err != nil {
			put(b)
			b = nil
		}
		if err == io.EOF {
			continue
		}
		return b
	}
}

func nilCaptured(load func(*buf) error) error {
	b := get()
	defer func() {
		if b != nil {
			put(b)
		}
	}()
	if err := load(b); err != nil {
		put(b)
		b = nil
		return err
	}
	b.n++
	return nil
}

func nilNamed(load func(*buf) error) (b *buf, err error) {
	b = get()
	defer func() {
		if err != nil {
			put(b)
			b = nil
		}
	}()
	err = load(b)
	return b, err
}

// -- other packages --

func dropsOfOther(q *dep.Queue) int {
	q.Drop(1)
	q.Drop(2)
	return q.First.N
}

func opensOfOther(n int, check func(error)) int {
	i, err := dep.Open(n)
	check(err)
	n = i.N
	i.Free()
	return n
}

func popsOfOther(q *dep.Queue) {
	for q.First != nil {
		i := q.First
		q.First = i.Next
		i.Free()
	}
}

// -- uses that are to panic --

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func (b *buf) releaseOnce() {
	b.n--
	if b.n < 0 {
		panic("released twice")
	}
	pool.Put(b)
}

func panicsOnSecond() bool {
	b := get()
	b.n = 1
	b.releaseOnce()
	return panics(func() { b.releaseOnce() })
}

// -- goroutines that were not started --

type starter struct {
	mu      sync.Mutex
	running bool
}

func (s *starter) start(f func()) bool {
	var started bool
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		go f()
		started = true
	}
	return started
}

func (s *starter) work(b *buf) {
	defer pool.Put(b)
	b.n++
}

func putsIfNotStarted(s *starter, b *buf) {
	started := s.start(func() { s.work(b) })
	if !started {
		b.n = 0
		pool.Put(b)
	}
}

// Whoever got the value says when it is done with it.
func acknowledged(out chan<- *buf, done <-chan bool) {
	b := pool.Get().(*buf)
	out <- b
	<-done
	pool.Put(b)
}

func acknowledgedByMethod(out chan<- *buf, w interface{ Wait() }) {
	b := pool.Get().(*buf)
	out <- b
	w.Wait()
	pool.Put(b)
}

func notSent(out chan<- *buf) {
	b := pool.Get().(*buf)
	select {
	case out <- b:
	default:
		pool.Put(b)
	}
}

func sentElsewhere(out chan<- int) {
	b := pool.Get().(*buf)
	out <- b.n
	pool.Put(b)
}

// The callback may set the field.
func (c *connection) reset(done func()) {
	bufs.Put(c.out)
	done()
	c.out.WriteString("hello")
}

func putByGoroutine(handle func([]byte)) {
	b := pool.Get().(*buf)
	go func() {
		defer pool.Put(b)
		handle(b.b)
	}()
}

type tallied struct {
	refs int
	data []byte
}

func (c *tallied) drop() {
	c.refs--
	if c.refs < 0 {
		panic("dropped too often")
	}
}

func (c *tallied) release() {
	if c.refs == 0 {
		tallies.Put(c)
	}
}

var tallies = sync.Pool{New: func() any { return new(tallied) }}

type parcel struct {
	data *tallied
	size int
}

// drained puts what each element of a queue has, another one in each turn.
func drained(q *dep.Ring[parcel]) {
	for !q.Empty() {
		p := q.Pop()
		p.data.drop()
		p.data.release()
	}
}
