package lockset_test

import (
	"slices"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeltest"
)

// scenarios state which locks are held at the operation marked x.
var scenarios = []struct {
	name   string
	held   []string
	source string
}{
	{"between lock and unlock", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int) {
	mu.Lock()
	close(ch) // x
	mu.Unlock()
}`},
	{"before the lock", nil, `
func f(mu *sync.Mutex, ch chan int) {
	close(ch) // x
	mu.Lock()
	mu.Unlock()
}`},
	{"behind the unlock", nil, `
func f(mu *sync.Mutex, ch chan int) {
	mu.Lock()
	mu.Unlock()
	close(ch) // x
}`},
	{"locked anew", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int) {
	mu.Lock()
	mu.Unlock()
	mu.Lock()
	close(ch) // x
	mu.Unlock()
}`},
	{"a lock is not held at its own taking", nil, `
func f(mu *sync.Mutex) {
	mu.Lock() // x
	mu.Unlock()
}`},
	{"both arms of a branch lock", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int, b bool) {
	if b {
		mu.Lock()
	} else {
		mu.Lock()
	}
	close(ch) // x
	mu.Unlock()
}`},
	{"one arm of a branch locks", nil, `
func f(mu *sync.Mutex, ch chan int, b bool) {
	if b {
		mu.Lock()
	}
	close(ch) // x
}`},
	{"one arm of a branch unlocks", nil, `
func f(mu *sync.Mutex, ch chan int, b bool) {
	mu.Lock()
	if b {
		mu.Unlock()
	}
	close(ch) // x
}`},
	{"the arm that unlocks returns", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int, b bool) {
	mu.Lock()
	if b {
		mu.Unlock()
		return
	}
	close(ch) // x
	mu.Unlock()
}`},
	{"locked and used under one condition", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int, b bool) {
	if b {
		mu.Lock()
	}
	if b {
		close(ch) // x
		mu.Unlock()
	}
}`},
	{"used under the other condition", nil, `
func f(mu *sync.Mutex, ch chan int, b bool) {
	if b {
		mu.Lock()
	}
	if !b {
		close(ch) // x
	}
}`},
	{"deferred unlock", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int) {
	mu.Lock()
	defer mu.Unlock()
	close(ch) // x
}`},
	{"deferred before the deferred unlock", nil, `
func f(mu *sync.Mutex, ch chan int) {
	defer close(ch) // x
	mu.Lock()
	defer mu.Unlock()
	ch <- 1
}`},
	{"deferred behind the deferred unlock", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int) {
	mu.Lock()
	defer mu.Unlock()
	defer close(ch) // x
	ch <- 1
}`},
	{"deferred to a panic under the lock", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int, b bool) {
	mu.Lock()
	defer mu.Unlock()
	defer close(ch) // x
	if b {
		panic("b")
	}
}`},
	{"read lock", []string{"mu"}, `
func f(mu *sync.RWMutex, ch chan int) {
	mu.RLock()
	close(ch) // x
	mu.RUnlock()
}`},
	{"behind the read unlock", nil, `
func f(mu *sync.RWMutex, ch chan int) {
	mu.RLock()
	mu.RUnlock()
	close(ch) // x
}`},
	{"two locks, one given back", []string{"b"}, `
func f(a, b *sync.Mutex, ch chan int) {
	a.Lock()
	b.Lock()
	a.Unlock()
	close(ch) // x
	b.Unlock()
}`},
	{"two locks of one type", []string{"s.mu"}, `
type server struct{ mu sync.Mutex }

func f(s, t *server, ch chan int) {
	s.mu.Lock()
	t.mu.Lock()
	t.mu.Unlock()
	close(ch) // x
	s.mu.Unlock()
}`},
	{"embedded lock", []string{"s.Mutex"}, `
type server struct{ sync.Mutex }

func f(s *server, ch chan int) {
	s.Lock()
	close(ch) // x
	s.Unlock()
}`},
	{"wrappers", []string{"s.mu"}, `
type server struct{ mu sync.Mutex }

func (s *server) lock()   { s.mu.Lock() }
func (s *server) unlock() { s.mu.Unlock() }

func (s *server) Close(ch chan int) {
	s.lock()
	close(ch) // x
	s.unlock()
}`},
	{"behind the unlocking wrapper", nil, `
type server struct{ mu sync.Mutex }

func (s *server) lock()   { s.mu.Lock() }
func (s *server) unlock() { s.mu.Unlock() }

func (s *server) Close(ch chan int) {
	s.lock()
	s.unlock()
	close(ch) // x
}`},
	{"the caller locks", []string{"s.mu"}, `
type server struct {
	mu sync.Mutex
	ch chan int
}

func (s *server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeLocked()
}

func (s *server) closeLocked() {
	close(s.ch) // x
}`},
	{"within a closure that is called", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int) {
	with := func(do func()) {
		mu.Lock()
		defer mu.Unlock()
		do()
	}
	with(func() {
		close(ch) // x
	})
}`},
	{"behind a closure that locks and unlocks", nil, `
