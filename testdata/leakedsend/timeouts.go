// Package leakedsend has sends whose receiver may be gone.
package leakedsend

import (
	"context"
	"errors"
	"sync"
	"time"

	"fixture.example/leakedsend/dep"
	"golang.org/x/sync/errgroup"
)

func slow() int { return 1 }

func onContext(ctx context.Context) (int, error) {
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		ch <- slow() // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
	}()
	select {
	case n := <-ch:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err() // related `^here the receiver of ch returns$`
	}
}

func onContextWithRoom(ctx context.Context) (int, error) {
	ch := make(chan int, 1)
	go func() { ch <- slow() }()
	select {
	case n := <-ch:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func onTimeout(d time.Duration) error {
	errc := make(chan error) // related `^errc is made here, with room for 0$`
	go func() {
		errc <- errors.New("late") // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
	}()
	select {
	case err := <-errc:
		return err
	case <-time.After(d):
		return errors.New("timeout") // related `^here the receiver of errc returns$`
	}
}

func senderGivesUp(ctx context.Context) (int, error) {
	ch := make(chan int)
	go func() {
		select {
		case ch <- slow():
		case <-ctx.Done():
		}
	}()
	select {
	case n := <-ch:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func senderTries() int {
	ch := make(chan int)
	go func() {
		select {
		case ch <- slow():
		default:
		}
	}()
	if slow() > 1 {
		return 0
	}
	return <-ch
}

func earlyReturn(check func() error) (int, error) {
	ch := make(chan int)         // related `^ch is made here, with room for 0$`
	go func() { ch <- slow() }() // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
	if err := check(); err != nil {
		return 0, err // related `^here the receiver of ch returns$`
	}
	return <-ch, nil
}

func checkedBefore(check func() error) (int, error) {
	ch := make(chan int)
	if err := check(); err != nil {
		return 0, err
	}
	go func() { ch <- slow() }()
	return <-ch, nil
}

func drainedOnReturn(check func() error) (int, error) {
	ch := make(chan int)
	go func() { ch <- slow() }()
	if err := check(); err != nil {
		<-ch
		return 0, err
	}
	return <-ch, nil
}

func drainedByDefer(check func() error) error {
	ch := make(chan int)
	go func() { ch <- slow() }()
	defer func() { <-ch }()
	return check()
}

// work sends what it has been given.
func work(n int, out chan<- int) { out <- n } // want `^this send on out may block forever: its receiver may be gone by line \d+$`

func byHelper(ctx context.Context) int {
	out := make(chan int) // related `^out is made here, with room for 0$`
	go work(1, out)
	select {
	case n := <-out:
		return n
	case <-ctx.Done():
		return 0 // related `^here the receiver of out returns$`
	}
}

func firstOfMany(urls []string) string {
	ch := make(chan string) // related `^ch is made here, with room for 0$`
	for _, u := range urls {
		go func() {
			ch <- u // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
		}()
	}
	return <-ch // related `^here the receiver of ch returns$`
}

func firstOfManyWithRoom(urls []string) string {
	ch := make(chan string, len(urls))
	for _, u := range urls {
		go func() { ch <- u }()
	}
	return <-ch
}

func firstError(jobs []func() error) error {
	errc := make(chan error) // related `^errc is made here, with room for 0$`
	for _, job := range jobs {
		go func() {
			errc <- job() // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
		}()
	}
	for range jobs {
		if err := <-errc; err != nil {
			return err // related `^here the receiver of errc returns$`
		}
	}
	return nil
}

func allErrors(jobs []func() error) error {
	errc := make(chan error)
	for _, job := range jobs {
		go func() { errc <- job() }()
	}
	var first error
	for range jobs {
		if err := <-errc; err != nil && first == nil {
			first = err
		}
	}
	return first
}

func twoSendersOneReceive() error {
	errc := make(chan error, 1)
	go func() { errc <- nil }()
	go func() { errc <- nil }()
	return <-errc
}

func threeSendersOneReceive() error {
	errc := make(chan error, 1) // related `^errc is made here, with room for 1$` related `^errc is made here, with room for 1$` related `^errc is made here, with room for 1$`
	go func() { errc <- nil }() // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
	go func() { errc <- nil }() // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
	go func() { errc <- nil }() // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
	return <-errc               // related `^here the receiver of errc returns$` related `^here the receiver of errc returns$` related `^here the receiver of errc returns$`
}

// One result or one error, not both.
func resultOrError(f func() (int, error)) (int, error) {
	res, errc := make(chan int), make(chan error)
	go func() {
		n, err := f()
		if err != nil {
			errc <- err
			return
		}
		res <- n
	}()
	select {
	case n := <-res:
		return n, nil
	case err := <-errc:
		return 0, err
	}
}

// A producer whose consumer leaves early.
func produce(items []int) int {
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		defer close(ch)
		for _, n := range items {
			ch <- n // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
		}
	}()
	for n := range ch {
		if n < 0 {
			return n // related `^here the receiver of ch returns$`
		}
	}
	return 0
}

func produceAll(items []int) (sum int) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for _, n := range items {
			ch <- n
		}
	}()
	for n := range ch {
		sum += n
	}
	return sum
}

func produceStoppable(items []int) int {
	ch, done := make(chan int), make(chan struct{})
	defer close(done)
	go func() {
		defer close(ch)
		for _, n := range items {
			select {
			case ch <- n:
			case <-done:
				return
			}
		}
	}()
	for n := range ch {
		if n < 0 {
			return n
		}
	}
	return 0
}

// The consumer is the goroutine, and the function sends.
func feed(items []int, handle func(int) error) {
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		for n := range ch {
			if err := handle(n); err != nil {
				return // related `^here the receiver of ch returns$`
			}
		}
	}()
	for _, n := range items {
		ch <- n // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
	}
	close(ch)
}

