package semleak

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// -- serving: the breaker's token is lost when the thunk is not run --

type servingBreaker struct {
	pending chan struct{}
	active  chan struct{}
}

func newServingBreaker(queue, concurrency int) *servingBreaker {
	return &servingBreaker{
		pending: make(chan struct{}, queue+concurrency),
		active:  make(chan struct{}, concurrency),
	}
}

func (b *servingBreaker) maybe(timeout <-chan time.Time, thunk func()) bool {
	select {
	case b.pending <- struct{}{}: // want `^b\.pending is not released at the return on line \d+$`
	default:
		return false
	}
	select {
	case b.active <- struct{}{}:
		thunk()
		<-b.active
		<-b.pending
		return true
	case <-timeout:
		return false // related `^this return does not release b\.pending$`
	}
}

type servingBreakerFixed struct {
	pending chan struct{}
	active  chan struct{}
}

func newServingBreakerFixed(queue, concurrency int) *servingBreakerFixed {
	return &servingBreakerFixed{
		pending: make(chan struct{}, queue+concurrency),
		active:  make(chan struct{}, concurrency),
	}
}

func (b *servingBreakerFixed) maybe(timeout <-chan time.Time, thunk func()) bool {
	select {
	case b.pending <- struct{}{}:
	default:
		return false
	}
	defer func() { <-b.pending }()
	select {
	case b.active <- struct{}{}:
		thunk()
		<-b.active
		return true
	case <-timeout:
		return false
	}
}

// -- moby: a transfer whose reference is refused keeps its slot --

type mobyTransfers struct {
	slots chan struct{}
	mu    sync.Mutex
	busy  map[string]bool
}

func newMobyTransfers(limit int) *mobyTransfers {
	return &mobyTransfers{slots: make(chan struct{}, limit), busy: map[string]bool{}}
}

func (t *mobyTransfers) acquire() { t.slots <- struct{}{} }
func (t *mobyTransfers) release() { <-t.slots }

func (t *mobyTransfers) transfer(key string, do func() error) error {
	t.acquire() // want `^t\.slots is not released at the return on line \d+$`
	t.mu.Lock()
	if t.busy[key] {
		t.mu.Unlock()
		return errors.New("busy") // related `^this return does not release t\.slots$`
	}
	t.busy[key] = true
	t.mu.Unlock()
	err := do()
	t.release()
	return err
}

type mobyTransfersFixed struct {
	slots chan struct{}
	mu    sync.Mutex
	busy  map[string]bool
}

func newMobyTransfersFixed(limit int) *mobyTransfersFixed {
	return &mobyTransfersFixed{slots: make(chan struct{}, limit), busy: map[string]bool{}}
}

func (t *mobyTransfersFixed) acquire() { t.slots <- struct{}{} }
func (t *mobyTransfersFixed) release() { <-t.slots }

func (t *mobyTransfersFixed) transfer(key string, do func() error) error {
	t.acquire()
	defer t.release()
	t.mu.Lock()
	if t.busy[key] {
		t.mu.Unlock()
		return errors.New("busy")
	}
	t.busy[key] = true
	t.mu.Unlock()
	return do()
}

// -- cockroach: the export limiter, whose slot a cancelled request keeps --

type roachLimiter struct {
	sem *semaphore.Weighted
}

func (l *roachLimiter) begin(ctx context.Context) error {
	return l.sem.Acquire(ctx, 1)
}

func (l *roachLimiter) finish() { l.sem.Release(1) }

func (l *roachLimiter) export(ctx context.Context, spans []string, write func(string) error) error {
	for _, s := range spans {
		if err := l.sem.Acquire(ctx, 1); err != nil { // want `^l\.sem is not released at the return on line \d+$`
			return err
		}
		if err := write(s); err != nil {
			return err // related `^this return does not release l\.sem$`
		}
		l.sem.Release(1)
	}
	return nil
}

