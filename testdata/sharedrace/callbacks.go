package sharedrace

import (
	"context"
	"time"
)

// The goroutine asks a function for values, which it may do forever before anybody
// calls a method.
type sampler struct {
	probe   func() float64
	samples []float64
}

func newSampler(probe func() float64) *sampler {
	// races: newSampler(func() float64 { return 1 }).Count()
	s := &sampler{probe: probe}
	go s.run() // related `^the goroutine that has s\.samples starts here$`
	return s
}

func (s *sampler) run() {
	for {
		s.samples = append(s.samples, s.probe()) // want `^s\.samples is written by a goroutine that newSampler starts, and may be read at the same time at line \d+$`
	}
}

func (s *sampler) Count() int { return len(s.samples) } // related `^s\.samples is read here at the same time$`

// It calls a function only in the next turn, behind a wait.
type checker struct {
	ping    func(context.Context) error
	healthy bool
}

func newChecker(ctx context.Context, ping func(context.Context) error) *checker {
	// races: c := newChecker(context.Background(), func(context.Context) error { return nil }); time.Sleep(5 * time.Millisecond); c.Healthy()
	c := &checker{ping: ping}
	go c.watch(ctx) // related `^the goroutine that has c\.healthy starts here$`
	return c
}

func (c *checker) watch(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		err := c.ping(ctx)
		c.healthy = err == nil // want `^c\.healthy is written by a goroutine that newChecker starts, and may be read at the same time at line \d+$`
	}
}

func (c *checker) Healthy() bool { return c.healthy } // related `^c\.healthy is read here at the same time$`

// Likewise, behind a sleep.
type scheduler struct {
	task func()
	busy bool
}

func newScheduler(task func()) *scheduler {
	// races: s := newScheduler(func() {}); time.Sleep(5 * time.Millisecond); s.Busy()
	s := &scheduler{task: task}
	step := s.step
	go every(time.Second, step) // related `^the goroutine that has s\.busy starts here$`
	return s
}

func every(d time.Duration, f func()) {
	for {
		time.Sleep(d)
		f()
	}
}

func (s *scheduler) step() {
	s.task()
	s.busy = false // want `^s\.busy is written by a goroutine that newScheduler starts, and may be read at the same time at line \d+$`
}

func (s *scheduler) Busy() bool { return s.busy } // related `^s\.busy is read here at the same time$`

// It tells by a function what it has written, whether or not that may fail.
type notifier struct {
	in   chan int
	told func(int) error
	last int
}

func newNotifier(told func(int) error) *notifier {
	// ordered: c := make(chan bool); n := newNotifier(func(int) error { c <- true; return nil }); n.in <- 1; <-c; n.Last()
	n := &notifier{in: make(chan int), told: told}
	go n.run()
	return n
}

func (n *notifier) run() {
	for v := range n.in {
		n.last = v
		if n.told(v) != nil {
			return
		}
	}
}

func (n *notifier) Last() int { return n.last }

// The object in a field is known by its interface.
type store interface {
	put(k string, v int)
	get(k string) int
}

type memStore struct{ m map[string]int }

func (s *memStore) put(k string, v int) { s.m[k] = v } // want `^s\.m\[k\] is written by a goroutine that newUpdater starts, and may be read at the same time at line \d+$`

func (s *memStore) get(k string) int { return s.m[k] } // related `^s\.m\[k\] is read here at the same time$`

type updater struct{ st store }

func newUpdater() *updater {
	// races: newUpdater().Value("now")
	u := &updater{st: &memStore{m: map[string]int{}}}
	go u.refresh() // related `^the goroutine that has s\.m\[k\] starts here$`
	return u
}

func (u *updater) refresh() {
	for {
		u.st.put("now", time.Now().Second())
		time.Sleep(time.Second)
	}
}

func (u *updater) Value(k string) int { return u.st.get(k) }

// A loop that time drives counts its turns, and tells when it is over.
type monitor struct {
	beats int
	stop  chan bool
	done  chan bool
}

func newMonitor() *monitor {
	// races: m := newMonitor(); time.Sleep(5 * time.Millisecond); m.Beats()
	m := &monitor{stop: make(chan bool), done: make(chan bool)}
	go m.loop() // related `^the goroutine that has m\.beats starts here$`
	return m
}

func (m *monitor) loop() {
	defer close(m.done)
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			m.beats++ // want `^m\.beats is written by a goroutine that newMonitor starts, and may be read at the same time at line \d+$`
		case <-m.stop:
			return
		}
	}
}

func (m *monitor) Beats() int { return m.beats } // related `^m\.beats is read here at the same time$`

func (m *monitor) Close() {
	close(m.stop)
	<-m.done
}

// What a worker has summed up is there when it is over.
type adder struct {
	in   chan int
	sum  int
	done chan bool
}

func newAdder() *adder {
	// ordered: a := newAdder(); a.in <- 1; close(a.in); <-a.Done(); a.Sum()
	a := &adder{in: make(chan int), done: make(chan bool)}
	go a.loop()
	return a
}

func (a *adder) loop() {
	for n := range a.in {
		a.sum += n
	}
	close(a.done)
}

func (a *adder) Done() <-chan bool { return a.done }

func (a *adder) Sum() int { return a.sum }

// Of two things that a loop does one tells somebody.
type hub struct {
	members    map[chan string]bool
	register   chan chan string
	unregister chan chan string
}

func newHub() *hub {
	// races: h := newHub(); h.register <- make(chan string); time.Sleep(time.Millisecond); h.Broadcast("x")
	h := &hub{members: make(map[chan string]bool), register: make(chan chan string), unregister: make(chan chan string)}
	go h.run() // related `^the goroutine that has h\.members\[m\] starts here$`
	return h
}

func (h *hub) run() {
	for {
		select {
		case m := <-h.register:
			h.members[m] = true // want `^h\.members\[m\] is written by a goroutine that newHub starts, and may be read at the same time at line \d+$`
		case m := <-h.unregister:
			delete(h.members, m)
			close(m)
		}
	}
}

func (h *hub) Broadcast(s string) {
	for m := range h.members { // related `^h\.members is read here at the same time$`
		select {
		case m <- s:
		default:
		}
	}
}

// What the constructor makes for a field is known by its own type as well.
type limits struct{ depth int }

func (l *limits) SetDepth(n int) { l.depth = n } // want `^l\.depth is written while a goroutine that newWalker starts may be reading it at line \d+$`

type walker struct{ *limits }

func newWalker() *walker {
	// races: newWalker().SetDepth(1)
	w := &walker{limits: &limits{}}
	go w.walk() // related `^the goroutine that has w\.depth starts here$`
	return w
}

func (w *walker) walk() {
	for {
		time.Sleep(time.Duration(w.depth)) // related `^w\.depth is read here at the same time$`
	}
}
