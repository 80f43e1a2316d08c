package clean

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// broadcast drops what a slow subscriber cannot take.
func broadcast(subs []chan string, msg string) int {
	dropped := 0
	for _, sub := range subs {
		select {
		case sub <- msg:
		default:
			dropped++
		}
	}
	return dropped
}

// broadcastAll does so for each message that comes.
func broadcastAll(msgs <-chan string, subs map[int]chan string) {
	for msg := range msgs {
		for _, sub := range subs {
			select {
			case sub <- msg:
			default:
			}
		}
	}
}

// drain ends when the channel is empty.
func drain(ch <-chan int) (n int) {
	for {
		select {
		case <-ch:
			n++
		default:
			return n
		}
	}
}

// drainLabelled leaves the loop by its label.
func drainLabelled(ch <-chan int) (sum int) {
loop:
	for {
		select {
		case v := <-ch:
			sum += v
		default:
			break loop
		}
	}
	return sum
}

// copyUntilDone works between two looks at the context.
func copyUntilDone(ctx context.Context, w io.Writer, r io.Reader) error {
	buf := make([]byte, 1<<10)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		n, err := r.Read(buf)
		if err != nil {
			return err
		}
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
	}
}

// pollWithPause sleeps between two looks.
func pollWithPause(done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// pollHelperWithPause sleeps only if there was nothing.
func pollHelperWithPause(ch <-chan int, handle func(int)) {
	for {
		v, ok := takeIfAny(ch)
		if !ok {
			time.Sleep(time.Millisecond)
			continue
		}
		handle(v)
	}
}

func takeIfAny(ch <-chan int) (int, bool) {
	select {
	case v := <-ch:
		return v, true
	default:
		return 0, false
	}
}

// drainHelper ends when the helper has nothing more.
func drainHelper(ch <-chan int) (sum int) {
	for {
		v, ok := takeIfAny(ch)
		if !ok {
			return sum
		}
		sum += v
	}
}

// dropOldest makes room in a full channel.
func dropOldest(ch chan int, v int) {
	for {
		select {
		case ch <- v:
			return
		default:
		}
		select {
		case <-ch:
		default:
		}
	}
}

// dropOldestNested makes room in the default.
func dropOldestNested(ch chan int, v int) {
	for {
		select {
		case ch <- v:
			return
		default:
			select {
			case <-ch:
			default:
			}
		}
	}
}

// ring drops the oldest with two helpers.
type ring struct{ c chan int }

func (r *ring) tryPut(v int) bool {
	select {
	case r.c <- v:
		return true
	default:
		return false
	}
}

func (r *ring) discard() {
	select {
	case <-r.c:
	default:
	}
}

func (r *ring) put(v int) {
	for !r.tryPut(v) {
		r.discard()
	}
}

// prefersUrgent waits for either in the default.
func prefersUrgent(urgent, normal <-chan int, handle func(int)) {
	for {
		select {
		case v := <-urgent:
			handle(v)
		default:
			select {
			case v := <-urgent:
				handle(v)
			case v := <-normal:
				handle(v)
			}
		}
	}
}

// tryFewTimes gives up by itself.
func tryFewTimes(ch chan<- int, v int) bool {
	for range 3 {
		select {
		case ch <- v:
			return true
		default:
			runtime.Gosched()
		}
	}
	return false
}

// spinThenSleep spins for a short while only.
func spinThenSleep(ready <-chan struct{}) {
	for spins := 0; ; spins++ {
		select {
		case <-ready:
			return
		default:
		}
		if spins > 100 {
			time.Sleep(time.Microsecond)
		}
	}
}

// casUntilDone retries what others have overtaken.
func casUntilDone(done <-chan struct{}, n *atomic.Int64) bool {
	for {
		select {
		case <-done:
			return false
		default:
		}
		if old := n.Load(); n.CompareAndSwap(old, old*2+1) {
			return true
		}
	}
}

// primes computes between two looks.
func primes(done <-chan struct{}, found *[]int) {
	for n := 2; ; n++ {
		select {
		case <-done:
			return
		default:
		}
		prime := true
		for d := 2; d*d <= n; d++ {
			if n%d == 0 {
				prime = false
			}
		}
		if prime {
			*found = append(*found, n)
		}
	}
}

// sumRows may be stopped between two rows.
func sumRows(done <-chan struct{}, rows [][]int, each func(int)) {
	for i := 0; i < len(rows); i++ {
		select {
		case <-done:
			return
		default:
		}
		sum := 0
		for _, v := range rows[i] {
			sum += v
		}
		each(sum)
	}
}

// walkList follows a list, and may be stopped.
type link struct {
	val  int
	next *link
}

func walkList(done <-chan struct{}, l *link) (sum int) {
	for ; l != nil; l = l.next {
		select {
		case <-done:
			return sum
		default:
		}
		sum += l.val
	}
	return sum
}

// scanWords advances a position of its own in each turn.
type scanner struct {
	src []byte
	pos int
}

func (s *scanner) words(done <-chan struct{}) (n int) {
	for s.pos < len(s.src) {
		select {
		case <-done:
			return n
		default:
		}
		if s.src[s.pos] == ' ' {
			n++
		}
		s.pos++
	}
	return n
}

func (s *scanner) next() (byte, bool) {
	if s.pos == len(s.src) {
		return 0, false
	}
	b := s.src[s.pos]
	s.pos++
	return b, true
}

func (s *scanner) bytes(done <-chan struct{}) (n int) {
	for {
		select {
		case <-done:
			return n
		default:
		}
		if _, ok := s.next(); !ok {
			return n
		}
		n++
	}
}

// stress holds a lock again and again, which is its purpose.
func stress(done <-chan struct{}, mu *sync.Mutex, n *int) {
	for {
		select {
		case <-done:
			return
		default:
			mu.Lock()
			*n++
			mu.Unlock()
		}
	}
}

// tick waits for the ticker in each turn.
func tick(t *time.Ticker, work <-chan int, handle func(int)) {
	for range t.C {
		select {
		case v := <-work:
			handle(v)
		default:
		}
	}
}

// pumpLines reads a line in each turn.
func pumpLines(buf *bytes.Buffer, out chan<- string) {
	for {
		line, err := buf.ReadString('\n')
		if err != nil {
			return
		}
		select {
		case out <- line:
		default:
		}
	}
}

// onceThenWait looks first, and waits in the second turn.
func onceThenWait(ch <-chan int, warn func()) int {
	warned := false
	for {
		if !warned {
			select {
			case v := <-ch:
				return v
			default:
				warned = true
				continue
			}
		}
		warn()
		return <-ch
	}
}

// pacedBatches pauses in an inner loop, between two looks.
func pacedBatches(ctx context.Context, n int) {
	for {
		for i := 0; i < n; i++ {
			time.Sleep(time.Millisecond)
		}
		for range n {
			time.Sleep(time.Millisecond)
		}
		select {
		case <-ctx.Done():
			return
		default:
		}
	}
}

// store refuses to work once it is closed.
type store struct {
	closed atomic.Bool
	mu     sync.Mutex
	data   map[string]int
}

var errClosed = errors.New("closed")

func (s *store) update(f func(map[string]int)) error {
	if s.closed.Load() {
		return errClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.data)
	return nil
}

// hammer ends when the store is closed.
func hammer(done <-chan struct{}, s *store) {
	for {
		select {
		case <-done:
			return
		default:
		}
		if err := s.update(func(m map[string]int) { m["x"]++ }); err != nil {
			return
		}
	}
}

// machine does something else in each of its states.
type machine struct {
	state atomic.Int32
	done  chan struct{}
	in    chan int
}

func (m *machine) run() {
	for {
		select {
		case <-m.done:
			return
		default:
		}
		switch m.state.Load() {
		case 0:
			<-m.in
		case 1:
			time.Sleep(time.Second)
		}
	}
}

// publisher may fail to publish, and wakes up a flusher if it does not.
type publisher struct {
	buf    []string
	broken bool
	kick   chan struct{}
	sink   func(string)
}

func (p *publisher) publish(msg string) error {
	if p.broken {
		return errClosed
	}
	p.sink(msg)
	select {
	case p.kick <- struct{}{}:
	default:
	}
	return nil
}

func (p *publisher) flush() {
	if len(p.buf) == 0 {
		return
	}
	for _, msg := range p.buf {
		p.sink(msg)
	}
	p.buf = nil
}

// flood does not care for errors.
func flood(p *publisher, done <-chan struct{}) {
	for {
		_ = p.publish("hello")
		select {
		case <-done:
			return
		default:
		}
	}
}

func flushOften(p *publisher, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
			p.flush()
		}
	}
}

// fetchOften calls another package, which may fail early.
func fetchOften(url string, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
			if resp, err := http.Get(url); err == nil {
				_ = resp.Body.Close()
			}
		}
	}
}
