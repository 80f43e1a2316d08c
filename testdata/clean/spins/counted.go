package spins

import "sync"

// call is done in the group, if there is one.
func call(wg *sync.WaitGroup, work func()) {
	if wg != nil {
		defer wg.Done()
	}
	work()
}

func serveAll(work func(), n int) {
	wg := new(sync.WaitGroup)
	for range n {
		wg.Add(1)
		go call(wg, work)
	}
	wg.Wait()
}

func serveOne(work func()) {
	call(nil, work)
	var wg sync.WaitGroup
	wg.Add(1)
	go call(&wg, work)
	wg.Wait()
}

var _ = []any{serveAll, serveOne}
