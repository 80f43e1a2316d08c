package lockleak

import (
	"errors"
	"iter"
	"log"
	"os"
	"slices"
	"sync"
	"testing"

	"fixture.example/lockleak/dep"
)

// Nothing in this file is a leak: who takes over the lock can be seen.

var errClosed = errors.New("closed")

type store struct {
	mu     sync.Mutex
	rw     sync.RWMutex
	n      int
	m      map[string]int
	closed bool
}

func (s *store) hold() func() {
	s.mu.Lock()
	return s.mu.Unlock
}

func (s *store) holdClosure() (release func()) {
	s.mu.Lock()
	s.n++
	return func() {
		s.n--
		s.mu.Unlock()
	}
}

func (s *store) holdOrFail() (func(), error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errClosed
	}
	return s.mu.Unlock, nil
}

func (s *store) holdForReading() func() {
	s.rw.RLock()
	return s.rw.RUnlock
}

func (s *store) usesHold() {
	defer s.hold()()
	s.n++
}

func (s *store) usesHoldClosure() int {
	release := s.holdClosure()
	defer release()
	return s.n
}

func (s *store) usesHoldOrFail() error {
	release, err := s.holdOrFail()
	if err != nil {
		return err
	}
	s.n++
	release()
	return nil
}

func (s *store) usesOnceFunc(early bool) {
	s.mu.Lock()
	unlock := sync.OnceFunc(s.mu.Unlock)
	defer unlock()
	if early {
		unlock()
	}
}

// -- pairs --

func (s *store) Lock()   { s.mu.Lock() }
func (s *store) Unlock() { s.mu.Unlock() }

func (s *store) acquire() {
	s.mu.Lock()
	s.n++
}

func (s *store) release() {
	s.n--
	s.mu.Unlock()
}

func (s *store) bracketed() int {
	s.acquire()
	defer s.release()
	return s.n
}

type valve struct{ mu sync.Mutex }

// Pause holds back Enter until Resume.
func (v *valve) Pause()  { v.mu.Lock() }
func (v *valve) Resume() { v.mu.Unlock() }
func (v *valve) Enter() {
	v.mu.Lock()
	defer v.mu.Unlock()
}

// begin locks for its callers, of which each one unlocks.
func begin(s *store) bool {
	s.mu.Lock()
	return s.n > 0
}

func beginAndUnlock(s *store) {
	begin(s)
	s.mu.Unlock()
}

func beginAndDefer(s *store) int {
	if begin(s) {
		defer s.mu.Unlock()
		return s.n
	}
	s.mu.Unlock()
	return 0
}

// -- callees that unlock --

func (s *store) finishLocked() {
	s.n = 0
	s.mu.Unlock()
}

func (s *store) resetLocked() { s.n = 0 }

func (s *store) finishElsewhere() {
	s.mu.Lock()
	s.finishLocked()
}

func (s *store) deeper() { s.finishLocked() }

func (s *store) finishTwoDeep(now bool) {
	s.mu.Lock()
	if now {
		s.deeper()
		return
	}
	s.resetLocked()
	s.mu.Unlock()
}

func (s *store) deferredClosure() int {
	s.mu.Lock()
	defer func() {
		s.n++
		s.mu.Unlock()
	}()
	return s.n
}

func (s *store) deferredCallee() int {
	s.mu.Lock()
	defer s.deeper()
	return s.n
}

func (s *store) closureVariable(early bool) {
	unlock := func() { s.mu.Unlock() }
	s.mu.Lock()
	if early {
		unlock()
		return
	}
	s.n++
	unlock()
}

// -- goroutines that were handed the lock --

func (s *store) handedToLiteral() {
	s.mu.Lock()
	go func() {
		defer s.mu.Unlock()
		s.n++
	}()
}

func (s *store) handedToMethod(ok bool) error {
	s.mu.Lock()
	if !ok {
		s.mu.Unlock()
		return errClosed
	}
	go s.finishLocked()
	return nil
}

// -- stored unlocks --

type conn struct {
	store   *store
	cleanup func()
}

// newConn has the shape of database/sql's releaseConn and closemu.
func newConn(s *store) *conn {
	s.rw.RLock()
	return &conn{store: s, cleanup: s.rw.RUnlock}
}

func (c *conn) close() { c.cleanup() }

func inTest(t *testing.T, s *store) {
	s.mu.Lock()
	t.Cleanup(s.mu.Unlock)
}

func lockAll(list []*store) (unlock func()) {
	var undo []func()
	for _, s := range list {
		s.mu.Lock()
		undo = append(undo, s.mu.Unlock)
	}
	return func() {
		for _, f := range slices.Backward(undo) {
			f()
		}
	}
}

