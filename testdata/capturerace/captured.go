// Package capturerace has goroutines that share variables of the function that
// starts them.
package capturerace

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

func work() error { return errors.New("failed") }

// use keeps what it is given from being optimized away.
func use(...any) {}

func counterInLoop() {
	var wg sync.WaitGroup
	count := 0
	for range 10 {
		wg.Add(1)
		go func() { // related `^the goroutines that have count start here$`
			defer wg.Done()
			count++ // want `^count is written by several goroutines, perhaps at the same time$`
		}()
	}
	wg.Wait()
	use(count)
}

func counterUnderLock() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	count := 0
	for range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			defer mu.Unlock()
			count++
		}()
	}
	wg.Wait()
	use(count)
}

func readBeforeJoin() {
	done := make(chan bool)
	n := 0
	go func() { // related `^the goroutine that has n written starts here$`
		n = 1 // want `^n is written by this goroutine, and may be read at the same time at line \d+$`
		close(done)
	}()
	use(n) // related `^n is read here at the same time$`
	<-done
}

func readAfterJoin() {
	done := make(chan bool)
	n := 0
	go func() {
		n = 1
		close(done)
	}()
	<-done
	use(n)
}

func readAfterSend() {
	done := make(chan bool)
	n := 0
	go func() {
		n = 1
		done <- true
	}()
	<-done
	use(n)
}

func writeBeforeStart() {
	n := 0
	n = 2
	done := make(chan bool)
	go func() {
		use(n)
		close(done)
	}()
	<-done
	n = 3
	use(n)
}

func writeWhileReading() {
	n := 0
	done := make(chan bool)
	go func() { // related `^the goroutine that has n read starts here$`
		use(n) // want `^n is read by this goroutine, and may be written at the same time at line \d+$`
		close(done)
	}()
	n = 3 // related `^n is written here at the same time$`
	<-done
	use(n)
}

func sharedErr() {
	var wg sync.WaitGroup
	var err error
	wg.Add(2)
	go func() { // related `^the goroutine that has err written starts here$`
		defer wg.Done()
		err = work() // want `^err is written while another goroutine may be writing it at line \d+$`
	}()
	go func() { // related `^the other goroutine that has err starts here$`
		defer wg.Done()
		err = work() // related `^err is written here at the same time$`
	}()
	wg.Wait()
	use(err)
}

func ownErrs() {
	var wg sync.WaitGroup
	var err1, err2 error
	wg.Add(2)
	go func() {
		defer wg.Done()
		err1 = work()
	}()
	go func() {
		defer wg.Done()
		err2 = work()
	}()
	wg.Wait()
	use(errors.Join(err1, err2))
}

func appended() {
	var wg sync.WaitGroup
	var results []int
	for i := range 10 {
		wg.Add(1)
		go func() { // related `^the goroutines that have results start here$`
			defer wg.Done()
			results = append(results, i*i) // want `^results is written by several goroutines, perhaps at the same time$`
		}()
	}
	wg.Wait()
	fmt.Sprint(results)
}

func distinctSlots() {
	var wg sync.WaitGroup
	results := make([]int, 10)
	errs := make([]error, 10)
	for i := range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results[i], errs[i] = i*i, work()
		}()
	}
	wg.Wait()
	use(results, errs)
}

func sameSlot() {
	var wg sync.WaitGroup
	results := make([]int, 10)
	for i := range 10 {
		wg.Add(1)
		go func() { // related `^the goroutines that have results\[0\] start here$`
			defer wg.Done()
			results[0] = i // want `^results\[0\] is written by several goroutines, perhaps at the same time$`
		}()
	}
	wg.Wait()
	use(results)
}

func mapWrites() {
	var wg sync.WaitGroup
	m := make(map[int]int)
	for i := range 10 {
		wg.Add(1)
		go func(k int) { // related `^the goroutines that have m\[k\] start here$`
			defer wg.Done()
			m[k] = k // want `^m\[k\] is written by several goroutines, perhaps at the same time$`
		}(i)
	}
	wg.Wait()
	use(m)
}

func mapReadBeside() {
	m := map[string]int{"a": 1}
	done := make(chan bool)
	go func() { // related `^the goroutine that has m\["a"\] written starts here$`
		m["a"] = 2 // want `^m\["a"\] is written by this goroutine, and may be read at the same time at line \d+$`
		close(done)
	}()
	use(m["a"]) // related `^m\["a"\] is read here at the same time$`
	<-done
}

func mapReadOnly() {
	var wg sync.WaitGroup
	m := map[int]int{1: 1}
	for i := range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			use(m[i])
		}()
	}
	use(m[1])
	wg.Wait()
}

func namedResult() (err error) {
	done := make(chan bool)
	defer func() { <-done }()
	go func() { // related `^the goroutine that has err written starts here$`
		err = work() // want `^err is written by this goroutine, and may be written at the same time at line \d+$`
		close(done)
	}()
	return nil // related `^err is written here at the same time$`
}

func namedResultJoined() (err error) {
	done := make(chan bool)
	go func() {
		err = work()
		close(done)
	}()
	<-done
	return err
}

