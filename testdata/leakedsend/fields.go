package leakedsend

import (
	"errors"
	"sync"
)

// -- channels in fields of an object that the function is given --

type bulkLoader struct {
	rows chan int
	errs chan error
	wg   sync.WaitGroup
}

func newBulkLoader() *bulkLoader { return &bulkLoader{rows: make(chan int), errs: make(chan error)} }

func (l *bulkLoader) work() {
	defer l.wg.Done()
	for row := range l.rows {
		if row < 0 {
			l.errs <- errors.New("negative") // want `^this send on l\.errs may block forever: its receiver may be gone by line 43$`
			return
		}
	}
}

// load waits for its workers in the end, but takes no errors any more.
func (l *bulkLoader) load(rows []int) error {
	for range 3 {
		l.wg.Add(1)
		go l.work()
	}
	defer l.wg.Wait()
	defer close(l.rows)
	for _, row := range rows {
		select {
		case l.rows <- row:
		case err := <-l.errs:
			return err
		}
	}
	return nil // related `^here the receiver of l\.errs returns$`
}

type roomyLoader struct {
	rows chan int
	errs chan error
	wg   sync.WaitGroup
}

func newRoomyLoader() *roomyLoader {
	return &roomyLoader{rows: make(chan int), errs: make(chan error, 3)}
}

func (l *roomyLoader) work() {
	defer l.wg.Done()
	for row := range l.rows {
		if row < 0 {
			l.errs <- errors.New("negative") // there is room for each worker's
			return
		}
	}
}

func (l *roomyLoader) load(rows []int) error {
	for range 3 {
		l.wg.Add(1)
		go l.work()
	}
	defer l.wg.Wait()
	defer close(l.rows)
	for _, row := range rows {
		select {
		case l.rows <- row:
		case err := <-l.errs:
			return err
		}
	}
	return nil
}

type probes struct{ failed chan error }

func newProbes() *probes { return &probes{failed: make(chan error)} }

func (p *probes) probe(host string) {
	p.failed <- dial(host) // want `^this send on p\.failed may block forever: its receiver may be gone by line 97$`
}

func (p *probes) all(hosts []string) error {
	for _, host := range hosts {
		go p.probe(host)
	}
	for range hosts {
		if err := <-p.failed; err != nil {
			return err // related `^here the receiver of p\.failed returns$`
		}
	}
	return nil
}

func dial(host string) error {
	if host == "" {
		return errors.New("no host")
	}
	return nil
}

type allProbes struct{ failed chan error }

func newAllProbes() *allProbes { return &allProbes{failed: make(chan error)} }

func (p *allProbes) probe(host string) { p.failed <- dial(host) }

// all receives from each, whatever the others have said.
func (p *allProbes) all(hosts []string) (first error) {
	for _, host := range hosts {
		go p.probe(host)
	}
	for range hosts {
		if err := <-p.failed; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// -- channels that come by several calls --

func promise(f func() error) chan error {
	done := make(chan error) // related `^done is made here, with room for 0$`
	go func() {
		done <- f() // want `^this send on done may block forever: its receiver may be gone by line 144$`
	}()
	return done
}

func attach(host string) chan error { return promise(func() error { return dial(host) }) }

func attaches(host string) error {
	attached := attach(host)
	if err := dial(host); err != nil {
		return err // related `^here the receiver of done returns$`
	}
	return <-attached
}

// -- sends by a function that calls itself --

type branch struct {
	leaf     int
	branches []*branch
}

func (b *branch) walk(leaves chan<- int) {
	if len(b.branches) == 0 {
		leaves <- b.leaf // want `^this send on leaves may block forever: its receiver may be gone by line 178$`
		return
	}
	for _, c := range b.branches {
		c.walk(leaves)
	}
}

func (b *branch) leaves() <-chan int {
	leaves := make(chan int) // related `^leaves is made here, with room for 0$`
	go func() {
		defer close(leaves)
		b.walk(leaves)
	}()
	return leaves
}

func (b *branch) find(n int) bool {
	for leaf := range b.leaves() {
		if leaf == n {
			return true // related `^here the receiver of leaves returns$`
		}
	}
	return false
}

// retry sends once, however often it calls itself.
func retry(n int, answer chan<- int) {
	if err := dial(""); err != nil && n > 0 {
		retry(n-1, answer)
		return
	}
	answer <- n
}

func retries() int {
	answer := make(chan int)
	go retry(3, answer)
	return <-answer
}

// The next call receives what the goroutine sends that the first has started.
type lazyNumbers struct {
	once    sync.Once
	started bool
	ch      chan int
	all     chan int
}

func newLazyNumbers() *lazyNumbers { return &lazyNumbers{ch: make(chan int), all: make(chan int)} }

func (l *lazyNumbers) next() int {
	l.once.Do(func() {
		go func() {
			for i := 0; ; i++ {
				l.ch <- i
			}
		}()
	})
	return <-l.ch
}

func (l *lazyNumbers) nextOfAll() int {
	if !l.started {
		l.started = true
		go func() {
			for i := 0; ; i++ {
				l.all <- i
			}
		}()
	}
	return <-l.all
}