func feedAll(items []int, handle func(int)) {
	ch := make(chan int)
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := range ch {
			handle(n)
		}
	})
	for _, n := range items {
		ch <- n
	}
	close(ch)
	wg.Wait()
}

// The channel comes from a function.
func start() <-chan int {
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		ch <- slow() // want `^this send on (ch|made) may block forever: its receiver may be gone by line \d+$`
	}()
	return ch
}

func useStart(ctx context.Context) int {
	ch := start()
	select {
	case n := <-ch:
		return n
	case <-ctx.Done():
		return 0 // related `^here the receiver of ch returns$`
	}
}

func useImported(ctx context.Context) int {
	ch := dep.Start(slow) // want `^a send on ch by this call may block forever: its receiver may be gone by line \d+$`
	select {
	case n := <-ch:
		return n
	case <-ctx.Done():
		return 0 // related `^here the receiver of ch returns$`
	}
}

func useImportedRoomy(ctx context.Context) int {
	ch := dep.StartRoomy(slow)
	select {
	case n := <-ch:
		return n
	case <-ctx.Done():
		return 0
	}
}

func useImportedAll() int { return <-dep.Start(slow) }

// Each turn has a channel of its own.
func polls(ctx context.Context, every time.Duration) {
	for {
		res := make(chan int) // related `^res is made here, with room for 0$` related `^here the receiver of res goes on with another channel$`
		go func() {
			res <- slow() // want `^this send on res may block forever: its receiver may be gone by line \d+$`
		}()
		select {
		case <-res:
		case <-time.After(every):
		case <-ctx.Done():
			return
		}
	}
}

// A group's goroutines send to who has left.
func group(ctx context.Context, jobs []func() int) (int, error) {
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	g, ctx := errgroup.WithContext(ctx)
	for _, job := range jobs {
		g.Go(func() error {
			ch <- job() // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
			return nil
		})
	}
	select {
	case n := <-ch:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err() // related `^here the receiver of ch returns$`
	}
}

// Others have the channel, so nothing is known.
type hub struct{ results chan int }

func (h *hub) run(ctx context.Context) {
	ch := make(chan int)
	h.results = ch
	go func() { ch <- slow() }()
	select {
	case <-ch:
	case <-ctx.Done():
	}
}

func handedOut(ctx context.Context, take func(<-chan int)) {
	ch := make(chan int)
	go func() { ch <- slow() }()
	take(ch)
}

func returned() <-chan int {
	ch := make(chan int)
	go func() { ch <- slow() }()
	return ch
}

// The helper goroutine takes what is left.
func drainedBeside(items []int) int {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for _, n := range items {
			ch <- n
		}
	}()
	defer func() {
		go func() {
			for range ch {
			}
		}()
	}()
	return <-ch
}

// The request has a channel for its answer.
type request struct {
	n    int
	resp chan int
}

func ask(ctx context.Context, n int) int {
	r := &request{n: n, resp: make(chan int)} // related `^r\.resp is made here, with room for 0$`
	go func() {
		r.resp <- r.n // want `^this send on r\.resp may block forever: its receiver may be gone by line \d+$`
	}()
	select {
	case m := <-r.resp:
		return m
	case <-ctx.Done():
		return 0 // related `^here the receiver of r\.resp returns$`
	}
}

// Counted loops have their condition at the end of a turn.
func counted(jobs []func() error) error {
	errc := make(chan error)
	for _, job := range jobs {
		go func() { errc <- job() }()
	}
	var first error
	for range len(jobs) {
		if err := <-errc; err != nil {
			first = err
		}
	}
	return first
}

func countedEarly(jobs []func() error) error {
	errc := make(chan error) // related `^errc is made here, with room for 0$`
	for _, job := range jobs {
		go func() {
			errc <- job() // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
		}()
	}
	for range len(jobs) {
		if err := <-errc; err != nil {
			return err // related `^here the receiver of errc returns$`
		}
	}
	return nil
}

// Each of several goroutines receives one.
func pairs(n int) {
	ch := make(chan int)
	for range n {
		go func() { ch <- 1 }()
	}
	for range n {
		go func() { <-ch }()
	}
}

// The loop answers what it is asked.
func answers(inputs []int) (sum int) {
	in, out := make(chan int), make(chan int)
	go func() {
		for n := range in {
			out <- n * n
		}
	}()
	in <- 3
	sum = <-out
	close(in)
	return sum
}

// One goroutine after the other, each waited for.
func inTurn(first, second func() error) error {
	errc := make(chan error)
	go func() { errc <- first() }()
	if err := <-errc; err != nil {
		return err
	}
	go func() { errc <- second() }()
	return <-errc
}

// sequence has one fault: nothing behind the first send is reached.
func sequence(ctx context.Context) int {
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		ch <- slow() // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
		ch <- slow()
		ch <- slow()
	}()
	select {
	case n := <-ch:
		return n + <-ch + <-ch
	case <-ctx.Done():
		return 0 // related `^here the receiver of ch returns$`
	}
}

type named interface{ Name() string }

// oneOfEach receives as often as goroutines send, in a loop that may have no turn.
func oneOfEach(what string, all ...named) bool {
	type result struct {
		of   named
		done bool
	}
	var wg sync.WaitGroup
	ch := make(chan result)
	for _, n := range all {
		wg.Go(func() { ch <- result{n, slow() > 0} })
	}
	names := make([]string, 0, len(all))
	for range len(all) {
		r := <-ch
		if r.done {
			if what != "" {
				println(what)
			}
		} else {
			names = append(names, r.of.Name())
		}
	}
	wg.Wait()
	return len(names) == 0
}
