package ctxfield

import (
	"context"
	"time"

	"fixture.example/ctxfield/dep"
)

// fetchParams are the parameters of one call.
type fetchParams struct {
	ctx     context.Context
	url     string
	retries int
}

func fetch(p fetchParams) error { return p.ctx.Err() }

func fetches(ctx context.Context) error {
	if err := dep.Open(&dep.Options{Context: ctx}); err != nil {
		return err
	}
	return fetch(fetchParams{ctx: ctx, url: "/", retries: 3})
}

// queryOptions are collected from functions, for one call.
type queryOptions struct {
	ctx   context.Context
	limit int
}

type queryOption func(*queryOptions)

func withContext(ctx context.Context) queryOption {
	return func(o *queryOptions) { o.ctx = ctx }
}

func query(opts ...queryOption) error {
	o := queryOptions{ctx: context.Background()}
	for _, opt := range opts {
		opt(&o)
	}
	return o.ctx.Err()
}

// serveOptions have a default for what is left out.
type serveOptions struct{ Context context.Context }

func (o *serveOptions) context() context.Context {
	if o != nil && o.Context != nil {
		return o.Context
	}
	return context.Background()
}

func serve(opts *serveOptions) error { return opts.context().Err() }

// sendRequest does more than to pass its context on.
type sendRequest struct {
	Ctx context.Context // want `^field Ctx of sendRequest holds a context$`
}

func (r *sendRequest) do() error { return r.Ctx.Err() }

func send(r *sendRequest) error { return r.do() }

// keptOptions are kept by what they are passed to.
type keptOptions struct {
	Ctx  context.Context // want `^field Ctx of keptOptions holds a context$`
	Name string
}

type keeper struct{ opts keptOptions }

func newKeeper(opts keptOptions) *keeper { return &keeper{opts: opts} }

// message carries the context of a call to the goroutine that performs it.
type message struct {
	ctx   context.Context
	key   string
	reply chan<- string
}

type actor struct{ mailbox chan *message }

func (a *actor) ask(ctx context.Context, key string) (string, error) {
	reply := make(chan string, 1)
	select {
	case a.mailbox <- &message{ctx, key, reply}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case answer := <-reply:
		return answer, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (a *actor) run() {
	for m := range a.mailbox {
		if m.ctx.Err() == nil {
			m.reply <- m.key
		}
	}
}

// queued is sent to a goroutine that keeps it.
type queued struct {
	ctx context.Context // want `^field ctx of queued holds a context$`
	id  int
}

type queue struct {
	in    chan queued
	items []queued
}

func (q *queue) put(ctx context.Context, id int) { q.in <- queued{ctx, id} }

func (q *queue) run() {
	for item := range q.in {
		q.items = append(q.items, item)
	}
}

// worker is handed to a function in the place of a receiver.
type worker struct {
	ctx context.Context // want `^field ctx of worker holds a context$`
}

func start(w *worker) { go work(w) }

func work(w *worker) { <-w.ctx.Done() }

// visitor is gone when visit returns.
type visitor struct {
	ctx   context.Context
	depth int
}

func visit(ctx context.Context) error { return (&visitor{ctx: ctx}).enter() }

func (v *visitor) enter() error { v.depth++; return v.ctx.Err() }

// watcher goes on when watch has returned.
type watcher struct {
	ctx context.Context // want `^field ctx of watcher holds a context$`
	n   int
}

func watch(ctx context.Context) {
	w := &watcher{ctx: ctx}
	go w.run()
}

func (w *watcher) run() { <-w.ctx.Done(); w.n++ }

// cached is found again by a later call.
type cached struct {
	ctx context.Context // want `^field ctx of cached holds a context$`
}

var latest any

func cache(ctx context.Context) error {
	c := &cached{ctx: ctx}
	latest = c
	return c.err()
}

func (c *cached) err() error { return c.ctx.Err() }

// detachedVisitor makes the context for itself.
type detachedVisitor struct {
	ctx context.Context // want `^field ctx of detachedVisitor holds a context$`
}

func visitDetached() error {
	v := detachedVisitor{ctx: context.Background()}
	return v.enter()
}

func (v *detachedVisitor) enter() error { return v.ctx.Err() }

// ticket is queued with the channel for its answer.
type ticket struct {
	ctx    context.Context
	answer chan int
}

func (t *ticket) late() bool { return t.ctx.Err() != nil }

// shared is waited for by many, though one has brought the context.
type shared struct {
	ctx  context.Context // want `^field ctx of shared holds a context$`
	done chan struct{}
}

func (s *shared) late() bool { return s.ctx.Err() != nil }

// poller has a channel for its answers, but a life of its own.
type poller struct {
	ctx     context.Context // want `^field ctx of poller holds a context$`
	answers chan int
}

func (p *poller) poll() { <-p.ctx.Done(); close(p.answers) }

// line has a queue, which those who use it are served from.
type line struct {
	ctx   context.Context // want `^field ctx of line holds a context$`
	queue chan int
}

func (l *line) Next() (int, error) {
	select {
	case n := <-l.queue:
		return n, nil
	case <-l.ctx.Done():
		return 0, l.ctx.Err()
	}
}

type desk struct {
	lines   map[string]*line
	tickets []*ticket
	dials   map[string]*shared
	pollers map[string]*poller
}

func (d *desk) enter(ctx context.Context, key string) int {
	t := &ticket{ctx, make(chan int)}
	d.tickets = append(d.tickets, t)
	if d.lines[key] == nil {
		d.lines[key] = &line{ctx: ctx, queue: make(chan int, 1)}
	}
	if d.dials[key] == nil {
		d.dials[key] = &shared{ctx: ctx, done: make(chan struct{})}
	}
	if d.pollers[key] == nil {
		d.pollers[key] = &poller{ctx: ctx, answers: make(chan int)}
		go d.pollers[key].poll()
	}
	return <-t.answer
}

// searchOptions gather what is needed here and there in one function.
type searchOptions struct {
	ctx   context.Context
	limit int
}

func search(ctx context.Context) error {
	o := searchOptions{ctx: ctx}
	if o.limit == 0 {
		o.limit = 10
	}
	return step(o.ctx)
}

// listener may be kept by the interface that it is passed as.
type listener struct {
	ctx context.Context // want `^field ctx of listener holds a context$`
}

func (l *listener) notify() error { return l.ctx.Err() }

func listen(ctx context.Context, add func(interface{ notify() error })) { add(&listener{ctx}) }

// unnamed structs are parameters, or rows of a table.
func unnamed(ctx context.Context) error {
	for _, step := range []struct {
		ctx context.Context
		run func(context.Context) error
	}{
		{ctx, step},
		{context.WithoutCancel(ctx), step},
	} {
		if err := step.run(step.ctx); err != nil {
			return err
		}
	}
	return render(struct {
		Ctx  context.Context
		Time time.Time
	}{ctx, time.Now()})
}

func step(ctx context.Context) error { return ctx.Err() }

func render(data any) error { _ = data; return nil }
