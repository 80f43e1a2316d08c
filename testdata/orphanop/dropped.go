package orphanop

import "errors"

// -- requests that the default of a select statement drops --

type gateTask struct {
	run  func() error
	done chan error
}

type gate struct {
	tasks    chan *gateTask
	rejected int
}

func newGate() *gate {
	g := &gate{tasks: make(chan *gateTask, 8)}
	go g.work()
	return g
}

func (g *gate) work() {
	for t := range g.tasks {
		t.done <- t.run()
	}
}

func (g *gate) enqueue(t *gateTask) {
	select {
	case g.tasks <- t:
	default: // related `^here the request is dropped$`
		g.rejected++
	}
}

func (g *gate) do(run func() error) error {
	t := &gateTask{run: run, done: make(chan error, 1)}
	g.enqueue(t)
	return <-t.done // want `^this receive from t\.done blocks forever if the request is dropped at line \d+: nobody has it to answer then$`
}

func (g *gate) doInline(run func() error) error {
	done := make(chan error, 1)
	select {
	case g.tasks <- &gateTask{run, done}:
	default: // related `^here the request is dropped$`
		println("full")
	}
	return <-done // want `^this receive from done blocks forever if the request is dropped at line \d+: nobody has it to answer then$`
}

var errGateFull = errors.New("full")

// The caller is told.
func (g *gate) try(t *gateTask) bool {
	select {
	case g.tasks <- t:
		return true
	default:
		return false
	}
}

func (g *gate) doTry(run func() error) error {
	t := &gateTask{run: run, done: make(chan error, 1)}
	if !g.try(t) {
		return errGateFull
	}
	return <-t.done
}

// ... by an error.
func (g *gate) submit(t *gateTask) error {
	select {
	case g.tasks <- t:
		return nil
	default:
		return errGateFull
	}
}

func (g *gate) doSubmit(run func() error) error {
	t := &gateTask{run: run, done: make(chan error, 1)}
	if err := g.submit(t); err != nil {
		return err
	}
	return <-t.done
}

// The answer is given there.
func (g *gate) refuse(t *gateTask) {
	select {
	case g.tasks <- t:
	default:
		t.done <- errGateFull
	}
}

func (g *gate) doRefuse(run func() error) error {
	t := &gateTask{run: run, done: make(chan error, 1)}
	g.refuse(t)
	return <-t.done
}

// It is done at once.
func (g *gate) orRun(t *gateTask) {
	select {
	case g.tasks <- t:
	default:
		go func() { t.done <- t.run() }()
	}
}

func (g *gate) doOrRun(run func() error) error {
	t := &gateTask{run: run, done: make(chan error, 1)}
	g.orRun(t)
	return <-t.done
}

// It is put there in the end.
func (g *gate) untilTaken(t *gateTask) {
	for {
		select {
		case g.tasks <- t:
			return
		default:
			g.rejected++
		}
	}
}

func (g *gate) doUntilTaken(run func() error) error {
	t := &gateTask{run: run, done: make(chan error, 1)}
	g.untilTaken(t)
	return <-t.done
}

// The default returns.
func (g *gate) doOrReturn(run func() error) error {
	t := &gateTask{run: run, done: make(chan error, 1)}
	select {
	case g.tasks <- t:
	default:
		return errGateFull
	}
	return <-t.done
}

// -- answers that are dropped --

func sampleAll(nodes []string, read func(string) int) (sum int) {
	samples := make(chan int, 8)
	for _, n := range nodes {
		go func() {
			select {
			case samples <- read(n): // related `^the default of this select statement drops it$`
			default:
				println("dropped", n)
			}
		}()
	}
	for range nodes {
		sum += <-samples // want `^this receive from samples may block forever: what is sent at line \d+ is dropped if there is no room for it$`
	}
	return sum
}

