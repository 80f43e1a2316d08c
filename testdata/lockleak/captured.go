package lockleak

import (
	"errors"
	"sync"
)

// -- a goroutine that calls methods of what the function around it has made --

type entryGate struct {
	mu    sync.Mutex
	owner string
}

func (g *entryGate) enter(who string) {
	g.mu.Lock()
	g.owner = who
}

func (g *entryGate) leave() {
	g.owner = ""
	g.mu.Unlock()
}

type gatedJobs struct {
	gate   *entryGate
	jobs   []int
	closed bool
}

func (b *gatedJobs) pop() (int, error) {
	b.gate.enter("pop") // want `^b\.gate\.mu is still locked at the return on line \d+$`
	if len(b.jobs) == 0 {
		if b.closed {
			return 0, errors.New("closed") // related `^this return leaves b\.gate\.mu locked$`
		}
		b.gate.leave()
		return 0, nil
	}
	job := b.jobs[0]
	b.gate.leave()
	return job, nil
}

func (b *gatedJobs) popped() (int, error) {
	b.gate.enter("popped")
	defer b.gate.leave()
	if b.closed {
		return 0, errors.New("closed")
	}
	return len(b.jobs), nil
}

func (b *gatedJobs) work() {
	for {
		if _, err := b.pop(); err != nil {
			return
		}
		if _, err := b.popped(); err != nil {
			return
		}
	}
}

func drainGated() {
	b := &gatedJobs{gate: &entryGate{}}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		b.work()
	}()
	wg.Wait()
}
