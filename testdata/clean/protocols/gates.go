package protocols

import "sync"

// -- channels that count, but not who is at work --

type twoGates struct {
	n, count      int
	mu            sync.Mutex
	before, after chan struct{}
}

func newTwoGates(n int) *twoGates {
	return &twoGates{n: n, before: make(chan struct{}, n), after: make(chan struct{}, n)}
}

func (b *twoGates) enter() {
	b.mu.Lock()
	b.count++
	if b.count == b.n {
		for range b.n {
			b.before <- struct{}{}
		}
	}
	b.mu.Unlock()
	<-b.before
}

func (b *twoGates) leave() {
	b.mu.Lock()
	b.count--
	if b.count == 0 {
		for range b.n {
			b.after <- struct{}{}
		}
	}
	b.mu.Unlock()
	<-b.after
}

// One seat is less than there are who want one.
func dine(n int, eat func(int)) {
	if n < 2 {
		return
	}
	seats := make(chan struct{}, n-1)
	var wg sync.WaitGroup
	wg.Add(n)
	for i := range n {
		go func() {
			defer wg.Done()
			seats <- struct{}{}
			eat(i)
			<-seats
		}()
	}
	wg.Wait()
}

// Only a part of the work is bounded.
func fetchAll(urls []string, limit int, get func(string) string, parse func(string) int) (sum int) {
	sem := make(chan struct{}, limit)
	res := make(chan int, len(urls))
	for _, u := range urls {
		go func() {
			sem <- struct{}{}
			body := get(u)
			<-sem
			res <- parse(body)
		}()
	}
	for range urls {
		sum += <-res
	}
	return sum
}
