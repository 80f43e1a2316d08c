package capturerace

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

func addTo(p *int) { *p++ } // want `^\*p is written by several goroutines, perhaps at the same time$`

func handedOn() {
	n := 0
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() { // related `^the goroutines that have \*p start here$`
			defer wg.Done()
			addTo(&n)
		}()
	}
	wg.Wait()
	use(n)
}

func store(m map[string]int, k string) {
	m[k] = 1 // want `^m\[k\] is written by several goroutines, perhaps at the same time$`
}

func handedTwice(m map[string]int, k string) { store(m, k) }

func handedDeep() {
	m := map[string]int{}
	var wg sync.WaitGroup
	for _, k := range []string{"a", "b", "c"} {
		wg.Add(1)
		go func() { // related `^the goroutines that have m\[k\] start here$`
			defer wg.Done()
			handedTwice(m, k)
		}()
	}
	wg.Wait()
}

func namedWorker(n *int, wg *sync.WaitGroup) {
	defer wg.Done()
	*n++ // want `^\*n is written by several goroutines, perhaps at the same time$`
}

func startsNamed() {
	n := 0
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go namedWorker(&n, &wg) // related `^the goroutines that have \*n start here$`
	}
	wg.Wait()
	use(n)
}

type tally struct {
	mu    sync.Mutex
	n     int
	safe  int
	names map[string]bool
}

func (t *tally) add() {
	t.n++ // want `^t\.n is written by several goroutines, perhaps at the same time$`
}

func (t *tally) addSafely() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.safe++
}

func byMethod() {
	t := &tally{}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { // related `^the goroutines that have t\.n start here$`
			t.add()
			t.addSafely()
		})
	}
	wg.Wait()
	use(t.n, t.safe)
}

func byErrgroup(ctx context.Context) error {
	g, _ := errgroup.WithContext(ctx)
	total := 0
	for i := range 3 {
		g.Go(func() error { // related `^the goroutines that have total start here$`
			total += i // want `^total is written by several goroutines, perhaps at the same time$`
			return nil
		})
	}
	err := g.Wait()
	use(total)
	return err
}

func errgroupResult(ctx context.Context) (int, error) {
	g, _ := errgroup.WithContext(ctx)
	var a, b int
	g.Go(func() error {
		a = 1
		return nil
	})
	g.Go(func() error {
		b = 1
		return nil
	})
	err := g.Wait()
	return a + b, err
}

func oneAtATime() {
	var g errgroup.Group
	g.SetLimit(1)
	n := 0
	for range 3 {
		g.Go(func() error {
			n++
			return nil
		})
	}
	_ = g.Wait()
	use(n)
}

func boundedNotExclusive() {
	sem := make(chan struct{}, 4)
	var wg sync.WaitGroup
	n := 0
	for range 8 {
		wg.Add(1)
		sem <- struct{}{}
		go func() { // related `^the goroutines that have n start here$`
			defer wg.Done()
			n++ // want `^n is written by several goroutines, perhaps at the same time$`
			<-sem
		}()
	}
	wg.Wait()
	use(n)
}

func channelAsMutex() {
	lock := make(chan struct{}, 1)
	var wg sync.WaitGroup
	n := 0
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			lock <- struct{}{}
			n++
			<-lock
		}()
	}
	wg.Wait()
	use(n)
}

func tokenAsMutex() {
	token := make(chan struct{}, 1)
	token <- struct{}{}
	var wg sync.WaitGroup
	n := 0
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-token
			n++
			token <- struct{}{}
		}()
	}
	wg.Wait()
	use(n)
}

func readLocked() {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	m := map[int]int{}
	wg.Add(2)
	go func() {
		defer wg.Done()
		mu.Lock()
		m[1] = 1
		mu.Unlock()
	}()
	go func() {
		defer wg.Done()
		mu.RLock()
		use(m[1])
		mu.RUnlock()
	}()
	wg.Wait()
}

func lockedOnOneSide() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	wg.Add(1)
	go func() { // related `^the goroutine that has n written starts here$`
		defer wg.Done()
		mu.Lock()
		n++ // want `^n is written by this goroutine, and may be read at the same time at line \d+$`
		mu.Unlock()
	}()
	use(n) // related `^n is read here at the same time$`
	wg.Wait()
}

func byOnce() {
	var once sync.Once
	var wg sync.WaitGroup
	var value int
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			once.Do(func() { value = 1 })
			use(value)
		}()
	}
	wg.Wait()
}

func pastOnce() {
	var once sync.Once
	var wg sync.WaitGroup
	var value int
	for range 3 {
		wg.Add(1)
		go func() { // related `^the goroutine that has value written starts here$`
			defer wg.Done()
			once.Do(func() { value = 1 }) // want `^value is written while another goroutine may be reading it at line \d+$`
			use(value)
		}()
		go func() { // related `^the other goroutine that has value starts here$`
			use(value) // related `^value is read here at the same time$`
		}()
	}
	wg.Wait()
}

func flagAtomic() {
	var ready atomic.Bool
	data := 0
	go func() {
		data = 1
		ready.Store(true)
	}()
	for !ready.Load() {
		time.Sleep(time.Microsecond)
	}
	use(data)
}

