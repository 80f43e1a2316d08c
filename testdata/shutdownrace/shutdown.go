// Package shutdownrace has servers that are shut down.
package shutdownrace

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"fixture.example/shutdownrace/dep"
)

// -- the function returns --

func returnsEarly(ctx context.Context, srv *http.Server) error {
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = srv.Shutdown(ctx) // want `^returnsEarly may return while srv\.Shutdown still runs: srv\.ListenAndServe on line 29 returns as soon as that is called$`
	}()
	return srv.ListenAndServe() // related `^the server returns before it has shut down$`
}

func waits(ctx context.Context, srv *http.Server) error {
	idle := make(chan struct{})
	go func() {
		defer close(idle)
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = srv.Shutdown(ctx)
	}()
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-idle
	return nil
}

type app struct {
	srv  *http.Server
	done chan struct{}
}

func (a *app) run(ctx context.Context, l net.Listener) error {
	go a.stopAfter(ctx)   // want `^run may return while a\.stopAfter still runs: a\.srv\.Serve on line 55 returns as soon as that is called$`
	return a.srv.Serve(l) // related `^the server returns before it has shut down$`
}

func (a *app) stopAfter(ctx context.Context) {
	<-ctx.Done()
	a.stop()
}

func (a *app) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = a.srv.Shutdown(ctx)
}

func (a *app) runAndTell(ctx context.Context, l net.Listener) error {
	go func() {
		defer close(a.done)
		<-ctx.Done()
		a.stop()
	}()
	return a.srv.Serve(l)
}

func both(ctx context.Context, srv *http.Server) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.ListenAndServe() }() // related `^the server returns before it has shut down$`
	go func() {
		<-ctx.Done()
		dep.Stop(srv) // want `^both may return while dep\.Stop still runs: srv\.ListenAndServe on line 80 returns as soon as that is called$`
	}()
	return <-failed
}

func grouped(ctx context.Context, srv *http.Server) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(srv.ListenAndServe)
	g.Go(func() error {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return srv.Shutdown(ctx)
	})
	return g.Wait()
}

func counted(ctx context.Context, srv *http.Server) {
	var wg sync.WaitGroup
	wg.Go(func() {
		<-ctx.Done()
		dep.Stop(srv)
	})
	_ = srv.ListenAndServe()
	wg.Wait()
}

// -- the process ends --

func fatal(ctx context.Context, srv *http.Server) {
	go func() {
		<-ctx.Done()
		dep.Stop(srv) // related `^the server is shut down here$`
	}()
	log.Fatal(srv.ListenAndServe()) // want `^log\.Fatal ends the process when srv\.ListenAndServe returns, which is while Shutdown still runs$`
}

func callsFatal(ctx context.Context, srv *http.Server) { fatalInCallee(ctx, srv) }

func fatalInCallee(ctx context.Context, srv *http.Server) {
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = srv.Shutdown(ctx) // related `^the server is shut down here$`
	}()
	log.Fatal(srv.ListenAndServe()) // want `^log\.Fatal ends the process when srv\.ListenAndServe returns, which is while Shutdown still runs$`
}

func fatalOnAnyError(srv *http.Server) {
	go func() {
		if err := srv.ListenAndServe(); err != nil {
			log.Fatal(err) // want `^log\.Fatal ends the process when srv\.ListenAndServe returns, which is while Shutdown still runs$`
		}
	}()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	<-interrupted
	dep.Stop(srv) // related `^the server is shut down here$`
}

func (a *app) start() {
	go func() {
		if err := a.srv.ListenAndServe(); err != nil {
			log.Println(err)
			os.Exit(1) // want `^os\.Exit ends the process when a\.srv\.ListenAndServe returns, which is while Shutdown still runs$`
		}
	}()
}

func fatalOnOtherErrors(srv *http.Server) {
	go func() {
		if err := srv.ListenAndServe(); err != nil && err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	<-interrupted
	dep.Stop(srv)
}

// Nothing shuts it down.
func forGood(srv *http.Server) { log.Fatal(srv.ListenAndServe()) }

// -- contexts that have ended --

func endedContext(srv *http.Server) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go func() { _ = srv.ListenAndServe() }()
	<-ctx.Done()             // related `^behind this the context has ended$`
	return srv.Shutdown(ctx) // want `^ctx has ended when it is handed to Shutdown, which then waits for no request$`
}

func timeoutOfEnded(srv *http.Server) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go func() { _ = srv.ListenAndServe() }()
	<-ctx.Done() // related `^behind this the context has ended$`
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return srv.Shutdown(tctx) // want `^tctx has ended when it is handed to Shutdown, which then waits for no request$`
}

func endedForHelper(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()              // related `^behind this the context has ended$`
	return shutdown(ctx, srv) // want `^ctx has ended when it is handed to Shutdown, which then waits for no request$`
}

func shutdown(ctx context.Context, srv *http.Server) error {
	return srv.Shutdown(ctx) // related `^the context is used here$`
}

func endedInSelect(ctx context.Context, srv *http.Server) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done(): // related `^behind this the context has ended$`
		return srv.Shutdown(ctx) // want `^ctx has ended when it is handed to Shutdown, which then waits for no request$`
	}
}

func afterFunc(ctx context.Context, srv *http.Server) func() bool {
	return context.AfterFunc(ctx, func() { // related `^behind this the context has ended$`
		_ = srv.Shutdown(ctx) // want `^ctx has ended when it is handed to Shutdown, which then waits for no request$`
	})
}

func detached(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return srv.Shutdown(ctx)
}

// Close is handed the context for it.
func (a *app) Close(ctx context.Context) error { return a.srv.Shutdown(ctx) }

// -- no deadline --

func forever(srv *http.Server) {
	_ = srv.Shutdown(context.Background()) // want `^srv\.Shutdown has no deadline, so that one busy connection holds it up for ever$`
}

func foreverByVariable(srv *http.Server) error {
	ctx := context.TODO()
	return srv.Shutdown(ctx) // want `^srv\.Shutdown has no deadline, so that one busy connection holds it up for ever$`
}

func cancelledLater(srv *http.Server, hurry <-chan struct{}) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-hurry
		cancel()
	}()
	return srv.Shutdown(ctx)
}

func cancelledBehind(srv *http.Server) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return srv.Shutdown(ctx) // want `^srv\.Shutdown has no deadline, so that one busy connection holds it up for ever$`
}

func stopNow(srv *http.Server) { stopWith(context.TODO(), srv) }

func stopAlso(srv *http.Server) { stopWith(context.Background(), srv) }

func stopWith(ctx context.Context, srv *http.Server) { stopServer(srv, ctx) }

func stopServer(srv *http.Server, ctx context.Context) {
	_ = srv.Shutdown(ctx) // want `^srv\.Shutdown has no deadline, so that one busy connection holds it up for ever$`
}

func stopSoon(srv *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	stopEither(ctx, srv)
}

func stopLate(srv *http.Server) { stopEither(context.Background(), srv) }

// stopEither has a deadline at times, and who calls it may know when.
func stopEither(ctx context.Context, srv *http.Server) { _ = srv.Shutdown(ctx) }

// stopValue is called by whoever has it.
var stopValue = stopAny

func stopAny(ctx context.Context, srv *http.Server) { _ = srv.Shutdown(ctx) }

func stopByValue(srv *http.Server) { stopAny(context.Background(), srv) }

func cancelKept(srv *http.Server, keep func(context.CancelFunc)) error {
	ctx, cancel := context.WithCancel(context.Background())
	keep(cancel)
	return srv.Shutdown(ctx)
}
