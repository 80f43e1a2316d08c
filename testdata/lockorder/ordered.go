package lockorder

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"fixture.example/lockorder/dep"
)

// Nothing in this file may deadlock: an order is stated, or nothing runs at
// the same time.

// Ordered always locks a before b.
type Ordered struct {
	a, b sync.Mutex
	n    int
}

func (o *Ordered) Inc() {
	o.a.Lock()
	defer o.a.Unlock()
	o.b.Lock()
	defer o.b.Unlock()
	o.n++
}

func (o *Ordered) Dec() {
	o.a.Lock()
	o.b.Lock()
	o.n--
	o.b.Unlock()
	o.a.Unlock()
}

// UnlockOrder is of no matter.
func (o *Ordered) UnlockOrder() {
	o.a.Lock()
	o.b.Lock()
	o.a.Unlock()
	o.b.Unlock()
}

// OneByOne holds only one lock at a time.
func (o *Ordered) OneByOne() {
	o.b.Lock()
	o.n++
	o.b.Unlock()
	o.a.Lock()
	o.n++
	o.a.Unlock()
}

// Tries never waits for a.
func (o *Ordered) Tries() bool {
	o.b.Lock()
	defer o.b.Unlock()
	if !o.a.TryLock() {
		return false
	}
	defer o.a.Unlock()
	o.n++
	return true
}

// Spawns does not hold b in the goroutine.
func (o *Ordered) Spawns() {
	o.b.Lock()
	defer o.b.Unlock()
	go func() {
		o.a.Lock()
		defer o.a.Unlock()
		o.n = 0
	}()
}

// NewOrdered has its object to itself.
func NewOrdered() *Ordered {
	o := new(Ordered)
	o.b.Lock()
	defer o.b.Unlock()
	o.a.Lock()
	defer o.a.Unlock()
	o.n = 1
	return o
}

// -- two instances of one type --

// An Account is locked in the order of the ids, by all that lock two.
type Account struct {
	mu      sync.Mutex
	id      int
	balance int
}

// A Purse is locked in the order of the addresses.
type Purse struct {
	mu      sync.Mutex
	balance int
}

// A Named is locked in the order of the names.
type Named struct {
	mu      sync.Mutex
	name    string
	balance int
}

// A Safe is locked beside another one under the lock of the bank only.
type Safe struct {
	mu      sync.Mutex
	balance int
}

func TransferByID(from, to *Account, n int) {
	first, second := from, to
	if to.id < from.id {
		first, second = to, from
	}
	first.mu.Lock()
	defer first.mu.Unlock()
	second.mu.Lock()
	defer second.mu.Unlock()
	from.balance -= n
	to.balance += n
}

func TransferInBranches(from, to *Account, n int) {
	if from.id < to.id {
		from.mu.Lock()
		to.mu.Lock()
	} else {
		to.mu.Lock()
		from.mu.Lock()
	}
	from.balance -= n
	to.balance += n
	to.mu.Unlock()
	from.mu.Unlock()
}

func TransferByAddress(from, to *Purse, n int) {
	if uintptr(unsafe.Pointer(from)) > uintptr(unsafe.Pointer(to)) {
		lockTwo(to, from)
	} else {
		lockTwo(from, to)
	}
	defer from.mu.Unlock()
	defer to.mu.Unlock()
	from.balance -= n
	to.balance += n
}

// lockTwo is given its purses in order.
func lockTwo(a, b *Purse) {
	a.mu.Lock()
	b.mu.Lock()
}

func TransferByName(from, to *Named, n int) {
	list := []*Named{from, to}
	slices.SortFunc(list, func(a, b *Named) int { return strings.Compare(a.name, b.name) })
	for _, a := range list {
		a.mu.Lock()
		defer a.mu.Unlock()
	}
	from.balance -= n
	to.balance += n
}

func TransferByCompare(from, to *Account, n int) {
	first, second := from, to
	if cmp.Compare(from.id, to.id) > 0 {
		first, second = second, first
	}
	first.mu.Lock()
	second.mu.Lock()
	from.balance, to.balance = from.balance-n, to.balance+n
	second.mu.Unlock()
	first.mu.Unlock()
}

// TransferInTurn holds one lock at a time.
func TransferInTurn(from, to *Safe, n int) {
	from.mu.Lock()
	from.balance -= n
	from.mu.Unlock()
	to.mu.Lock()
	to.balance += n
	to.mu.Unlock()
}

var bank sync.Mutex

// TransferInBank has a lock around both.
func TransferInBank(from, to *Safe, n int) {
	bank.Lock()
	defer bank.Unlock()
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
	from.balance -= n
	to.balance += n
}

