// Package ctxafter has contexts that are used after their end.
package ctxafter

import (
	"context"
	"errors"
	"log/slog"
	"os/exec"
	"time"

	"golang.org/x/sync/errgroup"

	"fixture.example/ctxafter/dep"
)

func fetch(ctx context.Context, name string) error { return exec.CommandContext(ctx, name).Run() }

// -- groups --

func afterWait(ctx context.Context, names []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error { return fetch(ctx, name) })
	}
	if err := g.Wait(); err != nil { // related `^the context ends when this returns$`
		return err
	}
	return fetch(ctx, "all") // want `^ctx is used after g\.Wait has ended it on line 25$`
}

func outerAfterWait(ctx context.Context, names []string) error {
	g, gctx := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error { return fetch(gctx, name) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return fetch(ctx, "all")
}

func afterWaitByHelper(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(gctx, "a") })
	if err := join(g); err != nil { // related `^this call ends the context$`
		return err
	}
	return store(gctx) // want `^gctx is used after join has ended it on line 45$`
}

func join(g *errgroup.Group) error { return joinTwice(g) }

func joinTwice(g *errgroup.Group) error { return g.Wait() }

func store(ctx context.Context) error { return fetch(ctx, "store") }

func afterWaitElsewhere(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return dep.Run(gctx, "a") })
	err := dep.Join(g)                             // related `^this call ends the context$`
	return errors.Join(err, dep.Run(gctx, "done")) // want `^gctx is used after dep\.Join has ended it on line 60$`
}

func derivedBefore(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	vctx := context.WithValue(gctx, key{}, 1)
	g.Go(func() error { return fetch(vctx, "a") })
	if err := g.Wait(); err != nil { // related `^the context ends when this returns$`
		return err
	}
	return fetch(vctx, "b") // want `^vctx is used after g\.Wait has ended it on line 68$`
}

type key struct{}

func timeoutAfterWait(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(gctx, "a") })
	if err := g.Wait(); err != nil { // related `^the context ends when this returns$`
		return err
	}
	tctx, cancel := context.WithTimeout(gctx, time.Second)
	defer cancel()
	return fetch(tctx, "b") // want `^tctx is used after g\.Wait has ended it on line 79$`
}

// -- cancel --

func afterCancel(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	err := fetch(ctx, "a")
	cancel() // related `^this ends the context$`
	if err != nil {
		return err
	}
	return fetch(ctx, "b") // want `^ctx is used after cancel has ended it on line 92$`
}

func cancelOnOnePath(ctx context.Context, early bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if early {
		cancel()
	}
	err := fetch(ctx, "b")
	cancel()
	return err
}

func cancelOnBothPaths(ctx context.Context, early bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if early {
		cancel() // related `^this ends the context$`
	} else {
		_ = fetch(ctx, "a")
		cancel()
	}
	return fetch(ctx, "b") // want `^ctx is used after cancel has ended it on line 112$`
}

func cancelByHelper(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	err := fetch(ctx, "a")
	dep.Stop(cancel)                         // related `^this call ends the context$`
	return errors.Join(err, fetch(ctx, "b")) // want `^ctx is used after dep\.Stop has ended it on line 123$`
}

func deferredInWrongOrder(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() { err = fetch(ctx, "undo") }() // want `^ctx is used after cancel has ended it on line 130$`
	defer cancel()                              // related `^this ends the context$`
	return fetch(ctx, "do")
}

func deferredInOrder(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() { err = fetch(ctx, "undo") }()
	return fetch(ctx, "do")
}

func inLoop(ctx context.Context, names []string) {
	for _, name := range names {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		_ = fetch(ctx, name)
		cancel()          // related `^this ends the context$`
		notify(ctx, name) // want `^ctx is used after cancel has ended it on line 145$`
	}
}

func notify(ctx context.Context, name string) { _ = fetch(ctx, "notify"+name) }

func made() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Second)
}

func madeByHelper() error {
	ctx, cancel := made()
	err := fetch(ctx, "a")
	cancel()                                 // related `^this ends the context$`
	return errors.Join(err, fetch(ctx, "b")) // want `^ctx is used after cancel has ended it on line 159$`
}

func startedAfter(ctx context.Context, ready chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	<-ready
	cancel()            // related `^this ends the context$`
	go notify(ctx, "x") // want `^ctx is used after cancel has ended it on line 166$`
}

