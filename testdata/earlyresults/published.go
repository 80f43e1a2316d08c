package earlyresults

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
)

// -- kubernetes: the errors of a batch of pods are looked at after the wait --

type kubePod struct{ name string }

type kubePodControl struct{ fail bool }

func (c *kubePodControl) create(p kubePod) error {
	if c.fail {
		return fmt.Errorf("create %s", p.name)
	}
	return nil
}

type kubeController struct {
	control *kubePodControl
}

func (c *kubeController) manage(pods []kubePod) error {
	errCh := make(chan error)
	var wg sync.WaitGroup
	wg.Add(len(pods))
	for i := range pods {
		go func(ix int) {
			defer wg.Done()
			if err := c.control.create(pods[ix]); err != nil {
				errCh <- err // related `^the goroutine waits here for a receiver$`
			}
		}(i)
	}
	wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on errCh, which is received from only after it$`

	select {
	case err := <-errCh: // related `^the receive comes only after the wait$`
		return err
	default:
	}
	return nil
}

func (c *kubeController) manageFixed(pods []kubePod) error {
	errCh := make(chan error, len(pods))
	var wg sync.WaitGroup
	wg.Add(len(pods))
	for i := range pods {
		go func(ix int) {
			defer wg.Done()
			if err := c.control.create(pods[ix]); err != nil {
				errCh <- err
			}
		}(i)
	}
	wg.Wait()

	select {
	case err := <-errCh:
		return err
	default:
	}
	return nil
}

// -- moby: the layers of an image, each pulled by a goroutine --

type mobyLayer struct {
	id   string
	size int64
}

type mobyPuller struct {
	fetch func(context.Context, string) (int64, error)
}

func (p *mobyPuller) download(ctx context.Context, id string, out chan<- mobyLayer, wg *sync.WaitGroup) {
	defer wg.Done()
	n, err := p.fetch(ctx, id)
	if err != nil {
		return
	}
	out <- mobyLayer{id, n} // related `^the goroutine waits here for a receiver$`
}

func (p *mobyPuller) pull(ctx context.Context, ids []string) (total int64) {
	var wg sync.WaitGroup
	layers := make(chan mobyLayer)
	for _, id := range ids {
		wg.Add(1)
		go p.download(ctx, id, layers, &wg)
	}
	wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on layers, which is received from only after it$`
	close(layers)
	return mobySum(layers)
}

func mobySum(layers <-chan mobyLayer) (total int64) {
	for l := range layers { // related `^the receive comes only after the wait$`
		total += l.size
	}
	return total
}

func (p *mobyPuller) pullFixed(ctx context.Context, ids []string) (total int64) {
	var wg sync.WaitGroup
	layers := make(chan mobyLayer)
	for _, id := range ids {
		wg.Add(1)
		go p.download(ctx, id, layers, &wg)
	}
	go func() {
		wg.Wait()
		close(layers)
	}()
	return mobySum(layers)
}

// -- cockroach: the import's ready spans, read when all of the group have ended --

type roachSpan struct{ start, end string }

func roachImport(ctx context.Context, spans []roachSpan, load func(context.Context, roachSpan) error) ([]roachSpan, error) {
	g, ctx := errgroup.WithContext(ctx)
	ready := make(chan roachSpan)
	for _, s := range spans {
		g.Go(func() error {
			if err := load(ctx, s); err != nil {
				return err
			}
			ready <- s // related `^the goroutine waits here for a receiver$`
			return nil
		})
	}
	if err := g.Wait(); err != nil { // want `^this wait blocks forever: a goroutine that it waits for sends on ready, which is received from only after it$`
		return nil, err
	}
	close(ready)
	var out []roachSpan
	for s := range ready { // related `^the receive comes only after the wait$`
		out = append(out, s)
	}
	return out, nil
}

