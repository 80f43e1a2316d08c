package semleak

import "net/http"

// -- panics that the server recovers --

type slots struct {
	sem  chan struct{}
	gate gate
	next http.Handler
	then http.HandlerFunc
}

func newSlots(next http.Handler) *slots {
	return &slots{sem: make(chan struct{}, 10), gate: newGate(10), next: next}
}

func (s *slots) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.sem <- struct{}{}    // want `^s\.sem is not released if a panic is recovered by the server: nothing defers the release$`
	s.next.ServeHTTP(w, r) // related `^a panic of this handler passes by the release of s\.sem$`
	<-s.sem
}

func (s *slots) serveGated(w http.ResponseWriter, r *http.Request) {
	s.gate.enter() // want `^s\.gate is not released if a panic is recovered by the server: nothing defers the release$`
	s.then(w, r)   // related `^a panic of this handler passes by the release of s\.gate$`
	s.gate.leave()
}

func (s *slots) serveDeferred(w http.ResponseWriter, r *http.Request) {
	s.sem <- struct{}{}
	defer func() { <-s.sem }()
	s.next.ServeHTTP(w, r)
}

func (s *slots) serveKnown(w http.ResponseWriter, r *http.Request) {
	s.sem <- struct{}{}
	n := len(r.Host)
	<-s.sem
	if n > 0 {
		s.next.ServeHTTP(w, r)
	}
}
