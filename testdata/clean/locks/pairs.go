package locks

import (
	"errors"
	"sync"
)

// A turnstile lets one kind of users in together: the first of them locks the
// room for all, the last one unlocks it, and between them only users is tested.
type turnstile struct {
	room  sync.RWMutex
	door  sync.Mutex
	users int
}

func (t *turnstile) enter() {
	t.door.Lock()
	defer t.door.Unlock()
	if t.users == 0 {
		t.room.Lock()
	}
	t.users++
}

func (t *turnstile) leave() {
	t.door.Lock()
	defer t.door.Unlock()
	t.users--
	if t.users == 0 {
		t.room.Unlock()
	}
}

func (t *turnstile) use(f func() error) error {
	t.enter()
	err := f()
	t.leave()
	return err
}

func (t *turnstile) look(f func()) {
	t.room.RLock()
	defer t.room.RUnlock()
	f()
}

// A link closes its channels after its reader has ended, which alone takes the
// two locks the other way round.
type link struct {
	mu       sync.Mutex
	channels map[int]*channel
	gone     chan struct{}
}

type channel struct {
	link  *link
	mu    sync.Mutex
	state int
}

func newLink(frames <-chan int) *link {
	l := &link{channels: make(map[int]*channel), gone: make(chan struct{})}
	go l.read(frames)
	return l
}

func (l *link) read(frames <-chan int) {
	defer close(l.gone)
	for f := range frames {
		if err := l.frame(f); err != nil {
			return
		}
	}
}

var errFrame = errors.New("bad frame")

func (l *link) frame(f int) error {
	l.mu.Lock()
	ch := l.channels[f]
	l.mu.Unlock()
	if ch == nil {
		return errFrame
	}
	ch.advance()
	return nil
}

func (c *channel) advance() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state++; c.state > 3 {
		c.link.forget(c.state)
	}
}

func (l *link) forget(id int) {
	l.mu.Lock()
	delete(l.channels, id)
	l.mu.Unlock()
}

func (l *link) Close() {
	<-l.gone
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.channels {
		c.shut()
	}
}

func (c *channel) shut() {
	c.mu.Lock()
	c.state = 0
	c.mu.Unlock()
}

// The budgets of a tenant and of a session are locked by one type's methods, but
// are not one another's.
type budget struct {
	sync.Mutex
	refs int
}

func (b *budget) hold() {
	b.Lock()
	defer b.Unlock()
	b.refs++
}

type tenant struct {
	*budget
	name string
}

type session struct {
	*budget
	office *office
	tenant *tenant
}

type office struct {
	mu      sync.Mutex
	tenants map[string]*tenant
}

func (o *office) tenantOf(name string) *tenant {
	o.mu.Lock()
	defer o.mu.Unlock()
	t, ok := o.tenants[name]
	if !ok {
		t = &tenant{&budget{}, name}
		o.tenants[name] = t
	}
	t.hold()
	return t
}

func (s *session) assign(name string) {
	s.Lock()
	defer s.Unlock()
	s.tenant = s.office.tenantOf(name)
}

// The counters of what comes in and of what goes out are of one type.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}

type port struct {
	in, out counter
	mu      sync.Mutex
	open    bool
}

func (p *port) receive() {
	p.in.mu.Lock()
	defer p.in.mu.Unlock()
	p.in.n++
	p.mu.Lock()
	p.open = true
	p.mu.Unlock()
}

func (p *port) send() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = true
	p.out.add()
}

// A hub's members dial through it or by themselves, and a member that watches has
// a function to stop that: none that watches dials through the hub.
type hub struct {
	mu      sync.Mutex
	members []*member
}

type member struct {
	stop func()
}

func (m *member) close() {
	if m.stop != nil {
		m.stop()
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.members {
		m.close()
	}
}

func (h *hub) pick() *member {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.members[0]
}

type feed struct {
	mu   sync.Mutex
	dial func() (*member, error)
	on   *member
}

func (f *feed) connect() (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on, err = f.dial()
	return err
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = nil
}

func (h *hub) feed() *feed {
	return &feed{dial: func() (*member, error) { return h.pick(), nil }}
}

func (m *member) feed() *feed {
	return &feed{dial: func() (*member, error) { return m, nil }}
}

func (m *member) watch(f *feed) { m.stop = f.close }

// A peer calls the handlers of its frames by a table.
type peer struct {
	mu    sync.Mutex
	calls map[byte]*call
	ended chan struct{}
}

type call struct {
	peer *peer
	mu   sync.Mutex
	done bool
}

var handlers = []func(*peer, byte) error{
	0: (*peer).answer,
	1: (*peer).ping,
}

func (p *peer) run(frames []byte) {
	defer close(p.ended)
	for _, f := range frames {
		if handlers[f&1](p, f) != nil {
			return
		}
	}
}

func (p *peer) ping(byte) error { return nil }

func (p *peer) answer(f byte) error {
	p.mu.Lock()
	c := p.calls[f]
	p.mu.Unlock()
	return c.finish(f)
}

func (c *call) finish(f byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = true
	c.peer.mu.Lock()
	delete(c.peer.calls, f)
	c.peer.mu.Unlock()
	return nil
}

func (p *peer) Close() {
	<-p.ended
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.calls {
		c.mu.Lock()
		c.done = true
		c.mu.Unlock()
	}
}

func serve(frames []byte) {
	p := &peer{calls: make(map[byte]*call), ended: make(chan struct{})}
	go p.run(frames)
	p.Close()
}
