// Package groups has idiomatic error groups.
package groups

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

func get(ctx context.Context, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// all has a result for each url.
func all(ctx context.Context, urls []string) ([]int, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	codes := make([]int, len(urls))
	for i, url := range urls {
		g.Go(func() (err error) {
			codes[i], err = get(ctx, url)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return codes, nil
}

// collect uses the group for its limit, and keeps the errors itself.
func collect(ctx context.Context, urls []string) error {
	var (
		g    errgroup.Group
		mu   sync.Mutex
		errs []error
	)
	g.SetLimit(4)
	for _, url := range urls {
		g.Go(func() error {
			if _, err := get(ctx, url); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
			return nil
		})
	}
	_ = g.Wait()
	return errors.Join(errs...)
}

// serve shuts the server down when ctx ends, with a context that has not.
func serve(ctx context.Context, ln net.Listener, srv *http.Server) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return srv.Serve(ln) })
	g.Go(func() error {
		<-gctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		return srv.Shutdown(stop)
	})
	if err := g.Wait(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// A service has a group for as long as it runs.
type service struct {
	g      *errgroup.Group
	cancel context.CancelFunc
}

func start(ctx context.Context, urls []string) *service {
	ctx, cancel := context.WithCancel(ctx)
	g, ctx := errgroup.WithContext(ctx)
	s := &service{g: g, cancel: cancel}
	for _, url := range urls {
		g.Go(func() error {
			_, err := get(ctx, url)
			return err
		})
	}
	return s
}

func (s *service) stop() error {
	s.cancel()
	return s.g.Wait()
}

// stages hands what one stage makes to the next.
func stages(ctx context.Context, urls []string) (total int, err error) {
	g, ctx := errgroup.WithContext(ctx)
	in, out := make(chan string), make(chan int)
	g.Go(func() error {
		defer close(in)
		for _, url := range urls {
			select {
			case in <- url:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	workers, wctx := errgroup.WithContext(ctx)
	for range 4 {
		workers.Go(func() error { return work(wctx, in, out) })
	}
	g.Go(func() error {
		defer close(out)
		return workers.Wait()
	})
	for n := range out {
		total += n
	}
	return total, g.Wait()
}

func work(ctx context.Context, in <-chan string, out chan<- int) error {
	for url := range in {
		n, err := get(ctx, url)
		if err != nil {
			return err
		}
		select {
		case out <- n:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// walk starts what it has a place for, and does the rest itself.
func walk(ctx context.Context, root string, list func(context.Context, string) ([]string, error)) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	var visit func(dir string) error
	visit = func(dir string) error {
		subs, err := list(ctx, dir)
		if err != nil {
			return err
		}
		for _, sub := range subs {
			if g.TryGo(func() error { return visit(sub) }) {
				continue
			}
			if err := visit(sub); err != nil {
				return err
			}
		}
		return nil
	}
	g.Go(func() error { return visit(root) })
	return g.Wait()
}
