package lockorder

import (
	"sync"

	"fixture.example/lockorder/dep"
)

// A cycle is reported at the first of its acquisitions, in the order of the
// source, that waits for a lock while it holds another; the others of the
// cycle are related positions.

// Straight locks two mutexes in both orders.
type Straight struct {
	a, b sync.Mutex
	n    int
}

func (s *Straight) AB() {
	s.a.Lock() // related `^s\.a is locked here$`
	defer s.a.Unlock()
	s.b.Lock() // want `^s\.b is locked while s\.a is held, and line \d+ locks them the other way round$`
	defer s.b.Unlock()
	s.n++
}

func (s *Straight) BA() {
	s.b.Lock() // related `^s\.b is locked here$`
	s.a.Lock() // related `^s\.a is locked here, while s\.b is held$`
	s.n--
	s.a.Unlock()
	s.b.Unlock()
}

// Helpers locks through its methods, two deep.
type Helpers struct {
	a, b sync.Mutex
	n    int
}

func (h *Helpers) lockB() { h.b.Lock() }
func (h *Helpers) deeper() {
	h.lockB()
	h.n++
	h.b.Unlock()
}

func (h *Helpers) AB() {
	h.a.Lock() // related `^h\.a is locked here$`
	defer h.a.Unlock()
	h.deeper() // want `^h\.b is locked by this call of h\.deeper while h\.a is held, and line \d+ locks them the other way round$`
}

func (h *Helpers) BA(early bool) {
	h.lockB() // related `^h\.b is locked here$`
	defer h.b.Unlock()
	if early {
		return
	}
	h.a.Lock() // related `^h\.a is locked here, while h\.b is held$`
	defer h.a.Unlock()
	h.n = 0
}

// Branches locks the second one on one path.
type Branches struct {
	a, b sync.Mutex
	n    int
}

func (b *Branches) AB(n int) {
	b.a.Lock() // related `^b\.a is locked here$`
	defer b.a.Unlock()
	for i := range n {
		if i == 3 {
			b.b.Lock() // want `^b\.b is locked while b\.a is held, and line \d+ locks them the other way round$`
			b.n++
			b.b.Unlock()
		}
	}
}

func (b *Branches) BA() {
	b.b.Lock() // related `^b\.b is locked here$`
	defer b.b.Unlock()
	func() { // related `^b\.a is locked here, while b\.b is held$`
		b.a.Lock()
		defer b.a.Unlock()
		b.n--
	}()
}

// Embedding has one lock without a name.
type Embedding struct {
	sync.Mutex
	data sync.RWMutex
	n    int
}

func (e *Embedding) Read() int {
	e.data.RLock() // related `^e\.data is read-locked here$`
	defer e.data.RUnlock()
	e.Lock() // want `^e is locked while e\.data is read-locked, and line \d+ locks them the other way round$`
	defer e.Unlock()
	return e.n
}

func (e *Embedding) Write(n int) {
	e.Lock() // related `^e is locked here$`
	defer e.Unlock()
	e.data.Lock() // related `^e\.data is locked here, while e is held$`
	defer e.data.Unlock()
	e.n = n
}

// Generic has a type parameter.
type Generic[T any] struct {
	in, out sync.Mutex
	v       T
}

func (g *Generic[T]) Put(v T) {
	g.in.Lock() // related `^g\.in is locked here$`
	defer g.in.Unlock()
	g.out.Lock() // want `^g\.out is locked while g\.in is held, and line \d+ locks them the other way round$`
	defer g.out.Unlock()
	g.v = v
}

func (g *Generic[T]) Take() T {
	g.out.Lock() // related `^g\.out is locked here$`
	defer g.out.Unlock()
	g.in.Lock() // related `^g\.in is locked here, while g\.out is held$`
	defer g.in.Unlock()
	return g.v
}

// -- package level --

var (
	routesMu sync.Mutex
	hostsMu  sync.Mutex
	routes   = map[string]string{}
)

