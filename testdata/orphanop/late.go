package orphanop

import (
	"sync"
	"time"
)

// -- waits for a goroutine that is told to end only behind them --

type poller struct {
	wg   sync.WaitGroup
	quit chan struct{}
}

func newPoller(every time.Duration) *poller {
	p := &poller{quit: make(chan struct{})}
	p.wg.Add(1)
	go p.loop(every)
	return p
}

func (p *poller) loop(every time.Duration) {
	defer p.wg.Done()
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-p.quit:
			return
		}
	}
}

func (p *poller) Close() {
	p.wg.Wait()   // want `^this wait for p\.wg blocks forever: the goroutine that it waits for ends by p\.quit, which is closed only later, at line \d+$`
	close(p.quit) // related `^p\.quit is closed here$`
}

type pusher struct {
	done, quit chan struct{}
	in         chan int
}

func newPusher() *pusher {
	p := &pusher{done: make(chan struct{}), quit: make(chan struct{}), in: make(chan int)}
	go func() {
		defer close(p.done)
		for {
			select {
			case v := <-p.in:
				println(v)
			case <-p.quit:
				return
			}
		}
	}()
	return p
}

func (p *pusher) Stop() {
	defer close(p.quit) // related `^p\.quit is closed here$`
	<-p.done            // want `^this receive from p\.done blocks forever: the goroutine that it waits for ends by p\.quit, which is closed only later, at line \d+$`
}

// inOrder closes first.
type inOrder struct {
	wg   sync.WaitGroup
	quit chan struct{}
}

func newInOrder() *inOrder {
	p := &inOrder{quit: make(chan struct{})}
	p.wg.Add(1)
	go p.loop()
	return p
}

func (p *inOrder) loop() {
	defer p.wg.Done()
	for {
		select {
		case <-time.After(time.Second):
		case <-p.quit:
			return
		}
	}
}

func (p *inOrder) Close() {
	close(p.quit)
	p.wg.Wait()
}

// byTheEnd ends by the end of its work as well.
type byTheEnd struct {
	wg   sync.WaitGroup
	work chan int
	quit chan struct{}
}

func newByTheEnd(work chan int) *byTheEnd {
	p := &byTheEnd{work: work, quit: make(chan struct{})}
	p.wg.Add(1)
	go p.loop()
	return p
}

func (p *byTheEnd) loop() {
	defer p.wg.Done()
	for {
		select {
		case v, ok := <-p.work:
			if !ok {
				return
			}
			println(v)
		case <-p.quit:
			return
		}
	}
}

func (p *byTheEnd) Close() {
	p.wg.Wait()
	close(p.quit)
}

// byOthers is told to end by another method, too.
type byOthers struct {
	wg   sync.WaitGroup
	once sync.Once
	quit chan struct{}
}

func newByOthers() *byOthers {
	p := &byOthers{quit: make(chan struct{})}
	p.wg.Add(1)
	go p.loop()
	return p
}

func (p *byOthers) loop() {
	defer p.wg.Done()
	for {
		select {
		case <-time.After(time.Second):
		case <-p.quit:
			return
		}
	}
}

func (p *byOthers) Interrupt() { p.once.Do(func() { close(p.quit) }) }

func (p *byOthers) Close() {
	p.wg.Wait()
	p.once.Do(func() { close(p.quit) })
}

// monitorBeside has a monitor that ends when the workers have.
func monitorBeside(jobs []func(), tick func()) {
	var wg sync.WaitGroup
	quit, gone := make(chan struct{}), make(chan struct{})
	for _, job := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			job()
		}()
	}
	go func() {
		defer close(gone)
		for {
			select {
			case <-time.After(time.Second):
				tick()
			case <-quit:
				return
			}
		}
	}()
	wg.Wait()
	close(quit)
	<-gone
}

// waitsTwice starts what it tells to end behind the first wait.
func waitsTwice(jobs []func(), tick func()) {
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			job()
		}()
	}
	wg.Wait()
	quit := make(chan struct{})
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			select {
			case <-time.After(time.Second):
				tick()
			case <-quit:
				return
			}
		}
	}()
	close(quit)
	wg.Wait()
}

// monitorCounted is counted among those that are waited for.
func monitorCounted(jobs []func(), tick func()) {
	var wg sync.WaitGroup
	quit := make(chan struct{})
	for _, job := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			job()
		}()
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			select {
			case <-time.After(time.Second):
				tick()
			case <-quit:
				return
			}
		}
	}()
	wg.Wait()   // want `^this wait for wg blocks forever: the goroutine that it waits for ends by quit, which is closed only later, at line \d+$`
	close(quit) // related `^quit is closed here$`
}

