package orphanop

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"
)

// -- goroutines that an early return does not tell to end --

func watchProcess(p *os.Process, every time.Duration, done <-chan struct{}, out chan<- int) {
	t := time.NewTicker(every)
	defer t.Stop()
	n := 0
	for {
		select {
		case <-t.C:
			n += p.Pid
		case <-done: // want `^this receive from done may never come: nothing closes it after the return at line \d+$`
			out <- n
			return
		}
	}
}

func runProcess(p *os.Process) (int, error) {
	done := make(chan struct{})
	out := make(chan int, 1)
	go watchProcess(p, time.Second, done, out)
	if _, err := p.Wait(); err != nil {
		return 0, err // related `^this return leaves the channel open$`
	}
	close(done)
	return <-out, nil
}

func goOn(name string) error {
	start := make(chan bool)
	go func() {
		if <-start { // want `^this receive from start may never come: nothing sends to it after the return at line \d+$`
			os.Remove(name)
		}
	}()
	info, err := os.Stat(name)
	if err != nil {
		return err // related `^this return comes before what is received$`
	}
	start <- info.IsDir()
	return nil
}

// watchDeferred closes done on all ways.
func watchDeferred(p *os.Process) (int, error) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				println(p.Pid)
			case <-done:
				return
			}
		}
	}()
	if _, err := p.Wait(); err != nil {
		return 0, err
	}
	return p.Pid, nil
}

// watchWithContext has a goroutine that ends with the context as well.
func watchWithContext(ctx context.Context, p *os.Process) error {
	done := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			p.Kill()
		case <-done:
		}
	}()
	if _, err := p.Wait(); err != nil {
		return err
	}
	close(done)
	return nil
}

// watchFails closes done where it fails, too.
func watchFails(p *os.Process) error {
	done := make(chan struct{})
	go func() {
		<-done
		p.Release()
	}()
	if _, err := p.Wait(); err != nil {
		close(done)
		return err
	}
	close(done)
	return nil
}

// watchBefore fails before there is a goroutine.
func watchBefore(p *os.Process) error {
	if p == nil {
		return errors.New("no process")
	}
	done := make(chan struct{})
	go func() {
		<-done
		p.Release()
	}()
	_, err := p.Wait()
	close(done)
	return err
}

// watchHandedOn has others close it.
func watchHandedOn(p *os.Process, later func(func())) error {
	done := make(chan struct{})
	go func() {
		<-done
		p.Release()
	}()
	later(func() { close(done) })
	if _, err := p.Wait(); err != nil {
		return err
	}
	return nil
}

// watchUntil gives up by itself.
func watchUntil(p *os.Process) error {
	done := make(chan struct{})
	go func() {
		for range 10 {
			select {
			case <-done:
				return
			case <-time.After(time.Second):
				println(p.Pid)
			}
		}
	}()
	if _, err := p.Wait(); err != nil {
		return err
	}
	close(done)
	return nil
}

// -- elements of a container that are not closed --

func sharded(ctx context.Context, in <-chan int, n int, add func(int)) error {
	queues := make([]chan int, n)
	var wg sync.WaitGroup
	for i := range queues {
		queues[i] = make(chan int, 32)
		wg.Add(1)
		go func(q <-chan int) {
			defer wg.Done()
			for v := range q { // want `^this range over q may never end: nothing closes it after the return at line \d+$`
				add(v)
			}
		}(queues[i])
	}
	if err := deal(ctx, in, queues); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func deal(ctx context.Context, in <-chan int, queues []chan int) error {
	for {
		select {
		case v, ok := <-in:
			if !ok {
				for _, q := range queues {
					close(q)
				}
				return nil
			}
			queues[v%len(queues)] <- v
		case <-ctx.Done():
			return ctx.Err() // related `^this return leaves the channel open$`
		}
	}
}

func shardedAtOnce(in []int, n int, add func(int), check func(int) error) error {
	queues := make([]chan int, n)
	for i := range queues {
		queues[i] = make(chan int, 32)
		go func(q <-chan int) {
			for v := range q { // want `^this range over q may never end: nothing closes it after the return at line \d+$`
				add(v)
			}
		}(queues[i])
	}
	for _, v := range in {
		if err := check(v); err != nil {
			return err // related `^this return leaves the channel open$`
		}
		queues[v%n] <- v
	}
	for _, q := range queues {
		close(q)
	}
	return nil
}

// All are closed on each way.
func shardedClosed(ctx context.Context, in <-chan int, n int, add func(int)) error {
	queues := make([]chan int, n)
	for i := range queues {
		queues[i] = make(chan int, 32)
		go func(q <-chan int) {
			for v := range q {
				add(v)
			}
		}(queues[i])
	}
	return dealAll(ctx, in, queues)
}

func dealAll(ctx context.Context, in <-chan int, queues []chan int) error {
	defer func() {
		for _, q := range queues {
			close(q)
		}
	}()
	for {
		select {
		case v, ok := <-in:
			if !ok {
				return nil
			}
			queues[v%len(queues)] <- v
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Where the caller gets an error, it closes them.
func shardedByCaller(in []int, n int, add func(int), check func(int) error) error {
	queues := make([]chan int, n)
	for i := range queues {
		queues[i] = make(chan int, 32)
		go func(q <-chan int) {
			for v := range q {
				add(v)
			}
		}(queues[i])
	}
	var failed error
	for _, v := range in {
		if failed = check(v); failed != nil {
			break
		}
		queues[v%n] <- v
	}
	for _, q := range queues {
		close(q)
	}
	return failed
}
