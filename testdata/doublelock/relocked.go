package doublelock

import (
	"errors"
	"fmt"
	"log"
	"slices"
	"sort"
	"sync"

	"fixture.example/doublelock/dep"
)

func (c *counter) straight() {
	c.mu.Lock() // related `^c\.mu is held since here$`
	c.n++
	c.mu.Lock() // want `^c\.mu is locked again while it is held since line \d+$`
	c.mu.Unlock()
}

func (c *counter) onOnePath(n int) {
	if n > 0 {
		c.mu.Lock() // related `^c\.mu is held since here$`
		c.n = n
	}
	c.mu.Lock() // want `^c\.mu is locked again while it is held since line \d+$`
	defer c.mu.Unlock()
	c.n++
}

func (c *counter) unlockedOnOnePath(n int) {
	c.mu.Lock() // related `^c\.mu is held since here$`
	switch n {
	case 0:
		c.mu.Unlock()
	case 1:
		c.n++
	default:
		c.mu.Unlock()
	}
	c.mu.Lock() // want `^c\.mu is locked again while it is held since line \d+$`
	c.mu.Unlock()
}

func (c *counter) continued(list []int) {
	for _, n := range list {
		c.mu.Lock() // related `^c\.mu is held since here$` // want `^c\.mu is locked again while it is held since line \d+$`
		if n == 0 {
			continue
		}
		c.n += n
		c.mu.Unlock()
	}
}

func (c *counter) deferredInLoop(list []int) {
	for _, n := range list {
		c.mu.Lock() // related `^c\.mu is held since here$` // want `^c\.mu is locked again while it is held since line \d+$`
		defer c.mu.Unlock()
		c.n += n
	}
}

func (c *counter) deferredInLiteral(list []int) {
	for _, n := range list {
		func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.n += n
		}()
	}
}

func (c *counter) retried() {
again:
	c.mu.Lock() // related `^c\.mu is held since here$` // want `^c\.mu is locked again while it is held since line \d+$`
	if c.n == 0 {
		c.n++
		goto again
	}
	c.mu.Unlock()
}

func (c *counter) brokenOut(list []int) {
	for range list {
		c.mu.Lock() // related `^c\.mu is held since here$`
		if c.n == 0 {
			break
		}
		c.mu.Unlock()
	}
	c.mu.Lock() // want `^c\.mu is locked again while it is held since line \d+$`
	defer c.mu.Unlock()
}

func (c *counter) deferredCall() {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	defer c.get() // want `^c\.mu is locked again by this call of c\.get while it is held since line \d+$`
}

func (c *counter) deferredClosure() {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	defer func() {
		c.mu.Lock() // want `^c\.mu is locked again while it is held since line \d+$`
		c.n++
		c.mu.Unlock()
	}()
}

// -- calls --

func (c *counter) method() int {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	return c.get() + 1 // want `^c\.mu is locked again by this call of c\.get while it is held since line \d+$`
}

func (c *counter) twice() int { return 2 * c.get() } // related `^this call leads to where c\.mu is locked again$`

func (c *counter) twoDeep() int {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	return c.twice() // want `^c\.mu is locked again by this call of c\.twice while it is held since line \d+$`
}

func read(c *counter) int { return c.twice() } // related `^this call leads to where c\.mu is locked again$`

func parameter(c *counter) int {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	return read(c) // want `^c\.mu is locked again by this call of read while it is held since line \d+$`
}

func lockIt(mu *sync.Mutex)   { mu.Lock() } // related `^mu is locked again here$`
func unlockIt(mu *sync.Mutex) { mu.Unlock() }

func helpers(mu *sync.Mutex) {
	lockIt(mu) // related `^mu is held since here$`
	lockIt(mu) // want `^mu is locked again by this call of lockIt while it is held since line \d+$`
	unlockIt(mu)
}

func (c *counter) down(n int) {
	c.mu.Lock() // related `^c\.mu is held since here$` `^c\.mu is locked again here$`
	defer c.mu.Unlock()
	if n > 0 {
		c.down(n - 1) // want `^c\.mu is locked again by this call of c\.down while it is held since line \d+$`
	}
}

