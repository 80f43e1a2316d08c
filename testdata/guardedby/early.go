package guardedby

import "sync"

// The lock is released before the last thing is written.
type desk struct {
	mu       sync.Mutex
	open     map[string]int
	rejected int
	visits   int
}

func newDesk() *desk { return &desk{open: make(map[string]int)} }

func (d *desk) Reject(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, id)
	d.rejected++ // related `^d\.rejected is written under d\.mu here$`
}

func (d *desk) Visit(id string) bool {
	d.mu.Lock()
	_, ok := d.open[id]
	d.mu.Unlock()
	if !ok {
		d.reject()
	}
	return ok
}

func (d *desk) reject() {
	d.rejected++ // want `^d\.rejected is written without d\.mu, under which it is written$`
}

func (d *desk) Rejected() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rejected
}

// Nobody knows the desk before it is opened, or has taken its lock.
func (d *desk) Seen() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.visits
}

func (d *desk) See() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.visits++
}

func (d *desk) clear() { d.visits = 0 }

func (d *desk) Open(id string) {
	d.clear()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open[id] = 1
}
