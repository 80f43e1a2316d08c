package stoppedactor

import (
	"log"
	"sync"
)

// A consumer that gives up, of which the publisher knows nothing.
type consumer struct {
	ch   chan []byte
	name string
}

type publisher struct{ all []*consumer }

func (p *publisher) add(name string, handle func([]byte) error) {
	s := &consumer{ch: make(chan []byte), name: name}
	p.all = append(p.all, s)
	go s.consume(handle)
}

func (s *consumer) consume(handle func([]byte) error) {
	for ev := range s.ch {
		if err := handle(ev); err != nil {
			log.Printf("%s: %v", s.name, err)
			return // related `^here the loop that receives from s\.ch ends$`
		}
	}
}

func (p *publisher) Publish(ev []byte) {
	for _, s := range p.all {
		s.ch <- ev // want `^this send on s\.ch blocks forever once the loop has returned at line \d+: nothing receives from it then$`
	}
}

func (p *publisher) Close() {
	for _, s := range p.all {
		close(s.ch)
	}
}

// One that leaves the list, one that is heard of, and one that receives to the end.

type member struct {
	ch   chan []byte
	gone chan struct{}
}

type members struct {
	mu  sync.Mutex
	all map[*member]bool
}

func (m *members) add(handle func([]byte) error) {
	s := &member{ch: make(chan []byte), gone: make(chan struct{})}
	m.mu.Lock()
	m.all[s] = true
	m.mu.Unlock()
	go m.consume(s, handle)
}

func (m *members) consume(s *member, handle func([]byte) error) {
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

func (m *members) Publish(ev []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for s := range m.all {
		select {
		case s.ch <- ev:
		case <-s.gone:
		}
	}
}

type drainer struct{ ch chan []byte }

type drainers struct{ all []*drainer }

func (d *drainers) add(handle func([]byte) error) {
	s := &drainer{ch: make(chan []byte)}
	d.all = append(d.all, s)
	go s.consume(handle)
}

func (s *drainer) consume(handle func([]byte) error) {
	for ev := range s.ch {
		if err := handle(ev); err != nil {
			break
		}
	}
	for range s.ch {
	}
}

func (d *drainers) Publish(ev []byte) {
	for _, s := range d.all {
		s.ch <- ev
	}
}
