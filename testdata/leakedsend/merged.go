package leakedsend

import (
	"sync"
	"time"
)

// -- elements that are closed by who sends on them --

type hits struct{ found []int }

func (h *hits) stream(out chan int) {
	defer close(out)
	for _, n := range h.found {
		out <- n // want `^this send on out may block forever: its receiver may be gone by line \d+$`
	}
}

// firstHits reads one channel after the other, till it has enough.
func firstHits(all []*hits, most int) []int {
	chans := make([]chan int, len(all))
	for i, h := range all {
		chans[i] = make(chan int) // related `^out is made here, with room for 0$`
		go h.stream(chans[i])
	}
	var found []int
	for _, c := range chans {
		for n := range c {
			found = append(found, n)
			if len(found) == most {
				return found // related `^here the receiver of out returns$`
			}
		}
	}
	return found
}

type turnHits struct{ found []int }

func (h *turnHits) stream(out chan int) {
	defer close(out)
	for _, n := range h.found {
		out <- n // want `^this send on out may block forever: its receiver may be gone by line \d+$`
	}
}

// hitsInTurn reads the channels in turn.
func hitsInTurn(all []*turnHits, most int) []int {
	chans := make([]chan int, len(all))
	for i, h := range all {
		chans[i] = make(chan int) // related `^out is made here, with room for 0$`
		go h.stream(chans[i])
	}
	var found []int
collect:
	for {
		open := 0
		for _, c := range chans {
			n, ok := <-c
			if !ok {
				continue
			}
			open++
			found = append(found, n)
			if len(found) == most {
				break collect
			}
		}
		if open == 0 {
			break collect
		}
	}
	return found // related `^here the receiver of out returns$`
}

type allHits struct{ found []int }

func (h *allHits) stream(out chan int) {
	defer close(out)
	for _, n := range h.found {
		out <- n
	}
}

// concat reads all of each.
func concat(all []*allHits) (found []int) {
	chans := make([]chan int, len(all))
	for i, h := range all {
		chans[i] = make(chan int)
		go h.stream(chans[i])
	}
	for _, c := range chans {
		for n := range c {
			found = append(found, n)
		}
	}
	return found
}

// readInTurn reads the channels in turn, till all are closed.
func readInTurn(all []*allHits) (found []int) {
	chans := make([]chan int, len(all))
	for i, h := range all {
		chans[i] = make(chan int)
		go h.stream(chans[i])
	}
	for {
		open := 0
		for _, c := range chans {
			n, ok := <-c
			if !ok {
				continue
			}
			open++
			found = append(found, n)
		}
		if open == 0 {
			return found
		}
	}
}

// merged takes the least head, till there are none.
func merged(all []*allHits) (found []int) {
	var chans []chan int
	for _, h := range all {
		c := make(chan int)
		go h.stream(c)
		chans = append(chans, c)
	}
	heads := make([]int, len(chans))
	live := make([]bool, len(chans))
	for i, c := range chans {
		heads[i], live[i] = <-c
	}
	for {
		best := -1
		for i := range heads {
			if live[i] && (best < 0 || heads[i] < heads[best]) {
				best = i
			}
		}
		if best < 0 {
			return found
		}
		found = append(found, heads[best])
		heads[best], live[best] = <-chans[best]
	}
}

// untilAllClosed takes those out of the map that are closed.
func untilAllClosed(all []*allHits) (found []int) {
	chans := make(map[int]chan int)
	for i, h := range all {
		chans[i] = make(chan int)
		go h.stream(chans[i])
	}
	for len(chans) > 0 {
		for i, c := range chans {
			n, ok := <-c
			if !ok {
				delete(chans, i)
				continue
			}
			found = append(found, n)
		}
	}
	return found
}

// -- elements of a field --

type locker struct{ held map[string]chan struct{} }

func acquire(name string, got chan struct{}) {
	time.Sleep(time.Duration(len(name)))
	got <- struct{}{} // want `^this send on got may block forever: its receiver may be gone by line \d+$`
}