func AddRoute(host, to string) {
	routesMu.Lock() // related `^routesMu is locked here$`
	defer routesMu.Unlock()
	if knows(host) { // want `^hostsMu is locked by this call of knows while routesMu is held, and line \d+ locks them the other way round$`
		routes[host] = to
	}
}

func knows(string) bool {
	hostsMu.Lock()
	defer hostsMu.Unlock()
	return true
}

func DropHost(host string) {
	hostsMu.Lock() // related `^hostsMu is locked here$`
	defer hostsMu.Unlock()
	routesMu.Lock() // related `^routesMu is locked here, while hostsMu is held$`
	delete(routes, host)
	routesMu.Unlock()
}

// -- goroutines --

func twoGoroutines() {
	var a, b sync.Mutex
	go func() {
		a.Lock() // related `^a is locked here$`
		b.Lock() // want `^b is locked while a is held, and line \d+ locks them the other way round$`
		b.Unlock()
		a.Unlock()
	}()
	go func() {
		b.Lock() // related `^b is locked here$`
		a.Lock() // related `^a is locked here, while b is held$`
		a.Unlock()
		b.Unlock()
	}()
}

func starterToo(n int) {
	var a, b sync.Mutex
	for range n {
		go func() {
			a.Lock() // related `^a is locked here$`
			defer a.Unlock()
			b.Lock() // want `^b is locked while a is held, and line \d+ locks them the other way round$`
			defer b.Unlock()
		}()
	}
	b.Lock() // related `^b is locked here$`
	defer b.Unlock()
	a.Lock() // related `^a is locked here, while b is held$`
	defer a.Unlock()
}

func parameters() {
	var a, b sync.Mutex
	go inTurn(&a, &b) // related `^a is locked here$` // want `^b is locked by this call of inTurn while a is held, and line \d+ locks them the other way round$`
	go inTurn(&b, &a) // related `^a is locked here, while b is held$` `^b is locked here$`
}

func inTurn(first, second *sync.Mutex) {
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
}

// -- types --

// A Server knows its sessions, and a Session its server.
type Server struct {
	mu       sync.Mutex
	sessions map[int]*Session
}

type Session struct {
	mu     sync.Mutex
	id     int
	server *Server
	open   bool
}

func (s *Server) CloseAll() {
	s.mu.Lock() // related `^s\.mu is locked here$`
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		session.mu.Lock() // want `^session\.mu is locked while s\.mu is held, and line \d+ locks them the other way round$`
		session.open = false
		session.mu.Unlock()
	}
}

func (s *Session) Close() {
	s.mu.Lock() // related `^s\.mu is locked here$`
	defer s.mu.Unlock()
	s.open = false
	s.server.forget(s.id) // related `^s\.server\.mu is locked here, while s\.mu is held$`
}

func (s *Server) forget(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, id)
}

// CloseRepaired unlocks before it calls.
func (s *Session) CloseRepaired() {
	s.mu.Lock()
	s.open = false
	s.mu.Unlock()
	s.server.forget(s.id)
}

// A Ring has three locks.
type Ring struct{ a, b, c sync.Mutex }

func (r *Ring) AB() {
	r.a.Lock() // related `^r\.a is locked here$`
	defer r.a.Unlock()
	r.b.Lock() // want `^r\.b is locked while r\.a is held, which closes a cycle of 3 locks$`
	defer r.b.Unlock()
}

func (r *Ring) BC() {
	r.b.Lock() // related `^r\.b is locked here$`
	defer r.b.Unlock()
	r.c.Lock() // related `^r\.c is locked here, while r\.b is held$`
	defer r.c.Unlock()
}

func (r *Ring) CA() {
	r.c.Lock() // related `^r\.c is locked here$`
	defer r.c.Unlock()
	r.a.Lock() // related `^r\.a is locked here, while r\.c is held$`
	defer r.a.Unlock()
}

// -- an interface with one implementation --

type Listener interface{ Changed() }

// A Model tells its listener under its lock.
type Model struct {
	mu       sync.Mutex
	listener Listener
	n        int
}

func NewModel() *Model {
	m := new(Model)
	m.listener = &View{model: m}
	return m
}