func generic[T any](ctx context.Context, v T, do func(context.Context, T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	err := do(ctx, v)
	cancel()                            // related `^this ends the context$`
	return errors.Join(err, do(ctx, v)) // want `^ctx is used after cancel has ended it on line 173$`
}

func methodValue(ctx context.Context, s *service) error {
	ctx, cancel := context.WithCancel(ctx)
	run := s.run
	err := run(ctx)
	cancel()                          // related `^this ends the context$`
	return errors.Join(err, run(ctx)) // want `^ctx is used after cancel has ended it on line 181$`
}

// -- fields --

type service struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newService() *service {
	ctx, cancel := context.WithCancel(context.Background())
	return &service{ctx: ctx, cancel: cancel}
}

func (s *service) run(ctx context.Context) error { return fetch(ctx, "run") } // related `^the context is used here$`

func (s *service) stop() error {
	s.cancel()          // related `^this ends the context$`
	return s.run(s.ctx) // want `^s\.ctx is used after s\.cancel has ended it on line 200$`
}

func (s *service) stopInOrder() error {
	defer s.cancel()
	return s.run(s.ctx)
}

func (s *service) restart() error {
	s.cancel()
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s.run(s.ctx)
}

func (s *service) stopByHelper() error {
	s.cancel()       // related `^this ends the context$`
	return s.flush() // want `^s\.ctx is used after s\.cancel has ended it on line 216$`
}

func (s *service) flush() error {
	return fetch(s.ctx, "flush") // related `^the context is used here$`
}

type server struct{ service }

func (s *server) close() error {
	s.cancel()          // related `^this ends the context$`
	return s.run(s.ctx) // want `^s\.ctx is used after s\.cancel has ended it on line 227$`
}

// -- waited for --

func waitThenUse(ctx context.Context) error {
	<-ctx.Done()           // related `^the context has ended when control comes here$`
	return fetch(ctx, "a") // want `^ctx is used after its end is waited for on line 234$`
}

func selectThenUse(ctx context.Context, in <-chan string) error {
	for {
		select {
		case <-ctx.Done(): // related `^the context has ended when control comes here$`
			return fetch(ctx, "undo") // want `^ctx is used after its end is waited for on line 241$`
		case name := <-in:
			if err := fetch(ctx, name); err != nil {
				return err
			}
		}
	}
}

func selectThenDetached(ctx context.Context, in <-chan string) error {
	select {
	case <-ctx.Done():
		return fetch(context.WithoutCancel(ctx), "undo")
	case name := <-in:
		return fetch(ctx, name)
	}
}

func afterFunc(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {
		_ = fetch(ctx, "undo") // want `^ctx has ended when the function of context\.AfterFunc is run$`
	})
	defer stop()
}

// An observer is told, whatever becomes of the context.
type observer interface {
	Ended(ctx context.Context, name string)
}

func told(ctx context.Context, o observer) {
	ctx, cancel := context.WithCancel(ctx)
	_ = fetch(ctx, "a")
	cancel()
	o.Ended(ctx, "a")
}

// -- silent --

func asksForTheCause(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	err := fetch(ctx, "a")
	cancel(err)
	slog.InfoContext(ctx, "done", "user", ctx.Value(key{}))
	logf(ctx, "done")
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func logf(ctx context.Context, msg string) { slog.InfoContext(ctx, msg) }

func joined(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- fetch(ctx, "a") }()
	cancel()
	return <-done
}

func reassigned(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	err := fetch(tctx, "a")
	cancel()
	tctx, cancel = context.WithTimeout(ctx, time.Second)
	defer cancel()
	return errors.Join(err, fetch(tctx, "b"))
}

func reassignedInLoop(ctx context.Context) error {
	for range 3 {
		tctx, cancel := context.WithTimeout(ctx, time.Second)
		err := fetch(tctx, "a")
		cancel()
		if err == nil {
			return fetch(ctx, "b")
		}
	}
	return nil
}

// -- ended as soon as it is started --

func startAndReturn(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()      // related `^this ends the context$`
	go notify(ctx, "a") // want `^ctx is used in a goroutine, and cancel ends it on line 328 as soon as that is started$`
}

func startAndWork(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	go notify(ctx, "a")
	return fetch(ctx, "b")
}
