// Package errgroupmisuse has error groups that are used wrongly.
package errgroupmisuse

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"fixture.example/errgroupmisuse/dep"
)

func fetch(ctx context.Context, url string) error { return dep.Fetch(ctx, url) }

func check() error { return errors.New("no") }

func noWait(ctx context.Context, urls []string) {
	g, ctx := errgroup.WithContext(ctx)
	for _, url := range urls {
		g.Go(func() error { return fetch(ctx, url) }) // want `^nothing waits for the functions of g, so that their errors are lost$`
	}
}

func waited(ctx context.Context, urls []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, url := range urls {
		g.Go(func() error { return fetch(ctx, url) })
	}
	return g.Wait()
}

func noWaitZero(urls []string) {
	var g errgroup.Group
	g.Go(func() error { return fetch(context.Background(), urls[0]) }) // want `^nothing waits for the functions of g, so that their errors are lost$`
	g.Go(func() error { return fetch(context.Background(), urls[1]) })
}

func noWaitNew(url string) {
	g := new(errgroup.Group)
	g.Go(check) // want `^nothing waits for the functions of g, so that their errors are lost$`
}

func noWaitTry(url string) bool {
	g := &errgroup.Group{}
	return g.TryGo(check) // want `^nothing waits for the functions of g, so that their errors are lost$`
}

func startIn(g *errgroup.Group, url string) {
	g.Go(func() error { return fetch(context.Background(), url) })
}

func startDeeper(g *errgroup.Group, url string) { startIn(g, url) }

func noWaitHelper(url string) {
	var g errgroup.Group
	startDeeper(&g, url) // want `^nothing waits for the functions of g, so that their errors are lost$`
}

func noWaitOtherPackage(url string) {
	var g errgroup.Group
	dep.Start(&g, url) // want `^nothing waits for the functions of g, so that their errors are lost$`
}

func join(g *errgroup.Group) error { return g.Wait() }

func waitedByHelper(url string) error {
	var g errgroup.Group
	startDeeper(&g, url)
	return join(&g)
}

func waitedByOtherPackage(url string) error {
	var g errgroup.Group
	dep.Start(&g, url)
	return dep.Join(&g)
}

func waitedLater(url string) func() error {
	var g errgroup.Group
	g.Go(func() error { return fetch(context.Background(), url) })
	return g.Wait
}

func waitedByClosure(url string) func() error {
	var g errgroup.Group
	g.Go(func() error { return fetch(context.Background(), url) })
	return func() error { return g.Wait() }
}

func handedOver(url string) *errgroup.Group {
	g := new(errgroup.Group)
	g.Go(func() error { return fetch(context.Background(), url) })
	return g
}

func waitedElsewhere(url string, out chan<- error) {
	var g errgroup.Group
	g.Go(func() error { return fetch(context.Background(), url) })
	go func() { out <- g.Wait() }()
}

func waitedDeferred(url string) (err error) {
	var g errgroup.Group
	defer func() { err = errors.Join(err, g.Wait()) }()
	g.Go(func() error { return fetch(context.Background(), url) })
	return check()
}

func earlyReturn(ctx context.Context, url string) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, url) }) // want `^the functions of g are not waited for at the return on line \d+$`
	if err := check(); err != nil {
		return err // related `^this return does not wait for g$`
	}
	return g.Wait()
}

func earlyReturnInLoop(ctx context.Context, urls []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, url := range urls {
		if url == "" {
			return errors.New("empty") // related `^this return does not wait for g$`
		}
		g.Go(func() error { return fetch(ctx, url) }) // want `^the functions of g are not waited for at the return on line \d+$`
	}
	return g.Wait()
}

// earlyReturnCancelled ends its goroutines by their context.
func earlyReturnCancelled(ctx context.Context, url string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, url) })
	if err := check(); err != nil {
		return err
	}
	return g.Wait()
}

func beforeGo(ctx context.Context, url string) error {
	g, ctx := errgroup.WithContext(ctx)
	if err := check(); err != nil {
		return err
	}
	g.Go(func() error { return fetch(ctx, url) })
	return g.Wait()
}

func waitedOnBoth(ctx context.Context, url string) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, url) })
	if err := check(); err != nil {
		return errors.Join(err, g.Wait())
	}
	return g.Wait()
}

// A crawler has a group for as long as it lives.
type crawler struct {
	g             errgroup.Group
	lost          errgroup.Group
	second, third errgroup.Group
	*errgroup.Group
}

func (c *crawler) add(url string) {
	c.g.Go(func() error { return fetch(context.Background(), url) })
}

func (c *crawler) wait() error { return c.g.Wait() }

func (c *crawler) forget(url string) {
	c.lost.Go(func() error { return fetch(context.Background(), url) }) // want `^nothing waits for the functions of c\.lost, so that their errors are lost$`
}

func (c *crawler) embedded(url string) {
	c.Go(func() error { return fetch(context.Background(), url) })
}

func embeddedWait(c *crawler) error { return c.Wait() }

func promoted(url string) {
	var p dep.Pool
	p.Go(check) // want `^nothing waits for the functions of p, so that their errors are lost$`
}

func promotedWaited(url string) error {
	var p dep.Pool
	p.Go(check)
	return p.Wait()
}

var background errgroup.Group

func inBackground() {
	background.Go(check)
}

func shutdown() error { return background.Wait() }

func keyed[K comparable](keys []K, f func(K) error) {
	var g errgroup.Group
	for _, k := range keys {
		g.Go(func() error { return f(k) }) // want `^nothing waits for the functions of g, so that their errors are lost$`
	}
}

func methodValue(urls []string) {
	var g errgroup.Group
	start := g.Go
	start(check) // want `^nothing waits for the functions of g, so that their errors are lost$`
}

type alias = errgroup.Group

func byAlias() {
	var g alias
	g.Go(check) // want `^nothing waits for the functions of g, so that their errors are lost$`
}
