package condwait

import (
	"sync"

	"fixture.example/condwait/dep"
)

func (q *queue) unlocked() {
	for !q.ready {
		q.cond.Wait() // want `^q\.cond\.Wait is called without q\.mu held$`
	}
}

func (q *queue) unlockedTooEarly() int {
	q.mu.Lock()
	n := q.n
	q.mu.Unlock() // related `^q\.mu is unlocked here$`
	for !q.ready {
		q.cond.Wait() // want `^q\.cond\.Wait is called without q\.mu held$`
	}
	return n
}

func (q *queue) lockedTooLate() {
	for !q.ready {
		q.cond.Wait() // want `^q\.cond\.Wait is called without q\.mu held$`
	}
	q.mu.Lock()
	q.n++
	q.mu.Unlock()
}

// unlockedInTheLoop holds the lock in the first turn only.
func (q *queue) unlockedInTheLoop(work func()) {
	q.mu.Lock()
	for !q.ready {
		q.cond.Wait() // want `^q\.cond\.Wait is called without q\.mu held$`
		q.mu.Unlock() // related `^q\.mu is unlocked here$`
		work()
	}
}

type two struct {
	mu    sync.Mutex
	other sync.Mutex
	cond  *sync.Cond
	ready bool
}

func newTwo() *two {
	t := new(two)
	t.cond = sync.NewCond(&t.mu)
	return t
}

func (t *two) wrongLock() {
	t.other.Lock()
	defer t.other.Unlock()
	for !t.ready {
		t.cond.Wait() // want `^t\.cond\.Wait is called without t\.mu held$`
	}
}

func (r *readers) writeForRead() {
	r.rw.Lock()
	defer r.rw.Unlock()
	for !r.ready {
		r.cond.Wait() // want `^r\.cond\.Wait is called without r\.rw read-locked$`
	}
}

func (r *readers) readForWrite() {
	r.rw.RLock()
	defer r.rw.RUnlock()
	for !r.ready {
		r.wcond.Wait() // want `^r\.wcond\.Wait is called without r\.rw held$`
	}
}

func (b *byValue) unlocked() {
	for !b.ready {
		b.cond.Wait() // want `^b\.cond\.Wait is called without b\.mu held$`
	}
}

func (e *embedded) unlocked() {
	for !e.ready {
		e.Wait() // want `^e\.Wait is called without e\.Mutex held$`
	}
}

func (g *generic[T]) unlocked() {
	for len(g.items) == 0 {
		g.cond.Wait() // want `^g\.cond\.Wait is called without g\.mu held$`
	}
}

func localUnlocked() {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	ready := false
	go func() {
		mu.Lock()
		ready = true
		mu.Unlock()
		cond.Broadcast()
	}()
	for !ready {
		cond.Wait() // want `^cond\.Wait is called without mu held$`
	}
}

// startsUnlocked locks, but the goroutine does not hold it.
func startsUnlocked(q *queue) {
	q.mu.Lock()
	defer q.mu.Unlock()
	go func() {
		for !q.ready {
			q.cond.Wait() // want `^q\.cond\.Wait is called without q\.mu held$`
		}
	}()
}

func awaits(c *sync.Cond, ready *bool) {
	for !*ready {
		c.Wait() // want `^c\.Wait is called without c\.L held$`
	}
}

func startsAwaits(c *sync.Cond) {
	ready := false
	go awaits(c, &ready)
	c.L.Lock()
	ready = true
	c.L.Unlock()
	c.Broadcast()
}

// -- callers --

func (q *queue) callsTooEarly() int {
	q.waitNonEmptyLocked() // want `^this call of q\.waitNonEmptyLocked leads to q\.cond\.Wait without q\.mu held$`
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items[0]
}

type stage struct {
	mu    sync.Mutex
	cond  *sync.Cond
	ready bool
}

func newStage() *stage {
	s := new(stage)
	s.cond = sync.NewCond(&s.mu)
	return s
}

func (s *stage) await() {
	for !s.ready {
		s.cond.Wait() // related `^s\.cond\.Wait is called here$`
	}
}

func (s *stage) deeper() { s.await() }

func (s *stage) runs() {
	s.deeper() // want `^this call of s\.deeper leads to s\.cond\.Wait without s\.mu held$`
}

// Await is called by others, who cannot lock.
func (s *stage) Await() {
	for !s.ready {
		s.cond.Wait() // want `^s\.cond\.Wait is called without s\.mu held$`
	}
}

func gateUnlocked(g *dep.Gate) {
	g.AwaitLocked() // want `^this call of g\.AwaitLocked leads to g\.Cond\.Wait without g\.Cond\.L held$`
}

var (
	global      sync.Mutex
	globalCond  = sync.NewCond(&global)
	globalReady bool
)

func awaitGlobal() {
	for !globalReady {
		globalCond.Wait() // want `^globalCond\.Wait is called without global held$`
	}
}

func awaitGlobalLocked() {
	global.Lock()
	defer global.Unlock()
	for !globalReady {
		globalCond.Wait()
	}
}