// -- objects that are returned locked --

type entry struct {
	mu sync.Mutex
	v  int
}

func newLockedEntry() *entry {
	e := new(entry)
	e.mu.Lock()
	return e
}

func publish(entries map[int]*entry, v int) {
	e := newLockedEntry()
	entries[v] = e
	e.v = v
	e.mu.Unlock()
}

func find(entries map[int]*entry, k int) *entry {
	e := entries[k]
	if e == nil {
		return nil
	}
	e.mu.Lock()
	return e
}

func usesFind(entries map[int]*entry) int {
	e := find(entries, 1)
	if e == nil {
		return 0
	}
	defer e.mu.Unlock()
	return e.v
}

// -- collections --

func lockedInMap(locks map[string]*sync.Mutex, key string) {
	locks[key].Lock()
	defer locks[key].Unlock()
}

func lockEachThenUnlockEach(list []entry) {
	for i := range list {
		list[i].mu.Lock()
	}
	for i := range list {
		list[i].mu.Unlock()
	}
}

func deferEach(list []*entry) {
	for _, e := range list {
		e.mu.Lock()
		defer e.mu.Unlock()
	}
	list[0].v++
}

func lockInSyncMap(m *sync.Map, key string) func() {
	v, _ := m.LoadOrStore(key, new(sync.Mutex))
	mu := v.(*sync.Mutex)
	mu.Lock()
	return func() { mu.Unlock() }
}

type striped struct{ locks [16]sync.RWMutex }

func (s *striped) of(k uint) *sync.RWMutex { return &s.locks[k%16] }

func (s *striped) read(k uint) {
	l := s.of(k)
	l.RLock()
	defer l.RUnlock()
}

func (s *striped) calledTwice(k uint) {
	s.of(k).Lock()
	s.of(k).Unlock()
}

// handOverHand holds one or two nodes of a list at a time.
type node struct {
	mu   sync.Mutex
	next *node
	v    int
}

func (n *node) handOverHand(v int) bool {
	n.mu.Lock()
	for n.next != nil {
		if n.v == v {
			n.mu.Unlock()
			return true
		}
		next := n.next
		next.mu.Lock()
		n.mu.Unlock()
		n = next
	}
	found := n.v == v
	n.mu.Unlock()
	return found
}

// -- interfaces and generics --

func locker(l sync.Locker) {
	l.Lock()
	defer l.Unlock()
}

func (s *store) rlocker() int {
	l := s.rw.RLocker()
	l.Lock()
	defer l.Unlock()
	return s.n
}

func (s *store) rlockerUnlockedByRUnlock() int {
	s.rw.RLocker().Lock()
	defer s.rw.RUnlock()
	return s.n
}

type guarded[T any] struct {
	mu sync.Mutex
	v  T
}

func (g *guarded[T]) with(f func(*T)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(&g.v)
}

func (g *guarded[T]) borrow() (*T, func()) {
	g.mu.Lock()
	return &g.v, g.mu.Unlock
}

func withLock[L sync.Locker](l L, f func()) {
	l.Lock()
	f()
	l.Unlock()
}

type embedded struct {
	*sync.RWMutex
	n int
}

func (e embedded) mixedSpelling() int {
	e.Lock()
	defer e.RWMutex.Unlock()
	return e.n
}

// -- ends that do not matter --

func (s *store) fatal() {
	s.mu.Lock()
	if s.closed {
		log.Fatal("closed")
	}
	if s.n < 0 {
		os.Exit(1)
	}
	s.mu.Unlock()
}

func (s *store) panics() {
	s.mu.Lock()
	if s.closed {
		panic("closed")
	}
	s.mu.Unlock()
}

func (s *store) acrossCallback(f func()) {
	s.mu.Lock()
	f()
	s.mu.Unlock()
}

func (s *store) recoversAndUnlocks(f func()) (err error) {
	s.mu.Lock()
	defer func() {
		if recover() != nil {
			err = errClosed
		}
		s.mu.Unlock()
	}()
	f()
	return nil
}

func (s *store) never() {
	s.mu.Lock()
	select {}
}

// all holds the lock while the loop over it runs.
func (s *store) all() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for k, v := range s.m {
			if !yield(k, v) {
				return
			}
		}
	}
}

// -- another package --

func depPair(g *dep.Guard) int {
	g.Acquire()
	defer g.Release()
	return g.N
}

func depHold(g *dep.Guard, early bool) {
	release := g.Hold()
	if early {
		release()
		return
	}
	g.N++
	release()
}

func depBoth(a, b *sync.Mutex) {
	dep.LockBoth(a, b)
	defer dep.UnlockBoth(a, b)
}