type stats struct {
	hits, misses int
	byName       map[string]int
}

func fieldThroughPointer() {
	s := &stats{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() { // related `^the goroutines that have s\.hits start here$`
			defer wg.Done()
			s.hits++ // want `^s\.hits is written by several goroutines, perhaps at the same time$`
		}()
	}
	wg.Wait()
	use(s.hits)
}

func fieldsApart() {
	s := &stats{}
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		s.hits++
	}()
	go func() {
		defer wg.Done()
		s.misses++
	}()
	wg.Wait()
	use(s)
}

func ownStats() {
	var wg sync.WaitGroup
	for range 4 {
		s := &stats{byName: map[string]int{}}
		n := 0
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.hits++
			s.byName["a"]++
			n++
		}()
	}
	wg.Wait()
}

func joinedEachTurn() {
	n := 0
	for range 4 {
		done := make(chan bool)
		go func() {
			defer close(done)
			n++
		}()
		<-done
	}
	use(n)
}

func joinedEachTurnByGroup() {
	n := 0
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n++
		}()
		wg.Wait()
	}
	use(n)
}

func timeoutReturns() (int, error) {
	result := 0
	done := make(chan bool, 1)
	go func() { // related `^the goroutine that has result written starts here$`
		time.Sleep(20 * time.Millisecond)
		result = 1 // want `^result is written by this goroutine, and may be read at the same time at line \d+$`
		done <- true
	}()
	select {
	case <-done:
		return result, nil
	case <-time.After(time.Millisecond):
		return result, errors.New("timed out") // related `^result is read here at the same time$`
	}
}

func timeoutDrops() (int, error) {
	result := 0
	done := make(chan bool, 1)
	go func() {
		result = 1
		done <- true
	}()
	select {
	case <-done:
		return result, nil
	case <-time.After(time.Millisecond):
		return 0, errors.New("timed out")
	}
}

// -- locks that do not keep writers apart --

func underRLock(keys []string) map[string]int {
	var mu sync.RWMutex
	counts := map[string]int{}
	var wg sync.WaitGroup
	for _, k := range keys {
		wg.Add(1)
		go func() { // related `^the goroutines that have counts\[k\] start here$`
			defer wg.Done()
			mu.RLock()
			defer mu.RUnlock()
			counts[k]++ // want `^counts\[k\] is written by several goroutines, perhaps at the same time$`
		}()
	}
	wg.Wait()
	return counts
}

type tallies struct {
	mu sync.RWMutex
	n  int
}

func (t *tallies) count() {
	t.mu.RLock()
	t.n++ // want `^t\.n is written by several goroutines, perhaps at the same time$`
	t.mu.RUnlock()
}

func (t *tallies) value() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.n
}

func underRLockOfMethod(k int) int {
	t := &tallies{}
	var wg sync.WaitGroup
	for range k {
		wg.Add(1)
		go func() { // related `^the goroutines that have t\.n start here$`
			defer wg.Done()
			t.count()
		}()
	}
	wg.Wait()
	return t.value()
}

func underBoth(keys []string) (n int) {
	var mu sync.RWMutex
	counts := map[string]int{}
	var wg sync.WaitGroup
	for _, k := range keys {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.RLock()
			_, ok := counts[k]
			mu.RUnlock()
			if ok {
				return
			}
			mu.Lock()
			counts[k]++
			mu.Unlock()
		}()
	}
	mu.RLock()
	n = len(counts)
	mu.RUnlock()
	wg.Wait()
	return n
}

// Who has the lock for writing at most is alone with it.
func underEither(exclusive bool, k int) (n int) {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	for range k {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if exclusive {
				mu.Lock()
				n++
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	return n
}

// -- objects that are not yet complete when a goroutine gets them --

type link struct {
	in     chan string
	handle func(string)
	log    *logger
}

type logger struct{ lines []string }

func (l *link) loop() {
	for s := range l.in {
		l.handle(s) // want `^l\.handle is read by this goroutine, and may be written at the same time at line \d+$`
	}
}

func newLink(in chan string, handle func(string)) *link {
	l := &link{in: in}
	go l.loop()       // related `^the goroutine that has l\.handle read starts here$`
	l.handle = handle // related `^l\.handle is written here at the same time$`
	return l
}

func newLinkOfLiteral(in chan string, l2 *logger) *link {
	l := &link{in: in}
	go func() { // related `^the goroutine that has l\.log read starts here$`
		for s := range in {
			l.log.lines = append(l.log.lines, s) // want `^l\.log is read by this goroutine, and may be written at the same time at line \d+$`
		}
	}()
	l.log = l2 // related `^l\.log is written here at the same time$`
	return l
}

// In the right order.
func newLinkSet(in chan string, handle func(string)) *link {
	l := &link{in: in}
	l.handle = handle
	go l.loop()
	return l
}

// The goroutine waits until the object is complete.
func newLinkTold(in chan string, handle func(string)) *link {
	l := &link{in: in}
	ready := make(chan bool)
	go func() {
		<-ready
		l.loop()
	}()
	l.handle = handle
	close(ready)
	return l
}
