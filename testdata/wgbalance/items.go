package wgbalance

import (
	"context"
	"sync"
)

type item struct{ id int }

type items struct {
	jobs chan item
	quit chan struct{}
	wg   sync.WaitGroup
}

func newItems(n int) *items {
	p := &items{jobs: make(chan item), quit: make(chan struct{})}
	for range n {
		go p.worker()
	}
	return p
}

func (p *items) worker() {
	for {
		select {
		case j := <-p.jobs: // related `^each that is received here is counted by who sends it$`
			if j.id < 0 {
				continue
			}
			run(j.id)
			p.wg.Done() // want `^Done of p\.wg is not called in a turn of the loop that receives what it counts: Wait blocks forever$`
		case <-p.quit:
			return
		}
	}
}

func (p *items) Submit(ctx context.Context, j item) error {
	p.wg.Add(1)
	select {
	case p.jobs <- j:
		return nil
	case <-ctx.Done():
		p.wg.Done()
		return ctx.Err()
	}
}

func (p *items) Wait() { p.wg.Wait() }

type queue struct {
	jobs chan item
	wg   sync.WaitGroup
}

func newQueue(n int) *queue {
	p := &queue{jobs: make(chan item)}
	for range n {
		go p.worker()
	}
	return p
}

func (p *queue) worker() {
	for j := range p.jobs { // related `^each that is received here is counted by who sends it$`
		if err := run(j.id); err != nil {
			return // related `^this return does not call Done of p\.wg$`
		}
		p.wg.Done() // want `^Done of p\.wg is not called at the return on line \d+, for what the loop has received: Wait blocks forever$`
	}
}

func (p *queue) Submit(j item) {
	p.wg.Add(1)
	p.jobs <- j
}
func (p *queue) Wait() { close(p.jobs); p.wg.Wait() }

// Silent: each count is taken back, or is not one for each.

func itemBatches(js []item) {
	var wg sync.WaitGroup
	ch := make(chan item)
	go func() {
		var batch []item
		for j := range ch {
			batch = append(batch, j)
			if len(batch) < 10 {
				continue
			}
			for range batch {
				wg.Done()
			}
			batch = batch[:0]
		}
		for range batch {
			wg.Done()
		}
	}()
	for _, j := range js {
		wg.Add(1)
		ch <- j
	}
	close(ch)
	wg.Wait()
}

func itemPings(js []item) {
	var wg sync.WaitGroup
	ch := make(chan item)
	go func() {
		for j := range ch {
			if j.id == 0 {
				continue
			}
			run(j.id)
			wg.Done()
		}
	}()
	for _, j := range js {
		if j.id != 0 {
			wg.Add(1)
		}
		ch <- j
	}
	close(ch)
	wg.Wait()
}

func itemRetries(js []item) {
	var wg sync.WaitGroup
	ch := make(chan item, len(js))
	go func() {
		for j := range ch {
			if err := run(j.id); err != nil {
				ch <- j
				continue
			}
			wg.Done()
		}
	}()
	wg.Add(len(js))
	for _, j := range js {
		ch <- j
	}
	wg.Wait()
	close(ch)
}

func itemAlways(js []item) {
	var wg sync.WaitGroup
	ch := make(chan item, len(js))
	go func() {
		for j := range ch {
			if err := run(j.id); err != nil {
				wg.Done()
				continue
			}
			wg.Done()
		}
	}()
	wg.Add(len(js))
	for _, j := range js {
		ch <- j
	}
	wg.Wait()
	close(ch)
}

func itemSkipped(js []item) {
	var wg sync.WaitGroup
	ch := make(chan item, len(js))
	go func() {
		for j := range ch { // related `^each that is received here is counted by who sends it$`
			if err := run(j.id); err != nil {
				continue
			}
			wg.Done() // want `^Done of wg is not called in a turn of the loop that receives what it counts: Wait blocks forever$`
		}
	}()
	wg.Add(len(js))
	for _, j := range js {
		ch <- j
	}
	wg.Wait() // related `^this Wait blocks forever then$`
	close(ch)
}

func itemHandedOn(js []item) {
	var wg sync.WaitGroup
	ch := make(chan item, len(js))
	slow := make(chan item, len(js))
	go func() {
		for j := range ch {
			if j.id > 10 {
				slow <- j
				continue
			}
			wg.Done()
		}
		close(slow)
	}()
	go func() {
		for range slow {
			wg.Done()
		}
	}()
	wg.Add(len(js))
	for _, j := range js {
		ch <- j
	}
	close(ch)
	wg.Wait()
}
