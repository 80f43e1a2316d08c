package condwait

import (
	"fmt"
	"sync"

	"fixture.example/condwait/dep"
)

func (q *queue) ifEmpty() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 { // related `^the condition is tested here only$`
		q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	}
	x := q.items[0]
	q.items = q.items[1:]
	return x
}

func (q *queue) ifNotReady() {
	q.cond.L.Lock()
	if !q.ready { // related `^the condition is tested here only$`
		q.n++
		q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
		q.n--
	}
	q.cond.L.Unlock()
}

// workerIf is in a loop, but not one that tests before the item is taken.
func (q *queue) workerIf(handle func(int)) {
	for {
		q.mu.Lock()
		if len(q.items) == 0 { // related `^the condition is tested here only$`
			q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
		}
		x := q.items[0]
		q.items = q.items[1:]
		q.mu.Unlock()
		handle(x)
	}
}

func (q *queue) eachIf(xs []int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, x := range xs {
		if !q.ready { // related `^the condition is tested here only$`
			q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
		}
		q.items = append(q.items, x)
	}
}

func (q *queue) untilClosedIf(handle func(int)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed {
		if q.empty() { // related `^the condition is tested here only$`
			q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
		}
		handle(q.items[0])
	}
}

func (q *queue) elseBranch() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) > 0 { // related `^the condition is tested here only$`
		fmt.Println("not empty")
	} else {
		q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	}
	return q.items[0]
}

func (q *queue) initialized() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.items); n == 0 { // related `^the condition is tested here only$`
		q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	}
	q.items = q.items[1:]
}

func (q *queue) bySwitchOnce() {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch { // related `^the condition is tested here only$`
	case q.ready:
	default:
		q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	}
	q.n++
}

func (q *queue) bare() {
	q.mu.Lock()
	q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	q.mu.Unlock()
}

func (q *queue) earlyReturn() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ready {
		return
	}
	q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	q.n++
}

// counted counts signals, of which two may come as one.
func (q *queue) counted(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for range n {
		q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	}
}

func (q *queue) countedByClause(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := 0; i < n; i++ {
		q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	}
}

// endless loses what is signalled while it works.
func (q *queue) endless(work func()) {
	for {
		q.mu.Lock()
		q.cond.Wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
		q.mu.Unlock()
		work()
	}
}

func closure() {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	ready := false
	var wg sync.WaitGroup
	wg.Go(func() {
		mu.Lock()
		defer mu.Unlock()
		if !ready { // related `^the condition is tested here only$`
			cond.Wait() // want `^cond\.Wait is not in a loop that tests its condition again$`
		}
		fmt.Println("ready")
	})
	go func() {
		cond.L.Lock()
		cond.Wait() // want `^cond\.Wait is not in a loop that tests its condition again$`
		cond.L.Unlock()
		fmt.Println("woken")
	}()
	mu.Lock()
	ready = true
	cond.Broadcast()
	mu.Unlock()
	wg.Wait()
}

func byParameter(c *sync.Cond, ready *bool) {
	c.L.Lock()
	defer c.L.Unlock()
	if !*ready { // related `^the condition is tested here only$`
		c.Wait() // want `^c\.Wait is not in a loop that tests its condition again$`
	}
}

func (e *embedded) ifReady() {
	e.Lock()
	defer e.Unlock()
	if !e.ready { // related `^the condition is tested here only$`
		e.Wait() // want `^e\.Wait is not in a loop that tests its condition again$`
	}
}

func (g *generic[T]) ifEmpty() T {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.items) == 0 { // related `^the condition is tested here only$`
		g.cond.Wait() // want `^g\.cond\.Wait is not in a loop that tests its condition again$`
	}
	return g.items[0]
}

// -- helpers --

func (q *queue) misusesPause() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 { // related `^the condition is tested here only$`
		q.pause() // want `^this call of q\.pause is not in a loop that tests the condition of q\.cond again$`
	}
	return q.items[0]
}

func (q *queue) misusesPauseCounted() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pauseCounted() // want `^this call of q\.pauseCounted is not in a loop that tests the condition of q\.cond again$`
	return q.items[0]
}

type signalled struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func newSignalled() *signalled {
	s := new(signalled)
	s.cond = sync.NewCond(&s.mu)
	return s
}

func (s *signalled) next() {
	s.cond.Wait() // related `^s\.cond\.Wait is called here$`
}

func (s *signalled) once() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next() // want `^this call of s\.next is not in a loop that tests the condition of s\.cond again$`
	return s.n
}

// nextTurn waits by itself, which no caller can mend.
func (s *signalled) nextTurn() {
	s.mu.Lock()
	s.cond.Wait() // want `^s\.cond\.Wait is not in a loop that tests its condition again$`
	s.mu.Unlock()
}

func (s *signalled) turn() int {
	s.nextTurn()
	return s.n
}

func pausesGate(g *dep.Gate) {
	g.Lock()
	defer g.Unlock()
	if !g.Open { // related `^the condition is tested here only$`
		g.Pause() // want `^this call of g\.Pause is not in a loop that tests the condition of g\.Cond again$`
	}
	fmt.Println("open")
}

func methodValue(q *queue) {
	wait := q.cond.Wait
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.ready { // related `^the condition is tested here only$`
		wait() // want `^q\.cond\.Wait is not in a loop that tests its condition again$`
	}
	q.n++
}
