// Command exits gives up while goroutines that it waits for elsewhere still write.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"
)

var errCheck = errors.New("check")

func check() error { return errCheck }

func save(i int) error { return store(fmt.Sprint("part", i)) }

func store(name string) error { return os.WriteFile(name, nil, 0o600) }

func counted() {
	var wg sync.WaitGroup
	for i := 0; i < 3; i++ {
		wg.Go(func() { _ = save(i) }) // related `^the work of this goroutine may be cut off$`
	}
	if err := check(); err != nil {
		log.Fatal(err) // want `^log\.Fatal ends the process, and main has not waited for the goroutine that it started on line 25$`
	}
	wg.Wait()
}

type task struct {
	name string
	done chan error
}

func (t *task) run() { t.done <- store(t.name) }

func (t *task) start() {
	go t.run() // related `^the work of this goroutine may be cut off$`
}

func method() error {
	t := &task{name: "task", done: make(chan error)}
	t.start()
	if len(os.Args) < 2 {
		usage()
	}
	return <-t.done
}

func usage() {
	fmt.Println("usage: exits NAME")
	os.Exit(2) // want `^os\.Exit ends the process, and main has not waited for the goroutine that it started on line 41$`
}

func group() error {
	var g errgroup.Group
	for _, name := range os.Args {
		g.Go(func() error { return os.WriteFile(name, nil, 0o600) }) // related `^the work of this goroutine may be cut off$`
	}
	if _, err := os.Stat("x"); err != nil {
		log.Fatalf("stat: %v", err) // want `^log\.Fatalf ends the process, and main has not waited for the goroutine that it started on line 61$`
	}
	return g.Wait()
}

func main() {
	counted()
	if err := errors.Join(method(), group()); err != nil {
		log.Print(err)
	}
}