func f(mu *sync.Mutex, ch chan int) {
	func() {
		mu.Lock()
		defer mu.Unlock()
	}()
	close(ch) // x
}`},
	{"an unlock that a wrapper returns", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int) {
	unlock := locked(mu)
	close(ch) // x
	unlock()
}

func locked(mu *sync.Mutex) func() {
	mu.Lock()
	return mu.Unlock
}`},
	{"another goroutine than the one that locks", nil, `
func f(mu *sync.Mutex, ch chan int) {
	mu.Lock()
	defer mu.Unlock()
	go func() {
		close(ch) // x
	}()
}`},
	{"a goroutine of its own lock", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int) {
	go func() {
		mu.Lock()
		defer mu.Unlock()
		close(ch) // x
	}()
}`},
	{"each turn of a loop locks", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int) {
	for range 3 {
		mu.Lock()
		ch <- 1 // x
		mu.Unlock()
	}
}`},
	{"unlocked for the next turn only", nil, `
func f(mu *sync.Mutex, ch chan int) {
	mu.Lock()
	for range 3 {
		ch <- 1 // x
		mu.Unlock()
	}
}`},
	{"a wait on a condition gives the lock back and takes it again", []string{"mu"}, `
func f(mu *sync.Mutex, ch chan int) {
	c := sync.NewCond(mu)
	mu.Lock()
	c.Wait()
	close(ch) // x
	mu.Unlock()
}`},
}

func TestHeld(t *testing.T) {
	var sources []string
	for _, s := range scenarios {
		sources = append(sources, s.source)
	}
	for i, p := range skeltest.Load(t, sources...) {
		t.Run(scenarios[i].name, func(t *testing.T) {
			for _, n := range p.Nodes(t, "x") {
				var held []string
				for _, l := range lockset.Held(n) {
					held = append(held, l.String())
				}
				if !slices.Equal(held, scenarios[i].held) {
					t.Errorf("holds %v, want %v", held, scenarios[i].held)
				}
			}
		})
	}
}

// TestMayExclude asks which of the locks that may be held may be held for writing.
func TestMayExclude(t *testing.T) {
	tests := []struct {
		name          string
		may, excludes int
		source        string
	}{
		{"for reading", 1, 0, `
func f(mu *sync.RWMutex, ch chan int) {
	mu.RLock()
	ch <- 1 // x
	mu.RUnlock()
}`},
		{"for writing", 1, 1, `
func f(mu *sync.RWMutex, ch chan int) {
	mu.Lock()
	ch <- 1 // x
	mu.Unlock()
}`},
		{"for either", 1, 1, `
func f(mu *sync.RWMutex, ch chan int, b bool) {
	if b {
		mu.Lock()
	} else {
		mu.RLock()
	}
	ch <- 1 // x
}`},
		{"for reading, behind the unlock", 1, 0, `
func f(mu *sync.RWMutex, ch chan int) {
	mu.Lock()
	mu.Unlock()
	mu.RLock()
	ch <- 1 // x
	mu.RUnlock()
}`},
		{"perhaps by the caller", 1, 1, `
func f(mu *sync.RWMutex, ch chan int) {
	ch <- 1 // x
	mu.Unlock()
}`},
	}
	var sources []string
	for _, test := range tests {
		sources = append(sources, test.source)
	}
	for i, p := range skeltest.Load(t, sources...) {
		t.Run(tests[i].name, func(t *testing.T) {
			for _, n := range p.Nodes(t, "x") {
				h := lockset.NewHoldings(n.Graph)
				may, excludes := len(h.May(n)), len(h.MayExclude(n))
				if may != tests[i].may || excludes != tests[i].excludes {
					t.Errorf("%d and %d locks, want %d and %d", may, excludes, tests[i].may, tests[i].excludes)
				}
			}
		})
	}
}
