// Package sleepsync has functions that sleep in place of a join.
package sleepsync

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fixture.example/sleepsync/dep"
)

func compute() int { return 1 }

func straight() int {
	n := 0
	go func() { // related `^the goroutine is started here$`
		n = compute() // related `^the goroutine writes here$`
	}()
	time.Sleep(time.Millisecond) // want `^time\.Sleep stands for a wait: n is read at line 22, whether or not the goroutine has written it$`
	return n                     // related `^n is read here$`
}

func looped(parts []int) int {
	var mu sync.Mutex
	sum := 0
	for _, p := range parts {
		go func() { // related `^the goroutine is started here$`
			mu.Lock()
			defer mu.Unlock()
			sum += p // related `^the goroutine writes here$`
		}()
	}
	time.Sleep(time.Second) // want `^time\.Sleep stands for a wait: sum is read at line 38, whether or not the goroutine has written it$`
	mu.Lock()
	defer mu.Unlock()
	return sum // related `^sum is read here$`
}

func counted() int64 {
	var n atomic.Int64
	for range 10 {
		go func() { // related `^the goroutine is started here$`
			n.Add(1) // related `^the goroutine writes here$`
		}()
	}
	time.Sleep(time.Second) // want `^time\.Sleep stands for a wait: n is read at line 49, whether or not the goroutine has written it$`
	return n.Load()         // related `^n is read here$`
}

func collected(parts []int) {
	results := make([]int, len(parts))
	for i, p := range parts {
		go func() { // related `^the goroutine is started here$`
			results[i] = p * p // related `^the goroutine writes here$`
		}()
	}
	time.Sleep(time.Second) // want `^time\.Sleep stands for a wait: results\[0\] is read at line 60, whether or not the goroutine has written it$`
	fmt.Println(results[0]) // related `^results\[0\] is read here$`
}

type cache struct {
	val string
}

func (c *cache) fill() {
	c.val = fmt.Sprint(compute()) // related `^the goroutine writes here$`
}

func method() string {
	c := new(cache)
	go c.fill()             // related `^the goroutine is started here$`
	time.Sleep(time.Second) // want `^time\.Sleep stands for a wait: c\.val is read at line 75, whether or not the goroutine has written it$`
	return c.val            // related `^c\.val is read here$`
}

func otherPackage() int {
	n := 0
	dep.Go(func() { // related `^the goroutine is started here$`
		n = compute() // related `^the goroutine writes here$`
	})
	time.Sleep(time.Millisecond) // want `^time\.Sleep stands for a wait: n is read at line 84, whether or not the goroutine has written it$`
	return n                     // related `^n is read here$`
}

func hello() { fmt.Println("hello") }

func TestUses(t *testing.T) {
	done := false
	go func() { // related `^the goroutine is started here$`
		done = compute() == 1 // related `^the goroutine writes here$`
	}()
	time.Sleep(time.Millisecond) // want `^time\.Sleep stands for a wait: done is read at line 95, whether or not the goroutine has written it$`
	if !done {                   // related `^done is read here$`
		t.Error("not done")
	}
}

func TestEnds(t *testing.T) {
	go func() { // related `^the goroutine is started here$`
		if compute() != 1 {
			t.Error("not 1")
		}
	}()
	time.Sleep(time.Millisecond) // want `^time\.Sleep stands for a wait: the test ends behind it, whether or not the goroutine has$`
}

func TestSubtest(t *testing.T) {
	t.Run("sub", func(t *testing.T) {
		var wg sync.WaitGroup
		wg.Go(func() { // related `^the goroutine is started here$`
			t.Log(compute())
		})
		time.Sleep(time.Millisecond) // want `^time\.Sleep stands for a wait: the test ends behind it, whether or not the goroutine has$`
	})
}

func Example() {
	go hello()              // related `^the goroutine is started here$`
	time.Sleep(time.Second) // want `^time\.Sleep stands for a wait: the example ends behind it, whether or not the goroutine has$`
	// Output: hello
}

func countedByFunction() int64 {
	var n int64
	go func() { // related `^the goroutine is started here$`
		atomic.AddInt64(&n, 1) // related `^the goroutine writes here$`
	}()
	time.Sleep(time.Second)     // want `^time\.Sleep stands for a wait: n is read at line 131, whether or not the goroutine has written it$`
	return atomic.LoadInt64(&n) // related `^n is read here$`
}