func sampleOne(read func() int) int {
	sample := make(chan int)
	go func() {
		select {
		case sample <- read(): // related `^the default of this select statement drops it$`
		default:
		}
	}()
	return <-sample // want `^this receive from sample may block forever: what is sent at line \d+ is dropped if there is no room for it$`
}

// sampleRoomy has room for all.
func sampleRoomy(nodes []string, read func(string) int) (sum int) {
	samples := make(chan int, len(nodes))
	for _, n := range nodes {
		go func() {
			select {
			case samples <- read(n):
			default:
				println("dropped", n)
			}
		}()
	}
	for range nodes {
		sum += <-samples
	}
	return sum
}

// notifyOne has room for the one.
func notifyOne(read func() int) int {
	sample := make(chan int, 1)
	go func() {
		for {
			select {
			case sample <- read():
			default:
			}
		}
	}()
	return <-sample
}

// untilSampled sends again and again.
func untilSampled(read func() int) int {
	sample := make(chan int)
	go func() {
		for {
			select {
			case sample <- read():
				return
			default:
			}
		}
	}()
	return <-sample
}

// -- answers to requests that a default drops --

type flusher struct {
	flushes chan chan struct{}
	quit    chan struct{}
	sent    func()
}

func newFlusher(sent func()) *flusher {
	f := &flusher{flushes: make(chan chan struct{}), quit: make(chan struct{}), sent: sent}
	go f.loop()
	return f
}

func (f *flusher) loop() {
	for {
		select {
		case ack := <-f.flushes:
			f.sent()
			select {
			case ack <- struct{}{}: // related `^this is an answer$`
			default: // related `^here the request is not answered$`
			}
		case <-f.quit:
			return
		}
	}
}

func (f *flusher) flush() {
	ack := make(chan struct{})
	f.flushes <- ack
	<-ack // want `^this receive from ack may block forever: who answers drops the answer if nobody waits for it yet, at line \d+$`
}

func (f *flusher) close() { close(f.quit) }

// There is room for the answer.
type roomyFlusher struct {
	flushes chan chan struct{}
	quit    chan struct{}
}

func (f *roomyFlusher) loop() {
	for {
		select {
		case ack := <-f.flushes:
			select {
			case ack <- struct{}{}:
			default:
			}
		case <-f.quit:
			return
		}
	}
}

func newRoomyFlusher() *roomyFlusher {
	f := &roomyFlusher{flushes: make(chan chan struct{}), quit: make(chan struct{})}
	go f.loop()
	return f
}

func (f *roomyFlusher) flush() {
	ack := make(chan struct{}, 1)
	f.flushes <- ack
	<-ack
}

// An answer in the field of a request.
type sizeReq struct {
	key  string
	size chan int
}

type sizes struct {
	reqs chan *sizeReq
}

func (s *sizes) serve(known map[string]int) {
	for r := range s.reqs {
		select {
		case r.size <- known[r.key]: // related `^this is an answer$`
		default: // related `^here the request is not answered$`
		}
	}
}

func newSizes(known map[string]int) *sizes {
	s := &sizes{reqs: make(chan *sizeReq)}
	go s.serve(known)
	return s
}

func (s *sizes) of(key string) int {
	r := &sizeReq{key: key, size: make(chan int)}
	s.reqs <- r
	return <-r.size // want `^this receive from r\.size may block forever: who answers drops the answer if nobody waits for it yet, at line \d+$`
}

// It tries again.
type stubbornReq struct{ size chan int }

type stubborn struct{ reqs chan *stubbornReq }

func (p *stubborn) serve(rest func()) {
	for r := range p.reqs {
		for sent := false; !sent; {
			select {
			case r.size <- 1:
				sent = true
			default:
				rest()
			}
		}
	}
}

func newStubborn(rest func()) *stubborn {
	p := &stubborn{reqs: make(chan *stubbornReq)}
	go p.serve(rest)
	return p
}

func (p *stubborn) of() int {
	r := &stubbornReq{size: make(chan int)}
	p.reqs <- r
	return <-r.size
}
