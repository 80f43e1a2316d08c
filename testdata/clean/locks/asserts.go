package locks

import (
	"log"
	"runtime"
	"sync"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

type ledger struct {
	mu sync.Mutex
	n  int
}

func (l *ledger) load() error
func (l *ledger) sync() error

// compact ends the program if there is an error, with the lock released before.
func (l *ledger) compact() {
	l.mu.Lock()
	if err := l.load(); err != nil {
		l.mu.Unlock()
		check(err)
	}
	if err := l.sync(); err != nil {
		l.mu.Unlock()
		check(err)
	}
	l.n++
	l.mu.Unlock()
}

const traced = false

// hold returns with the lock on no path that there is.
func (l *ledger) hold() {
	l.mu.Lock()
	if traced {
		return
	}
	if runtime.GOOS == "plan9" && traced {
		return
	}
	l.mu.Unlock()
}