// lockAll makes a new map for each call.
func (l *locker) lockAll(names []string) (n int) {
	l.held = make(map[string]chan struct{})
	for _, name := range names {
		l.held[name] = make(chan struct{}) // related `^got is made here, with room for 0$`
		go acquire(name, l.held[name])
	}
	deadline := time.After(time.Second)
	for _, c := range l.held {
		select {
		case <-c:
			n++
		case <-deadline:
			return n // related `^here the receiver of got returns$`
		}
	}
	return n
}

type waiters struct{ held map[string]chan struct{} }

func tellWaiter(name string, got chan struct{}) {
	time.Sleep(time.Duration(len(name)))
	got <- struct{}{}
}

// wait receives in the next call what it has not received in this one.
func (w *waiters) wait(name string) (n int) {
	if w.held[name] == nil {
		w.held[name] = make(chan struct{})
		go tellWaiter(name, w.held[name])
	}
	for name, c := range w.held {
		select {
		case <-c:
			delete(w.held, name)
		case <-time.After(time.Second):
			return n
		}
	}
	return n
}

// -- subscribers that end before the one who sends to them --

func subscribe(in <-chan int, do func(int) error) error {
	for n := range in {
		if err := do(n); err != nil {
			return err // related `^here the receiver of out returns$`
		}
	}
	return nil
}

func distribute(all []int, subscribers []func(int) error) {
	outs := make([]chan int, len(subscribers))
	var wg sync.WaitGroup
	for i, do := range subscribers {
		outs[i] = make(chan int, 1) // related `^out is made here, with room for 1$`
		wg.Add(1)
		go func() {
			defer wg.Done()
			subscribe(outs[i], do)
		}()
	}
	for _, n := range all {
		for _, out := range outs {
			out <- n // want `^this send on out may block forever: its receiver may be gone by line \d+$`
		}
	}
	for _, out := range outs {
		close(out)
	}
	wg.Wait()
}

// spread gives each worker what its number says.
func spread(all []int, do func(int) error) {
	outs := make([]chan int, 4)
	for i := range outs {
		outs[i] = make(chan int) // related `^outs\[n % len\(outs\)\] is made here, with room for 0$`
		go func() {
			for n := range outs[i] {
				if err := do(n); err != nil {
					return // related `^here the receiver of outs\[n % len\(outs\)\] returns$`
				}
			}
		}()
	}
	for _, n := range all {
		outs[n%len(outs)] <- n // want `^this send on outs\[n % len\(outs\)\] may block forever: its receiver may be gone by line \d+$`
	}
	for _, out := range outs {
		close(out)
	}
}

// drainedOut goes on to receive where it has failed.
func drainedOut(all []int, subscribers []func(int) error) {
	outs := make([]chan int, len(subscribers))
	for i, do := range subscribers {
		outs[i] = make(chan int, 1)
		go func() {
			for n := range outs[i] {
				if err := do(n); err != nil {
					break
				}
			}
			for range outs[i] {
			}
		}()
	}
	for _, n := range all {
		for _, out := range outs {
			out <- n
		}
	}
	for _, out := range outs {
		close(out)
	}
}

// oneEach sends one to each of those who receive it first.
func oneEach(n int, subscribers []func(int) error) {
	outs := make([]chan int, len(subscribers))
	for i, do := range subscribers {
		outs[i] = make(chan int)
		go func() {
			for n := range outs[i] {
				if err := do(n); err != nil {
					return
				}
			}
		}()
	}
	for _, out := range outs {
		out <- n
	}
	for _, out := range outs {
		close(out)
	}
}

// dropped does not wait for those who are gone.
func dropped(all []int, subscribers []func(int) error) {
	outs := make([]chan int, len(subscribers))
	for i, do := range subscribers {
		outs[i] = make(chan int, 1)
		go func() {
			for n := range outs[i] {
				if err := do(n); err != nil {
					return
				}
			}
		}()
	}
	for _, n := range all {
		for _, out := range outs {
			select {
			case out <- n:
			default:
			}
		}
	}
	for _, out := range outs {
		close(out)
	}
}
