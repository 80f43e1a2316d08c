package leakedsend

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"

	"fixture.example/leakedsend/dep"
)

// -- stages of a pipeline --

func numbers(n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			out <- i
		}
	}()
	return out
}

func doubled(in <-chan int) <-chan int {
	out := make(chan int) // related `^out is made here, with room for 0$`
	go func() {
		defer close(out)
		for v := range in {
			out <- 2 * v // want `^this send on out may block forever: its receiver may be gone by line \d+$`
		}
	}()
	return out
}

// firstAbove leaves both the stage and the producer behind it waiting. The
// second sends because the first is not received from.
func firstAbove(n, limit int) int {
	for v := range doubled(numbers(n)) {
		if v > limit {
			return v // related `^here the receiver of out returns$`
		}
	}
	return -1
}

type record struct {
	key string
	err error
}

func inPlace(keys []string) error {
	read := make(chan record)
	go func() {
		for _, k := range keys {
			read <- record{key: k}
		}
		close(read)
	}()
	checked := make(chan record)
	go func() {
		for r := range read {
			if r.key == "" {
				r.err = errors.New("empty")
			}
			checked <- r
		}
		close(checked)
	}()
	stored := make(chan error) // related `^stored is made here, with room for 0$`
	go func() {
		defer close(stored)
		for {
			r, ok := <-checked
			if !ok {
				return
			}
			stored <- r.err // want `^this send on stored may block forever: its receiver may be gone by line \d+$`
		}
	}()
	for err := range stored {
		if err != nil {
			return err // related `^here the receiver of stored returns$`
		}
	}
	return nil
}

type importer struct{ rows []string }

func (im *importer) read(out chan<- string) {
	defer close(out)
	for _, r := range im.rows {
		out <- r
	}
}

func (im *importer) parse(in <-chan string, out chan<- record) {
	defer close(out)
	for r := range in {
		out <- record{key: r} // want `^this send on out may block forever: its receiver may be gone by line \d+$`
	}
}

func (im *importer) run() error {
	rows, recs := make(chan string), make(chan record) // related `^out is made here, with room for 0$`
	go im.read(rows)
	go im.parse(rows, recs)
	for r := range recs {
		if r.err != nil {
			return r.err // related `^here the receiver of out returns$`
		}
	}
	return nil
}

func mapped[A, B any](in <-chan A, f func(A) B) <-chan B {
	out := make(chan B) // related `^out is made here, with room for 0$`
	go func() {
		defer close(out)
		for a := range in {
			out <- f(a) // want `^this send on out may block forever: its receiver may be gone by line \d+$`
		}
	}()
	return out
}

func anyTrue(n int, f func(int) bool) bool {
	for ok := range mapped(numbers(n), f) {
		if ok {
			return true // related `^here the receiver of out returns$`
		}
	}
	return false
}

// byWorkers has several goroutines in one stage.
func byWorkers(keys []string) error {
	jobs := make(chan string)
	go func() {
		defer close(jobs)
		for _, k := range keys {
			jobs <- k
		}
	}()
	results := make(chan record) // related `^results is made here, with room for 0$`
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range jobs {
				results <- record{key: k} // want `^this send on results may block forever: its receiver may be gone by line \d+$`
			}
		}()
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	for r := range results {
		if r.err != nil {
			return r.err // related `^here the receiver of results returns$`
		}
	}
	return nil
}

// ofOthers has stages of another package.
func ofOthers() int {
	for v := range dep.Squares(dep.Numbers(10)) { // want `^a send on result by this call may block forever: its receiver may be gone by line \d+$`
		if v > 10 {
			return v // related `^here the receiver of result returns$`
		}
	}
	return 0
}

func drainsBehind(n, limit int) int {
	found := -1
	all := drained(numbers(n))
	for v := range all {
		if v > limit {
			found = v
			break
		}
	}
	for range all {
	}
	return found
}

func drained(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			out <- v
		}
	}()
	return out
}

func takesAll(n int) (t int) {
	for v := range summed(numbers(n)) {
		t += v
	}
	return t
}

func summed(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			out <- v + 1
		}
	}()
	return out
}

func stoppable(ctx context.Context, in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			select {
			case out <- v:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func stoppableNumbers(ctx context.Context, n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			select {
			case out <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func stopsAll(ctx context.Context, n int) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for v := range stoppable(ctx, stoppableNumbers(ctx, n)) {
		if v > 10 {
			return v
		}
	}
	return 0
}

// oneTurn has a stage that gets one value.
func oneTurn(f func() int) int {
	in, out := make(chan int, 1), make(chan int)
	go func() {
		in <- f()
		close(in)
	}()
	go func() {
		defer close(out)
		for v := range in {
			out <- v
		}
	}()
	return <-out
}

// driven is a stage that others feed, who know when to stop.
func driven(in <-chan int, want int) int {
	out := make(chan int)
	go func() {
		for v := range in {
			out <- v
		}
	}()
	for {
		if v := <-out; v == want {
			return v
		}
	}
}

// -- goroutines that do much else --

type listeners struct{ addrs []string }

func (l *listeners) firstError() error {
	errc := make(chan error) // related `^errc is made here, with room for 0$` related `^errc is made here, with room for 0$`
	for _, a := range l.addrs {
		go l.serve(a, errc)
	}
	return <-errc // related `^here the receiver of errc returns$`
}

func (l *listeners) serve(addr string, errc chan<- error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		errc <- err // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
		return
	}
	errc <- http.Serve(ln, nil) // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
}

func (l *listeners) allErrors() (errs []error) {
	errc := make(chan error)
	for _, a := range l.addrs {
		go func() {
			resp, err := http.Get(a)
			if err == nil {
				resp.Body.Close()
			}
			errc <- err
		}()
	}
	for range l.addrs {
		errs = append(errs, <-errc)
	}
	return errs
}

func sendsTwice(url string) error {
	errc := make(chan error) // related `^errc is made here, with room for 0$`
	go func() {
		resp, err := http.Get(url)
		if err != nil {
			errc <- err
		} else {
			resp.Body.Close()
		}
		errc <- nil // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
	}()
	return <-errc // related `^here the receiver of errc returns$`
}

func sendsOnce(url string) error {
	errc := make(chan error)
	go func() {
		resp, err := http.Get(url)
		if err != nil {
			errc <- err
			return
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		errc <- err
	}()
	return <-errc
}

// closedTooEarly is closedsend's: whoever still sends panics.
func closedTooEarly(fs []func() int) int {
	results := make(chan int)
	for _, f := range fs {
		go func() { results <- f() }()
	}
	r := <-results
	close(results)
	return r
}
