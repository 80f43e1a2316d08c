package errgroupmisuse

import (
	"context"
	"log"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"fixture.example/errgroupmisuse/dep"
)

func dropped(ctx context.Context, url string) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, url) }) // related `^this function of g may fail$`
	g.Wait()                                      // want `^the error of g\.Wait is dropped$`
}

func droppedByBlank(ctx context.Context, url string) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(check)  // related `^this function of g may fail$`
	_ = g.Wait() // want `^the error of g\.Wait is dropped$`
}

func droppedDeferred(ctx context.Context, url string) {
	var g errgroup.Group
	defer g.Wait() // want `^the error of g\.Wait is dropped$`
	g.Go(check)    // related `^this function of g may fail$`
}

func droppedByGo(ctx context.Context, url string) {
	var g errgroup.Group
	g.Go(check) // related `^this function of g may fail$`
	go g.Wait() // want `^the error of g\.Wait is dropped$`
}

func droppedInGoroutine(url string, out chan int) {
	var g errgroup.Group
	g.Go(check) // related `^this function of g may fail$`
	go func() {
		g.Wait() // want `^the error of g\.Wait is dropped$`
		close(out)
	}()
}

// neverFails uses the group for its limit.
func neverFails(urls []string, n *atomic.Int64) {
	var g errgroup.Group
	g.SetLimit(2)
	for range urls {
		g.Go(func() error {
			n.Add(1)
			return nil
		})
	}
	g.Wait()
}

func never() error { return nil }

func neverFailsByName() {
	var g errgroup.Group
	g.Go(never)
	_ = g.Wait()
}

func neverFailsByCall() {
	var g errgroup.Group
	g.Go(func() error { return never() })
	_ = g.Wait()
}

// logged has told of the errors already.
func logged(ctx context.Context, url string) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := fetch(ctx, url); err != nil {
			log.Print(err)
			return err
		}
		return nil
	})
	_ = g.Wait()
}

// safetyNet waits on the early return, and looks at the error on the other.
func safetyNet(ctx context.Context, url string) error {
	g, ctx := errgroup.WithContext(ctx)
	defer g.Wait()
	g.Go(func() error { return fetch(ctx, url) })
	if url == "" {
		return check()
	}
	return g.Wait()
}

func drop(g *errgroup.Group) {
	g.Wait() // want `^the error of g\.Wait is dropped$`
}

func droppedByHelper() {
	var g errgroup.Group
	g.Go(check) // related `^this function of g may fail$`
	drop(&g)
}

func (c *crawler) failing() {
	c.second.Go(check) // related `^this function of c\.second may fail$`
}

func (c *crawler) close() {
	c.second.Wait() // want `^the error of c\.second\.Wait is dropped$`
}

func (c *crawler) quietly() {
	c.third.Go(never)
}

func (c *crawler) closeQuietly() {
	c.third.Wait()
}

func ignoredTry(url string) error {
	var g errgroup.Group
	g.SetLimit(1)
	g.TryGo(check) // want `^the result of g\.TryGo is ignored: if the limit is reached, the function does not run$`
	return g.Wait()
}

func ignoredTryByBlank(g *errgroup.Group) {
	_ = g.TryGo(check) // want `^the result of g\.TryGo is ignored: if the limit is reached, the function does not run$`
}

func ignoredTryEmbedded(p *dep.Pool) {
	p.TryGo(check) // want `^the result of p\.TryGo is ignored: if the limit is reached, the function does not run$`
}

func ignoredTryDeferred(p *dep.Pool) {
	defer p.TryGo(check) // want `^the result of p\.TryGo is ignored: if the limit is reached, the function does not run$`
}

func tried(p *dep.Pool) {
	if !p.TryGo(check) {
		log.Print("busy")
	}
}

func ignoredByCaller(p *dep.Pool) {
	triedForCaller(p) // want `^the result of triedForCaller is ignored: if the limit is reached, the function does not run$`
}

func joinDropped(url string) {
	var g errgroup.Group
	g.Go(check) // related `^this function of g may fail$`
	join(&g)    // want `^the error of the group, which join returns, is dropped$`
}

func joinDroppedOtherPackage(url string) {
	var g errgroup.Group
	g.Go(check)  // related `^this function of g may fail$`
	dep.Join(&g) // want `^the error of the group, which dep\.Join returns, is dropped$`
}

func deepJoin(g *errgroup.Group) error { return join(g) }

func joinDroppedDeeper(url string) {
	var g errgroup.Group
	startDeeper(&g, url) // related `^this function of g may fail$`
	_ = deepJoin(&g)     // want `^the error of the group, which deepJoin returns, is dropped$`
}

// abandons has an error to return already.
func abandons(ctx context.Context, url string) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, url) })
	if err := check(); err != nil {
		_ = g.Wait()
		return err
	}
	return g.Wait()
}

func triedForCaller(p *dep.Pool) bool { return p.TryGo(check) }
