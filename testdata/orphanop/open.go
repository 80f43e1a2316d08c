package orphanop

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"sync"
)

// -- ranges over a channel that is left open on one way to the wait --

type lineLoader struct {
	lines chan string
	mu    sync.Mutex
	count map[string]int
}

func newLineLoader(n int) *lineLoader {
	return &lineLoader{lines: make(chan string, n), count: make(map[string]int)}
}

func (l *lineLoader) take() {
	for line := range l.lines { // want `^this range over l\.lines may never end: nothing closes it after the return at line \d+$`
		l.mu.Lock()
		l.count[line]++
		l.mu.Unlock()
	}
}

func (l *lineLoader) read(r io.Reader) error {
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		if strings.HasPrefix(sc.Text(), "!") {
			return errors.New("not a line") // related `^this return leaves the channel open$`
		}
		l.lines <- sc.Text()
	}
	close(l.lines)
	return nil
}

func loadLines(r io.Reader, workers int) (map[string]int, error) {
	l := newLineLoader(workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			l.take()
		}()
	}
	err := l.read(r)
	wg.Wait() // related `^here its end is waited for, forever$`
	return l.count, err
}

func printAll(items []string, print func(string) error) (err error) {
	var wg sync.WaitGroup
	queue := make(chan string)
	defer wg.Wait() // related `^here its end is waited for, forever$`
	wg.Go(func() {
		for s := range queue { // want `^this range over queue may never end: nothing closes it after the return at line \d+$`
			_ = print(s)
		}
	})
	for _, s := range items {
		if s == "" {
			return errors.New("empty") // related `^this return leaves the channel open$`
		}
		queue <- s
	}
	close(queue)
	return nil
}

// -- their neighbours --

func printAllClosed(items []string, print func(string) error) error {
	var wg sync.WaitGroup
	queue := make(chan string)
	defer wg.Wait()
	defer close(queue)
	wg.Go(func() {
		for s := range queue {
			_ = print(s)
		}
	})
	for _, s := range items {
		if s == "" {
			return errors.New("empty")
		}
		queue <- s
	}
	return nil
}

func printAllBothWays(items []string, print func(string) error) error {
	var wg sync.WaitGroup
	queue := make(chan string)
	wg.Go(func() {
		for s := range queue {
			_ = print(s)
		}
	})
	for _, s := range items {
		if s == "" {
			close(queue)
			wg.Wait()
			return errors.New("empty")
		}
		queue <- s
	}
	close(queue)
	wg.Wait()
	return nil
}

func printSome(items []string, print func(string) bool) error {
	var wg sync.WaitGroup
	queue := make(chan string, len(items))
	defer wg.Wait()
	wg.Go(func() {
		for s := range queue {
			if !print(s) {
				return // it may end by itself
			}
		}
	})
	for _, s := range items {
		if s == "" {
			return errors.New("empty")
		}
		queue <- s
	}
	close(queue)
	return nil
}

func printIfAny(items []string, print func(string) error) error {
	var wg sync.WaitGroup
	queue := make(chan string, len(items))
	if len(items) > 0 {
		wg.Go(func() {
			for s := range queue {
				_ = print(s)
			}
		})
	}
	for _, s := range items {
		queue <- s
	}
	if len(items) > 0 {
		close(queue)
	}
	wg.Wait()
	return nil
}

// -- closes behind the wait --

func collectInGroup(n int) (sum int) {
	out := make(chan int)
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- i
		}()
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		for v := range out { // want `^this range over out never ends: what closes it at line \d+ comes only behind the wait for it$`
			sum += v
		}
	}()
	wg.Wait()  // related `^here its end is waited for, forever$`
	close(out) // related `^this close comes only behind the wait$`
	return sum
}

func workInGroup(items []string) {
	jobs := make(chan string)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for j := range jobs { // want `^this range over jobs never ends: what closes it at line \d+ comes only behind the wait for it$`
				println(j)
			}
		})
	}
	for _, item := range items {
		jobs <- item
	}
	wg.Wait()   // related `^here its end is waited for, forever$`
	close(jobs) // related `^this close comes only behind the wait$`
}

// closeBeside waits on a goroutine for the senders alone.
func closeBeside(n int) (sum int) {
	out := make(chan int)
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- i
		}()
	}
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		for v := range out {
			sum += v
		}
	}()
	wg.Wait()
	close(out)
	<-collected
	return sum
}

// closeByLast has the last of the senders close.
func closeByLast(items []string) {
	jobs := make(chan string)
	var wg sync.WaitGroup
	wg.Go(func() {
		for j := range jobs {
			println(j)
		}
	})
	wg.Go(func() {
		defer close(jobs)
		for _, item := range items {
			jobs <- item
		}
	})
	wg.Wait()
}
