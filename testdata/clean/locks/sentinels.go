package locks

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
)

var (
	errBusy = errors.New("busy")
	errGone = errors.New("gone")
)

// A lease is taken by a method that keeps the lock unless it fails. An error that is one
// of those that the program knows, or has a type, is no nil.
type lease struct {
	mu   sync.Mutex
	gone bool
	n    int
}

func (l *lease) acquire() error {
	l.mu.Lock()
	if l.gone {
		l.mu.Unlock()
		return errGone
	}
	return nil
}

func (l *lease) release() { l.mu.Unlock() }

// again takes the lock where acquire has failed.
func (l *lease) again() {
	err := l.acquire()
	if err == errGone {
		l.mu.Lock()
		l.gone = false
		l.mu.Unlock()
		return
	}
	if err == nil {
		l.release()
	}
}

func (l *lease) byIs() error {
	err := l.acquire()
	if errors.Is(err, errGone) || errors.Is(err, io.EOF) {
		l.mu.Lock()
		l.gone = false
		l.mu.Unlock()
		return nil
	}
	if err != nil {
		return err
	}
	l.n++
	l.release()
	return nil
}

func (l *lease) byAs() int {
	err := l.acquire()
	var perr *fs.PathError
	if errors.As(err, &perr) {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.n
	}
	if err == nil {
		l.release()
	}
	return 0
}

func (l *lease) byType() int {
	err := l.acquire()
	if _, ok := err.(*fs.PathError); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.n
	}
	if err == nil {
		l.release()
	}
	return 0
}

func (l *lease) byTypeSwitch() int {
	switch err := l.acquire(); err.(type) {
	case *fs.PathError, *os.SyscallError:
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.n
	case nil:
		l.release()
	}
	return 0
}

func (l *lease) bySwitch() int {
	switch l.acquire() {
	case errBusy, context.Canceled:
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.n
	case nil:
		l.release()
	}
	return 0
}

func (l *lease) byPredicate() int {
	err := l.acquire()
	switch {
	case os.IsNotExist(err):
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.n
	case err == nil:
		l.release()
	}
	return 0
}

func (l *lease) byNot() {
	err := l.acquire()
	if err != errGone {
		if err == nil {
			l.release()
		}
		return
	}
	l.mu.Lock()
	l.gone = false
	l.mu.Unlock()
}