func (c *counter) ping(n int) {
	c.mu.Lock() // related `^c\.mu is held since here$` `^c\.mu is locked again here$`
	defer c.mu.Unlock()
	if n > 0 {
		c.pong(n) // want `^c\.mu is locked again by this call of c\.pong while it is held since line \d+$`
	}
}

func (c *counter) pong(n int) { c.ping(n - 1) } // related `^this call leads to where c\.mu is locked again$`

func (c *counter) flagSet() int {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	return c.lockedByFlag(true) // want `^c\.mu is locked again by this call of c\.lockedByFlag while it is held since line \d+$`
}

// -- closures and values --

func (c *counter) closure() {
	add := func() {
		c.mu.Lock() // related `^c\.mu is locked again here$`
		defer c.mu.Unlock()
		c.n++
	}
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	add() // want `^c\.mu is locked again by this call of add while it is held since line \d+$`
}

func (c *counter) immediate() {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	func() {
		c.mu.Lock() // want `^c\.mu is locked again while it is held since line \d+$`
		defer c.mu.Unlock()
	}()
}

func (c *counter) methodValue() int {
	get := c.get
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	return get() // want `^c\.mu is locked again by this call of get while it is held since line \d+$`
}

func (c *counter) methodExpression() int {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	return (*counter).get(c) // want `^c\.mu is locked again by this call of .*get while it is held since line \d+$`
}

func (c *counter) with(f func()) {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	f() // related `^this call leads to where c\.mu is locked again$`
}

func (c *counter) callback() {
	c.with(func() {
		c.get() // want `^c\.mu is locked again by this call of c\.get while it is held since line \d+$`
	})
}

func (c *counter) callbackOfOther(other *counter) {
	c.with(func() { other.get() })
}

func (c *counter) methodValueAsCallback() {
	c.with(func() {})
	c.with(c.reset) // want `^c\.mu is locked again by this call of c\.with while it is held since line \d+$`
}

func (c *counter) reset() {
	c.mu.Lock() // related `^c\.mu is locked again here$`
	defer c.mu.Unlock()
	c.n = 0
}

// -- fields, embedding, generics --

type wrapper struct {
	inner struct{ c counter }
}

func (w *wrapper) field() int {
	w.inner.c.mu.Lock() // related `^w\.inner\.c\.mu is held since here$`
	defer w.inner.c.mu.Unlock()
	return w.inner.c.get() // want `^w\.inner\.c\.mu is locked again by this call of w\.inner\.c\.get while it is held since line \d+$`
}

func (c *counter) alias() {
	mu := &c.mu
	mu.Lock() // related `^mu is held since here$`
	defer mu.Unlock()
	self := c
	self.mu.Lock() // want `^self\.mu is locked again while it is held since line \d+$`
	self.mu.Unlock()
}

type embedding struct {
	sync.Mutex
	n int
}

func (e *embedding) promoted() {
	e.Lock() // related `^e is held since here$`
	e.n++
	e.Mutex.Lock() // want `^e\.Mutex is locked again while it is held since line \d+$`
	e.Unlock()
	e.Unlock()
}

func (e *embedding) count() int {
	e.Lock() // related `^e is locked again here$`
	defer e.Unlock()
	return e.n
}

type twoLevels struct{ *embedding }

func (t twoLevels) count2() int {
	t.Lock() // related `^t is held since here$`
	defer t.Unlock()
	return t.count() // want `^t is locked again by this call of t\.count while it is held since line \d+$`
}

type box[T any] struct {
	mu sync.Mutex
	v  T
}

func (b *box[T]) get() T {
	b.mu.Lock() // related `^b\.mu is locked again here$`
	defer b.mu.Unlock()
	return b.v
}

func (b *box[T]) update(f func(T) T) {
	b.mu.Lock() // related `^b\.mu is held since here$`
	defer b.mu.Unlock()
	b.v = f(b.get()) // want `^b\.mu is locked again by this call of b\.get while it is held since line \d+$`
}

