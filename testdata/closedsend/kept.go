package closedsend

import "sync"

// -- channels that a map keeps, taken from there under a lock --

type broker struct {
	mu     sync.RWMutex
	topics map[string]chan int
	muted  map[string]chan int
	quiet  map[string]chan int
}

func newBroker() *broker { return &broker{topics: map[string]chan int{}, muted: map[string]chan int{}} }

func (b *broker) open(name string) <-chan int {
	b.mu.Lock()
	defer b.mu.Unlock()
	ch := make(chan int, 1)
	b.topics[name] = ch
	return ch
}

func (b *broker) lookup(name string) (chan int, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	ch, ok := b.topics[name]
	return ch, ok
}

func (b *broker) publish(name string, n int) {
	if ch, ok := b.lookup(name); ok {
		ch <- n // want `^ch may be closed at line 70 before this send, which does not hold broker\.mu$`
	}
}

func (b *broker) publishOrNot(name string, n int) {
	b.mu.RLock()
	ch := b.topics[name]
	b.mu.RUnlock()
	select {
	case ch <- n: // want `^ch may be closed at line 70 before this send, which does not hold broker\.mu$`
	default:
	}
}

// publishUnderLock holds the lock while it sends.
func (b *broker) publishUnderLock(name string, n int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	select {
	case b.topics[name] <- n:
	default:
	}
}

// publishSafely takes it that the channel may be closed.
func (b *broker) publishSafely(name string, n int) {
	defer func() { _ = recover() }()
	if ch, ok := b.lookup(name); ok {
		ch <- n
	}
}

func (b *broker) close(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ch, ok := b.topics[name]; ok {
		delete(b.topics, name)
		close(ch) // related `^ch is closed here, under broker\.mu$` related `^ch is closed here, under broker\.mu$`
	}
}

// mute sends on what nothing closes.
func (b *broker) mute(name string, n int) {
	b.mu.RLock()
	ch := b.muted[name]
	b.mu.RUnlock()
	ch <- n
}

// drain is the one who sends, and closes when that is done.
func (b *broker) drain(name string, ns []int) {
	b.mu.RLock()
	ch := b.quiet[name]
	b.mu.RUnlock()
	for _, n := range ns {
		ch <- n
	}
	b.hush(name)
}

func (b *broker) hush(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.quiet[name])
	delete(b.quiet, name)
}

// -- users that are counted --

type counted struct {
	mu    sync.Mutex
	users sync.WaitGroup
	feeds map[string]chan int
}

func (c *counted) send(name string, n int) {
	c.mu.Lock()
	ch := c.feeds[name]
	c.users.Add(1)
	c.mu.Unlock()
	defer c.users.Done()
	ch <- n
}

func (c *counted) close(name string) {
	c.mu.Lock()
	ch := c.feeds[name]
	delete(c.feeds, name)
	c.mu.Unlock()
	c.users.Wait()
	close(ch)
}

// -- fields of what a slice keeps --

type subscriber struct {
	id   int
	news chan string
}

type hub struct {
	mu   sync.Mutex
	subs []*subscriber
}

func (h *hub) tell(i int, s string) {
	h.mu.Lock()
	sub := h.subs[i]
	h.mu.Unlock()
	sub.news <- s // want `^sub\.news may be closed at line 149 before this send, which does not hold hub\.mu$`
}

func (h *hub) shut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, sub := range h.subs {
		close(sub.news) // related `^sub\.news is closed here, under hub\.mu$`
	}
	h.subs = nil
}
