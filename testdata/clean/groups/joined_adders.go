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

// A Cron has one loop at a time, which adds, and which Stop waits for if there is one.
type Cron struct {
	mu            sync.Mutex
	running       bool
	jobs          *sync.WaitGroup
	stop, stopped chan struct{}
	in            chan func()
}

// Start starts the loop.
func (c *Cron) Start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		return
	}
	c.running = true
	c.jobs = new(sync.WaitGroup)
	c.stop, c.stopped = make(chan struct{}), make(chan struct{})
	go c.run(c.jobs, c.stop, c.stopped)
}

func (c *Cron) run(jobs *sync.WaitGroup, stop <-chan struct{}, stopped chan<- struct{}) {
	defer close(stopped)
	for {
		select {
		case f := <-c.in:
			jobs.Add(1)
			go func() {
				defer jobs.Done()
				f()
			}()
		case <-stop:
			return
		}
	}
}

// Stop returns a channel that ends with the jobs.
func (c *Cron) Stop() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		close(c.stop)
		<-c.stopped
		c.running = false
	}
	done := make(chan struct{})
	jobs := c.jobs
	go func() {
		defer close(done)
		if jobs != nil {
			jobs.Wait()
		}
	}()
	return done
}
