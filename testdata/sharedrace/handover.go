package sharedrace

import (
	"bytes"
	"io"
	"slices"
	"sync/atomic"
)

func consume(ch <-chan []byte) {
	for b := range ch { // related `^the receiver gets it here$`
		use(len(b), b[0])
	}
}

func consumeInts(ch <-chan []int) {
	for b := range ch { // related `^the receiver gets it here$`
		use(len(b), b[0])
	}
}

func consumeEvents(ch <-chan *event) {
	for ev := range ch { // related `^the receiver gets it here$`
		use(ev.n)
	}
}

func reusedBuffer(r io.Reader) {
	ch := make(chan []byte, 4)
	go consume(ch)
	buf := make([]byte, 1024)
	for {
		n, err := r.Read(buf) // want `^buf is written again after it was sent on ch at line \d+, and the receiver may still be reading it$`
		if err != nil {
			break
		}
		ch <- buf[:n] // related `^it is handed over here$`
	}
	close(ch)
}

func freshBuffer(r io.Reader) {
	ch := make(chan []byte, 4)
	go consume(ch)
	for {
		buf := make([]byte, 1024)
		n, err := r.Read(buf)
		if err != nil {
			break
		}
		ch <- buf[:n]
	}
	close(ch)
}

func clonedBuffer(r io.Reader) {
	ch := make(chan []byte, 4)
	go consume(ch)
	buf := make([]byte, 1024)
	for {
		n, err := r.Read(buf)
		if err != nil {
			break
		}
		ch <- bytes.Clone(buf[:n])
	}
	close(ch)
}

func batches(in []int) {
	ch := make(chan []int)
	go consumeInts(ch)
	var batch []int
	for _, n := range in {
		batch = append(batch, n)
		if len(batch) == 10 {
			ch <- batch       // related `^it is handed over here$`
			batch = batch[:0] // want `^batch is written again after it was sent on ch at line \d+, and the receiver may still be reading it$`
		}
	}
}

type event struct {
	n    int
	data []byte
}

func sameEvent() {
	ch := make(chan *event)
	go consumeEvents(ch)
	ev := &event{}
	for i := range 10 {
		ev.n = i // want `^ev\.n is written again after it was sent on ch at line \d+, and the receiver may still be reading it$`
		ch <- ev // related `^it is handed over here$`
	}
}

func inMessage(r io.Reader) {
	ch := make(chan event)
	go func() {
		for ev := range ch { // related `^the receiver gets it here$`
			use(ev.data)
		}
	}()
	buf := make([]byte, 10)
	for {
		n, _ := r.Read(buf)     // want `^buf is written again after it was sent on ch at line \d+, and the receiver may still be reading it$`
		ch <- event{n, buf[:n]} // related `^it is handed over here$`
	}
}

func counts(words []string) {
	ch := make(chan map[string]int)
	go func() {
		for m := range ch { // related `^the receiver gets it here$`
			use(len(m))
		}
	}()
	m := make(map[string]int)
	for _, w := range words {
		m[w]++  // want `^m\[w\] is written again after it was sent on ch at line \d+, and the receiver may still be reading it$`
		ch <- m // related `^it is handed over here$`
	}
}

func use(...any) {}

func acknowledged(ack chan bool, ch chan *event) {
	ev := &event{}
	for i := range 10 {
		ev.n = i
		ch <- ev
		<-ack
	}
}

func startAcknowledged() {
	ack, ch := make(chan bool), make(chan *event)
	go func() {
		for ev := range ch {
			use(ev.n)
			ack <- true
		}
	}()
	acknowledged(ack, ch)
}

// A free list brings the buffers back.
func recycled(r io.Reader) {
	full, free := make(chan []byte, 2), make(chan []byte, 2)
	free <- make([]byte, 10)
	free <- make([]byte, 10)
	go func() {
		for b := range full {
			use(b[0])
			free <- b
		}
	}()
	for buf := range free {
		n, _ := r.Read(buf)
		full <- buf[:n]
	}
}

func sentLast(ch chan *event) {
	ev := &event{}
	ev.n = 1
	ev.data = nil
	ch <- ev
}

func sendsCopy(ch chan event) {
	ev := event{}
	for i := range 10 {
		ev.n = i
		ch <- ev
	}
}