func lockBoth[L sync.Locker](a L) {
	a.Lock() // related `^a is held since here$`
	a.Lock() // want `^a is locked again while it is held since line \d+$`
	a.Unlock()
	a.Unlock()
}

var (
	tableMu sync.Mutex
	table   = map[string]int{}
)

func lookup(k string) int {
	tableMu.Lock() // related `^tableMu is locked again here$`
	defer tableMu.Unlock()
	return table[k]
}

func insert(k string) {
	tableMu.Lock() // related `^tableMu is held since here$`
	defer tableMu.Unlock()
	if lookup(k) == 0 { // want `^tableMu is locked again by this call of lookup while it is held since line \d+$`
		table[k] = 1
	}
}

func tryThenLock(mu *sync.Mutex) {
	if mu.TryLock() { // related `^mu is held since here$`
		mu.Lock() // want `^mu is locked again while it is held since line \d+$`
		mu.Unlock()
	}
}

// -- RWMutex --

func (c *counter) upgrade() {
	c.rw.RLock() // related `^c\.rw is read-locked since here$`
	defer c.rw.RUnlock()
	if c.n == 0 {
		c.rw.Lock() // want `^c\.rw is locked while it is read-locked since line \d+$`
		c.n = 1
		c.rw.Unlock()
	}
}

func (c *counter) set(n int) {
	c.rw.Lock() // related `^c\.rw is locked here$`
	defer c.rw.Unlock()
	c.n = n
}

func (c *counter) upgradeByCall() {
	c.rw.RLock() // related `^c\.rw is read-locked since here$`
	defer c.rw.RUnlock()
	c.set(1) // want `^c\.rw is locked by this call of c\.set while it is read-locked since line \d+$`
}

func (c *counter) peek() int {
	c.rw.RLock() // related `^c\.rw is read-locked again here$` `^c\.rw is read-locked here$`
	defer c.rw.RUnlock()
	return c.n
}

func (c *counter) downgrade() int {
	c.rw.Lock() // related `^c\.rw is held since here$`
	defer c.rw.Unlock()
	return c.peek() // want `^c\.rw is read-locked by this call of c\.peek while it is held since line \d+$`
}

func (c *counter) readAgain() int {
	c.rw.RLock() // related `^c\.rw is read-locked since here$`
	defer c.rw.RUnlock()
	c.rw.RLock() // want `^c\.rw is read-locked again while it is read-locked since line \d+$`
	defer c.rw.RUnlock()
	return c.n
}

func (c *counter) readAgainByCall() int {
	c.rw.RLock() // related `^c\.rw is read-locked since here$`
	defer c.rw.RUnlock()
	return c.peek() + c.n // want `^c\.rw is read-locked again by this call of c\.peek while it is read-locked since line \d+$`
}

// -- code that calls back --

func (l *loud) printSelf() {
	l.mu.Lock() // related `^l\.mu is held since here$`
	defer l.mu.Unlock()
	fmt.Println("now", l) // want `^l\.mu is locked again by l\.String, which this call of fmt\.Println calls, while it is held since line \d+$`
}

func (l *loud) format() string {
	l.mu.Lock() // related `^l\.mu is held since here$`
	defer l.mu.Unlock()
	return fmt.Sprintf("%d %v", l.n, l) // want `^l\.mu is locked again by l\.String, which this call of fmt\.Sprintf calls, while it is held since line \d+$`
}

func (l *loud) log() {
	l.mu.Lock() // related `^l\.mu is held since here$`
	defer l.mu.Unlock()
	log.Printf("%s", l) // want `^l\.mu is locked again by l\.String, which this call of log\.Printf calls, while it is held since line \d+$`
}

type failure struct {
	mu  sync.Mutex
	msg string
}

func (f *failure) Error() string {
	f.mu.Lock() // related `^f\.mu is locked again here$`
	defer f.mu.Unlock()
	return f.msg
}

