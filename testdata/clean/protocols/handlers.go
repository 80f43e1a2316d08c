package protocols

import (
	"errors"
	"net"
	"net/http"
	"sync"
)

// Handlers run for each request: how often they send, or call Done, is for the clients
// to say.

func firstTwo(l net.Listener) (paths []string, err error) {
	requests := make(chan *http.Request)
	served := make(chan error, 1)
	handle := func(w http.ResponseWriter, r *http.Request) { requests <- r }
	go func() { served <- http.Serve(l, http.HandlerFunc(handle)) }()
	first := <-requests
	second := <-requests
	l.Close()
	return []string{first.URL.Path, second.URL.Path}, <-served
}

func posted(l net.Listener) string {
	posts := make(chan *http.Request)
	http.HandleFunc("/posted", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.Error(w, "post it", http.StatusMethodNotAllowed)
			return
		}
		posts <- r
	})
	post := <-posts
	return post.URL.Path
}

func eachRequest(l net.Listener, use func(*http.Request)) {
	requests := make(chan *http.Request)
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { requests <- r }))
	for r := range requests {
		use(r)
	}
}

func askedThrice(l net.Listener, get func(path string) error) error {
	var handlers sync.WaitGroup
	mux := http.NewServeMux()
	mux.HandleFunc("/fast", func(w http.ResponseWriter, r *http.Request) { handlers.Done() })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		handlers.Done()
	})
	go http.Serve(l, mux)
	handlers.Add(3)
	for _, path := range []string{"/fast", "/slow", "/fast"} {
		if err := get(path); err != nil {
			return errors.New("no answer")
		}
	}
	handlers.Wait()
	return nil
}
