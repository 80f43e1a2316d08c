package lockedwait

import (
	"sync"
	"time"
)

// A goroutine that an earlier call of the same function has started needs the lock under
// which a later one stops it.

type probed struct {
	mu     sync.Mutex
	stop   chan struct{}
	result error
	check  func() error
}

func (p *probed) monitor(stop chan struct{}) {
	for {
		select {
		case <-stop: // related `^stop is received from here$`
			return
		default:
			p.note(p.check())
			time.Sleep(time.Second)
		}
	}
}

func (p *probed) note(err error) {
	p.mu.Lock() // related `^p\.mu is locked here, before the answer$`
	defer p.mu.Unlock()
	p.result = err
}

func (p *probed) setRunning(running bool) {
	if running {
		p.stop = make(chan struct{})
		go p.monitor(p.stop)
		return
	}
	p.mu.Lock() // related `^p\.mu is locked here$`
	defer p.mu.Unlock()
	p.stop <- struct{}{} // want `^this send on p\.stop waits while p\.mu is held, which its receiver locks first, at line 31$`
}

// A goroutine that has ended when the call returns is none of a later one's.

type joined struct {
	mu   sync.Mutex
	done chan struct{}
	n    int
}

func (j *joined) run(start bool) {
	if start {
		var wg sync.WaitGroup
		wg.Add(1)
		go func() {
			defer wg.Done()
			j.mu.Lock()
			j.n++
			j.mu.Unlock()
			<-j.done
		}()
		j.done <- struct{}{}
		wg.Wait()
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.done <- struct{}{}
}

// A keeper forgets tokens by the function that it was made with, which takes the lock under
// which tokens are added.

type keeper struct {
	tokens map[string]time.Time
	added  chan string
	forget func(string)
}

func newKeeper(forget func(string)) *keeper {
	k := &keeper{make(map[string]time.Time), make(chan string), forget}
	go k.run()
	return k
}

func (k *keeper) add(token string) { k.added <- token } // want `^this send on k\.added waits while s\.mu is held, which its receiver locks first, at line 117$`

func (k *keeper) run() {
	ticker := time.NewTicker(time.Second)
	for {
		select {
		case t := <-k.added: // related `^k\.added is received from here$`
			k.tokens[t] = time.Now().Add(time.Minute)
		case <-ticker.C:
			for t, until := range k.tokens {
				if time.Now().After(until) {
					k.forget(t)
				}
			}
		}
	}
}

type tokenStore struct {
	mu     sync.Mutex
	users  map[string]string
	keeper *keeper
}

func NewTokenStore() *tokenStore {
	s := &tokenStore{users: make(map[string]string)}
	s.keeper = newKeeper(func(t string) {
		s.mu.Lock() // related `^s\.mu is locked here, before the answer$`
		defer s.mu.Unlock()
		delete(s.users, t)
	})
	return s
}

func (s *tokenStore) Assign(user, token string) {
	s.mu.Lock() // related `^s\.mu is locked here$`
	defer s.mu.Unlock()
	s.users[token] = user
	s.keeper.add(token) // related `^this call of s\.keeper\.add leads to the wait$`
}

// The lock of a Cond may have another one in it, under which it is signalled.

type countedLock struct {
	mu *sync.Mutex
	n  int
}

func (c *countedLock) Lock()   { c.mu.Lock(); c.n++ }
func (c *countedLock) Unlock() { c.n--; c.mu.Unlock() }

type countedQueue struct {
	mu     sync.Mutex
	locker sync.Locker
	cond   sync.Cond
	ready  *sync.Cond
	items  []int
}

func newCountedQueue() *countedQueue {
	q := &countedQueue{}
	q.cond.L = &countedLock{mu: &q.mu}
	q.locker = &countedLock{mu: &q.mu}
	q.ready = sync.NewCond(q.locker)
	return q
}

func (q *countedQueue) take() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait()
	}
	for len(q.items) == 1 {
		q.ready.Wait()
	}
	return q.items[0]
}

func (q *countedQueue) put(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, n)
	q.cond.Signal()
	q.ready.Signal()
}
