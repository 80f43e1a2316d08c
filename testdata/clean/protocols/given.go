package protocols

import "sync"

// -- goroutines that ask again what has decided over their start --

func runMaybeAsync(async bool, f func()) {
	var wg sync.WaitGroup
	if async {
		wg.Add(1)
	}
	g := func() {
		if async {
			defer wg.Done()
		}
		f()
	}
	if async {
		go g()
	} else {
		g()
	}
	wg.Wait()
}

func eachLimited(limited bool, xs []string, f func(string)) {
	var sem chan struct{}
	if limited {
		sem = make(chan struct{}, 3)
	}
	var wg sync.WaitGroup
	for _, x := range xs {
		if limited {
			sem <- struct{}{}
		}
		wg.Add(1)
		go func() {
			defer func() {
				if limited {
					<-sem
				}
				wg.Done()
			}()
			f(x)
		}()
	}
	wg.Wait()
}

// -- a group that is pooled, and waited for before --

var groups = sync.Pool{New: func() any { return new(sync.WaitGroup) }}

func publish(subs []chan int, v int) {
	wg := groups.Get().(*sync.WaitGroup)
	for _, s := range subs {
		wg.Add(1)
		go tell(s, v, wg)
	}
	wg.Wait()
	groups.Put(wg)
}

func tell(s chan int, v int, wg *sync.WaitGroup) {
	defer wg.Done()
	select {
	case s <- v:
	default:
	}
}

// -- receivers that leave by the last value --

func pills(n int) int {
	c := make(chan int)
	done := make(chan int)
	go func() {
		k := 0
		for v := range c {
			if v < 0 {
				break
			}
			k++
		}
		done <- k
	}()
	for range n {
		c <- 1
	}
	c <- -1
	return <-done
}

type item struct {
	v   int
	err error
}

func produceItems(f func() (int, error)) <-chan item {
	c := make(chan item)
	go func() {
		for {
			v, err := f()
			c <- item{v, err}
			if err != nil {
				return
			}
		}
	}()
	return c
}

func totalOf(f func() (int, error)) (s int, err error) {
	for it := range produceItems(f) {
		if it.err != nil {
			return s, it.err
		}
		s += it.v
	}
	return s, nil
}
