package clean

import (
	"context"
	"errors"
	"io"
	"iter"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"testing"
	"time"
)

// callWithTimeout defers the call.
func callWithTimeout(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return call(ctx)
}

// callWithOptionalTimeout makes a context only if there is a timeout.
func callWithOptionalTimeout(ctx context.Context, timeout time.Duration, call func(context.Context) error) error {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	return call(ctx)
}

// callWithEither has one cancel function for either context.
func callWithEither(ctx context.Context, timeout time.Duration, call func(context.Context) error) error {
	var cancel context.CancelFunc
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout)
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	defer cancel()
	return call(ctx)
}

// callWithDefault calls a function that does nothing if there is no timeout.
func callWithDefault(ctx context.Context, timeout time.Duration, call func(context.Context) error) error {
	cancel := func() {}
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout)
	}
	err := call(ctx)
	cancel()
	return err
}

// callIfSet asks whether there is something to cancel.
func callIfSet(ctx context.Context, timeout time.Duration, call func(context.Context) error) error {
	var cancel context.CancelFunc
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout)
	}
	err := call(ctx)
	if cancel != nil {
		cancel()
	}
	return err
}

// callIfSame asks the same question twice.
func callIfSame(ctx context.Context, timeout time.Duration, call func(context.Context) error) error {
	var cancel context.CancelFunc
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout)
	}
	err := call(ctx)
	if timeout > 0 {
		cancel()
	}
	return err
}

// onEachPath calls it by hand, everywhere.
func onEachPath(ctx context.Context, events <-chan int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				cancel(nil)
				return nil
			}
			if e < 0 {
				cancel(errors.New("negative"))
				return context.Cause(ctx)
			}
		case <-ctx.Done():
			cancel(ctx.Err())
			return ctx.Err()
		}
	}
}

// retry makes a context each turn, and ends it in that turn.
func retry(ctx context.Context, call func(context.Context) error) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, time.Second)
		err := call(attempt)
		cancel()
		if err == nil {
			return nil
		}
		if errors.Is(err, context.Canceled) {
			return err
		}
	}
}

// retryInClosure defers within each turn.
func retryInClosure(ctx context.Context, call func(context.Context) error) error {
	for {
		err := func() error {
			attempt, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			return call(attempt)
		}()
		if err == nil {
			return nil
		}
	}
}

// replace ends the last turn's context when it has made the next.
func replace(ctx context.Context, updates <-chan int, start func(context.Context, int)) {
	var stop context.CancelFunc
	for u := range updates {
		next, cancel := context.WithCancel(ctx)
		start(next, u)
		if stop != nil {
			stop()
		}
		stop = cancel
	}
	if stop != nil {
		stop()
	}
}

// fewAttempts defers in a loop of three turns.
func fewAttempts(ctx context.Context, call func(context.Context) error) error {
	for range 3 {
		attempt, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if call(attempt) == nil {
			return nil
		}
	}
	return ctx.Err()
}

// withDeadline hands the function to its caller.
func withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Minute)
}

// named hands it over in a named result.
func named(ctx context.Context) (inner context.Context, cancel context.CancelFunc) {
	inner, cancel = withDeadline(ctx)
	return
}

// useNamed calls what named returns.
func useNamed(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := named(ctx)
	defer cancel()
	return call(ctx)
}

// withSignals returns a closure that calls it.
func withSignals(ctx context.Context) (context.Context, func()) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	ctx, cancel := context.WithCancel(ctx)
	return ctx, func() {
		stop()
		cancel()
	}
}

func useSignals(ctx context.Context, call func(context.Context) error) error {
	ctx, stop := withSignals(ctx)
	defer stop()
	return call(ctx)
}

// open returns a function to call only if it succeeds.
func open(ctx context.Context, url string) (context.Context, context.CancelFunc, error) {
	if url == "" {
		return nil, nil, errors.New("no address")
	}
	ctx, cancel := context.WithCancel(ctx)
	if err := ctx.Err(); err != nil {
		cancel()
		return nil, nil, err
	}
	return ctx, cancel, nil
}

