package stoppedactor

// -- requests in a queue --

type question struct {
	key    string
	answer chan int
}

type oracle struct {
	questions chan *question
	done      chan struct{}
}

func newOracle() *oracle {
	o := &oracle{questions: make(chan *question, 8), done: make(chan struct{})}
	go o.loop()
	return o
}

func (o *oracle) loop() {
	for {
		select {
		case q := <-o.questions:
			q.answer <- len(q.key)
		case <-o.done: // related `^here the loop that sends to q\.answer ends$`
			return
		}
	}
}

func (o *oracle) Ask(key string) int {
	q := &question{key, make(chan int, 1)}
	o.questions <- q
	return <-q.answer // want `^this receive from q\.answer blocks forever after the stop at line 26: nothing sends to it then$`
}

func (o *oracle) AskOrStop(key string) int {
	q := &question{key, make(chan int, 1)}
	select {
	case o.questions <- q:
	case <-o.done:
		return 0
	}
	select {
	case n := <-q.answer:
		return n
	case <-o.done:
		return 0
	}
}

func (o *oracle) Close() { close(o.done) }

// A drained oracle answers what is left in its queue.
type drained struct {
	questions chan *riddle
	done      chan struct{}
}

type riddle struct{ answer chan int }

func newDrained() *drained {
	d := &drained{make(chan *riddle, 8), make(chan struct{})}
	go d.loop()
	return d
}

func (d *drained) loop() {
	for {
		select {
		case r := <-d.questions:
			r.answer <- 1
		case <-d.done:
			for {
				select {
				case r := <-d.questions:
					r.answer <- 0
				default:
					return
				}
			}
		}
	}
}

func (d *drained) Ask() int {
	r := &riddle{make(chan int, 1)}
	d.questions <- r
	return <-r.answer
}

func (d *drained) Close() { close(d.done) }

// -- goroutines of the package's own --

type hub struct {
	joins, leaves chan *member
	quit          chan struct{}
}

type member struct{ name string }

func newHub() *hub {
	h := &hub{make(chan *member), make(chan *member), make(chan struct{})}
	go h.run()
	return h
}

func (h *hub) run() {
	members := make(map[*member]bool)
	for {
		select {
		case m := <-h.joins:
			members[m] = true
		case m := <-h.leaves:
			delete(members, m)
		case <-h.quit: // related `^here the loop that receives from h\.joins ends$`
			return
		}
	}
}

func (h *hub) Add(m *member) {
	go m.join(h)
	go m.leave(h)
}

func (h *hub) Quit() { close(h.quit) }

func (m *member) join(h *hub) {
	h.joins <- m // want `^this send on h\.joins blocks forever after the stop at line 118: nothing receives from it then$`
}

func (m *member) leave(h *hub) {
	select {
	case h.leaves <- m:
	case <-h.quit:
	}
}

// An executor closes what it is asked for when it is done.
type executor struct {
	queue chan execTask
	quit  chan struct{}
}

type execTask struct {
	f    func()
	done chan struct{}
}

func newExecutor() *executor {
	e := &executor{make(chan execTask, 16), make(chan struct{})}
	go e.loop()
	return e
}

func (e *executor) loop() {
	for {
		select {
		case t := <-e.queue:
			t.f()
			close(t.done)
		case <-e.quit: // related `^here the loop that sends to t\.done ends$`
			return
		}
	}
}

// Do looks whether there is an end only till the queue has its task.
func (e *executor) Do(f func()) bool {
	t := execTask{f, make(chan struct{})}
	select {
	case e.queue <- t:
	case <-e.quit:
		return false
	}
	<-t.done // want `^this receive from t\.done blocks forever after the stop at line \d+: nothing sends to it then$`
	return true
}

func (e *executor) Close() { close(e.quit) }

// A tally is asked for its sum at the end.
type tally struct {
	inc  chan int
	quit chan chan int
}

func newTally() *tally {
	c := &tally{make(chan int), make(chan chan int)}
	go c.run()
	return c
}

func (c *tally) run() {
	total := 0
	for {
		select {
		case d := <-c.inc:
			total += d
		case reply := <-c.quit:
			reply <- total
			return
		}
	}
}

func (c *tally) Inc(d int) { c.inc <- d }

// Finish must be called once, after every Inc.
func (c *tally) Finish() int {
	r := make(chan int)
	c.quit <- r
	return <-r
}
