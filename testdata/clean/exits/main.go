// Command exits ends in good order.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: exits file")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go func() {
		<-ctx.Done()
		stop()
	}()
	if err := run(ctx, os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// run has all that is deferred, and returns.
func run(ctx context.Context, path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	defer w.Flush()
	fanOut(w)
	return serve(ctx)
}

func fanOut(w *bufio.Writer) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	defer wg.Wait()
	for i := range 3 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(w, i)
		})
	}
}

func serve(ctx context.Context) error {
	srv := &http.Server{Addr: "localhost:0"}
	failed := make(chan error, 1)
	go func() { failed <- srv.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return srv.Shutdown(context.WithoutCancel(ctx))
	}
}

// inspect only reads, and what it has open the system closes.
func inspect(path string) {
	f, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	resp, err := http.Get(path)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := f.Stat(); err != nil {
		log.Fatal(err)
	}
}

// convert cleans up by hand before it gives up.
func convert(path string) {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	if _, err := w.WriteString(path); err != nil {
		w.Flush()
		log.Fatal(err)
	}
}

// rotate has closed the file before by the time it gives up.
func rotate(names []string) {
	var current *os.File
	defer func() {
		if current != nil {
			current.Close()
		}
	}()
	for _, name := range names {
		if current != nil {
			current.Close()
			current = nil
		}
		f, err := os.Create(name)
		if err != nil {
			log.Fatal(err)
		}
		current = f
	}
}