func sentThenSet() {
	ch := make(chan *event, 1)
	go func() {
		ev := <-ch // related `^the receiver gets it here$`
		use(ev.n)
	}()
	ev := &event{}
	ch <- ev // related `^it is handed over here$`
	ev.n = 1 // want `^ev\.n is written again after it was sent on ch at line \d+, and the receiver may still be reading it$`
}

func replaced(in []int) {
	ch := make(chan []int)
	go func() {
		for b := range ch {
			use(b)
		}
	}()
	var batch []int
	for _, n := range in {
		batch = append(batch, n)
		if len(batch) == 10 {
			ch <- batch
			batch = nil
		}
	}
}

// What only the function itself gets back later is a queue.
func queue() {
	q := make(chan *event, 10)
	ev := &event{}
	q <- ev
	ev.n = 1
	use(<-q)
}

type source struct {
	out chan map[string]int
	buf []int
	ch  chan []int
}

func (s *source) produce(words []string) {
	m := make(map[string]int)
	for _, w := range words {
		m[w]++     // want `^m\[w\] is written again after it was sent on s\.out at line \d+, and the receiver may still be reading it$`
		s.out <- m // related `^it is handed over here$`
	}
}

func (s *source) start() {
	go s.drain()
	go func() {
		for b := range s.ch { // related `^the receiver gets it here$`
			use(b)
		}
	}()
}

func (s *source) drain() {
	for m := range s.out { // related `^the receiver gets it here$`
		use(m)
	}
}

func (s *source) flush() {
	s.ch <- s.buf     // related `^it is handed over here$`
	s.buf = s.buf[:0] // want `^s\.buf is written again after it was sent on s\.ch at line \d+, and the receiver may still be reading it$`
}

func (s *source) flushCopy() {
	s.ch <- append([]int(nil), s.buf...)
	s.buf = s.buf[:0]
}

// -- what a goroutine was given --

func sum(ns []int) (n int) {
	for _, m := range ns {
		n += m
	}
	return n
}

func sumInto(total *atomic.Int64, ns []int) { total.Add(int64(sum(ns))) }

func lentBatches(in <-chan int, total *atomic.Int64) {
	batch := make([]int, 0, 10)
	for n := range in {
		if batch = append(batch, n); len(batch) < cap(batch) {
			continue
		}
		go sumInto(total, batch) // related `^the goroutine starts here$`
		batch = batch[:0]        // want `^batch is written again after a goroutine was given it at line \d+, and that may still be reading it$`
	}
}

func ownBatches(in <-chan int, total *atomic.Int64) {
	batch := make([]int, 0, 10)
	for n := range in {
		if batch = append(batch, n); len(batch) < cap(batch) {
			continue
		}
		go sumInto(total, batch)
		batch = make([]int, 0, 10)
	}
}

func copiedBatches(in <-chan int, total *atomic.Int64) {
	batch := make([]int, 0, 10)
	for n := range in {
		if batch = append(batch, n); len(batch) < cap(batch) {
			continue
		}
		go sumInto(total, slices.Clone(batch))
		batch = batch[:0]
	}
}

func awaitedBatches(in <-chan int, total *atomic.Int64) {
	batch := make([]int, 0, 10)
	done := make(chan struct{})
	for n := range in {
		if batch = append(batch, n); len(batch) < cap(batch) {
			continue
		}
		go func(ns []int) {
			sumInto(total, ns)
			done <- struct{}{}
		}(batch)
		<-done
		batch = batch[:0]
	}
}

// What is given is the length alone.
func countedBatches(in <-chan int, counts chan int) {
	batch := make([]int, 0, 10)
	for n := range in {
		batch = append(batch, n)
		go func(ns []int) { counts <- len(ns) }(batch)
		batch = batch[:0]
	}
}

// A variable that a literal has captured holds another buffer once that is sent.
type outbox struct {
	n    int
	data []byte
}

func (o *outbox) add(b byte) {
	o.data = append(o.data, b)
	o.n++
}

func fillOutboxes(in []byte, ch chan *outbox) {
	go func() {
		for o := range ch {
			use(o.data)
		}
	}()
	out := &outbox{}
	send := func() {
		ch <- out
		out = &outbox{}
	}
	for _, b := range in {
		if out.add(b); out.n > 10 {
			send()
		}
	}
	send()
}
