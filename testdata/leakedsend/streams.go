package leakedsend

import (
	"context"
	"errors"
)

// -- channels that go into an object when it is made --

type numberStream struct{ c <-chan int }

func streamOf(next func() (int, bool)) numberStream {
	c := make(chan int) // related `^c is made here, with room for 0$`
	go func() {
		defer close(c)
		for {
			v, ok := next()
			if !ok {
				return
			}
			c <- v // want `^this send on c may block forever: its receiver may be gone by line 33$`
		}
	}()
	return numberStream{c: c}
}

func countdown(n int) numberStream { return streamOf(func() (int, bool) { n--; return n, n > 0 }) }

func untilBad(use func(int) error) error {
	s := countdown(9)
	for v := range s.c {
		if err := use(v); err != nil {
			return err // related `^here the receiver of c returns$`
		}
	}
	return nil
}

type stream struct {
	c    chan int
	name string
}

func opened(name string, most int) *stream {
	c := make(chan int) // related `^c is made here, with room for 0$`
	go func() {
		defer close(c)
		for i := range most {
			c <- i // want `^this send on c may block forever: its receiver may be gone by line 59$`
		}
	}()
	return &stream{c: c, name: name}
}

func readSome(most int) error {
	s := opened("a", most)
	for v := range s.c {
		if v > 3 {
			return errors.New(s.name) // related `^here the receiver of c returns$`
		}
	}
	return nil
}

type safeStream struct {
	c    <-chan int
	done chan struct{}
}

func openedSafely(most int) *safeStream {
	c, done := make(chan int), make(chan struct{})
	go func() {
		defer close(c)
		for i := range most {
			select {
			case c <- i:
			case <-done:
				return
			}
		}
	}()
	return &safeStream{c: c, done: done}
}

func readSafely(most int) error {
	s := openedSafely(most)
	defer close(s.done)
	for v := range s.c {
		if v > 3 {
			return errors.New("many")
		}
	}
	return nil
}

// The stream is given to others, who may drain it.
func handOn(most int, others func(<-chan int)) error {
	s := countdown(most)
	for v := range s.c {
		if v > 3 {
			others(s.c)
			return errors.New("many")
		}
	}
	return nil
}

// -- room for the workers, not for their results --

func perWorker(in <-chan string, size int, do func(string) error) error {
	results := make(chan error, size) // related `^results is made here, with room for some$`
	for range size {
		go func() {
			for s := range in {
				results <- do(s) // want `^this send on results may block forever: its receiver may be gone by line 121$`
			}
		}()
	}
	for range 100 {
		if err := <-results; err != nil {
			return err // related `^here the receiver of results returns$`
		}
	}
	return nil
}

// Each worker sends once.
func oncePerWorker(in <-chan string, size int, do func(string) error) error {
	results := make(chan error, size)
	for range size {
		go func() {
			for s := range in {
				if err := do(s); err != nil {
					results <- err
					return
				}
			}
			results <- nil
		}()
	}
	for range size {
		if err := <-results; err != nil {
			return err
		}
	}
	return nil
}

// Two of each, where there is room for one.
func twoOfEach(items []string, do func(string) error) error {
	found := make(chan error, len(items)) // related `^found is made here, with room for some$`
	for _, it := range items {
		go func() {
			found <- do(it)
			found <- do(it + "!") // want `^this send on found may block forever: its receiver may be gone by line 160$`
		}()
	}
	for range 2 * len(items) {
		if err := <-found; err != nil {
			return err // related `^here the receiver of found returns$`
		}
	}
	return nil
}

// A loop that asks a function whether it goes on, and a buffer of some size.
func polled(ctx context.Context, size int, poll func() []string, use func(string) error) error {
	rows := make(chan string, size) // related `^rows is made here, with room for some$`
	go func() {
		defer close(rows)
		for ctx.Err() == nil {
			for _, r := range poll() {
				rows <- r // want `^this send on rows may block forever: its receiver may be gone by line 179$`
			}
		}
	}()
	for r := range rows {
		if err := use(r); err != nil {
			return err // related `^here the receiver of rows returns$`
		}
	}
	return nil
}

// Room for a part of all that is sent.
type cluster struct{ members []string }

func (c *cluster) quorum() int { return len(c.members)/2 + 1 }

func (c *cluster) agreed(ctx context.Context, ask func(string) error) error {
	need := c.quorum()
	votes := make(chan error, need) // related `^votes is made here, with room for some$`
	for _, m := range c.members {
		go func() { votes <- ask(m) }() // want `^this send on votes may block forever: its receiver may be gone by line 203$`
	}
	for range c.members {
		select {
		case err := <-votes:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err() // related `^here the receiver of votes returns$`
		}
	}
	return nil
}

func fewest(all []string, most int, ask func(string) error) error {
	votes := make(chan error, min(len(all), most)) // related `^votes is made here, with room for some$`
	for _, m := range all {
		go func() { votes <- ask(m) }() // want `^this send on votes may block forever: its receiver may be gone by line 216$`
	}
	for range all {
		if err := <-votes; err != nil {
			return err // related `^here the receiver of votes returns$`
		}
	}
	return nil
}

// As many are received as are needed, and there is room for all others.
func (c *cluster) firstOf(ask func(string) error) (failed int) {
	need := c.quorum()
	votes := make(chan error, need)
	for _, m := range c.members {
		go func() { votes <- ask(m) }()
	}
	for i := 0; i < need; i++ {
		if err := <-votes; err != nil {
			failed++
		}
	}
	return failed
}

// The size is that of the list by another name.
func lengthNamed(all []string, ask func(string) error) error {
	n := len(all)
	votes := make(chan error, n)
	for _, m := range all {
		go func() { votes <- ask(m) }()
	}
	for range n {
		if err := <-votes; err != nil {
			return err
		}
	}
	return nil
}
