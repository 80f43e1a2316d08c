package capturerace

import "sync"

// Each goroutine has a copy of the lock.
func addUnder(mu sync.Mutex, n *int) {
	mu.Lock()
	defer mu.Unlock()
	*n++ // want `^\*n is written by several goroutines, perhaps at the same time$`
}

func copiesTheLock() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for range 3 {
		wg.Add(1)
		go func() { // related `^the goroutines that have \*n start here$`
			defer wg.Done()
			addUnder(mu, &n)
		}()
	}
	wg.Wait()
	use(n)
}

// Under their copies they write more than one thing.
type book struct {
	sum     int
	entries []int
}

func (b *book) enter(n int) {
	b.sum += n                       // want `^b\.sum is written by several goroutines, perhaps at the same time$`
	b.entries = append(b.entries, n) // want `^b\.entries is written by several goroutines, perhaps at the same time$`
}

func enterUnder(mu sync.Mutex, b *book, n int) {
	mu.Lock()
	defer mu.Unlock()
	b.enter(n)
}

func entersUnderCopies() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	b := new(book)
	for i := range 3 {
		wg.Go(func() { // related `^the goroutines that have b\.sum start here$` `^the goroutines that have b\.entries start here$`
			enterUnder(mu, b, i)
		})
	}
	wg.Wait()
	use(b)
}

func locksItsOwn() {
	var wg sync.WaitGroup
	n := 0
	for range 3 {
		wg.Go(func() { // related `^the goroutines that have n start here$`
			var mu sync.Mutex
			mu.Lock()
			n++ // want `^n is written by several goroutines, perhaps at the same time$`
			mu.Unlock()
		})
	}
	wg.Wait()
	use(n)
}

// A variable of the goroutine that has the address of the lock.
func locksByAddress() {
	var shared sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for range 3 {
		wg.Go(func() {
			mu := &shared
			use(&mu)
			mu.Lock()
			n++
			mu.Unlock()
		})
	}
	wg.Wait()
	use(n)
}

type slot struct{ mu *sync.Mutex }

// An object of the goroutine that has the address of the lock.
func locksByField() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for range 3 {
		wg.Go(func() {
			s := &slot{mu: &mu}
			use(s)
			s.mu.Lock()
			n++
			s.mu.Unlock()
		})
	}
	wg.Wait()
	use(n)
}

// The goroutine hands its own object on, and others take that one's lock.
func locksWhatIsKept() {
	var kept sync.Map
	var wg sync.WaitGroup
	n := 0
	for range 3 {
		wg.Go(func() {
			v, _ := kept.LoadOrStore("k", &sync.Mutex{})
			mu := v.(*sync.Mutex)
			mu.Lock()
			n++
			mu.Unlock()
		})
	}
	wg.Wait()
	use(n)
}
