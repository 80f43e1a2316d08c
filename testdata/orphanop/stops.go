package orphanop

import (
	"sync"
	"time"
)

// A janitor that is at work misses its stop.
type janitor struct {
	mu      sync.Mutex
	stop    chan struct{}
	stopped sync.WaitGroup
}

func newJanitor() *janitor {
	j := &janitor{stop: make(chan struct{})}
	j.stopped.Add(1)
	go j.run()
	return j
}

func (j *janitor) run() {
	defer j.stopped.Done()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			j.sweep()
		case <-j.stop: // related `^the loop receives this only when it waits here$`
			return
		}
	}
}

func (j *janitor) sweep() {
	j.mu.Lock()
	defer j.mu.Unlock()
	time.Sleep(time.Millisecond)
}

func (j *janitor) Stop() {
	select {
	case j.stop <- struct{}{}: // want `^this send is dropped if the loop that it is to end at line \d+ is at work: the loop goes on for ever then$`
	default:
	}
	j.stopped.Wait()
}

// With room for it, the stop waits for the loop.
type roomyJanitor struct{ stop chan struct{} }

func newRoomyJanitor(sweep func()) *roomyJanitor {
	j := &roomyJanitor{stop: make(chan struct{}, 1)}
	go j.run(sweep)
	return j
}

func (j *roomyJanitor) run(sweep func()) {
	for {
		select {
		case <-time.After(time.Second):
			sweep()
		case <-j.stop:
			return
		}
	}
}

func (j *roomyJanitor) Stop() {
	select {
	case j.stop <- struct{}{}:
	default:
	}
}

// Who is told that the loop is busy may come again.
type politeJanitor struct{ stop chan struct{} }

func newPoliteJanitor(sweep func()) *politeJanitor {
	j := &politeJanitor{stop: make(chan struct{})}
	go j.run(sweep)
	return j
}

func (j *politeJanitor) run(sweep func()) {
	for {
		select {
		case <-time.After(time.Second):
			sweep()
		case <-j.stop:
			return
		}
	}
}

func (j *politeJanitor) TryStop() bool {
	select {
	case j.stop <- struct{}{}:
		return true
	default:
		return false
	}
}

// A wake-up that is dropped ends nothing.
type wakened struct {
	wake chan struct{}
	quit chan struct{}
}

func newWakened(work func()) *wakened {
	w := &wakened{make(chan struct{}), make(chan struct{})}
	go w.run(work)
	return w
}

func (w *wakened) run(work func()) {
	for {
		select {
		case <-w.wake:
			work()
		case <-w.quit:
			return
		}
	}
}

func (w *wakened) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *wakened) Close() { close(w.quit) }

// Two loops, and one stop.
type duplex struct {
	out, in chan string
	stop    chan struct{}
	wg      sync.WaitGroup
}

func newDuplex(write func(string) error, read func() (string, bool)) *duplex {
	d := &duplex{out: make(chan string), in: make(chan string), stop: make(chan struct{})}
	d.wg.Add(2)
	go d.writeLoop(write)
	go d.readLoop(read)
	return d
}

func (d *duplex) writeLoop(write func(string) error) {
	defer d.wg.Done()
	for {
		select {
		case s := <-d.out:
			if err := write(s); err != nil {
				continue
			}
		case <-d.stop: // related `^one of those who wait for it$`
			return
		}
	}
}

func (d *duplex) readLoop(read func() (string, bool)) {
	defer d.wg.Done()
	defer close(d.in)
	for s, ok := read(); ok; s, ok = read() {
		select {
		case d.in <- s:
		case <-d.stop: // related `^another one who waits for it$`
			return
		}
	}
	<-d.stop
}

func (d *duplex) Close() {
	d.stop <- struct{}{} // want `^this is sent once, and the goroutines that receive it at line \d+ and line \d+ end only by one each$`
	d.wg.Wait()
}

// Workers of one pool, and one stop.
type stopPool struct {
	jobs chan func()
	stop chan struct{}
}

func (p *stopPool) start(n int) {
	for range n {
		go p.work()
	}
}

func newStopPool(n int) *stopPool {
	p := &stopPool{make(chan func()), make(chan struct{})}
	p.start(n)
	return p
}

func (p *stopPool) work() {
	for {
		select {
		case f := <-p.jobs:
			f()
		case <-p.stop: // related `^one of those who wait for it$`
			return
		}
	}
}

func (p *stopPool) Close() {
	p.stop <- struct{}{} // want `^this is sent once, and each of the goroutines that receive it at line \d+ ends only by one of its own$`
}

// Silent: one for each, either of two, each has a channel of its own, or another way out.

type eachPool struct {
	n    int
	jobs chan func()
	stop chan struct{}
}

