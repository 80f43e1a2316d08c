// Package semleak has semaphores that are not released.
package semleak

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

type limiter struct {
	sem    chan struct{}
	helped chan struct{}
	lent   chan struct{}
	mutex  chan struct{}
	w      *semaphore.Weighted
}

func newLimiter(n int) *limiter {
	return &limiter{
		sem: make(chan struct{}, n), helped: make(chan struct{}, n), lent: make(chan struct{}, n), mutex: make(chan struct{}, 1),
		w: semaphore.NewWeighted(int64(n)),
	}
}

func (l *limiter) earlyReturn(f func() error) error {
	l.sem <- struct{}{} // want `^l\.sem is not released at the return on line \d+$`
	if err := f(); err != nil {
		return err // related `^this return does not release l\.sem$`
	}
	<-l.sem
	return nil
}

func (l *limiter) deferred(f func() error) error {
	l.sem <- struct{}{}
	defer func() { <-l.sem }()
	return f()
}

func (l *limiter) bothPaths(f func() error) error {
	l.sem <- struct{}{}
	if err := f(); err != nil {
		<-l.sem
		return err
	}
	<-l.sem
	return nil
}

func (l *limiter) acquire() { l.helped <- struct{}{} }
func (l *limiter) release() { <-l.helped }

func (l *limiter) byHelpers(f func() error) error {
	l.acquire() // want `^l\.helped is not released at the return on line \d+$`
	if err := f(); err != nil {
		return err // related `^this return does not release l\.helped$`
	}
	l.release()
	return nil
}

func (l *limiter) byHelpersDeferred(f func() error) error {
	l.acquire()
	defer l.release()
	return f()
}

func (l *limiter) unlessDone(ctx context.Context, f func()) error {
	select {
	case l.sem <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	f()
	<-l.sem
	return nil
}

func (l *limiter) lend(fail bool) (func(), error) {
	l.lent <- struct{}{}
	if fail {
		<-l.lent
		return nil, context.Canceled
	}
	return func() { <-l.lent }, nil
}

func (l *limiter) asMutex(f func() error) error {
	l.mutex <- struct{}{}
	if err := f(); err != nil {
		return err
	}
	<-l.mutex
	return nil
}

// -- of x/sync --

func (l *limiter) weighted(ctx context.Context, f func() error) error {
	if err := l.w.Acquire(ctx, 1); err != nil {
		return err
	}
	defer l.w.Release(1)
	return f()
}

func (l *limiter) weightedEarly(ctx context.Context, f func() error) error {
	if err := l.w.Acquire(ctx, 1); err != nil { // want `^l\.w is not released at the return on line \d+$`
		return err
	}
	if err := f(); err != nil {
		return err // related `^this return does not release l\.w$`
	}
	l.w.Release(1)
	return nil
}

func (l *limiter) ignored(ctx context.Context, f func()) {
	l.w.Acquire(ctx, 1) // want `^the error of this Acquire is ignored: l\.w is not acquired if the context has ended$`
	defer l.w.Release(1)
	f()
}

func (l *limiter) cannotFail(f func()) {
	_ = l.w.Acquire(context.Background(), 1)
	defer l.w.Release(1)
	f()
}

// -- goroutines --

func bounded(items []int, f func(int)) {
	sem := make(chan struct{}, 4)
	var wg sync.WaitGroup
	for _, i := range items {
		sem <- struct{}{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-sem }()
			f(i)
		}()
	}
	wg.Wait()
}

func skipped(items []int, f func(int)) {
	sem := make(chan struct{}, 4)
	for _, i := range items {
		sem <- struct{}{} // want `^sem is acquired here again and again, and not released on a path between$`
		if i == 0 {
			continue
		}
		go func() {
			defer func() { <-sem }()
			f(i)
		}()
	}
}

type group struct {
	wg       sync.WaitGroup
	stopping chan struct{}
}

func (g *group) attach(f func()) {
	select {
	case <-g.stopping:
		return
	default:
	}
	g.wg.Go(f)
}

// unlessStopping does not start what releases when the group is stopping, but
// then does not go on, either.
func (g *group) unlessStopping(items []int, f func(int)) {
	sem := make(chan struct{}, 4)
	for _, i := range items {
		select {
		case sem <- struct{}{}:
		case <-g.stopping:
			return
		}
		g.attach(func() {
			f(i)
			<-sem
		})
	}
}

func inside(items []int, f func(int)) {
	sem := make(chan struct{}, 4)
	var wg sync.WaitGroup
	for _, i := range items {
		wg.Add(1)
		go func() { // related `^the loop starts one here, without waiting$`
			defer wg.Done()
			sem <- struct{}{} // want `^sem is acquired by the goroutine that it is to bound: the loop starts them all at once$`
			defer func() { <-sem }()
			f(i)
		}()
	}
	wg.Wait()
}

func leavesEarly(items []int, f func(int) error) {
	sem := make(chan struct{}, 4)
	for _, i := range items {
		sem <- struct{}{} // want `^sem is not released at the return on line \d+$`
		go func() {
			if err := f(i); err != nil {
				return // related `^this return does not release sem$`
			}
			<-sem
		}()
	}
}

func filled(items []int, f func(int)) {
	sem := make(chan struct{}, 4)
	for _, i := range items {
		sem <- struct{}{}
		go func() {
			defer func() { <-sem }()
			f(i)
		}()
	}
	for range cap(sem) {
		sem <- struct{}{}
	}
}

// -- pools --

func pool(items []int, f func(int)) {
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range jobs { // want `^the workers that range over jobs never end: nothing closes it$`
				f(i)
			}
		}()
	}
	for _, i := range items {
		jobs <- i
	}
	wg.Wait() // related `^here their end is waited for, forever$`
}

func poolClosed(items []int, f func(int)) {
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range jobs {
				f(i)
			}
		}()
	}
	for _, i := range items {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
}

// -- releases that a defer statement may stand for --

func (l *limiter) eachPath(n int, f func(int) error) error {
	l.sem <- struct{}{} // want `^l\.sem is not released at the return on line \d+$`
	if n < 0 {
		<-l.sem
		return nil
	}
	if err := f(n); err != nil {
		return err // related `^this return does not release l\.sem$`
	}
	<-l.sem
	return nil
}

func (l *limiter) checkedApart(ctx context.Context, f func() error) (err error) {
	err = l.w.Acquire(ctx, 2) // want `^l\.w is not released at the return on line \d+$`
	if err != nil {
		return err
	}
	if err = f(); err != nil {
		return err // related `^this return does not release l\.w$`
	}
	l.w.Release(2)
	return nil
}

func (l *limiter) unlessCanceled(ctx context.Context, f func() error) error {
	select {
	case l.sem <- struct{}{}: // want `^l\.sem is not released at the return on line \d+$`
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := f(); err != nil {
		return err // related `^this return does not release l\.sem$`
	}
	<-l.sem
	return nil
}

// goesOn does something without the semaphore, and keeps doing so.
func (l *limiter) goesOn(f, then func() error) error {
	l.sem <- struct{}{} // want `^l\.sem is not released at the return on line \d+$`
	if err := f(); err != nil {
		return err // related `^this return does not release l\.sem$`
	}
	<-l.sem
	return then()
}
