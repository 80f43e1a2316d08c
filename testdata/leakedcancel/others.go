package leakedcancel

import (
	"context"
	"iter"
	"os"
	"os/signal"
	"time"
)

func notify(ctx context.Context) error {
	ctx, _ = signal.NotifyContext(ctx, os.Interrupt) // want `^the stop function of signal\.NotifyContext is discarded$`
	return ping(ctx)
}

func notifyOnOnePath(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt) // want `^stop is not called on the path to the return on line 19$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of stop$`
	}
	stop()
	return nil
}

func afterFunc(ctx context.Context, f func()) error {
	stop := context.AfterFunc(ctx, f) // want `^stop is not called on the path to the return on line 28$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of stop$`
	}
	stop()
	return nil
}

// afterFuncInAnyCase does not want to stop it.
func afterFuncInAnyCase(ctx context.Context, f func()) error {
	context.AfterFunc(ctx, f)
	return ping(ctx)
}

func pullDiscarded(seq iter.Seq[int]) int {
	next, _ := iter.Pull(seq) // want `^the stop function of iter\.Pull is discarded$`
	n, _ := next()
	return n
}

func pullOnOnePath(seq iter.Seq2[string, int], want string) int {
	next, stop := iter.Pull2(seq) // want `^stop is not called on the path to the return on line 55$`
	for {
		name, n, ok := next()
		if !ok {
			stop()
			return 0
		}
		if name == want {
			return n // related `^this return is reached without a call of stop$`
		}
	}
}

// -- wrappers --

func short(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second) // related `^this call makes the cancel function$`
}

func shorter(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := short(ctx) // related `^this call makes the cancel function$`
	return ctx, cancel
}

func started(ctx context.Context) func() {
	ctx, cancel := context.WithCancel(ctx) // related `^this call makes the stop function$`
	go func() { <-ctx.Done() }()
	return func() { cancel() }
}

func tryOpen(ctx context.Context) (context.Context, func(), error) {
	ctx, cancel := context.WithCancel(ctx) // related `^this call makes the stop function$`
	if err := ping(ctx); err != nil {
		cancel()
		return nil, nil, err
	}
	return ctx, cancel, nil
}

func dropsShort(ctx context.Context) error {
	ctx, _ = short(ctx) // want `^the cancel function of short is discarded$`
	return ping(ctx)
}

func losesShorter(ctx context.Context) error {
	ctx, cancel := shorter(ctx) // want `^cancel is not called on the path to the return on line 94$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of cancel$`
	}
	cancel()
	return nil
}

func dropsStarted(ctx context.Context) {
	started(ctx) // want `^the stop function of started is discarded$`
}

func losesStarted(ctx context.Context) error {
	stop := started(ctx) // want `^stop is not called on the path to the return on line 107$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of stop$`
	}
	stop()
	return nil
}

func losesOpen(ctx context.Context) error {
	ctx, cancel, err := tryOpen(ctx) // want `^cancel is not called on the path to the return on line 119$`
	if err != nil {
		return err
	}
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of cancel$`
	}
	cancel()
	return nil
}

type maker struct{ timeout time.Duration }

func (m *maker) with(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, m.timeout) // related `^this call makes the cancel function$`
}

type withMaker struct{ *maker }

func dropsMethod(ctx context.Context, m *maker) error {
	ctx, _ = m.with(ctx) // want `^the cancel function of m\.with is discarded$`
	return ping(ctx)
}

func dropsPromoted(ctx context.Context, m withMaker) error {
	ctx, _ = m.with(ctx) // want `^the cancel function of m\.with is discarded$`
	return ping(ctx)
}

func dropsMethodValue(ctx context.Context, m *maker) error {
	with := m.with
	ctx, _ = with(ctx) // want `^the cancel function of with is discarded$`
	return ping(ctx)
}

func dropsFuncValue(ctx context.Context) error {
	with := context.WithCancel
	ctx, _ = with(ctx) // want `^the cancel function of with is discarded$`
	return ping(ctx)
}

type contexts interface {
	derive(ctx context.Context) (context.Context, context.CancelFunc)
}

type plain struct{}

func (plain) derive(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx) // related `^this call makes the cancel function$`
}

func losesByInterface(ctx context.Context, c contexts) error {
	ctx, cancel := c.derive(ctx) // want `^cancel is not called on the path to the return on line 168$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of cancel$`
	}
	cancel()
	return nil
}

func generic[T any](ctx context.Context, v T) (T, context.CancelFunc) {
	_, cancel := context.WithCancel(ctx) // related `^this call makes the cancel function$`
	return v, cancel
}

func dropsGeneric(ctx context.Context) int {
	n, _ := generic(ctx, 1) // want `^the cancel function of generic is discarded$`
	return n
}

func inGeneric[T any](ctx context.Context, v T, ok bool) T {
	_, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 189$`
	if ok {
		cancel()
	}
	return v // related `^this return is reached without a call of cancel$`
}