// -- waits of a goroutine for its own end --

type link struct {
	in           chan int
	gone, ended  chan struct{}
	once         sync.Once
	closedByThis func(error)
}

func newLink() *link {
	l := &link{in: make(chan int), gone: make(chan struct{}), ended: make(chan struct{})}
	go l.serve()
	return l
}

func (l *link) serve() {
	defer close(l.ended) // related `^this comes only when the goroutine returns$`
	for {
		select {
		case v := <-l.in:
			if v < 0 {
				l.shut(nil) // want `^this call never returns: it receives from l\.ended, which only this goroutine closes, when it returns$`
				return
			}
		case <-l.gone:
			return
		}
	}
}

func (l *link) shut(err error) {
	l.once.Do(func() {
		close(l.gone)
		<-l.ended // related `^here it waits for l\.ended$`
		l.closedByThis(err)
	})
}

type goodLink struct {
	in          chan int
	gone, ended chan struct{}
	once        sync.Once
}

func newGoodLink() *goodLink {
	l := &goodLink{in: make(chan int), gone: make(chan struct{}), ended: make(chan struct{})}
	go l.serve()
	return l
}

func (l *goodLink) serve() {
	defer close(l.ended)
	for {
		select {
		case v := <-l.in:
			switch {
			case v < 0:
				go l.shut()
				return
			case v == 0:
				l.end(false)
				return
			case v == 1:
				l.endIf(false)
			}
		case <-l.gone:
			return
		}
	}
}

func (l *goodLink) shut() {
	l.once.Do(func() {
		close(l.gone)
		<-l.ended
	})
}

func (l *goodLink) endIf(other bool) {
	if other {
		l.shut()
	}
}

func (l *goodLink) end(wait bool) {
	if wait {
		<-l.ended
	}
}

// -- a function that waits for its own end, whoever calls it --

type selfCloser struct {
	closed, stopped chan struct{}
	once            sync.Once
	in              chan string
}

func newSelfCloser() *selfCloser {
	return &selfCloser{closed: make(chan struct{}), stopped: make(chan struct{}), in: make(chan string)}
}

func (s *selfCloser) start() {
	go func() {
		if err := s.dispatch(); err != nil {
			println(err.Error())
		}
	}()
}

func (s *selfCloser) dispatch() error {
	defer close(s.stopped) // related `^this comes only when the function returns$`
	for {
		select {
		case m := <-s.in:
			if m == "close" {
				s.close() // want `^this call never returns: it receives from s\.stopped, which only this function closes, when it returns$`
				return nil
			}
		case <-s.closed:
			return nil
		}
	}
}

func (s *selfCloser) close() {
	s.once.Do(func() {
		close(s.closed)
		<-s.stopped // related `^here it waits for s\.stopped$`
	})
}

type workPool struct {
	jobs chan func()
	wg   sync.WaitGroup
}

func newWorkPool(n int) *workPool {
	p := &workPool{jobs: make(chan func())}
	for range n {
		p.wg.Add(1)
		go p.work()
	}
	return p
}

func (p *workPool) work() {
	defer p.wg.Done()
	for j := range p.jobs {
		j()
	}
}

func (p *workPool) do(f func()) { p.jobs <- f }

func (p *workPool) close() {
	p.wg.Wait()   // want `^this wait for p\.wg blocks forever: the goroutine that it waits for ends by p\.jobs, which is closed only later, at line \d+$`
	close(p.jobs) // related `^p\.jobs is closed here$`
}

// The workers end by themselves as well.
type nilPool struct {
	jobs chan func()
	wg   sync.WaitGroup
}

func newNilPool(n int) *nilPool {
	p := &nilPool{jobs: make(chan func())}
	for range n {
		p.wg.Add(1)
		go p.work()
	}
	return p
}

func (p *nilPool) work() {
	defer p.wg.Done()
	for j := range p.jobs {
		if j == nil {
			return
		}
		j()
	}
}

func (p *nilPool) do(f func()) { p.jobs <- f }

func (p *nilPool) close(n int) {
	for range n {
		p.jobs <- nil
	}
	p.wg.Wait()
	close(p.jobs)
}

// The jobs are closed first.
type closedPool struct {
	jobs chan func()
	wg   sync.WaitGroup
}

func newClosedPool(n int) *closedPool {
	p := &closedPool{jobs: make(chan func())}
	for range n {
		p.wg.Go(func() {
			for j := range p.jobs {
				j()
			}
		})
	}
	return p
}

func (p *closedPool) do(f func()) { p.jobs <- f }

func (p *closedPool) close() {
	close(p.jobs)
	p.wg.Wait()
}
