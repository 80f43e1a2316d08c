package contexts

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"sync"
)

// -- method objects: gone when the call returns that made them --

// A copying is one call of copyTree, spread over methods.
type copying struct {
	ctx   context.Context
	from  func(context.Context, string) []string
	names []string
	size  int
}

func copyTree(ctx context.Context, root string, from func(context.Context, string) []string) (int, error) {
	c := &copying{ctx: ctx, from: from}
	if err := c.visit(root); err != nil {
		return 0, err
	}
	return c.size, nil
}

func (c *copying) visit(name string) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	c.size++
	for _, child := range c.from(c.ctx, name) {
		if err := visitChild(c, child); err != nil {
			return err
		}
	}
	return nil
}

func visitChild(c *copying, name string) error { return c.visit(name) }

// A listing waits for what it has started.
type listing struct {
	ctx  context.Context
	seen map[string]bool
}

func list(opts *listOptions, names []string) (int, error) {
	ctx := opts.Context
	if ctx == nil {
		ctx = context.Background()
	}
	l := newListing(ctx)
	errs := make(chan error)
	go func() { errs <- l.read(names) }()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		<-l.ctx.Done()
	}()
	err := <-errs
	wg.Wait()
	return len(l.seen), err
}

func newListing(ctx context.Context) *listing {
	return &listing{ctx: ctx, seen: make(map[string]bool)}
}

func (l *listing) read(names []string) error {
	for _, name := range names {
		l.seen[name] = true
	}
	return l.ctx.Err()
}

// -- options of one call, kept for that call --

type listOptions struct {
	Context context.Context
	Limit   int
}

type lister struct {
	listOptions
	opts *listOptions
	left int
}

// List keeps its options in a struct of its own.
func List(opts *listOptions, names []string) (int, error) {
	l := newLister(opts)
	return l.list(names)
}

func newLister(opts *listOptions) *lister {
	l := &lister{opts: opts}
	if opts != nil {
		l.listOptions = *opts
	}
	l.left = l.Limit
	return l
}

func (l *lister) list(names []string) (int, error) {
	return list(&l.listOptions, names[:min(l.left, len(names))])
}

// -- records of requests --

// A job is queued until the pool has room for it, and answered once.
type job struct {
	ctx    context.Context
	number int
	answer chan int
}

func (j *job) dead() bool { return j.ctx.Err() != nil }

// An entry is a request that is being served, and can be cancelled.
type entry struct {
	number int
	ctx    context.Context
	cancel context.CancelCauseFunc
}

type pool struct {
	mu      sync.Mutex
	room    int
	waiting []*job
	serving map[int]*entry
}

func (p *pool) do(ctx context.Context, number int) (int, error) {
	ctx = context.WithoutCancel(ctx)
	j := &job{ctx: ctx, number: number, answer: make(chan int, 1)}
	p.mu.Lock()
	if p.room == 0 {
		p.waiting = append(p.waiting, j)
	} else {
		p.room--
		go p.run(j)
	}
	p.mu.Unlock()
	select {
	case n := <-j.answer:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (p *pool) run(j *job) {
	if !j.dead() {
		j.answer <- j.number
	}
}

func (p *pool) serve(ctx context.Context, number int, handle func(context.Context)) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p.mu.Lock()
	p.serving[number] = &entry{number: number, ctx: ctx, cancel: cancel}
	p.mu.Unlock()
	handle(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.serving, number)
}

func (p *pool) cancel(number int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.serving[number]; e != nil {
		e.cancel(context.Canceled)
	}
}

// -- contexts with something more --

// A Scope is a context, passed as one, that knows where it belongs.
type Scope struct {
	context.Context
	path string
}

// Sub returns the scope of a part.
func (s Scope) Sub(name string) Scope { return Scope{s.Context, s.path + "/" + name} }

// A Trace is a context for being passed as one.
type Trace struct {
	context.Context
	steps int
}

func follow(ctx context.Context, search *search, url string) error {
	resp, err := search.find(&Trace{Context: ctx, steps: 1}, url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// argumentsOfOneCall bundles what it needs in a struct without a name, which
// is gone when it returns.
func argumentsOfOneCall(ctx context.Context, n int) error {
	args := struct {
		ctx context.Context
		n   int
	}{ctx, n}
	for range args.n {
		if err := args.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// fetch makes the request without its context, and hands both to what brings them together.
func fetch(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return do(ctx, client, req)
}

func do(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	return client.Do(req.WithContext(ctx))
}

// runTool ends the process by an interrupt.
func runTool(ctx context.Context, args ...string) error {
	cmd := exec.Command("tool", args...)
	cmd.Stdout = os.Stdout
	return runInterruptibly(ctx, cmd)
}

func runInterruptibly(ctx context.Context, cmd *exec.Cmd) error {
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	done := make(chan error, 1)
	go func() { done <- cmd.Run() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		_ = cmd.Process.Signal(os.Interrupt)
		return <-done
	}
}