// useOpen has nothing to call if open has failed.
func useOpen(ctx context.Context, url string) error {
	ctx, cancel, err := open(ctx, url)
	if err != nil {
		return err
	}
	defer cancel()
	return ctx.Err()
}

// A session calls its cancel function in Close.
type session struct {
	ctx    context.Context //concurrencyvet:ignore ctxfield what becomes of its cancel function matters here
	cancel context.CancelFunc
	done   chan struct{}
}

func newSession(ctx context.Context) *session {
	ctx, cancel := context.WithCancel(ctx)
	s := &session{ctx: ctx, cancel: cancel, done: make(chan struct{})}
	go s.run()
	return s
}

// dial gives up its session on failure only.
func dial(ctx context.Context, ping func(context.Context) error) (_ *session, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	if err := ping(ctx); err != nil {
		return nil, err
	}
	return &session{ctx: ctx, cancel: cancel, done: make(chan struct{})}, nil
}

func (s *session) run() {
	defer close(s.done)
	<-s.ctx.Done()
}

// Close ends the session.
func (s *session) Close() error {
	s.cancel()
	<-s.done
	return nil
}

// restart ends what runs before it starts anew.
func (s *session) restart(ctx context.Context) {
	if s.cancel != nil {
		s.cancel()
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
}

// A body ends its request when it is closed.
type body struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// fetch hands the cancel function over with the body.
func fetch(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	resp, err := client.Do(req.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &body{resp.Body, cancel}
	return resp, nil
}

// onGoroutine calls it elsewhere.
func onGoroutine(ctx context.Context, stop <-chan struct{}) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-stop:
		case <-ctx.Done():
		}
		cancel()
	}()
	return ctx
}

// merge ends when either does.
func merge(ctx, other context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(other, func() { cancel(context.Cause(other)) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// wakeOnDone lets the function run in any case.
func wakeOnDone(ctx context.Context, cond *sync.Cond) {
	context.AfterFunc(ctx, cond.Broadcast)
}

// endWith lets another context end it.
func endWith(ctx, other context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(other, cancel)
	return ctx
}

// sendOver lets the receiver call it.
func sendOver(ctx context.Context, cancels chan<- context.CancelFunc) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancels <- cancel
	return ctx
}

// finish calls what it is handed.
func finish(cancel context.CancelFunc, err *error) {
	if *err != nil {
		log.Print(*err)
	}
	cancel()
}

func handed(ctx context.Context, call func(context.Context) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer finish(cancel, &err)
	return call(ctx)
}

// startAll cancels what it has started, all of it.
func startAll(ctx context.Context, starts []func(context.Context) error) error {
	var cancels []context.CancelFunc
	defer func() {
		for _, cancel := range cancels {
			cancel()
		}
	}()
	for _, start := range starts {
		ctx, cancel := context.WithCancel(ctx)
		cancels = append(cancels, cancel)
		if err := start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// A registry has a cancel function for each job.
type registry struct {
	mu   sync.Mutex
	jobs map[string]context.CancelFunc
}

func (r *registry) add(ctx context.Context, id string) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.jobs[id] = cancel
	return ctx
}

func (r *registry) stop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel, ok := r.jobs[id]; ok {
		cancel()
		delete(r.jobs, id)
	}
}

// testContext ends with the test.
func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return ctx
}

// serveForever does not return.
func serveForever(ctx context.Context, requests <-chan func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	_ = cancel
	for {
		select {
		case r := <-requests:
			r(ctx)
		case <-time.After(time.Minute):
			log.Print("idle")
		}
	}
}

// mustPing ends the process when it fails.
func mustPing(ctx context.Context, ping func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if err := ping(ctx); err != nil {
		log.Fatal(err)
	}
	cancel()
}

// underParent derives from a context that ends with the function.
func underParent(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	child, _ := context.WithTimeout(ctx, time.Second)
	return call(child)
}

// pairs stops the iterator unless it has come to its end.
func pairs(seq iter.Seq[int], yield func(a, b int) bool) {
	next, stop := iter.Pull(seq)
	for {
		a, ok := next()
		if !ok {
			return
		}
		b, ok := next()
		if !ok {
			return
		}
		if !yield(a, b) {
			stop()
			return
		}
	}
}

// once calls it once, however often it is asked to.
func onceOnly(ctx context.Context, call func(context.Context, func())) {
	ctx, cancel := context.WithCancel(ctx)
	stop := sync.OnceFunc(cancel)
	defer stop()
	call(ctx, stop)
}

// A task holds a closure that ends it.
type task struct {
	abort func()
}

func newTask(ctx context.Context, run func(context.Context)) *task {
	ctx, cancel := context.WithCancel(ctx)
	t := &task{}
	t.abort = func() { cancel() }
	go run(ctx)
	return t
}

func (t *task) kill() { t.abort() }

// winner cancels in one arm; the other waits on.
func winner(ctx context.Context, results <-chan int, ticks <-chan time.Time) int {
	ctx, cancel := context.WithCancel(ctx)
	_ = ctx
	for {
		select {
		case r := <-results:
			cancel()
			return r
		case <-ticks:
		}
	}
}

// A request can be cancelled by its number, if it has one.
type request struct {
	id     int
	ctx    context.Context
	cancel context.CancelFunc
}

type inFlight struct {
	mu   sync.Mutex
	byID map[int]*request
}

func (f *inFlight) update(change func(byID map[int]*request)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f.byID)
}

