package lockleak

import (
	"errors"
	"fmt"
	"sync"
)

// What a branch says about two variables holds until one of them is given another value.

type buffer struct {
	mu   sync.Mutex
	next *buffer
	n    int
	max  int
}

func (b *buffer) unlessEqual(o *buffer) {
	if b.next != o {
		o.mu.Lock()
	}
	b.n++
	if b.next != o {
		o.mu.Unlock()
	}
}

func (b *buffer) theOtherWayRound(o *buffer) {
	if b.next != o {
		o.mu.Lock()
	}
	b.n++
	if o == b.next {
		return
	}
	o.mu.Unlock()
}

func (b *buffer) ordered(limit int) {
	if b.n > limit {
		b.mu.Lock()
	}
	b.max = limit
	if limit >= b.n {
		return
	}
	b.mu.Unlock()
}

func (b *buffer) anotherTurn(limits []int) {
	for _, l := range limits {
		if b.n < l {
			b.mu.Lock()
		}
		work()
		if b.n < l {
			b.mu.Unlock()
		}
	}
}

// A deferred function recovers nothing where its caller returns.

func (b *buffer) unlocksOnPanic() {
	defer func() {
		if r := recover(); r != nil {
			b.mu.Unlock()
			panic(r)
		}
	}()
	b.mu.Lock()
	work()
	b.mu.Unlock()
}

func (b *buffer) unlocksOnPanicOnly() (err error) {
	defer func() {
		if r := recover(); r != nil {
			b.mu.Unlock()
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	b.mu.Lock() // want `^b\.mu is still locked at the return on line 87$`
	if b.n > b.max {
		panic("too many")
	}
	return nil // related `^this return leaves b\.mu locked$`
}

// An error that is one the program knows is no nil.

var errTaken = errors.New("taken")

func (b *buffer) acquire() error {
	b.mu.Lock()
	if b.n > b.max {
		b.mu.Unlock()
		return errTaken
	}
	return nil
}

func (b *buffer) waitsIfTaken() {
	err := b.acquire() // want `^b\.mu is still locked at the end of waitsIfTaken$`
	if errors.Is(err, errTaken) {
		b.mu.Lock()
		b.max++
		b.mu.Unlock()
	}
} // related `^the end of waitsIfTaken leaves b\.mu locked$`

func (b *buffer) leavesIfTaken() error {
	err := b.acquire()
	if errors.Is(err, errTaken) {
		return nil
	}
	if err != nil {
		return err
	}
	b.n++
	b.mu.Unlock()
	return nil
}
