package orphanop

import "sync"

// -- channels in slices and maps --

func eachDone(n int, f func(int)) {
	done := make([]chan struct{}, n)
	for i := range done {
		done[i] = make(chan struct{})
	}
	var mu sync.Mutex
	for i := range n {
		go func() {
			mu.Lock()
			defer mu.Unlock()
			f(i)
		}()
	}
	for _, d := range done {
		<-d // want `^this receive from d blocks forever: nothing sends to it or closes it$`
	}
}

func eachCloses(n int, f func(int)) {
	done := make([]chan struct{}, n)
	for i := range done {
		done[i] = make(chan struct{})
	}
	for i := range n {
		go func() {
			defer close(done[i])
			f(i)
		}()
	}
	for i := range done {
		<-done[i]
	}
}

type parts struct{ ready map[string]chan int }

func newParts(names []string) *parts {
	p := &parts{ready: make(map[string]chan int)}
	for _, name := range names {
		p.ready[name] = make(chan int, 1)
	}
	return p
}

func (p *parts) wait(name string) int {
	return <-p.ready[name] // want `^this receive from p\.ready\[name\] blocks forever: nothing sends to it or closes it$`
}

type ports struct{ ready map[string]chan int }

func (h *ports) add(name string) chan<- int {
	ch := make(chan int)
	h.ready[name] = ch
	return ch
}

func (h *ports) wait(name string) int { return <-h.ready[name] }

func appended(fs []func()) {
	var all []chan bool
	for _, f := range fs {
		ch := make(chan bool)
		all = append(all, ch)
		go func() {
			f()
			ch <- true
		}()
	}
	for _, ch := range all {
		<-ch
	}
}

func receivesFromAll(all []chan bool) {
	for _, ch := range all {
		<-ch
	}
}
