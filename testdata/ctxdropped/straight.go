// Package ctxdropped has contexts that are not passed on.
package ctxdropped

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"fixture.example/ctxdropped/dep"
)

type store struct {
	c    *dep.Client
	once sync.Once
	ctx  context.Context
	stop context.CancelFunc
}

func straight(ctx context.Context, c *dep.Client) error {
	return c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
}

func passed(ctx context.Context, c *dep.Client) error { return c.Send(ctx, "a") }

func todo(ctx context.Context, c *dep.Client) error {
	return c.Send(context.TODO(), "a") // want `^context\.TODO\(\) is passed to c\.Send, though ctx is in scope$`
}

func byNil(ctx context.Context, c *dep.Client) error {
	return c.Send(nil, "a") // want `^a nil context is passed to c\.Send, though ctx is in scope$`
}

func branch(ctx context.Context, c *dep.Client, s string) error {
	if s == "" {
		return c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	}
	return c.Send(ctx, s)
}

func loop(ctx context.Context, c *dep.Client, list []string) error {
	for _, s := range list {
		if err := c.Send(context.Background(), s); err != nil { // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
			return err
		}
	}
	return nil
}

func variable(ctx context.Context, c *dep.Client) error {
	bg := context.Background() // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	return c.Send(bg, "a")
}

func overwritten(ctx context.Context, c *dep.Client) error {
	ctx = context.Background() // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	return c.Send(ctx, "a")
}

func defaulted(ctx context.Context, c *dep.Client) error {
	if ctx == nil {
		ctx = context.Background()
	}
	return c.Send(ctx, "a")
}

func chosen(ctx context.Context, c *dep.Client, detach bool) error {
	sending := ctx
	if detach {
		sending = context.Background()
	}
	return c.Send(sending, "a")
}

type key struct{}

func withValue(ctx context.Context, c *dep.Client) error {
	vctx := context.WithValue(context.Background(), key{}, 1) // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	return c.Send(vctx, "a")
}

