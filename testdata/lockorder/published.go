package lockorder

import (
	"sync"
	"time"
)

// Small programs in the shapes of faults that were found in well-known
// modules, with what repaired them as an own type.

// DeviceSet has the shape of moby#4951: the set is unlocked and locked again
// while the lock of one device is held.
type DeviceSet struct {
	mu      sync.Mutex
	devices map[string]*Device
}

type Device struct {
	mu  sync.Mutex
	set *DeviceSet
	n   int
}

func (s *DeviceSet) Delete(name string) {
	d := s.lookup(name)
	d.mu.Lock() // related `^d\.mu is locked here$`
	defer d.mu.Unlock()
	s.mu.Lock() // want `^s\.mu is locked while d\.mu is held, and line \d+ locks them the other way round$`
	delete(s.devices, name)
	s.mu.Unlock()
}

func (s *DeviceSet) lookup(name string) *Device {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.devices[name]
}

func (s *DeviceSet) Deactivate() {
	s.mu.Lock() // related `^s\.mu is locked here$`
	defer s.mu.Unlock()
	for _, d := range s.devices {
		d.mu.Lock() // related `^d\.mu is locked here, while s\.mu is held$`
		d.n = 0
		d.mu.Unlock()
	}
}

// RepairedSet takes the lock of the set first, always.
type RepairedSet struct {
	mu      sync.Mutex
	devices map[string]*RepairedDevice
}

type RepairedDevice struct {
	mu sync.Mutex
	n  int
}

func (s *RepairedSet) Delete(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.devices[name]
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(s.devices, name)
}

func (s *RepairedSet) Deactivate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.devices {
		d.mu.Lock()
		d.n = 0
		d.mu.Unlock()
	}
}

// Names has the shape of cockroach#7504: a lease is released under the lock
// of its state, and the cache of names looks at leases under its own.
type Names struct {
	mu     sync.Mutex
	leases map[string]*Lease
}

type Lease struct {
	mu       sync.Mutex
	refs     int
	name     string
	released bool
}

func (c *Names) Get(name string) bool {
	c.mu.Lock() // related `^c\.mu is locked here$`
	defer c.mu.Unlock()
	l := c.leases[name]
	l.mu.Lock() // want `^l\.mu is locked while c\.mu is held, and line \d+ locks them the other way round$`
	defer l.mu.Unlock()
	return !l.released
}

func (c *Names) remove(l *Lease) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.leases, l.name)
}

func (c *Names) Release(l *Lease) {
	l.mu.Lock() // related `^l\.mu is locked here$`
	defer l.mu.Unlock()
	l.refs--
	if l.refs == 0 {
		l.released = true
		c.remove(l) // related `^c\.mu is locked here, while l\.mu is held$`
	}
}

// Store has the shape of cockroach#10214: two loops, each with a lock of its
// own, reach for that of the other through a callback in a field.
type Store struct {
	coalescedMu sync.Mutex
	beats       []int
	replicas    []*Replica
}

type Replica struct {
	raftMu      sync.Mutex
	unreachable func()
	n           int
}

func StartStore() *Store {
	s := new(Store)
	r := new(Replica)
	r.unreachable = func() {
		s.coalescedMu.Lock()
		s.beats = nil
		s.coalescedMu.Unlock()
	}
	s.replicas = append(s.replicas, r)
	go func() {
		for range time.Tick(time.Second) {
			s.sendBeats()
		}
	}()
	go func() {
		for range time.Tick(time.Second) {
			r.tick()
		}
	}()
	return s
}

func (s *Store) sendBeats() {
	s.coalescedMu.Lock() // related `^s\.coalescedMu is locked here$`
	defer s.coalescedMu.Unlock()
	for _, r := range s.replicas {
		r.report() // want `^Replica\.raftMu is locked by this call of r\.report while s\.coalescedMu is held, and line \d+ locks them the other way round$`
	}
}

func (r *Replica) report() {
	r.raftMu.Lock()
	defer r.raftMu.Unlock()
	r.n++
}

func (r *Replica) tick() {
	r.raftMu.Lock() // related `^r\.raftMu is locked here$`
	defer r.raftMu.Unlock()
	r.unreachable() // related `^s\.coalescedMu is locked here, while r\.raftMu is held$`
}

// Cacher has the shape of kubernetes#13135: a watch cache calls back under
// its lock while the cacher asks it under its own.
type Cacher struct {
	mu    sync.Mutex
	watch *WatchCache
	n     int
}

type WatchCache struct {
	mu      sync.RWMutex
	onEvent func(int)
	events  []int
}

func NewCacher() *Cacher {
	c := &Cacher{watch: new(WatchCache)}
	c.watch.onEvent = c.process
	go func() {
		for i := range 10 {
			c.watch.Add(i)
		}
	}()
	return c
}

func (c *Cacher) process(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += i
}

func (c *Cacher) Watch() []int {
	c.mu.Lock() // related `^c\.mu is locked here$`
	defer c.mu.Unlock()
	return c.watch.since() // want `^c\.watch\.mu is read-locked by this call of c\.watch\.since while c\.mu is held, and line \d+ locks them the other way round$`
}

func (w *WatchCache) since() []int {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.events
}

func (w *WatchCache) Add(i int) {
	w.mu.Lock() // related `^w\.mu is locked here$`
	defer w.mu.Unlock()
	w.events = append(w.events, i)
	if w.onEvent != nil {
		w.onEvent(i) // related `^c\.mu is locked here, while w\.mu is held$`
	}
}

// A supervised job and its shim know each other, and the supervisor's map is asked for
// the job that the shim's goroutine has already.

type jobShim interface{ kill() }

type job struct {
	mu     sync.Mutex
	shim   jobShim
	status string
}

type localShim struct {
	mu  sync.Mutex
	pid int
	job *job
}

func (s *localShim) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid = 0
}

func (s *localShim) exited() {
	s.mu.Lock() // related `^s\.mu is locked here$`
	defer s.mu.Unlock()
	s.pid = 0
	s.job.set("exited") // want `^s\.job\.mu is locked by this call of s\.job\.set while s\.mu is held, and line \d+ locks them the other way round$`
}

func (j *job) set(status string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.status = status
}

func (j *job) stop() {
	j.mu.Lock() // related `^j\.mu is locked here$`
	defer j.mu.Unlock()
	j.shim.kill() // related `^j\.shim\.mu is locked here, while j\.mu is held$`
	j.status = "stopped"
}

type jobs struct {
	mu   sync.Mutex
	byID map[string]*job
}

func (s *jobs) start(id string) *localShim {
	j := &job{status: "running"}
	shim := &localShim{pid: 1, job: j}
	j.shim = shim
	s.mu.Lock()
	s.byID[id] = j
	s.mu.Unlock()
	return shim
}

func (s *jobs) get(id string) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID[id]
}

func supervise() {
	s := &jobs{byID: make(map[string]*job)}
	shim := s.start("a")
	done := make(chan struct{})
	go func() {
		defer close(done)
		shim.exited()
	}()
	s.get("a").stop()
	<-done
}