func (l *roachLimiter) exportBegun(ctx context.Context, s string, write func(string) error) error {
	if err := l.begin(ctx); err != nil { // want `^l\.sem is not released at the return on line \d+$`
		return err
	}
	if s == "" {
		return errors.New("empty") // related `^this return does not release l\.sem$`
	}
	err := write(s)
	l.finish()
	return err
}

func (l *roachLimiter) exportFixed(ctx context.Context, spans []string, write func(string) error) error {
	for _, s := range spans {
		if err := l.sem.Acquire(ctx, 1); err != nil {
			return err
		}
		err := write(s)
		l.sem.Release(1)
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *roachLimiter) exportBegunFixed(ctx context.Context, s string, write func(string) error) error {
	if err := l.begin(ctx); err != nil {
		return err
	}
	defer l.finish()
	if s == "" {
		return errors.New("empty")
	}
	return write(s)
}

// -- syncthing: the puller's goroutine skips the release on an early return --

type syncthingPuller struct {
	limit chan struct{}
}

func newSyncthingPuller(n int) *syncthingPuller {
	return &syncthingPuller{limit: make(chan struct{}, n)}
}

func (p *syncthingPuller) pull(blocks []string, get func(string) ([]byte, error), have map[string]bool) {
	var wg sync.WaitGroup
	for _, b := range blocks {
		p.limit <- struct{}{} // want `^p\.limit is not released at the return on line \d+$`
		wg.Add(1)
		go func() {
			defer wg.Done()
			if have[b] {
				return // related `^this return does not release p\.limit$`
			}
			_, _ = get(b)
			<-p.limit
		}()
	}
	wg.Wait()
}

type syncthingPullerFixed struct {
	limit chan struct{}
}

func newSyncthingPullerFixed(n int) *syncthingPullerFixed {
	return &syncthingPullerFixed{limit: make(chan struct{}, n)}
}

func (p *syncthingPullerFixed) pull(blocks []string, get func(string) ([]byte, error), have map[string]bool) {
	var wg sync.WaitGroup
	for _, b := range blocks {
		p.limit <- struct{}{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-p.limit }()
			if have[b] {
				return
			}
			_, _ = get(b)
		}()
	}
	wg.Wait()
}

// -- etcd: a pool of lease workers whose jobs nothing ends --

type etcdLessor struct {
	expired chan int64
	revoke  func(int64)
}

func etcdRevoke(ids []int64, revoke func(int64)) {
	jobs := make(chan int64)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go etcdRevoker(jobs, revoke, &wg)
	}
	for _, id := range ids {
		jobs <- id
	}
	wg.Wait() // related `^here their end is waited for, forever$`
}

func etcdRevoker(jobs <-chan int64, revoke func(int64), wg *sync.WaitGroup) {
	defer wg.Done()
	for id := range jobs { // want `^the workers that range over jobs never end: nothing closes it$`
		revoke(id)
	}
}

func etcdRevokeFixed(ids []int64, revoke func(int64)) {
	jobs := make(chan int64)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go etcdRevoker(jobs, revoke, &wg)
	}
	for _, id := range ids {
		jobs <- id
	}
	close(jobs)
	wg.Wait()
}

// -- kubernetes: the image puller's loop gives its slot back only if it goes on --

type kubeImages struct {
	tokens chan struct{}
}

func newKubeImages(n int) *kubeImages { return &kubeImages{tokens: make(chan struct{}, n)} }

func (k *kubeImages) pullAll(images []string, pull func(string) error) {
	for _, im := range images {
		k.tokens <- struct{}{} // want `^k\.tokens is not released on a path to the end of the function$`
		if im == "" {
			continue
		}
		if err := pull(im); err == nil {
			<-k.tokens
			continue
		}
		<-k.tokens
	}
}

func (k *kubeImages) pullAllFixed(images []string, pull func(string) error) {
	for _, im := range images {
		if im == "" {
			continue
		}
		k.tokens <- struct{}{}
		_ = pull(im)
		<-k.tokens
	}
}