func (f *failure) wrap() error {
	f.mu.Lock() // related `^f\.mu is held since here$`
	defer f.mu.Unlock()
	return fmt.Errorf("wrapped: %w", f) // want `^f\.mu is locked again by f\.Error, which this call of fmt\.Errorf calls, while it is held since line \d+$`
}

func (f *failure) join() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f)
}

func (c *counter) sortSlice(list []int) {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	sort.Slice(list, func(i, j int) bool {
		return list[i]*c.get() < list[j] // want `^c\.mu is locked again by this call of c\.get while it is held since line \d+$`
	})
}

func (c *counter) compare(a, b int) int {
	c.mu.Lock() // related `^c\.mu is locked again here$`
	defer c.mu.Unlock()
	return (a - b) * c.n
}

func (c *counter) sortFunc(list []int) {
	c.mu.Lock() // related `^c\.mu is held since here$`
	defer c.mu.Unlock()
	slices.SortFunc(list, c.compare) // want `^c\.mu is locked again by c\.compare, which this call of slices\.SortFunc calls, while it is held since line \d+$`
}

type ranking struct {
	mu   sync.Mutex
	list []int
}

func (r *ranking) Len() int      { return len(r.list) }
func (r *ranking) Swap(i, j int) { r.list[i], r.list[j] = r.list[j], r.list[i] }
func (r *ranking) Less(i, j int) bool {
	r.mu.Lock() // related `^r\.mu is locked again here$`
	defer r.mu.Unlock()
	return r.list[i] < r.list[j]
}

func (r *ranking) rank() {
	r.mu.Lock() // related `^r\.mu is held since here$`
	defer r.mu.Unlock()
	sort.Sort(r) // want `^r\.mu is locked again by r\.Less, which this call of sort\.Sort calls, while it is held since line \d+$`
}

type lazy struct {
	mu   sync.Mutex
	once sync.Once
	n    int
}

func (l *lazy) init() {
	l.mu.Lock() // related `^l\.mu is locked again here$`
	defer l.mu.Unlock()
	l.n = 1
}

func (l *lazy) get() int {
	l.mu.Lock() // related `^l\.mu is held since here$`
	defer l.mu.Unlock()
	l.once.Do(l.init) // want `^l\.mu is locked again by l\.init, which this call of l\.once\.Do calls, while it is held since line \d+$`
	return l.n
}

func (l *lazy) getRepaired() int {
	l.once.Do(l.init)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// -- another package --

func depCallback(r *dep.Registry) (n int) {
	r.Each(func(string, int) { // related `^r\.mu is held since here$`
		n += r.Len() // want `^r.* is locked again by this call of r\.Len while it is held since line \d+$`
	})
	return n
}

func depDeepCallback(x *dep.Index) (n int) {
	x.Each(func(string) { // related `^x\.table\.mu is held since here$`
		n += x.Len() // want `^x.* is locked again by this call of x\.Len while it is held since line \d+$`
	})
	return n
}

func depDeepHeld(x *dep.Index) int {
	x.Hold() // related `^x\.table\.mu is held since here$`
	defer x.Release()
	return x.Len() // want `^x.* is locked again by this call of x\.Len while it is held since line \d+$`
}

func depLent(x *dep.Index) (n int) {
	x.Rows.Each(func(string) { // related `^x\.Rows\.mu is held since here$`
		n += x.Rows.Len() // want `^x.* is locked again by this call of x\.Rows\.Len while it is held since line \d+$`
	})
	return n
}

func depHeld(r *dep.Registry) int {
	defer r.Hold()() // related `^r\.mu is held since here$`
	return r.Len()   // want `^r.* is locked again by this call of r\.Len while it is held since line \d+$`
}

func (d *derived) count() int {
	d.Lock() // related `^d is held since here$`
	defer d.Unlock()
	return d.Count() // want `^d.* is locked again by this call of d\.Count while it is held since line \d+$`
}

func (d *derived) countReading() int {
	d.RLock() // related `^d is read-locked since here$`
	defer d.RUnlock()
	return d.Count() // want `^d.* is locked by this call of d\.Count while it is read-locked since line \d+$`
}