func (m *Model) Set(n int) {
	m.mu.Lock() // related `^m\.mu is locked here$`
	defer m.mu.Unlock()
	m.n = n
	m.listener.Changed() // want `^m\.listener\.mu is locked by this call of m\.listener\.Changed while m\.mu is held, and line \d+ locks them the other way round$`
}

func (m *Model) N() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.n
}

type View struct {
	mu    sync.Mutex
	model *Model
	dirty bool
}

func (v *View) Changed() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.dirty = true
}

func (v *View) Draw() int {
	v.mu.Lock() // related `^v\.mu is locked here$`
	defer v.mu.Unlock()
	return v.model.N() // related `^v\.model\.mu is locked here, while v\.mu is held$`
}

// -- two instances of one type --

// A Wallet has no order among its kind.
type Wallet struct {
	mu    sync.Mutex
	coins int
}

func Move(from, to *Wallet, n int) {
	from.mu.Lock() // related `^from\.mu is locked here$`
	defer from.mu.Unlock()
	to.mu.Lock() // want `^to\.mu is locked while from\.mu of another Wallet is held, in no order$`
	defer to.mu.Unlock()
	from.coins -= n
	to.coins += n
}

func (w *Wallet) Pay(other *Wallet, n int) {
	w.mu.Lock() // related `^w\.mu is locked here$`
	defer w.mu.Unlock()
	w.coins -= n
	other.receive(n) // want `^other\.mu is locked by this call of other\.receive while w\.mu of another Wallet is held, in no order$`
}

func (w *Wallet) receive(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.coins += n
}

// A Set is compared with others of its kind.
type Set struct {
	sync.RWMutex
	m map[int]bool
}

func (s *Set) Union(o *Set) {
	s.Lock() // related `^s is locked here$`
	defer s.Unlock()
	o.RLock() // want `^o is read-locked while s, another Set, is held, in no order$`
	defer o.RUnlock()
	for k := range o.m {
		s.m[k] = true
	}
}

// -- another package --

// Walker calls into a cache under its own lock, and is called under that of
// the cache.
type Walker struct {
	mu    sync.Mutex
	cache *dep.Cache
	n     int
}

func (w *Walker) Get(key string) int {
	w.mu.Lock() // related `^w\.mu is locked here$`
	defer w.mu.Unlock()
	return w.cache.Get(key) // want `^w\.cache.* is locked by this call of w\.cache\.Get while w\.mu is held, and line \d+ locks them the other way round$`
}

func (w *Walker) Count() {
	w.cache.Walk(func(string) { // related `^w\.cache\.mu is locked here$` `^w\.mu is locked here, while w\.cache\.mu is held$`
		w.mu.Lock()
		w.n++
		w.mu.Unlock()
	})
}

// DepReversed locks in an order that dep.Both contradicts.
func DepReversed() {
	dep.Second.Lock() // related `^dep\.Second is locked here$`
	defer dep.Second.Unlock()
	dep.First.Lock() // want `^dep\.First is locked while dep\.Second is held, and ordered\.go:\d+ locks them the other way round$`
	defer dep.First.Unlock()
}

// -- a variable of another package, which that locks --

var plugins struct {
	mu sync.Mutex
	n  int
}

var pluginsMu sync.Mutex

// RegisterPlugin locks dep.Names by way of a function.
func RegisterPlugin(name string) {
	pluginsMu.Lock() // related `^pluginsMu is locked here$`
	defer pluginsMu.Unlock()
	plugins.n++
	dep.Add(name) // want `^dep\.Names is locked by this call of dep\.Add while pluginsMu is held, and line \d+ locks them the other way round$`
}

// FlushPlugins locks dep.Names itself.
func FlushPlugins() {
	dep.Names.Lock() // related `^dep\.Names is locked here$`
	defer dep.Names.Unlock()
	pluginsMu.Lock() // related `^pluginsMu is locked here, while dep\.Names is held$`
	defer pluginsMu.Unlock()
	plugins.n = 0
}
