package groups

import (
	"context"
	"sync"
)

// -- the only goroutine that adds is waited for before the group is --

type Dispatcher struct {
	jobs          sync.WaitGroup
	in            chan func()
	quit, stopped chan struct{}
}

// NewDispatcher returns one that runs.
func NewDispatcher() *Dispatcher {
	d := &Dispatcher{in: make(chan func()), quit: make(chan struct{}), stopped: make(chan struct{})}
	go d.run()
	return d
}

func (d *Dispatcher) run() {
	defer close(d.stopped)
	for {
		select {
		case f := <-d.in:
			d.jobs.Add(1)
			go func() {
				defer d.jobs.Done()
				f()
			}()
		case <-d.quit:
			return
		}
	}
}

func (d *Dispatcher) join() {
	close(d.quit)
	<-d.stopped
}

// Close waits for all jobs.
func (d *Dispatcher) Close() {
	d.join()
	d.jobs.Wait()
}

// Shutdown waits for them till ctx ends.
func (d *Dispatcher) Shutdown(ctx context.Context) error {
	close(d.quit)
	<-d.stopped
	idle := make(chan struct{})
	go func() {
		d.jobs.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
