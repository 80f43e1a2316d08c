// Package sharedrace has package variables and fields that goroutines race for.
package sharedrace

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

type config struct {
	name  string
	limit int
}

var (
	hits     int
	visits   int
	total    int
	current  *config
	settings config
	seen     = map[string]bool{}
	known    = map[string]bool{}
	knownMu  sync.Mutex
	timeout  = time.Second
	interval = time.Second
	verbose  bool
	last     error
	level    atomic.Int64
	started  time.Time
	names    = []string{"a"}
)

func init() {
	started = time.Now()
	names = append(names, "b")
}

func countEach(jobs []string) {
	var wg sync.WaitGroup
	for range jobs {
		wg.Add(1)
		go func() { // related `^the goroutines that have hits start here$`
			defer wg.Done()
			hits++ // want `^hits is written by several goroutines, perhaps at the same time$`
		}()
	}
	wg.Wait()
	use(hits)
}

func work(i int) { total += i } // want `^total is written by several goroutines, perhaps at the same time$`

func viaHelper() { work(1) }

func countByHelper() {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(viaHelper) // related `^the goroutines that have total start here$`
	}
	wg.Wait()
}

func countLocked(jobs []string) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			knownMu.Lock()
			defer knownMu.Unlock()
			known[j] = true
		}()
	}
	wg.Wait()
}

func markEach(jobs []string) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() { // related `^the goroutines that have seen\[j\] start here$`
			defer wg.Done()
			mark(j)
		}()
	}
	wg.Wait()
}

func mark(j string) {
	if j != "" {
		seen[j] = true // want `^seen\[j\] is written by several goroutines, perhaps at the same time$`
	}
}

// Made on first use, by whoever comes first: two of them do.
func get() *config {
	// races: current = nil; lazily()
	if current == nil {
		current = &config{name: "x"} // want `^current is written by several goroutines, perhaps at the same time$`
	}
	return current
}

func lazily() {
	done := make(chan bool)
	for range 2 {
		go func() { // related `^the goroutines that have current start here$`
			use(get().name)
			done <- true
		}()
	}
	<-done
	<-done
}

var (
	once   sync.Once
	shared *config
)

func getOnce() *config {
	once.Do(func() { shared = &config{name: "x"} })
	return shared
}

func lazilyOnce() {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { use(getOnce().name) })
	}
	wg.Wait()
}

var (
	ready  atomic.Bool
	slow   sync.Mutex
	cached *config
)

func getChecked() *config {
	if ready.Load() {
		return cached
	}
	slow.Lock()
	defer slow.Unlock()
	if !ready.Load() {
		cached = &config{}
		ready.Store(true)
	}
	return cached
}

func checkedTwice() {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { use(getChecked().name) })
	}
	wg.Wait()
}

func visit(w http.ResponseWriter, r *http.Request) {
	visits++ // want `^visits is written by calls of this function that may run at the same time$`
	fmt.Fprintln(w, started)
}

func routes() { http.HandleFunc("/", visit) } // related `^the goroutines that have visits start here$`

// Set before the goroutine starts, and read after it has ended.
func ordered() {
	settings = config{limit: 3}
	done := make(chan bool)
	go func() {
		use(settings.limit)
		settings.limit = 4
		close(done)
	}()
	<-done
	use(settings.limit)
}

func poll() {
	for {
		time.Sleep(interval)
		if verbose { // related `^verbose is read here at the same time$`
			use(level.Load())
		}
	}
}

func setTooLate() {
	go poll()      // related `^the goroutine that has verbose starts here$`
	verbose = true // want `^verbose is written while a goroutine that setTooLate starts may be reading it at line \d+$`
}

func setBefore() {
	verbose = true
	go poll()
}

func fail() (err error) {
	go func() { // related `^the goroutine that has last written starts here$`
		last = fmt.Errorf("late") // want `^last is written by this goroutine, and may be read at the same time at line \d+$`
	}()
	if last != nil { // related `^last is read here at the same time$`
		return last
	}
	return nil
}

func byChannel() {
	ch := make(chan error, 1)
	go func() {
		last = fmt.Errorf("late")
		ch <- last
	}()
	<-ch
	use(last)
}

// A token in a channel serves as the lock.
var token = make(chan struct{}, 1)

var budget int

func spend() {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			token <- struct{}{}
			budget--
			<-token
		})
	}
	wg.Wait()
}

// Only one goroutine ever has it.
var scratch []int

func alone() {
	done := make(chan bool)
	go func() {
		scratch = append(scratch, 1)
		use(scratch)
		done <- true
	}()
	<-done
}

func wait() { time.Sleep(timeout) }
