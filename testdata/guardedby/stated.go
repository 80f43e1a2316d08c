package guardedby

import "sync"

// The lock is in a struct without a name, with what it guards.
type database struct {
	name string
	mu   struct {
		sync.Mutex
		queue []int
	}
}

func (d *database) Push(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mu.queue = append(d.mu.queue, n) // related `^d\.mu\.queue is written under d\.mu\.Mutex here$`
}

func (d *database) Pop() {
	d.mu.Lock()
	d.mu.queue = d.mu.queue[1:]
	d.mu.Unlock()
}

func (d *database) Len() int {
	return len(d.mu.queue) // want `^d\.mu\.queue is read without d\.mu\.Mutex, under which it is written 2 times$`
}

// A comment at a package variable.
var (
	hostsMu sync.Mutex
	hosts   = map[string]int{} // guarded by hostsMu
)

func addHost(name string) {
	hostsMu.Lock()
	defer hostsMu.Unlock()
	hosts[name]++
}

func hasHost(name string) bool {
	return hosts[name] > 0 // want `^hosts is read without hostsMu, which guards it by its comment$`
}

// The lock that the comment names is that of another type.
type forest struct {
	mu    sync.Mutex
	trees []*oak
}

type oak struct {
	mu sync.Mutex
	// height is protected by forest.mu.
	height int
}

func (f *forest) Grow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.trees {
		t.height++
	}
}

func (t *oak) Height() int {
	return t.height // want `^t\.height is read without forest\.mu, which guards it by its comment$`
}
