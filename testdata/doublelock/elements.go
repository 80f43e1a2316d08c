package doublelock

import (
	"hash/fnv"
	"sync"
)

// Locks in the elements of slices and maps: one is the same by the same index.

type stripe struct {
	sync.RWMutex
	m map[string]int
}

type striped struct {
	stripes [16]*stripe
	keyed   map[string]*sync.Mutex
	max     int
}

func (s *striped) index(k string) int {
	h := fnv.New32a()
	h.Write([]byte(k))
	return int(h.Sum32() % 16)
}

func (s *striped) set(k string, n int) {
	i := s.index(k)
	s.stripes[i].Lock() // related `^s\.stripes\[i\] is held since here$`
	defer s.stripes[i].Unlock()
	if len(s.stripes[i].m) > s.max {
		s.evict(i) // want `^s\.stripes\[i\] is locked again by this call of s\.evict while it is held since line 29$`
	}
	s.stripes[i].m[k] = n
}

func (s *striped) evict(i int) {
	st := s.stripes[i]
	st.Lock() // related `^st is locked again here$`
	defer st.Unlock()
	clear(st.m)
}

func (s *striped) setEvictingOther(k string, n int) {
	i := s.index(k)
	s.stripes[i].Lock()
	defer s.stripes[i].Unlock()
	s.evict((i + 1) % 16)
	s.stripes[i].m[k] = n
}

func (s *striped) move(from, to int, k string) {
	s.stripes[from].Lock()
	defer s.stripes[from].Unlock()
	s.stripes[to].Lock()
	defer s.stripes[to].Unlock()
	s.stripes[to].m[k] = s.stripes[from].m[k]
}

func (s *striped) lockAll() {
	for i := range s.stripes {
		s.stripes[i].Lock()
	}
	for i := range s.stripes {
		s.stripes[i].Unlock()
	}
}

func (s *striped) lockSome(ks []string) {
	for _, k := range ks {
		i := s.index(k)
		if k == "" {
			s.lock(i)
			continue
		}
		s.stripes[i].Lock()
	}
}

func (s *striped) lock(i int) { s.stripes[i].Lock() }

func (s *striped) byKey(k string, n int) {
	s.keyed[k].Lock() // related `^s\.keyed\[k\] is held since here$`
	if n > s.max {
		s.reset(k) // want `^s\.keyed\[k\] is locked again by this call of s\.reset while it is held since line 83$`
	}
	s.keyed[k].Unlock()
}

func (s *striped) reset(k string) {
	s.keyed[k].Lock() // related `^s\.keyed\[k\] is locked again here$`
	s.max++
	s.keyed[k].Unlock()
}

func (s *striped) renewed(k string) {
	s.keyed[k].Lock()
	s.keyed[k] = new(sync.Mutex)
	s.reset(k)
}
