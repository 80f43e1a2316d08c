package earlyresults

import "sync"

type pool struct {
	results chan int
	wg      *sync.WaitGroup
	jobs    []func() int
}

func newPool(jobs ...func() int) *pool {
	return &pool{results: make(chan int), wg: new(sync.WaitGroup), jobs: jobs}
}

func (p *pool) launch() {
	for _, j := range p.jobs {
		p.wg.Add(1)
		go p.one(j)
	}
}

func (p *pool) one(j func() int) {
	defer p.wg.Done()
	p.results <- j() // related `^the goroutine waits here for a receiver$`
}

func (p *pool) run() (sum int) {
	p.launch()
	p.wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on p\.results, which is received from only after it$`
	close(p.results)
	for r := range p.results { // related `^the receive comes only after the wait$`
		sum += r
	}
	return sum
}

// collected has a goroutine that receives.
type collected struct {
	results chan int
	wg      sync.WaitGroup
	sum     int
}

func newCollected() *collected {
	c := &collected{results: make(chan int)}
	go c.collect()
	return c
}

func (c *collected) collect() {
	for r := range c.results {
		c.sum += r
	}
}

func (c *collected) run(jobs []func() int) int {
	for _, j := range jobs {
		c.wg.Add(1)
		go func() {
			defer c.wg.Done()
			c.results <- j()
		}()
	}
	c.wg.Wait()
	select {
	case r := <-c.results:
		return r
	default:
	}
	return 0
}

// roomy has a buffer.
type roomy struct {
	results chan int
	wg      sync.WaitGroup
}

func newRoomy(n int) *roomy { return &roomy{results: make(chan int, n)} }

func (r *roomy) run(jobs []func() int) (sum int) {
	for _, j := range jobs {
		r.wg.Go(func() { r.results <- j() })
	}
	r.wg.Wait()
	close(r.results)
	for v := range r.results {
		sum += v
	}
	return sum
}

func oneFlagged(jobs []func() error) error {
	errs := make(chan error, 1)
	var wg sync.WaitGroup
	var once sync.Once
	for _, j := range jobs {
		wg.Go(func() {
			if err := j(); err != nil {
				once.Do(func() { errs <- err })
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}