// Clone locks one account, and another that nobody else has yet.
func (a *Account) Clone() *Account {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := &Account{id: a.id}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.balance = a.balance
	return c
}

// A Shards is locked in ascending order of its index.
type Shards struct{ list [8]Account }

func (s *Shards) LockAll() {
	for i := range s.list {
		s.list[i].mu.Lock()
	}
}

func (s *Shards) UnlockAll() {
	for i := range s.list {
		s.list[i].mu.Unlock()
	}
}

func (s *Shards) Pair(i, j int) int {
	if i > j {
		i, j = j, i
	}
	s.list[i].mu.Lock()
	defer s.list[i].mu.Unlock()
	if i != j {
		s.list[j].mu.Lock()
		defer s.list[j].mu.Unlock()
	}
	return s.list[i].balance + s.list[j].balance
}

// A Tree is locked from the root down.
type Tree struct {
	mu          sync.Mutex
	left, right *Tree
	parent      *Tree
	n           int
}

func (t *Tree) Sum() int {
	if t == nil {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n + t.left.Sum() + t.right.Sum()
}

func (t *Tree) Find(n int) bool {
	t.mu.Lock()
	for t.left != nil && t.n != n {
		left := t.left
		left.mu.Lock()
		t.mu.Unlock()
		t = left
	}
	defer t.mu.Unlock()
	return t.n == n
}

// -- a common outer lock --

// Outer locks its inner two in both orders, always under the first.
type Outer struct {
	mu, x, y sync.Mutex
	n        int
}

func (o *Outer) XY() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.x.Lock()
	defer o.x.Unlock()
	o.y.Lock()
	defer o.y.Unlock()
	o.n++
}

func (o *Outer) YX() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.yx()
}

func (o *Outer) yx() {
	o.y.Lock()
	defer o.y.Unlock()
	o.x.Lock()
	defer o.x.Unlock()
	o.n--
}

// -- one goroutine, or one after the other --

func sameGoroutine() {
	var a, b sync.Mutex
	a.Lock()
	b.Lock()
	b.Unlock()
	a.Unlock()
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
}

func beforeGo() {
	var a, b sync.Mutex
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
	go func() {
		a.Lock()
		b.Lock()
		b.Unlock()
		a.Unlock()
	}()
}

func afterJoin() {
	var a, b sync.Mutex
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		a.Lock()
		b.Lock()
		b.Unlock()
		a.Unlock()
	}()
	wg.Wait()
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
}

func handedByChannel() {
	var a, b sync.Mutex
	done := make(chan struct{})
	go func() {
		a.Lock()
		b.Lock()
		b.Unlock()
		a.Unlock()
		close(done)
	}()
	<-done
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
}

// Service starts its loop last.
type Service struct{ conf, run sync.Mutex }

func StartService() *Service {
	s := new(Service)
	s.configure()
	go s.loop()
	return s
}

// configure is called before the loop runs only.
func (s *Service) configure() {
	s.conf.Lock()
	defer s.conf.Unlock()
	s.run.Lock()
	defer s.run.Unlock()
}

func (s *Service) loop() {
	for {
		s.run.Lock()
		s.conf.Lock()
		s.conf.Unlock()
		s.run.Unlock()
	}
}

// -- other instances --

// A Left locks the Right that it owns; a Right locks a Left that is new.
type Left struct {
	mu    sync.Mutex
	right *Right
}

type Right struct {
	mu sync.Mutex
	n  int
}

func (l *Left) N() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.right.N()
}

func (r *Right) N() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

func (r *Right) NewLeft() *Left {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := &Left{right: r}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l
}

// Readers never write, so that no reader waits.
type Readers struct{ p, q sync.RWMutex }

func (r *Readers) PQ() {
	r.p.RLock()
	defer r.p.RUnlock()
	r.q.RLock()
	defer r.q.RUnlock()
}

func (r *Readers) QP() {
	r.q.RLock()
	defer r.q.RUnlock()
	r.p.RLock()
	defer r.p.RUnlock()
}

// Keeper asks its cache in one order only.
type Keeper struct {
	mu    sync.Mutex
	cache *dep.Cache
	n     int
}

func (k *Keeper) Get(key string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cache.Get(key)
}

func (k *Keeper) Count() {
	for range k.cache.Keys() {
		k.mu.Lock()
		k.n++
		k.mu.Unlock()
	}
}

func DepInOrder() {
	dep.First.Lock()  // related `^dep\.First is locked here$`
	dep.Second.Lock() // related `^dep\.Second is locked here, while dep\.First is held$`
	dep.Second.Unlock()
	dep.First.Unlock()
}
