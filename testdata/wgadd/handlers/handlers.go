// Package handlers adds to a group in handlers of requests, which a shutdown waits for.
package handlers

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
)

type site struct {
	wg  sync.WaitGroup
	srv *http.Server
}

func (s *site) routes(mux *http.ServeMux) {
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {
		s.wg.Go(func() { work() })
	})
}

// The shutdown waits for the handlers.
func (s *site) Run(ctx context.Context) error {
	mux := http.NewServeMux()
	s.routes(mux)
	s.srv = &http.Server{Handler: mux}
	errs := make(chan error, 1)
	go func() { errs <- s.srv.ListenAndServe() }()
	<-ctx.Done()
	err := s.srv.Shutdown(context.WithoutCancel(ctx))
	s.wg.Wait()
	<-errs
	return err
}

// So does the server of a test when it is closed.
type testServer struct {
	wg  sync.WaitGroup
	srv *httptest.Server
}

func newTestServer() *testServer {
	s := new(testServer)
	s.srv = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

func (s *testServer) serve(http.ResponseWriter, *http.Request) {
	s.wg.Add(1)
	defer s.wg.Done()
	work()
}

func (s *testServer) Close() {
	s.srv.Close()
	s.wg.Wait()
}

func work() {}