func (f *inFlight) stop(id int) {
	f.update(func(byID map[int]*request) {
		if r := byID[id]; r != nil {
			r.cancel()
		}
	})
}

// accept leaves the request in flight if it was registered.
func (f *inFlight) accept(ctx context.Context, id int, handle func(*request) bool) {
	ctx, cancel := context.WithCancel(ctx)
	req := &request{id: id, ctx: ctx, cancel: cancel}
	f.update(func(byID map[int]*request) {
		if req.id > 0 {
			byID[req.id] = req
		}
	})
	if req.id > 0 && handle(req) {
		return
	}
	req.cancel()
}

// untilAnswered tries again when a try has timed out, and so ended by itself.
func untilAnswered(ctx context.Context, ask func(context.Context), answers <-chan int) int {
	for {
		try, cancel := context.WithTimeout(ctx, time.Second)
		ask(try)
		select {
		case <-try.Done():
		case a := <-answers:
			cancel()
			return a
		}
	}
}

// starter starts in one closure what it stops in another.
func starter(ctx context.Context, run func(context.Context)) (start, stop func()) {
	var cancel context.CancelFunc
	start = func() {
		ctx, cancel = context.WithCancel(ctx)
		go run(ctx)
	}
	stop = func() { cancel() }
	return start, stop
}

// do lets the response keep its context.
func do(ctx context.Context, client *http.Client, req *http.Request) (resp *http.Response, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	return client.Do(req.WithContext(ctx))
}

// An option sets up a session.
type option func(*session)

func withCancel(cancel context.CancelFunc) option {
	return func(s *session) { s.cancel = cancel }
}

func newWith(options ...option) *session {
	s := &session{done: make(chan struct{})}
	for _, o := range options {
		o(s)
	}
	return s
}

// optional hands it over within an option.
func optional(ctx context.Context) *session {
	_, cancel := context.WithCancel(ctx)
	return newWith(withCancel(cancel))
}

// An active dial is shared by all who dial the same peer.
type activeDial struct {
	users  int
	ended  <-chan struct{}
	cancel func()
}

type dials struct {
	mu   sync.Mutex
	byID map[string]*activeDial
}

func (d *dials) get(id string) *activeDial {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.byID[id]
	if !ok {
		ctx, cancel := context.WithCancel(context.Background())
		a = &activeDial{ended: ctx.Done(), cancel: cancel}
		d.byID[id] = a
	}
	a.users++
	return a
}

func (d *dials) use(id string) {
	a := d.get(id)
	d.mu.Lock()
	defer d.mu.Unlock()
	a.users--
	if a.users == 0 {
		a.cancel()
		delete(d.byID, id)
	}
}

// handshake has nothing to stop when its context is at its end.
func handshake(ctx context.Context, abort func()) (func() bool, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	stop := context.AfterFunc(ctx, abort)
	if err := ctx.Err(); err != nil {
		cancel()
		return nil, err
	}
	return func() bool {
		defer cancel()
		return stop()
	}, nil
}
