package leakedsend

import "sync"

// -- waits for a sender that sends more --

func nextOf(i int) (int, error) { return i, nil }

func breakThenReceive(n int) error {
	out := make(chan int) // related `^out is made here, with room for 0$`
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range n {
			out <- i // want `^this send on out may block forever: its receiver may be gone by line 24$`
		}
	}()
	var err error
	for v := range out {
		if _, err = nextOf(v); err != nil {
			break
		}
	}
	<-done // related `^here the receiver of out only waits for the sender$`
	return err
}

func breakThenWait(n int) error {
	out := make(chan int) // related `^out is made here, with room for 0$`
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer close(out)
		for i := range n {
			out <- i // want `^this send on out may block forever: its receiver may be gone by line 45$`
		}
	}()
	var err error
	for v := range out {
		if _, err = nextOf(v); err != nil {
			break
		}
	}
	wg.Wait() // related `^here the receiver of out only waits for the sender$`
	return err
}

// drainThenWait receives what is left.
func drainThenWait(n int) error {
	out := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer close(out)
		for i := range n {
			out <- i
		}
	}()
	var err error
	for v := range out {
		if _, err = nextOf(v); err != nil {
			break
		}
	}
	for range out {
	}
	wg.Wait()
	return err
}

func countThenWait(n int) (t int) {
	out := make(chan int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range n {
			out <- i
		}
	}()
	for i := 0; i < n; i++ {
		t += <-out
	}
	<-done
	return t
}

func untilDone(n int) (t int) {
	out := make(chan int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range n {
			out <- i
		}
	}()
	for {
		select {
		case v := <-out:
			t += v
		case <-done:
			return t
		}
	}
}

func untilLast(n int) (t int) {
	out := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for i := range n {
			out <- i
		}
		out <- -1
	}()
	for {
		v := <-out
		if v == -1 {
			break
		}
		t += v
	}
	wg.Wait()
	return t
}

// oneThenWait knows how many there are.
func oneThenWait(next func() (int, error), stop func()) (int, error) {
	out := make(chan int)
	failed := make(chan error)
	go func() {
		for {
			n, err := next()
			if err != nil {
				failed <- err
				return
			}
			out <- n
		}
	}()
	n := <-out
	stop()
	return n, <-failed
}
