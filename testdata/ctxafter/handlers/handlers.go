// Package handlers has goroutines that handlers start.
package handlers

import (
	"context"
	"database/sql"
	"net/http"
	"sync"
	"time"

	"fixture.example/ctxafter/dep"
)

type app struct {
	db *sql.DB
	wg sync.WaitGroup
	in chan string
}

func (a *app) audit(ctx context.Context, what string) error {
	_, err := a.db.ExecContext(ctx, "insert", what)
	return err
}

func (a *app) straight(w http.ResponseWriter, r *http.Request) {
	go a.audit(r.Context(), "x") // want `^r\.Context\(\) ends when the handler returns, which does not wait for the goroutine that uses it$`
	w.WriteHeader(http.StatusAccepted)
}

func (a *app) variable(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() {
		_ = a.audit(ctx, "x") // want `^ctx ends when the handler returns, which does not wait for the goroutine that uses it$`
		_ = a.audit(ctx, "y")
	}()
	w.WriteHeader(http.StatusAccepted)
}

func (a *app) derived(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	go func() {
		defer cancel()
		_ = a.audit(ctx, "x") // want `^ctx ends when the handler returns, which does not wait for the goroutine that uses it$`
	}()
	w.WriteHeader(http.StatusAccepted)
}

func (a *app) group(w http.ResponseWriter, r *http.Request) {
	a.wg.Go(func() {
		_ = a.audit(r.Context(), "x") // want `^r\.Context\(\) ends when the handler returns, which does not wait for the goroutine that uses it$`
	})
	w.WriteHeader(http.StatusAccepted)
}

func (a *app) helper(w http.ResponseWriter, r *http.Request) {
	a.later(r.Context(), "x") // want `^r\.Context\(\) ends when the handler returns, which does not wait for the goroutine that uses it$`
	w.WriteHeader(http.StatusAccepted)
}

func (a *app) later(ctx context.Context, what string) { a.muchLater(ctx, what) }

func (a *app) muchLater(ctx context.Context, what string) {
	go func() {
		_ = a.audit(ctx, what) // related `^the context is used here$`
	}()
}

func (a *app) elsewhere(w http.ResponseWriter, r *http.Request) {
	dep.Later(r.Context(), "x") // want `^r\.Context\(\) ends when the handler returns, which does not wait for the goroutine that uses it$`
	w.WriteHeader(http.StatusAccepted)
}

func (a *app) afterATime(w http.ResponseWriter, r *http.Request) {
	time.AfterFunc(time.Second, func() {
		_ = a.audit(r.Context(), "x") // want `^r\.Context\(\) ends when the handler returns, which does not wait for the goroutine that uses it$`
	})
	w.WriteHeader(http.StatusAccepted)
}

func (a *app) routes(mux *http.ServeMux) {
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		go dep.Run(r.Context(), "x") // want `^r\.Context\(\) ends when the handler returns, which does not wait for the goroutine that uses it$`
	})
}

// -- gRPC --

type (
	request  struct{}
	response struct{}
	stream   interface {
		Send(*response) error
		Context() context.Context
	}
	// UnimplementedAuditServer is what the generator makes.
	UnimplementedAuditServer struct{}
)

type auditServer struct {
	UnimplementedAuditServer
	app *app
}

func (s *auditServer) Put(ctx context.Context, _ *request) (*response, error) {
	go s.app.audit(ctx, "x") // want `^ctx ends when the handler returns, which does not wait for the goroutine that uses it$`
	return &response{}, nil
}

func (s *auditServer) List(_ *request, st stream) error {
	go s.app.audit(st.Context(), "x") // want `^st\.Context\(\) ends when the handler returns, which does not wait for the goroutine that uses it$`
	return st.Send(&response{})
}

func (s *auditServer) Get(ctx context.Context, _ *request) (*response, error) {
	done := make(chan error, 1)
	go func() { done <- s.app.audit(ctx, "x") }()
	if err := <-done; err != nil {
		return nil, err
	}
	return &response{}, nil
}

// -- silent --

func (a *app) detached(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go a.audit(ctx, "x")
	w.WriteHeader(http.StatusAccepted)
}

func (a *app) waited(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = a.audit(r.Context(), "x")
		}()
	}
	wg.Wait()
	w.WriteHeader(http.StatusOK)
}

func (a *app) abandoned(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	done := make(chan error, 1)
	go func() { done <- a.audit(ctx, "x") }()
	select {
	case <-done:
		w.WriteHeader(http.StatusOK)
	case <-time.After(time.Second):
		w.WriteHeader(http.StatusGatewayTimeout)
	}
}

func (a *app) watched(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() {
		<-ctx.Done()
		a.in <- "gone"
	}()
	go a.beat(ctx)
	w.WriteHeader(http.StatusOK)
}

func (a *app) beat(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			_ = a.audit(ctx, "beat")
		}
	}
}

func (a *app) streams(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go a.audit(ctx, "x")
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-a.in:
			_, _ = w.Write([]byte(s))
		}
	}
}

// A client is no handler: its request is its own.
func roundTrip(r *http.Request) {
	go dep.Run(r.Context(), "x")
}
