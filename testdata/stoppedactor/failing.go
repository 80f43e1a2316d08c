package stoppedactor

import (
	"log"
	"sync"
)

// A consumer that gives up, of which the publisher knows nothing.
type givesUp struct {
	ch   chan []byte
	name string
}

type toGivesUp struct{ all []*givesUp }

func (p *toGivesUp) add(name string, handle func([]byte) error) {
	s := &givesUp{ch: make(chan []byte), name: name}
	p.all = append(p.all, s)
	go s.consume(handle)
}

func (s *givesUp) consume(handle func([]byte) error) {
	for ev := range s.ch {
		if err := handle(ev); err != nil {
			log.Printf("%s: %v", s.name, err)
			return // related `^here the loop that receives from s\.ch ends$`
		}
	}
}

func (p *toGivesUp) Publish(ev []byte) {
	for _, s := range p.all {
		s.ch <- ev // want `^this send on s\.ch blocks forever once the loop has returned at line \d+: nothing receives from it then$`
	}
}

func (p *toGivesUp) Close() {
	for _, s := range p.all {
		close(s.ch)
	}
}

// One that leaves the list, one that is heard of, and one that receives to the end.

type listed struct {
	ch   chan []byte
	gone chan struct{}
}

type listing struct {
	mu  sync.Mutex
	all map[*listed]bool
}

func (m *listing) add(handle func([]byte) error) {
	s := &listed{ch: make(chan []byte), gone: make(chan struct{})}
	m.mu.Lock()
	m.all[s] = true
	m.mu.Unlock()
	go m.consume(s, handle)
}

func (m *listing) consume(s *listed, handle func([]byte) error) {
	for ev := range s.ch {
		if err := handle(ev); err != nil {
			m.mu.Lock()
			delete(m.all, s)
			m.mu.Unlock()
			close(s.gone)
			return
		}
	}
}

func (m *listing) Publish(ev []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for s := range m.all {
		select {
		case s.ch <- ev:
		case <-s.gone:
		}
	}
}

type drainsAll struct{ ch chan []byte }

type toDrains struct{ all []*drainsAll }

func (d *toDrains) add(handle func([]byte) error) {
	s := &drainsAll{ch: make(chan []byte)}
	d.all = append(d.all, s)
	go s.consume(handle)
}

func (s *drainsAll) consume(handle func([]byte) error) {
	for ev := range s.ch {
		if err := handle(ev); err != nil {
			break
		}
	}
	for range s.ch {
	}
}

func (d *toDrains) Publish(ev []byte) {
	for _, s := range d.all {
		s.ch <- ev
	}
}
