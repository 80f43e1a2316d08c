package locks

import (
	"errors"
	"sync"
)

// A rope is a concatenation, as go/constant's string values: its walk unlocks
// each inner node that it leaves, while the root stays locked for the caller.
type rope struct {
	mu          sync.Mutex
	text        string
	left, right *rope
}

func (r *rope) String() string {
	r.mu.Lock()
	if r.left != nil {
		text := ""
		for _, s := range r.appendReverse(nil) {
			text = s + text
		}
		r.text, r.left, r.right = text, nil, nil
	}
	s := r.text
	r.mu.Unlock()
	return s
}

func (r *rope) appendReverse(list []string) []string {
	at := r
	for at.right != nil {
		at.right.mu.Lock()
		list = at.right.appendReverse(list)
		at.right.mu.Unlock()

		left := at.left
		if at != r {
			at.mu.Unlock()
		}
		left.mu.Lock()
		at = left
	}
	s := at.text
	if at != r {
		at.mu.Unlock()
	}
	return append(list, s)
}

// A wire yields its read lock to who gets no error, as kafka-go's Conn.
type wire struct {
	mu   sync.Mutex
	last bool
	peek func() (int, error)
}

var errDesync = errors.New("nobody waits for this")

func (w *wire) wait(id int) (size int, lock *sync.Mutex, err error) {
	for {
		var got int
		w.mu.Lock()
		got, err = w.peek()
		if err != nil {
			w.mu.Unlock()
			break
		}
		if got == id {
			size, lock = got, &w.mu
			break
		}
		if w.last {
			err = errDesync
			w.mu.Unlock()
			break
		}
		w.mu.Unlock()
	}
	return
}

func (w *wire) do(id int, read func(int) error) error {
	size, lock, err := w.wait(id)
	if err != nil {
		return err
	}
	err = read(size)
	lock.Unlock()
	return err
}

func (w *wire) list() (n int, err error) {
	err = w.do(1, func(size int) error {
		n = size
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// readTwice read-locks a mutex twice that no other goroutine knows.
func readTwice(turns int) {
	var mu sync.RWMutex
	for range turns {
		mu.RLock()
		mu.RLock()
		mu.RUnlock()
		mu.RUnlock()
		mu.Lock()
		mu.Unlock()
	}
}

// readerTwice does so by a Locker that only reads; its writer comes after.
func readerTwice(turns int) {
	var mu sync.RWMutex
	var reader sync.Locker = mu.RLocker()
	locked := make(chan bool, 1)
	written := make(chan bool, 1)
	go func() {
		for range turns {
			reader.Lock()
			reader.Lock()
			locked <- true
			mu.Lock()
			written <- true
		}
	}()
	for range turns {
		<-locked
		reader.Unlock()
		reader.Unlock()
		<-written
		mu.Unlock()
	}
}
