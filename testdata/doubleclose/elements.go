package doubleclose

import "sync"

// -- channels in slices and maps --

type topics struct {
	mu    sync.Mutex
	chans map[string]chan int
}

func (t *topics) open(name string) <-chan int {
	t.mu.Lock()
	defer t.mu.Unlock()
	ch := make(chan int)
	t.chans[name] = ch
	return ch
}

func (t *topics) drop(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ch, ok := t.chans[name]; ok {
		close(ch) // related `^ch is closed here, and not taken out of chans$`
	}
}

func (t *topics) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, ch := range t.chans {
		close(ch) // want `^ch may be closed at line 24 before this close: it stays in chans$`
	}
	t.chans = nil
}

// Of taken, what is closed is taken out.
type taken struct{ chans map[string]chan int }

func (t *taken) open(name string) { t.chans[name] = make(chan int) }

func (t *taken) drop(name string) {
	close(t.chans[name])
	delete(t.chans, name)
}

func (t *taken) Close() {
	for _, ch := range t.chans {
		close(ch)
	}
}

// Of flaggedSubs, what is closed says so.
type flaggedSubs struct{ subs []*sub }

type sub struct {
	ch     chan int
	closed bool
}

func (f *flaggedSubs) add() { f.subs = append(f.subs, &sub{ch: make(chan int)}) }

func (f *flaggedSubs) drop(s *sub) {
	for _, each := range f.subs {
		if each == s && !each.closed {
			each.closed = true
			close(each.ch)
		}
	}
}

func (f *flaggedSubs) Close() {
	for _, s := range f.subs {
		if !s.closed {
			close(s.ch)
		}
	}
}

type plain struct{ subs []*plainSub }

type plainSub struct{ events chan int }

func (p *plain) add() *plainSub {
	s := &plainSub{make(chan int)}
	p.subs = append(p.subs, s)
	return s
}

func (p *plain) drop(s *plainSub) {
	for _, each := range p.subs {
		if each == s {
			close(each.events) // related `^each\.events is closed here, and not taken out of subs$`
		}
	}
}

func (p *plain) stop() {
	for _, s := range p.subs {
		close(s.events) // want `^s\.events may be closed at line 93 before this close: it stays in subs$`
	}
}

// -- all of them twice --

type stops struct{ chans []chan bool }

func (s *stops) add() { s.chans = append(s.chans, make(chan bool)) }

func (s *stops) stopAll() {
	for _, ch := range s.chans {
		close(ch)
	}
}

func stopsTwice(f func() error) error {
	s := &stops{}
	s.add()
	defer s.stopAll() // related `^stopAll is deferred here$`
	if err := f(); err != nil {
		s.stopAll() // want `^the channels in chans are closed by this call of stopAll and again by the one deferred at line 119$`
		return err
	}
	return nil
}

func stopsOnce(f func() error) error {
	s := &stops{}
	s.add()
	if err := f(); err != nil {
		s.stopAll()
		return err
	}
	s.stopAll()
	return nil
}

type emptied struct{ chans []chan bool }

func (e *emptied) add() { e.chans = append(e.chans, make(chan bool)) }

func (e *emptied) stopAll() {
	for _, ch := range e.chans {
		close(ch)
	}
	e.chans = nil
}

func emptiedTwice(f func() error) error {
	e := &emptied{}
	e.add()
	defer e.stopAll()
	if err := f(); err != nil {
		e.stopAll()
		return err
	}
	return nil
}
