package errgroupmisuse

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"fixture.example/errgroupmisuse/dep"
)

func outer(ctx context.Context, urls []string) error {
	g, gctx := errgroup.WithContext(ctx) // related `^the context of g is made here$`
	for _, url := range urls {
		g.Go(func() error { return fetch(ctx, url) }) // want `^ctx is used in a function of g in place of gctx, which ends when another function fails$`
	}
	g.Go(func() error { return fetch(gctx, "") })
	return g.Wait()
}

func inner(ctx context.Context, urls []string) error {
	g, gctx := errgroup.WithContext(ctx)
	for _, url := range urls {
		g.Go(func() error { return fetch(gctx, url) })
	}
	return g.Wait()
}

func shadowed(ctx context.Context, urls []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, url := range urls {
		g.Go(func() error { return fetch(ctx, url) })
	}
	return g.Wait()
}

func outerTwice(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx) // related `^the context of g is made here$`
	g.Go(func() error {
		if err := fetch(ctx, url); err != nil { // want `^ctx is used in a function of g in place of gctx, which ends when another function fails$`
			return err
		}
		return fetch(ctx, url+"/")
	})
	_ = gctx
	return g.Wait()
}

func outerNamed(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx) // related `^the context of g is made here$`
	work := func() error {
		return fetch(ctx, url) // want `^ctx is used in a function of g in place of gctx, which ends when another function fails$`
	}
	g.Go(work)
	_ = gctx
	return g.Wait()
}

func outerByClosure(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx) // related `^the context of g is made here$`
	work := func() error {
		return fetch(ctx, url) // want `^ctx is used in a function of g in place of gctx, which ends when another function fails$`
	}
	g.Go(func() error { return work() })
	_ = gctx
	return g.Wait()
}

func worker(ctx context.Context, url string) func() error {
	return func() error { return fetch(ctx, url) }
}

func outerMade(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx) // related `^the context of g is made here$`
	g.Go(worker(ctx, url))               // want `^ctx is used in a function of g in place of gctx, which ends when another function fails$`
	g.Go(worker(gctx, url))
	return g.Wait()
}

func outerAncestor(parent context.Context, url string) error {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	g, gctx := errgroup.WithContext(ctx)             // related `^the context of g is made here$`
	g.Go(func() error { return fetch(parent, url) }) // want `^parent is used in a function of g in place of gctx, which ends when another function fails$`
	g.Go(func() error { return fetch(gctx, url) })
	return g.Wait()
}

func outerRequest(w http.ResponseWriter, r *http.Request) {
	g, gctx := errgroup.WithContext(r.Context())         // related `^the context of g is made here$`
	g.Go(func() error { return fetch(r.Context(), "") }) // want `^r\.Context\(\) is used in a function of g in place of gctx, which ends when another function fails$`
	g.Go(func() error { return fetch(gctx, "") })
	if err := g.Wait(); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

type service struct{ base func() context.Context }

func (s *service) with(ctx context.Context, g *errgroup.Group, url string) {
	g.Go(func() error { return fetch(ctx, url) })
}

func (s *service) deeper(ctx context.Context, g *errgroup.Group, url string) {
	s.with(ctx, g, url)
}

func (s *service) outerByHelper(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx) // related `^the context of g is made here$`
	s.deeper(ctx, g, url)                // want `^ctx is used in a function of g in place of gctx, which ends when another function fails$`
	s.with(gctx, g, url)
	return g.Wait()
}

func (s *service) outerByOtherPackage(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx) // related `^the context of g is made here$`
	dep.StartWith(ctx, g, url)           // want `^ctx is used in a function of g in place of gctx, which ends when another function fails$`
	dep.StartWith(gctx, g, url)
	return g.Wait()
}

func (s *service) innerByHelper(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx)
	s.deeper(gctx, g, url)
	return g.Wait()
}

func (s *service) outsideOfGroup(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(gctx, url) })
	if err := fetch(ctx, url); err != nil {
		return g.Wait()
	}
	return g.Wait()
}

// stops waits for the group to end, and then needs a context that has not.
func (s *service) stops(ctx context.Context, srv *http.Server) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(srv.ListenAndServe)
	g.Go(func() error {
		<-gctx.Done()
		return srv.Shutdown(ctx)
	})
	return g.Wait()
}

func (s *service) onlyLogs(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		slog.InfoContext(ctx, "fetch", "url", url, "by", ctx.Value("user"))
		return fetch(gctx, url)
	})
	return g.Wait()
}

func (s *service) detached(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(context.WithoutCancel(ctx), url) })
	g.Go(func() error { return fetch(gctx, url) })
	return g.Wait()
}

// noContext does not want its functions to be stopped by each other.
func (s *service) noContext(ctx context.Context, url string) error {
	g := new(errgroup.Group)
	g.Go(func() error { return fetch(ctx, url) })
	return g.Wait()
}

func (s *service) blank(ctx context.Context, url string) error {
	g, _ := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, url) })
	return g.Wait()
}

func (s *service) otherGroup(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx)
	var other errgroup.Group
	other.Go(func() error { return fetch(ctx, url) })
	g.Go(func() error { return fetch(gctx, url) })
	if err := other.Wait(); err != nil {
		return g.Wait()
	}
	return g.Wait()
}

func (s *service) derivedInside(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		ctx, cancel := context.WithTimeout(gctx, time.Second)
		defer cancel()
		return fetch(ctx, url)
	})
	return g.Wait()
}

func (s *service) derivedOutside(ctx context.Context, url string) error {
	g, gctx := errgroup.WithContext(ctx) // related `^the context of g is made here$`
	g.Go(func() error {
		ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^ctx is used in a function of g in place of gctx, which ends when another function fails$`
		defer cancel()
		return fetch(ctx, url)
	})
	g.Go(func() error { return fetch(gctx, url) })
	return g.Wait()
}
