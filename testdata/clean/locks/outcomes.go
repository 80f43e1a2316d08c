package locks

import "sync"

// A gate is taken by methods that keep the lock unless their result says that they do not.
type gate struct {
	mu     sync.Mutex
	n      int
	closed bool
}

// tryEnter returns what to leave by, nil if the gate is closed.
func (g *gate) tryEnter() func() {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return nil
	}
	return func() { g.n++; g.mu.Unlock() }
}

func (g *gate) enterOrOpen() {
	leave := g.tryEnter()
	if leave == nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.closed = false
		return
	}
	leave()
}

// enter returns how many have entered, -1 if the gate is closed.
func (g *gate) enter() int {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return -1
	}
	return g.n
}

func (g *gate) byNumber() {
	if g.enter() < 0 {
		g.mu.Lock() // waits for the others
		g.mu.Unlock()
		return
	}
	g.n++
	g.mu.Unlock()
}

// name returns the name of the one who enters, "" if the gate is closed.
func (g *gate) name(prefix string) string {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return ""
	}
	return prefix + "x"
}

func (g *gate) byName() {
	name := g.name("p")
	if name == "" {
		g.mu.Lock() // waits for the others
		g.mu.Unlock()
		return
	}
	g.n += len(name)
	g.mu.Unlock()
}

type outcome int

const (
	entered outcome = iota
	full
	shut
)

func (g *gate) outcome() outcome {
	g.mu.Lock()
	switch {
	case g.closed:
		g.mu.Unlock()
		return shut
	case g.n > 9:
		g.mu.Unlock()
		return full
	}
	return entered
}

func (g *gate) byOutcome() {
	switch g.outcome() {
	case full, shut:
		g.mu.Lock()
		g.n, g.closed = 0, false
		g.mu.Unlock()
	case entered:
		g.n++
		g.mu.Unlock()
	}
}

func (g *gate) unlessEntered() {
	if g.outcome() != entered {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.closed = false
		return
	}
	g.mu.Unlock()
}

// named has a result that tells the deferred function what to do.
func (g *gate) named() (n int, err error) {
	g.mu.Lock()
	defer func() {
		if err != nil {
			g.mu.Unlock()
		}
	}()
	if g.closed {
		return 0, errGone
	}
	return g.n, nil
}

func (g *gate) byError() {
	_, err := g.named()
	if err != nil {
		g.mu.Lock()
		g.closed = false
		g.mu.Unlock()
		return
	}
	g.mu.Unlock()
}

// byState keeps in a variable which way it has gone.
func (g *gate) byState(waits bool) {
	state := 0
	if waits {
		g.mu.Lock()
		state = 1
	}
	g.n++
	if state == 0 {
		g.mu.Lock()
		state = 2
	}
	if state == 2 || state == 1 {
		g.mu.Unlock()
	}
}

// take takes the lock if it is told to.
func (g *gate) take(mode outcome) {
	if mode == entered {
		g.mu.Lock()
	}
}

func (g *gate) byArgument() {
	g.take(shut)
	g.mu.Lock()
	g.n++
	g.mu.Unlock()
	g.take(entered)
	g.n--
	g.mu.Unlock()
}
