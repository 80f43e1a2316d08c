package noexit

import (
	"context"
	"errors"
	"sync"
	"time"
)

// -- objects that a function makes, keeps to itself, and never stops --

type meter struct {
	in   chan int
	done chan struct{}
	once sync.Once
}

func newMeter() *meter { return &meter{in: make(chan int, 8), done: make(chan struct{})} }

func (m *meter) Start() { go m.loop() }

func (m *meter) loop() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	sum := 0
	for {
		select {
		case n := <-m.in:
			sum += n
		case <-t.C:
			sum = 0
		case <-m.done: // related `^it waits for m\.done here$`
			return
		}
	}
}

func (m *meter) Stop() { m.once.Do(func() { close(m.done) }) }

func measures(n int) int {
	m := newMeter()
	m.Start() // want `^this call starts a goroutine that never ends: nothing closes m\.done, or sends on it, by which it would end$`
	m.in <- n
	return n
}

func measuresAndStops(n int) int {
	m := newMeter()
	m.Start()
	defer m.Stop()
	m.in <- n
	return n
}

func measuresUntil(n int, quit func(func())) int {
	m := newMeter()
	m.Start()
	quit(m.Stop)
	return n
}

// givenMeter hands the meter on, to whom it is to stop it.
func givenMeter() *meter {
	m := newMeter()
	m.Start()
	return m
}

type engine struct{ m *meter }

func newEngine() *engine {
	e := &engine{m: newMeter()}
	e.m.Start()
	return e
}

func (e *engine) Close() { e.m.Stop() }

// A registry has what registers with it.
type registry struct{ meters []*meter2 }

type meter2 struct{ done chan struct{} }

func (r *registry) newMeter2() *meter2 {
	m := &meter2{done: make(chan struct{})}
	r.meters = append(r.meters, m)
	return m
}

func (m *meter2) loop() {
	for {
		select {
		case <-time.After(time.Second):
		case <-m.done:
			return
		}
	}
}

func (r *registry) measures() {
	m := r.newMeter2()
	go m.loop()
}

func (r *registry) close() {
	for _, m := range r.meters {
		close(m.done)
	}
}

// -- channels that a function makes and never closes --

func polls(d time.Duration, poll func()) {
	done := make(chan struct{})
	go func() { // want `^this goroutine never ends: nothing closes done, or sends on it, by which it would end$`
		for {
			select {
			case <-time.After(d):
				poll()
			case <-done: // related `^it waits for done here$`
				return
			}
		}
	}()
	time.Sleep(10 * d)
}

func pollsForAWhile(d time.Duration, poll func()) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-time.After(d):
				poll()
			case <-done:
				return
			}
		}
	}()
	time.Sleep(10 * d)
}

// pollsForEver does not return either.
func pollsForEver(d time.Duration, poll func()) {
	never := make(chan struct{})
	go func() {
		for {
			select {
			case <-time.After(d):
				poll()
			case <-never:
				return
			}
		}
	}()
	select {}
}

// -- objects with a context of their own --

type session struct {
	id     string
	ctx    context.Context
	cancel context.CancelFunc
	pings  int
}

func openSession(ctx context.Context, id string) (*session, error) {
	if id == "" {
		return nil, errors.New("no id")
	}
	s := &session{id: id}
	s.ctx, s.cancel = context.WithCancel(ctx)
	go s.keepAlive()
	return s, nil
}

func (s *session) keepAlive() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			s.pings++
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *session) Close() { s.cancel() }

func (s *session) do(q string) error {
	if q == s.id {
		return errors.New("no query")
	}
	return nil
}

func query(id, q string) error {
	s, err := openSession(context.Background(), id) // want `^this call starts a goroutine that ends with a context only, which is not cancelled at the return at line 207$`
	if err != nil {
		return err
	}
	if err := s.do(q); err != nil {
		return err // related `^this return leaves the goroutine behind$`
	}
	s.Close()
	return nil
}

func queryAndClose(id, q string) error {
	s, err := openSession(context.Background(), id)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.do(q)
}

// queryWithin leaves it to its caller to end the context.
func queryWithin(ctx context.Context, id, q string) error {
	s, err := openSession(ctx, id)
	if err != nil {
		return err
	}
	return s.do(q)
}

type pooled struct{ sessions []*session }

func (p *pooled) add(id string) error {
	s, err := openSession(context.Background(), id)
	if err != nil {
		return err
	}
	p.sessions = append(p.sessions, s)
	return nil
}

type transaction struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func begin(ctx context.Context) *transaction {
	ctx, cancel := context.WithCancel(ctx)
	tx := &transaction{ctx: ctx, cancel: cancel}
	go tx.awaitDone()
	return tx
}

func (tx *transaction) awaitDone() { <-tx.ctx.Done() }

func (tx *transaction) rollback() { tx.cancel() }

func begins() {
	begin(context.Background()) // want `^this call starts a goroutine that ends with a context only, which is not cancelled at the return at line 260$`
} // related `^this return leaves the goroutine behind$`

func rollsBack() {
	begin(context.Background()).rollback()
}

type gauge struct {
	once   sync.Once
	cancel func()
	done   chan struct{}
}

func startGauge() *gauge {
	ctx, cancel := context.WithCancel(context.Background())
	g := &gauge{cancel: cancel, done: make(chan struct{})}
	go g.run(ctx)
	return g
}

func (g *gauge) run(ctx context.Context) {
	defer close(g.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

func (g *gauge) stop() {
	g.once.Do(func() {
		g.cancel()
		<-g.done
	})
}

func restores(restore func() error) error {
	g := startGauge()
	err := restore()
	g.stop()
	return err
}

func restoresTwice(restore func() error) error {
	if err := restores(restore); err != nil {
		return err
	}
	return restores(restore)
}

type onceSession struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
}

func openOnce() *onceSession {
	s := &onceSession{}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	go s.wait()
	return s
}

func (s *onceSession) wait() { <-s.ctx.Done() }

func (s *onceSession) Close() { s.once.Do(s.cancel) }

func queriesOnce() {
	s := openOnce()
	s.Close()
}

type dialog struct {
	ctx    context.Context
	cancel context.CancelFunc
	open   bool
}

func openDialog() *dialog {
	d := &dialog{open: true}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	go d.wait()
	return d
}

func (d *dialog) wait() { <-d.ctx.Done() }

func (d *dialog) Close() {
	if d.open {
		d.open = false
		d.cancel()
	}
}

func talks() {
	d := openDialog()
	d.Close()
}
