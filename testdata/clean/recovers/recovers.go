// Package recovers survives panics.
package recovers

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
)

// Try returns the panic of f as an error.
func Try(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	f()
	return nil
}

// parse panics with a syntaxError deep down, which its caller gets as an error.
type parser struct{ input string }

type syntaxError struct{ error }

func (p *parser) recover(err *error) {
	switch v := recover().(type) {
	case nil:
	case syntaxError:
		*err = v
	default:
		panic(v)
	}
}

func (p *parser) parse() (err error) {
	defer p.recover(&err)
	p.value()
	return nil
}

func (p *parser) value() {
	if p.input == "" {
		panic(syntaxError{errors.New("no value")})
	}
}

// Go runs f on a goroutine that a panic does not end the program from.
func Go(wg *sync.WaitGroup, f func(), onPanic func(any)) {
	wg.Go(func() {
		defer func() {
			if v := recover(); v != nil {
				onPanic(v)
			}
		}()
		f()
	})
}

// HandleCrash is for others to defer.
func HandleCrash(handlers ...func(any)) {
	if v := recover(); v != nil {
		for _, h := range handlers {
			h(v)
		}
		panic(v)
	}
}

// guards are chosen at run time, and deferred by serve.
type guards struct{ after []func() }

func (g *guards) add() {
	g.after = append(g.after, func() {
		if v := recover(); v != nil {
			fmt.Println(v)
		}
	})
}

func (g *guards) serve(f func()) {
	for _, after := range g.after {
		defer after()
	}
	f()
}

// closer cleans up, and its own clean-up may panic.
func closer(f func()) {
	defer func() {
		defer func() { _ = recover() }()
		f()
	}()
	f()
}

// rollback is deferred, and called where all went well.
type tx struct{ done bool }

func (t *tx) rollback() {
	if v := recover(); v != nil {
		t.done = true
		panic(v)
	}
	t.done = true
}

func (t *tx) run(f func()) {
	defer t.rollback()
	f()
}

func (t *tx) abandon() { t.rollback() }

func logPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				http.Error(w, "internal error", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// fanOut starts goroutines and panics by itself as well.
func fanOut(jobs []func(), check func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	check()
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Go(job)
	}
	wg.Wait()
	return nil
}

// cleanup chooses what is deferred.
func cleanup(quiet bool, f func()) {
	after := func() {}
	if quiet {
		after = func() { _ = recover() }
	}
	defer after()
	f()
}

func releases() (release func()) {
	return func() { _ = recover() }
}

func usesRelease(f func()) {
	defer releases()()
	f()
}