func newEachPool(n int) *eachPool {
	p := &eachPool{n, make(chan func()), make(chan struct{})}
	for range n {
		go p.work()
	}
	return p
}

func (p *eachPool) work() {
	for {
		select {
		case f := <-p.jobs:
			f()
		case <-p.stop:
			return
		}
	}
}

func (p *eachPool) Close() {
	for range p.n {
		p.stop <- struct{}{}
	}
}

type eitherMode struct{ stop chan struct{} }

func newEitherMode(fast bool) *eitherMode {
	e := &eitherMode{make(chan struct{})}
	if fast {
		go e.fast()
	} else {
		go e.slow()
	}
	return e
}

func (e *eitherMode) fast() { <-e.stop }

func (e *eitherMode) slow() {
	time.Sleep(time.Second)
	<-e.stop
}

func (e *eitherMode) Close() { e.stop <- struct{}{} }

type ownStop struct{ stop chan struct{} }

func newOwnStop() *ownStop { return &ownStop{make(chan struct{})} }

func (o *ownStop) run()  { <-o.stop }
func (o *ownStop) Stop() { o.stop <- struct{}{} }

func manyOwn(n int) (all []*ownStop) {
	for range n {
		o := newOwnStop()
		go o.run()
		all = append(all, o)
	}
	return all
}

type otherWay struct {
	stop chan struct{}
	feed chan int
}

func newOtherWay(feed chan int) *otherWay {
	o := &otherWay{make(chan struct{}), feed}
	go o.first()
	go o.second()
	return o
}

func (o *otherWay) first() {
	for range o.feed {
	}
}

func (o *otherWay) second() { <-o.stop }

func (o *otherWay) Close() {
	o.stop <- struct{}{}
	close(o.feed)
}

// Each of the goroutines that a loop starts sends one.
func asManyStops(n int, use func(int)) {
	pub, done := make(chan int), make(chan struct{})
	for i := range n {
		go func() { pub <- i }()
	}
	for range n {
		go func() {
			use(<-pub)
			done <- struct{}{}
		}()
	}
	for range n {
		<-done
	}
}

// The caller stops one after the other.
type oneByOne struct {
	n    int
	stop chan struct{}
}

func newOneByOne(n int) *oneByOne {
	o := &oneByOne{n, make(chan struct{})}
	for range n {
		go o.work()
	}
	return o
}

func (o *oneByOne) work()    { <-o.stop }
func (o *oneByOne) stopOne() { o.stop <- struct{}{} }

func (o *oneByOne) Close() {
	for range o.n {
		o.stopOne()
	}
}

// -- one stop for several, each of which may fail before --

type loadRun struct {
	stop chan bool
	do   func() error
}

func newLoadRun(do func() error) *loadRun { return &loadRun{make(chan bool), do} }

func (l *loadRun) start() {
	for range 8 {
		go func() {
			for {
				if err := l.do(); err != nil {
					return
				}
				select {
				case <-l.stop: // related `^one of those who wait for it$`
					return
				default:
				}
			}
		}()
	}
}

func (l *loadRun) end() {
	l.stop <- true // want `^this is sent once, and each of the goroutines that receive it at line \d+ ends only by one of its own$`
}

// Each of them ends after some turns.
type shortRun struct {
	stop chan bool
	do   func() error
}

func newShortRun(do func() error) *shortRun { return &shortRun{make(chan bool, 1), do} }

func (l *shortRun) start() {
	for range 8 {
		go func() {
			for range 100 {
				l.do()
				select {
				case <-l.stop:
					return
				default:
				}
			}
		}()
	}
}

func (l *shortRun) end() { l.stop <- true }

// One token in a buffer is for one of two loops.
type twoLoops struct {
	in   chan int
	stop chan struct{}
	once sync.Once
	wg   sync.WaitGroup
}

func newTwoLoops() *twoLoops {
	t := &twoLoops{in: make(chan int), stop: make(chan struct{}, 1)}
	t.wg.Add(2)
	go t.read()
	go t.ping()
	return t
}

func (t *twoLoops) read() {
	defer t.wg.Done()
	for {
		select {
		case v := <-t.in:
			println(v)
		case <-t.stop: // related `^one of those who wait for it$`
			return
		}
	}
}

func (t *twoLoops) ping() {
	defer t.wg.Done()
	for {
		select {
		case v := <-t.in:
			println("ping", v)
		case <-t.stop: // related `^another one who waits for it$`
			return
		}
	}
}

func (t *twoLoops) close() {
	t.once.Do(func() {
		t.stop <- struct{}{} // want `^this is sent once, and the goroutines that receive it at line \d+ and line \d+ end only by one each$`
		t.wg.Wait()
	})
}