func roachImportFixed(ctx context.Context, spans []roachSpan, load func(context.Context, roachSpan) error) ([]roachSpan, error) {
	g, ctx := errgroup.WithContext(ctx)
	ready := make(chan roachSpan)
	for _, s := range spans {
		g.Go(func() error {
			if err := load(ctx, s); err != nil {
				return err
			}
			select {
			case ready <- s:
			case <-ctx.Done():
			}
			return nil
		})
	}
	errc := make(chan error, 1)
	go func() {
		errc <- g.Wait()
		close(ready)
	}()
	var out []roachSpan
	for s := range ready {
		out = append(out, s)
	}
	return out, <-errc
}

// -- hugo: the site's pages are handled by workers that a struct keeps --

type hugoSite struct {
	jobs    chan string
	results chan string
	wg      sync.WaitGroup
}

func newHugoSite() *hugoSite {
	return &hugoSite{jobs: make(chan string), results: make(chan string)}
}

func (s *hugoSite) worker() {
	defer s.wg.Done()
	for name := range s.jobs {
		s.results <- "page " + name // related `^the goroutine waits here for a receiver$`
	}
}

func (s *hugoSite) build(names []string) []string {
	for range 4 {
		s.wg.Add(1)
		go s.worker()
	}
	for _, n := range names {
		s.jobs <- n
	}
	close(s.jobs)
	s.wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on s\.results, which is received from only after it$`
	close(s.results)
	var pages []string
	for p := range s.results { // related `^the receive comes only after the wait$`
		pages = append(pages, p)
	}
	return pages
}

func hugoBuild(names []string) []string { return newHugoSite().build(names) }

type hugoSiteFixed struct {
	jobs    chan string
	results chan string
	wg      sync.WaitGroup
}

func newHugoSiteFixed() *hugoSiteFixed {
	return &hugoSiteFixed{jobs: make(chan string), results: make(chan string)}
}

func (s *hugoSiteFixed) worker() {
	defer s.wg.Done()
	for name := range s.jobs {
		s.results <- "page " + name
	}
}

func (s *hugoSiteFixed) build(names []string) []string {
	for range 4 {
		s.wg.Add(1)
		go s.worker()
	}
	go func() {
		for _, n := range names {
			s.jobs <- n
		}
		close(s.jobs)
		s.wg.Wait()
		close(s.results)
	}()
	var pages []string
	for p := range s.results {
		pages = append(pages, p)
	}
	return pages
}

func hugoBuildFixed(names []string) []string { return newHugoSiteFixed().build(names) }

// -- etcd: members are asked for their health, the answers kept by a generic helper --

func etcdGather[T any](ends []string, ask func(string) (T, error)) ([]T, error) {
	type answer struct {
		v   T
		err error
	}
	answers := make(chan answer)
	var wg sync.WaitGroup
	for _, e := range ends {
		wg.Go(func() {
			v, err := ask(e)
			answers <- answer{v, err} // related `^the goroutine waits here for a receiver$`
		})
	}
	wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on answers, which is received from only after it$`
	var out []T
	var errs error
	for range ends {
		a := <-answers // related `^the receive comes only after the wait$`
		out = append(out, a.v)
		errs = errors.Join(errs, a.err)
	}
	return out, errs
}

func etcdGatherFixed[T any](ends []string, ask func(string) (T, error)) ([]T, error) {
	type answer struct {
		v   T
		err error
	}
	answers := make(chan answer)
	var wg sync.WaitGroup
	for _, e := range ends {
		wg.Go(func() {
			v, err := ask(e)
			answers <- answer{v, err}
		})
	}
	var out []T
	var errs error
	for range ends {
		a := <-answers
		out = append(out, a.v)
		errs = errors.Join(errs, a.err)
	}
	wg.Wait()
	return out, errs
}

// -- cockroach: a buffer smaller than the number of workers --

func roachPrefetch(keys []string, get func(string) int) int {
	res := make(chan int, 1)
	var wg sync.WaitGroup
	for _, k := range keys {
		wg.Add(1)
		go func() {
			defer wg.Done()
			res <- get(k) // related `^the goroutine waits here for a receiver$`
		}()
	}
	wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on res, which is received from only after it$`
	close(res)
	sum := 0
	for n := range res { // related `^the receive comes only after the wait$`
		sum += n
	}
	return sum
}
