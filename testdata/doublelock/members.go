package doublelock

import "sync"

// -- members of a collection that refer to what has it --

// A shardDepot keeps its lock in a struct without a name, as CockroachDB's stores do.
type shardDepot struct {
	mu struct {
		sync.RWMutex
	}
	replicas map[int]*shardCopy
	reports  []*shardCopy
}

type shardCopy struct {
	of    *shardDepot
	index int
}

func newShardCopy(d *shardDepot, index int) *shardCopy { return &shardCopy{of: d, index: index} }

func newShardDepot() *shardDepot { return &shardDepot{replicas: make(map[int]*shardCopy)} }

func (d *shardDepot) add(index int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.replicas[index] = &shardCopy{of: d, index: index}
	d.reports = append(d.reports, newShardCopy(d, index))
}

func (d *shardDepot) status() int {
	d.mu.RLock() // related `^d\.mu is read-locked again here$` `^d\.mu is read-locked again here$`
	defer d.mu.RUnlock()
	return len(d.replicas)
}

func (r *shardCopy) full() bool {
	return r.index > r.of.status() // related `^this call leads to where d\.mu\.RWMutex is read-locked again$` `^this call leads to where d\.mu\.RWMutex is read-locked again$`
}

func (d *shardDepot) scan() {
	d.mu.RLock() // related `^d\.mu is read-locked since here$`
	for _, r := range d.replicas {
		r.full() // want `^d\.mu is read-locked again by this call of r\.full while it is read-locked since line \d+$`
	}
	d.mu.RUnlock()
}

func (d *shardDepot) report() {
	d.mu.RLock() // related `^d\.mu is read-locked since here$`
	defer d.mu.RUnlock()
	for _, r := range d.reports {
		r.full() // want `^d\.mu is read-locked again by this call of r\.full while it is read-locked since line \d+$`
	}
}

func (d *shardDepot) scanUnlocked() {
	var all []*shardCopy
	d.mu.RLock()
	for _, r := range d.replicas {
		all = append(all, r)
	}
	d.mu.RUnlock()
	for _, r := range all {
		r.full()
	}
}

// Members that may be of another one say nothing.

type bough struct {
	mu       sync.Mutex
	twigs    map[string]*sprig
	borrowed []*sprig
}

type sprig struct{ of *bough }

func (b *bough) grow(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.twigs[name] = &sprig{of: b}
}

func (b *bough) graft(name string, t *sprig) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.twigs[name] = t
	b.borrowed = append(b.borrowed[:0], t)
}

func (t *sprig) shake() {
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	t.of.borrowed = nil
}

func (b *bough) shakeAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.twigs {
		t.shake()
	}
	for _, t := range b.borrowed {
		t.shake()
	}
}
