package lockleak

import "sync"

type shard struct {
	mu   sync.Mutex
	m    map[string]int
	dead bool
}

type sharded struct {
	shards [16]*shard
	byName map[string]*shard
	locks  []sync.Mutex
	data   []map[int]int
}

// -- one element, which is not released on all paths --

func (s *sharded) increase(h int, k string) int {
	sh := s.shards[h%16]
	sh.mu.Lock() // want `^sh\.mu is still locked at the return on line \d+$`
	if sh.m == nil {
		return 0 // related `^this return leaves sh\.mu locked$`
	}
	sh.m[k]++
	n := sh.m[k]
	sh.mu.Unlock()
	return n
}

func (s *sharded) add(k, v int) bool {
	i := k % len(s.locks)
	s.locks[i].Lock() // want `^s\.locks\[i\] is still locked at the return on line \d+$`
	if s.data[i] == nil {
		return false // related `^this return leaves s\.locks\[i\] locked$`
	}
	s.data[i][k] += v
	s.locks[i].Unlock()
	return true
}

func (s *sharded) total() (n int) {
	for _, sh := range s.byName {
		sh.mu.Lock() // want `^sh\.mu is still locked at the return on line \d+$`
		if sh.dead {
			continue
		}
		n += len(sh.m)
		sh.mu.Unlock()
	}
	return n // related `^this return leaves sh\.mu locked$`
}

// What the list is, one of several values or a new one, does not matter.
func (s *sharded) totalOf(names []string) (n int) {
	var some []*shard
	for _, name := range names {
		some = append(some, s.byName[name])
	}
	for _, sh := range some {
		sh.mu.Lock() // want `^sh\.mu is still locked at the return on line \d+$`
		if sh.dead {
			continue
		}
		n += len(sh.m)
		sh.mu.Unlock()
	}
	return n // related `^this return leaves sh\.mu locked$`
}

func (s *sharded) totalOfCopy() (n int) {
	for _, sh := range append([]*shard(nil), s.shards[:]...) {
		sh.mu.Lock() // want `^sh\.mu is still locked at the return on line \d+$`
		if sh.dead {
			continue
		}
		n += len(sh.m)
		sh.mu.Unlock()
	}
	return n // related `^this return leaves sh\.mu locked$`
}

// -- on all paths --

func (s *sharded) count(name string) int {
	sh, ok := s.byName[name]
	if !ok {
		return 0
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return len(sh.m)
}

func (s *sharded) sweep() (n int) {
	for _, sh := range s.shards {
		sh.mu.Lock()
		if sh.dead {
			sh.mu.Unlock()
			continue
		}
		n += len(sh.m)
		sh.mu.Unlock()
	}
	return n
}

// -- all elements, by turns --

func (s *sharded) lockAll() {
	for i := range s.locks {
		s.locks[i].Lock()
	}
}

func (s *sharded) snapshot() (n int) {
	for i := range s.locks {
		s.locks[i].Lock()
	}
	for i := range s.locks {
		n += len(s.data[i])
	}
	for i := range s.locks {
		s.locks[i].Unlock()
	}
	return n
}

func (s *sharded) move(from, to, k int) {
	s.locks[from].Lock()
	s.locks[to].Lock()
	s.data[to][k] = s.data[from][k]
	s.locks[to].Unlock()
	s.locks[from].Unlock()
}

// -- an element that gets another name --

func (s *sharded) idle() (kept []*shard) {
	for _, sh := range s.byName {
		sh.mu.Lock()
		if sh.dead {
			kept = append(kept, sh)
			continue
		}
		sh.mu.Unlock()
	}
	return kept
}

func (s *sharded) take(name string) *shard {
	sh := s.byName[name]
	sh.mu.Lock()
	if sh.dead {
		sh.mu.Unlock()
		return nil
	}
	return sh
}

func (s *sharded) visit(names []string) (n int) {
	var last *shard
	for _, name := range names {
		sh := s.byName[name]
		if sh == last {
			continue
		}
		if last != nil {
			last.mu.Unlock()
		}
		sh.mu.Lock()
		n += len(sh.m)
		last = sh
	}
	if last != nil {
		last.mu.Unlock()
	}
	return n
}

// -- elements of a list that is one of several values --

func (s *sharded) lockSome(names []string) (unlock func()) {
	var some []*shard
	for _, name := range names {
		some = append(some, s.byName[name])
	}
	for _, sh := range some {
		sh.mu.Lock()
	}
	return func() {
		for _, sh := range some {
			sh.mu.Unlock()
		}
	}
}

func (s *sharded) snapshotSome(names []string) (n int) {
	var some []*shard
	for _, name := range names {
		some = append(some, s.byName[name])
	}
	for _, sh := range some {
		sh.mu.Lock()
	}
	for i := len(some) - 1; i >= 0; i-- {
		n += len(some[i].m)
		some[i].mu.Unlock()
	}
	return n
}

func (s *sharded) shrink(names []string) (n int) {
	var some []*shard
	for _, name := range names {
		some = append(some, s.byName[name])
	}
	for len(some) > 0 {
		first := some[0]
		first.mu.Lock()
		some = some[1:]
		n += len(first.m)
		if first.dead {
			first.mu.Unlock()
			continue
		}
		first.mu.Unlock()
	}
	return n
}

func (s *sharded) first(names []string) (n int) {
	some := s.shards[:]
	if len(names) > 0 {
		some = append([]*shard(nil), s.byName[names[0]])
	}
	some[0].mu.Lock()
	n = len(some[0].m)
	some[0].mu.Unlock()
	return n
}

// -- an element that a callee releases --

func (sh *shard) done() { sh.mu.Unlock() }

func (s *sharded) use(name string) int {
	sh := s.byName[name]
	sh.mu.Lock()
	if sh.dead {
		sh.done()
		return 0
	}
	n := len(sh.m)
	sh.done()
	return n
}