// -- callees --

func ignores(ctx context.Context, cancel context.CancelFunc) error { return ping(ctx) }

func ignoresDeep(ctx context.Context, cancel context.CancelFunc) error { return ignores(ctx, cancel) }

func callsSometimes(cancel context.CancelFunc, ok bool) {
	if ok {
		cancel()
	}
}

func callsAlways(cancel context.CancelFunc) { callsSometimes(cancel, true) }

func handedToIgnorer(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 208$`
	return ignores(ctx, cancel)            // related `^this return is reached without a call of cancel$`
}

func handedToDeepIgnorer(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 213$`
	return ignoresDeep(ctx, cancel)        // related `^this return is reached without a call of cancel$`
}

func handedToSometimes(ctx context.Context, ok bool) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 219$`
	callsSometimes(cancel, ok)
	return ping(ctx) // related `^this return is reached without a call of cancel$`
}

func handedToGoroutine(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the end of handedToGoroutine on line 225$`
	go ignores(ctx, cancel)
} // related `^the end of handedToGoroutine is reached without a call of cancel$`

// -- fields --

type kept struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newKept(ctx context.Context) *kept {
	ctx, cancel := context.WithCancel(ctx) // want `^the cancel function of context\.WithCancel is stored in kept\.cancel, which nothing calls$`
	return &kept{ctx: ctx, cancel: cancel} // related `^what has kept\.cancel leaves the function here$`
}

type keptInMethod struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (k *keptInMethod) start(ctx context.Context) {
	k.ctx, k.cancel = context.WithCancel(ctx) // want `^the cancel function of context\.WithCancel is stored in keptInMethod\.cancel, which nothing calls$`
}

type keptInner struct{ stop func() }

type keptOuter struct {
	keptInner
	err error
}

func (k *keptOuter) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx) // want `^the cancel function of context\.WithCancel is stored in keptInner\.stop, which nothing calls$`
	k.stop = cancel
	k.err = ping(ctx)
}

type keptList struct{ cancels []context.CancelFunc }

func (k *keptList) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx) // want `^the cancel function of context\.WithCancel is stored in keptList\.cancels, which nothing calls$`
	k.cancels = append(k.cancels, cancel)
	_ = ping(ctx)
}

type keptMap struct{ cancels map[string]func() }

func (k *keptMap) start(ctx context.Context, id string) {
	ctx, cancel := context.WithCancel(ctx) // want `^the cancel function of context\.WithCancel is stored in keptMap\.cancels, which nothing calls$`
	k.cancels[id] = cancel
	_ = ping(ctx)
}

type server struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (s *server) Close() { s.cancel() }

func (s *server) startTwice(ctx context.Context) {
	s.ctx, s.cancel = context.WithCancel(ctx)                 // want `^s\.cancel is overwritten on line 286 before it is called$`
	s.ctx, s.cancel = context.WithTimeout(s.ctx, time.Second) // related `^the result of this call overwrites s\.cancel$`
}

func (s *server) startAgain(ctx context.Context, restarts <-chan int) {
	for range restarts { // related `^the next turn of this loop overwrites s\.cancel$`
		s.ctx, s.cancel = context.WithCancel(ctx) // want `^s\.cancel is not called before the next turn of the loop on line 290$`
	}
}

func serverOnOnePath(ctx context.Context) (*server, error) {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 299$`
	s := &server{ctx: ctx, cancel: cancel}
	if err := ping(ctx); err != nil {
		return nil, err // related `^this return is reached without a call of cancel$`
	}
	return s, nil
}

type genericServer[T any] struct {
	v      T
	cancel context.CancelFunc
}

func (s *genericServer[T]) start(ctx context.Context) {
	_, s.cancel = context.WithCancel(ctx) // want `^the cancel function of context\.WithCancel is stored in genericServer\.cancel, which nothing calls$`
}

var stopGlobal context.CancelFunc

func storedInGlobal(ctx context.Context) {
	_, stopGlobal = context.WithCancel(ctx) // want `^the cancel function of context\.WithCancel is stored in stopGlobal, which nothing calls$`
}
