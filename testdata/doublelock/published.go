package doublelock

import (
	"errors"
	"os"
	"sync"
	"time"
)

// Small programs in the shapes of faults that were found in well-known
// modules, each beside its repaired version.

// logger has the shape of cockroach#9935: a failure takes the way out, which
// locks.
type logger struct {
	mu   sync.Mutex
	file *os.File
}

func (l *logger) output(s string) {
	l.mu.Lock() // related `^l\.mu is held since here$`
	if err := l.create(); err != nil {
		l.exit(err) // want `^l\.mu is locked again by this call of l\.exit while it is held since line \d+$`
	}
	l.file.WriteString(s)
	l.mu.Unlock()
}

func (l *logger) outputRepaired(s string) {
	l.mu.Lock()
	if err := l.create(); err != nil {
		l.mu.Unlock()
		l.exit(err)
		return
	}
	l.file.WriteString(s)
	l.mu.Unlock()
}

func (l *logger) create() (err error) {
	l.file, err = os.Create("log")
	return err
}

func (l *logger) exit(error) {
	l.mu.Lock() // related `^l\.mu is locked again here$`
	defer l.mu.Unlock()
	l.file.Close()
}

// proxy has the shape of moby#7559: an error continues with the lock.
type proxy struct {
	trackMu sync.Mutex
	track   map[string]*os.File
}

func (p *proxy) run(names []string) {
	for _, name := range names {
		p.trackMu.Lock() // related `^p\.trackMu is held since here$` // want `^p\.trackMu is locked again while it is held since line \d+$`
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		p.track[name] = f
		p.trackMu.Unlock()
	}
}

func (p *proxy) runRepaired(names []string) {
	for _, name := range names {
		p.trackMu.Lock()
		f, err := os.Open(name)
		if err != nil {
			p.trackMu.Unlock()
			continue
		}
		p.track[name] = f
		p.trackMu.Unlock()
	}
}

// vm has the shape of moby#36114: hot add under the lock of the service.
type vm struct {
	sync.Mutex
	attached map[string]int
}

func (v *vm) hotRemove(host string) {
	v.Lock() // related `^v is locked again here$`
	defer v.Unlock()
	delete(v.attached, host)
}

func (v *vm) hotAdd(hosts []string) {
	v.Lock() // related `^v is held since here$`
	defer v.Unlock()
	for _, host := range hosts {
		v.hotRemove(host) // want `^v is locked again by this call of v\.hotRemove while it is held since line \d+$`
	}
}

func (v *vm) hotRemoveLocked(host string) { delete(v.attached, host) }

func (v *vm) hotAddRepaired(hosts []string) {
	v.Lock()
	defer v.Unlock()
	for _, host := range hosts {
		v.hotRemoveLocked(host)
	}
}

// replica has the shape of cockroach#3710 and #6181: a reader reads again.
type replica struct {
	mu    sync.RWMutex
	descs []string
	stat  map[string]int
}

func (r *replica) String() string {
	r.mu.RLock() // related `^r\.mu is read-locked again here$`
	defer r.mu.RUnlock()
	return r.descs[0]
}

func (r *replica) scan() []string {
	r.mu.RLock() // related `^r\.mu is read-locked since here$`
	defer r.mu.RUnlock()
	var list []string
	for _, d := range r.descs {
		list = append(list, d+r.String()) // want `^r\.mu is read-locked again by this call of r\.String while it is read-locked since line \d+$`
	}
	return list
}

func (r *replica) add(d string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.descs = append(r.descs, d)
}

func (r *replica) scanRepaired() []string {
	r.mu.RLock()
	descs := r.descs
	r.mu.RUnlock()
	var list []string
	for _, d := range descs {
		list = append(list, d+r.String())
	}
	return list
}

// cpuState has the shape of kubernetes#62464: a getter falls back to another.
type cpuState struct {
	sync.RWMutex
	sets  map[string]int
	other int
}

func (s *cpuState) get(id string) (int, bool) {
	s.RLock() // related `^s is read-locked again here$`
	defer s.RUnlock()
	n, ok := s.sets[id]
	return n, ok
}

func (s *cpuState) getOrDefault(id string) int {
	s.RLock() // related `^s is read-locked since here$`
	defer s.RUnlock()
	if n, ok := s.get(id); ok { // want `^s is read-locked again by this call of s\.get while it is read-locked since line \d+$`
		return n
	}
	return s.other
}

func (s *cpuState) getOrDefaultRepaired(id string) int {
	if n, ok := s.get(id); ok {
		return n
	}
	s.RLock()
	defer s.RUnlock()
	return s.other
}

func (s *cpuState) set(id string, n int) {
	s.Lock()
	defer s.Unlock()
	s.sets[id] = n
}

// mapping has the shape of syncthing#4829: the address is cleared under the
// lock by a method that notifies under the same lock.
type mapping struct {
	mut  sync.RWMutex
	addr string
	subs []func(*mapping)
}

func (m *mapping) clear() {
	m.mut.Lock() // related `^m\.mut is held since here$`
	defer m.mut.Unlock()
	if m.addr != "" {
		m.addr = ""
		m.notify() // want `^m\.mut is read-locked by this call of m\.notify while it is held since line \d+$`
	}
}

func (m *mapping) notify() {
	m.mut.RLock() // related `^m\.mut is read-locked here$`
	subs := m.subs
	m.mut.RUnlock()
	for _, f := range subs {
		f(m)
	}
}

func (m *mapping) clearRepaired() {
	m.mut.Lock()
	changed := m.addr != ""
	m.addr = ""
	m.mut.Unlock()
	if changed {
		m.notify()
	}
}

// resolver has the shape of a fault in the test resolver of grpc: the path that
// leaves early calls what locks.
type resolver struct {
	mu    sync.Mutex
	addrs map[string]*time.Timer
}

var errAgain = errors.New("again")

func (r *resolver) newConn(addr string) error {
	r.mu.Lock() // related `^r\.mu is held since here$`
	if t, ok := r.addrs[addr]; ok {
		t.Stop()
		return r.remove(addr) // want `^r\.mu is locked again by this call of r\.remove while it is held since line \d+$`
	}
	r.mu.Unlock()
	return nil
}

func (r *resolver) remove(addr string) error {
	r.mu.Lock() // related `^r\.mu is locked again here$`
	defer r.mu.Unlock()
	r.addrs[addr] = time.AfterFunc(time.Second, func() {
		r.mu.Lock()
		delete(r.addrs, addr)
		r.mu.Unlock()
	})
	return errAgain
}
