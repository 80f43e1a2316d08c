// Command writers ends when its goroutines have no work, or none that anyone misses.
package main

import (
	"errors"
	"log"
	"net/http"
	"os"
	"sync"
)

var errCheck = errors.New("check")

func check() error { return errCheck }

// first waits, and then gives up.
func first(names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { _ = os.WriteFile(name, nil, 0o600) })
	}
	err := check()
	wg.Wait()
	if err != nil {
		log.Fatal(err)
	}
}

// told gives up when it has heard of the end.
func told(name string) {
	done := make(chan error)
	go func() { done <- os.WriteFile(name, nil, 0o600) }()
	if err := <-done; err != nil {
		log.Fatal(err)
	}
}

// before gives up before it starts anything.
func before(name string) {
	if err := check(); err != nil {
		log.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = os.WriteFile(name, nil, 0o600)
	}()
	<-done
}

// server runs one, which has nothing to lose.
func server() {
	failed := make(chan error, 1)
	go func() {
		_ = os.MkdirAll("cache", 0o700)
		failed <- http.ListenAndServe("localhost:0", nil)
	}()
	if err := check(); err != nil {
		log.Fatal(err)
	}
	log.Print(<-failed)
}

// queue has workers that do nothing as long as they are sent nothing.
func queue(names []string) {
	jobs := make(chan string)
	var wg sync.WaitGroup
	wg.Go(func() {
		for name := range jobs {
			_ = os.WriteFile(name, nil, 0o600)
		}
	})
	if err := check(); err != nil {
		log.Fatal(err)
	}
	for _, name := range names {
		jobs <- name
	}
	close(jobs)
	wg.Wait()
}

// asked only reads.
func asked(name string) {
	found := make(chan bool)
	go func() {
		_, err := os.Stat(name)
		found <- err == nil
	}()
	if err := check(); err != nil {
		log.Fatal(err)
	}
	log.Print(<-found)
}

func main() {
	before("before")
	first(os.Args)
	told("told")
	server()
	queue(os.Args)
	asked("asked")
}
