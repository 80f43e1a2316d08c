// Package nakedgo has goroutines with and without a deferred recover.
package nakedgo

import (
	"log"
	"net/http"
	"os"
	"sync"

	"fixture.example/nakedgo/dep"
)

type job struct{ name string }

func (j *job) run() { _ = os.Remove(j.name) }

func (j *job) safe() {
	defer func() {
		if r := recover(); r != nil {
			log.Print(r)
		}
	}()
	j.run()
}

func literal(j *job) {
	go func() { // want `^a panic in this goroutine ends the process, since nothing recovers it$`
		j.run()
	}()
}

func literalSafe(j *job) {
	go func() {
		defer func() { _ = recover() }()
		j.run()
	}()
}

func method(j *job, done chan error) {
	go j.run() // want `^a panic in this goroutine ends the process, since nothing recovers it$`
	go j.safe()
	go dep.Bare(done) // want `^a panic in this goroutine ends the process, since nothing recovers it$`
}

func group(j *job) {
	var wg sync.WaitGroup
	wg.Go(func() { j.run() }) // want `^a panic in this goroutine ends the process, since nothing recovers it$`
	wg.Go(j.safe)
	wg.Wait()
}

func helper(j *job) {
	go func() {
		defer dep.Recover()
		j.run()
	}()
	dep.Start(j.run)
	go func() { dep.Safe(j.run) }()
	go func() { j.safe() }()
}

// It recovers in a function that is not deferred, which does not help.
func notDeferred(j *job) {
	go func() { // want `^a panic in this goroutine ends the process, since nothing recovers it$`
		_ = recover()
		j.run()
	}()
}

func closer(wg *sync.WaitGroup, ch chan int) {
	go func() {
		wg.Wait()
		close(ch)
	}()
}

func unknown(f func()) { go f() }

// The server recovers what its handlers do not, but not what they start.
func handlers(mux *http.ServeMux, j *job) {
	http.HandleFunc("/now", func(http.ResponseWriter, *http.Request) { j.run() })
	mux.HandleFunc("/later", func(http.ResponseWriter, *http.Request) {
		go j.run() // want `^a panic in this goroutine ends the process, since nothing recovers it$`
	})
}