func worker(jobs <-chan int, out chan<- int) {
	sum := 0
	for j := range jobs {
		sum += j
	}
	out <- sum
}

func confined() {
	jobs, out := make(chan int), make(chan int)
	for range 3 {
		go worker(jobs, out)
	}
	for i := range 9 {
		jobs <- i
	}
	close(jobs)
	sum := 0
	for range 3 {
		sum += <-out
	}
	use(sum)
}

func pool() {
	jobs := make(chan int)
	var wg sync.WaitGroup
	sum := 0
	for range 3 {
		wg.Add(1)
		go func() { // related `^the goroutines that have sum start here$`
			defer wg.Done()
			for j := range jobs {
				sum += j // want `^sum is written by several goroutines, perhaps at the same time$`
			}
		}()
	}
	for i := range 30 {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	use(sum)
}

func collector() {
	results := make(chan int)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- i
		}()
	}
	var all []int
	done := make(chan bool)
	go func() {
		for r := range results {
			all = append(all, r)
		}
		close(done)
	}()
	wg.Wait()
	close(results)
	<-done
	use(all)
}

func collectorUnjoined() {
	results := make(chan int)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- i
		}()
	}
	var all []int
	go func() { // related `^the goroutine that has all written starts here$`
		for r := range results {
			all = append(all, r) // want `^all is written by this goroutine, and may be read at the same time at line \d+$`
		}
	}()
	wg.Wait()
	close(results)
	use(all) // related `^all is read here at the same time$`
}

func closerJoins() {
	n := make([]int, 3)
	total := 0
	var wg sync.WaitGroup
	done := make(chan bool)
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n[i] = i
		}()
	}
	go func() {
		wg.Wait()
		total = n[0] + n[1]
		close(done)
	}()
	<-done
	use(total, n)
}

func oneOfMany() {
	n := 0
	done := make(chan bool, 3)
	for range 3 {
		go func() { // related `^the goroutines that have n start here$`
			n++ // want `^n is written by several goroutines, perhaps at the same time$`
			done <- true
		}()
	}
	<-done
	use(n)
}

func pingPong() {
	req, resp := make(chan int), make(chan bool)
	state := 0
	go func() {
		for r := range req {
			state += r
			resp <- true
		}
	}()
	for i := range 3 {
		req <- i
		<-resp
		use(state)
	}
	close(req)
}

func byTimer() {
	fired := false
	time.AfterFunc(time.Microsecond, func() { // related `^the goroutine that has fired written starts here$`
		fired = true // want `^fired is written by this goroutine, and may be read at the same time at line \d+$`
	})
	time.Sleep(time.Millisecond)
	use(fired) // related `^fired is read here at the same time$`
}

func handlers(mux *http.ServeMux) {
	visits := 0
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { // related `^the goroutines that have visits start here$`
		visits++ // want `^visits is written by calls of this function that may run at the same time$`
	})
	seen := map[string]bool{}
	mux.Handle("/seen", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // related `^the goroutines that have seen\[r\.URL\.Path\] start here$`
		seen[r.URL.Path] = true // want `^seen\[r\.URL\.Path\] is written by calls of this function that may run at the same time$`
	}))
	var mu sync.Mutex
	safe := 0
	mux.HandleFunc("/safe", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		safe++
		mu.Unlock()
	})
}

type box[T any] struct{ v T }

func (b *box[T]) set(v T) {
	b.v = v // want `^b\.v is written by several goroutines, perhaps at the same time$`
}

func generic() {
	b := &box[int]{}
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() { // related `^the goroutines that have b\.v start here$`
			defer wg.Done()
			b.set(i)
		}()
	}
	wg.Wait()
	use(b)
}

func async(f func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return done
}

func helperJoined() {
	n := 0
	done := async(func() { n = 1 })
	<-done
	use(n)
}

func ownErr() {
	var wg sync.WaitGroup
	err := work()
	wg.Add(1)
	go func() {
		defer wg.Done()
		err := work()
		use(err)
	}()
	use(err)
	wg.Wait()
}

func waitHelper(wg *sync.WaitGroup) { wg.Wait() }

func joinedByHelper() {
	n := 0
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		n = 1
	}()
	waitHelper(&wg)
	use(n)
}

func copied() {
	s := stats{}
	done := make(chan bool)
	go func(s stats) {
		s.hits++
		use(s)
		close(done)
	}(s)
	s.hits++
	<-done
	use(s)
}

func condWait() {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	ready, data := false, 0
	go func() {
		data = 1
		mu.Lock()
		ready = true
		mu.Unlock()
		cond.Broadcast()
	}()
	mu.Lock()
	for !ready {
		cond.Wait()
	}
	mu.Unlock()
	use(data)
}

func byContext() {
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	go func() {
		n = 1
		cancel()
	}()
	<-ctx.Done()
	use(n)
}

func lastOneOut() {
	n := make([]int, 3)
	var left atomic.Int32
	left.Store(3)
	sum := 0
	done := make(chan bool)
	for i := range n {
		go func() {
			n[i] = i
			if left.Add(-1) == 0 {
				sum = n[0] + n[1]
				close(done)
			}
		}()
	}
	<-done
	use(sum)
}