func withValueAtOnce(ctx context.Context, c *dep.Client) error {
	return c.Send(context.WithValue(context.Background(), key{}, 1), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
}

func withCancel(ctx context.Context, c *dep.Client) error {
	sub, cancel := context.WithCancel(context.Background()) // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	defer cancel()
	return c.Send(sub, "a")
}

func replaced(ctx context.Context, c *dep.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	defer cancel()
	return c.Send(ctx, "a")
}

// detachedTimeout has a timeout of its own.
func detachedTimeout(ctx context.Context, c *dep.Client) error {
	if err := c.Send(ctx, "a"); err != nil {
		undo, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return c.Send(undo, "undo")
	}
	return nil
}

func detached(ctx context.Context, c *dep.Client) error {
	return c.Send(context.WithoutCancel(ctx), "a")
}

func explained(ctx context.Context, c *dep.Client) error {
	// The audit is to be written even if the request is cancelled.
	return c.Send(context.Background(), "audit")
}

func (s *store) method(ctx context.Context) error {
	return s.c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to s\.c\.Send, though ctx is in scope$`
}

func generic[T ~string](ctx context.Context, c *dep.Client, v T) error {
	return c.Send(context.Background(), string(v)) // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
}

func methodValue(ctx context.Context, c *dep.Client) error {
	send := c.Send
	return send(context.Background(), "a") // want `^context\.Background\(\) is passed to send, though ctx is in scope$`
}

func inClosure(ctx context.Context, c *dep.Client) error {
	send := func(s string) error {
		return c.Send(context.Background(), s) // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	}
	return send("a")
}

func inClosureAtOnce(ctx context.Context, c *dep.Client) error {
	return func() error {
		return c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	}()
}

func retry(n int, f func() error) (err error) {
	for range n {
		if err = f(); err == nil {
			return nil
		}
	}
	return err
}

func inRetry(ctx context.Context, c *dep.Client) error {
	return retry(3, func() error {
		return c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	})
}

func inGroup(ctx context.Context, c *dep.Client) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	})
	g.Go(func() error { return c.Send(ctx, "b") })
	return g.Wait()
}

// inGroupWithOther is to pass on gctx, for which there is no fix.
func inGroupWithOther(ctx context.Context, c *dep.Client) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	})
	g.Go(func() error { return c.Send(gctx, "b") })
	return g.Wait()
}

func rootOfGroup(ctx context.Context, c *dep.Client) error {
	g, gctx := errgroup.WithContext(context.Background()) // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	g.Go(func() error { return c.Send(gctx, "b") })
	return g.Wait()
}

func inWaited(ctx context.Context, c *dep.Client) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	}()
	wg.Wait()
}

func inReceived(ctx context.Context, c *dep.Client) error {
	errs := make(chan error, 1)
	go func() {
		errs <- c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	}()
	return <-errs
}

// inBackground outlives its caller.
func inBackground(ctx context.Context, c *dep.Client) {
	go func() {
		c.Send(context.Background(), "a")
	}()
	go c.Send(context.Background(), "b")
	time.AfterFunc(time.Second, func() { c.Send(context.Background(), "c") })
}

func (s *store) start(ctx context.Context) {
	s.ctx, s.stop = context.WithCancel(context.Background())
	run, cancel := context.WithCancel(context.Background())
	go s.c.Send(run, "run")
	s.stop = cancel
	s.ctx = context.Background()
}

func (s *store) initialised(ctx context.Context) error {
	s.once.Do(func() { s.c.Send(context.Background(), "init") })
	return s.c.Send(ctx, "a")
}

func (s *store) Close(ctx context.Context) error {
	return s.c.Send(context.Background(), "bye")
}

func deferred(ctx context.Context, c *dep.Client) error {
	defer c.Send(context.Background(), "end")
	defer func() { c.Send(context.Background(), "end") }()
	return c.Send(ctx, "a")
}

func shutsDown(ctx context.Context, c *dep.Client) error {
	<-ctx.Done()
	return c.Send(context.Background(), "bye")
}

func shutsDownInSelect(ctx context.Context, c *dep.Client, tick chan int) error {
	for {
		select {
		case <-tick:
		case <-ctx.Done():
			return c.Send(context.Background(), "bye")
		}
	}
}

func afterError(ctx context.Context, c *dep.Client) error {
	err := c.Send(ctx, "a")
	if ctx.Err() != nil {
		return c.Send(context.Background(), "undo")
	}
	return err
}

func shutdown(ctx context.Context, c *dep.Client) error {
	return c.Shutdown(context.Background())
}

func blank(_ context.Context, c *dep.Client) error { return c.Send(context.Background(), "a") }

func handler(w http.ResponseWriter, r *http.Request) {
	c := new(dep.Client)
	c.Send(context.Background(), r.URL.Path) // want `^context\.Background\(\) is passed to c\.Send, though r\.Context\(\) is in scope$`
}

func routes(c *dep.Client) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.Send(context.Background(), r.URL.Path) // want `^context\.Background\(\) is passed to c\.Send, though r\.Context\(\) is in scope$`
	})
}

func newRequest(ctx context.Context, url string) (*http.Request, error) {
	return http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil) // want `^context\.Background\(\) is passed to http\.NewRequestWithContext, though ctx is in scope$`
}

func callback(c *dep.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		return c.Send(context.Background(), "a") // want `^context\.Background\(\) is passed to c\.Send, though ctx is in scope$`
	}
}

func returned(ctx context.Context, c *dep.Client) func() error {
	return func() error { return c.Send(context.Background(), "a") }
}

func noContext(c *dep.Client) error { return c.Send(context.Background(), "a") }

func between(ctx, tx context.Context, c *dep.Client) error {
	if tx != nil {
		return c.Send(tx, "tx")
	}
	return c.Send(ctx, "a")
}

// withoutTransaction passes its context on, and none for what there is not.
func withoutTransaction(ctx context.Context, c *dep.Client) error { return between(ctx, nil, c) }
