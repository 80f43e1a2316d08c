package doublelock

import (
	"fmt"
	"iter"
	"slices"
	"sort"
	"sync"
	"time"

	"fixture.example/doublelock/dep"
)

// Nothing in this file locks a mutex that it holds.

type counter struct {
	mu   sync.Mutex
	rw   sync.RWMutex
	n    int
	next *counter
	kids []*counter
	hook func()
}

// get locks c.
func (c *counter) get() int {
	c.mu.Lock() // related `^c\.mu is locked again here$`
	defer c.mu.Unlock()
	return c.n
}

func (c *counter) getLocked() int { return c.n }

func (c *counter) unlockedBetween() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	c.mu.Lock()
	c.n--
	c.mu.Unlock()
}

func (c *counter) unlockedBeforeCall() int {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	return c.get()
}

func (c *counter) lockedCallee() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.getLocked()
}

func (c *counter) otherField() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rw.Lock()
	defer c.rw.Unlock()
}

func otherInstance(a, b *counter) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return b.get()
}

func (c *counter) parentAndChild() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.next.get()
}

// sum locks a tree from the root down.
func (c *counter) sum() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.n
	for _, kid := range c.kids {
		n += kid.sum()
	}
	return n
}

func (c *counter) walk(v int) bool {
	c.mu.Lock()
	for c.next != nil && c.n != v {
		next := c.next
		next.mu.Lock()
		c.mu.Unlock()
		c = next
	}
	defer c.mu.Unlock()
	return c.n == v
}

func reassigned(list []*counter) {
	cur := list[0]
	cur.mu.Lock()
	defer cur.mu.Unlock()
	cur = list[1]
	cur.mu.Lock()
	defer cur.mu.Unlock()
}

func elements(list []counter, i, j int) {
	list[i].mu.Lock()
	list[j].mu.Lock()
	list[j].mu.Unlock()
	list[i].mu.Unlock()
}

func lockEach(list []*counter) {
	for _, c := range list {
		c.mu.Lock()
	}
	for _, c := range list {
		c.mu.Unlock()
	}
}

func lockEachMap(m map[string]*sync.Mutex, a, b string) {
	m[a].Lock()
	m[b].Lock()
	m[b].Unlock()
	m[a].Unlock()
}

func (c *counter) tried() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.TryLock() {
		return 1
	}
	return 0
}

func (c *counter) lockedByFlag(lock bool) int {
	if lock {
		c.mu.Lock() // related `^c\.mu is locked again here$`
		defer c.mu.Unlock()
	}
	return c.n
}

func (c *counter) passesFlag() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lockedByFlag(false)
}

func (c *counter) complementaryBranches(held bool) {
	if held {
		c.mu.Lock()
	}
	c.n++
	if !held {
		c.mu.Lock()
	}
	c.n--
	c.mu.Unlock()
}

func (c *counter) goroutineUnderLock() {
	c.mu.Lock()
	defer c.mu.Unlock()
	go c.get()
	go func() {
		c.mu.Lock()
		c.n++
		c.mu.Unlock()
	}()
	time.AfterFunc(time.Second, func() { c.get() })
}

func (c *counter) storedUnderLock() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hook = func() { c.get() }
}

func (c *counter) callsHook() {
	c.mu.Lock()
	hook := c.hook
	c.mu.Unlock()
	if hook != nil {
		hook()
	}
}

func (c *counter) deferOrder() {
	defer c.get()
	c.mu.Lock()
	defer c.mu.Unlock()
}

func (c *counter) scoped() int {
	func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.n++
	}()
	return c.get()
}

func (c *counter) pause() { c.mu.Unlock() }
func (c *counter) again() { c.mu.Lock() }

func (c *counter) pausedAround() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pause()
	n := c.get()
	c.again()
	return n
}

func (c *counter) calleeDropsLock() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waitUnlocked()
}

// waitUnlocked is called with the lock, and gives it back meanwhile.
func (c *counter) waitUnlocked() {
	c.mu.Unlock()
	defer c.mu.Lock()
	c.get()
}

func (c *counter) doubleChecked() int {
	c.rw.RLock()
	n := c.n
	c.rw.RUnlock()
	if n > 0 {
		return n
	}
	c.rw.Lock()
	defer c.rw.Unlock()
	if c.n == 0 {
		c.n = 1
	}
	return c.n
}

func (c *counter) readTwice() int {
	c.rw.RLock()
	n := c.n
	c.rw.RUnlock()
	c.rw.RLock()
	defer c.rw.RUnlock()
	return n + c.n
}

// -- fmt, sort and iterators --

// quiet is printed without its lock.
type quiet struct {
	mu sync.Mutex
	n  int
}

func (q *quiet) String() string { return fmt.Sprint(q.n) }

func (q *quiet) print() {
	q.mu.Lock()
	defer q.mu.Unlock()
	fmt.Println(q)
}

// loud locks in order to be printed.
type loud struct {
	mu sync.Mutex
	n  int
}

func (l *loud) String() string {
	l.mu.Lock() // related `^l\.mu is locked again here$`
	defer l.mu.Unlock()
	return fmt.Sprint(l.n)
}

func (l *loud) printField() {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Println(l.n)
}

func (l *loud) printPointer() {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Printf("%p %T\n", l, l)
}

func (l *loud) printOther(other *loud) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Println(other)
}

func (l *loud) printAfter() {
	l.mu.Lock()
	l.n++
	l.mu.Unlock()
	fmt.Println(l)
}

func (c *counter) sorted() {
	c.mu.Lock()
	defer c.mu.Unlock()
	sort.Slice(c.kids, func(i, j int) bool { return c.kids[i].n < c.kids[j].n })
	slices.SortFunc(c.kids, func(a, b *counter) int { return a.get() - b.get() })
}

func (c *counter) all() iter.Seq[*counter] {
	return func(yield func(*counter) bool) {
		c.mu.Lock()
		kids := slices.Clone(c.kids)
		c.mu.Unlock()
		for _, kid := range kids {
			if !yield(kid) {
				return
			}
		}
	}
}

func (c *counter) rangesOverCopy() (n int) {
	for range c.all() {
		n += c.get()
	}
	return n
}

// -- interfaces --

type sizer interface{ size() int }

type lockedSizer struct{ mu *sync.Mutex }

func (l lockedSizer) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return 1
}

type plainSizer struct{}

func (plainSizer) size() int { return 2 }

type holder struct {
	mu sync.Mutex
	s  sizer
}

func (h *holder) total() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.s.size()
}

var _, _ sizer = lockedSizer{}, plainSizer{}

// -- another package --

func depCopied(r *dep.Registry) (n int) {
	r.EachCopy(func(string, int) { n += r.Len() })
	return n
}

func depOther(r, other *dep.Registry) (n int) {
	r.Each(func(string, int) { n += other.Len() })
	return n
}

func depDeepOther(x, other *dep.Index) (n int) {
	x.Each(func(string) { n += other.Len() })
	return n
}

func depDeepReleased(x *dep.Index) int {
	x.Hold()
	x.Release()
	return x.Len()
}

func depLentReleased(x *dep.Index) int {
	x.Rows.Hold()
	x.Rows.Release()
	return x.Rows.Len()
}

func depReleased(r *dep.Registry) int {
	release := r.Hold()
	release()
	return r.Len()
}

type derived struct{ dep.Base }

func (d *derived) lockedCallee() int {
	d.Lock()
	defer d.Unlock()
	return d.CountLocked()
}

// deferLock is lockleak's: its second Lock was meant to be an Unlock.
func deferLock(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Lock()
}
