package orphanop

import (
	"fmt"
	"log"
)

func render(name string) (string, error) {
	if name == "" {
		panic("no name")
	}
	return name, nil
}

type text struct {
	s   string
	err error
}

func renderSafely(name string) (string, error) {
	done := make(chan text)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				log.Print(p)
			}
		}()
		s, err := render(name) // related `^a panic here is recovered, and nothing is sent$`
		done <- text{s, err}
	}()
	t := <-done // want `^this receive from done may block forever: a panic at line \d+ is recovered by its sender, which sends nothing then$`
	return t.s, t.err
}

func runSafely(f func()) {
	done := make(chan struct{})
	go func() {
		defer func() { _ = recover() }()
		f() // related `^a panic here is recovered, and nothing is sent$`
		close(done)
	}()
	<-done // want `^this receive from done may block forever: a panic at line \d+ is recovered by its sender, which sends nothing then$`
}

// Silent: the answer is deferred, the handler answers, or the process ends.

func runDeferred(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		f()
	}()
	<-done
}

func runAnswered(f func() error) error {
	done := make(chan error)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("panic: %v", p)
			}
		}()
		done <- f()
	}()
	return <-done
}

func runFatally(f func()) {
	done := make(chan struct{})
	go func() {
		defer func() {
			if p := recover(); p != nil {
				log.Fatal(p)
			}
		}()
		f()
		close(done)
	}()
	<-done
}

func runWrapped(f func()) {
	done := make(chan struct{})
	go func() {
		func() {
			defer func() { _ = recover() }()
			f()
		}()
		close(done)
	}()
	<-done
}

func crash() {
	if p := recover(); p != nil {
		rethrow(p)
	}
}

func rethrow(p any) { panic(p) }

func runCrashing(f func()) {
	done := make(chan struct{})
	go func() {
		defer crash()
		f()
		close(done)
	}()
	<-done
}

func guardedRun(f func()) {
	defer func() { _ = recover() }()
	f()
}

// The answer is deferred by what is run.
func runGuarded(f func() int) int {
	res := make(chan int, 1)
	go guardedRun(func() {
		defer close(res)
		res <- f()
	})
	return <-res
}
