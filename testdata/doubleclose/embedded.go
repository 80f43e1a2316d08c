package doubleclose

import "sync"

// -- two exported methods, one of which guards itself --

type plumbing struct {
	quit chan struct{}
	once sync.Once
	wg   sync.WaitGroup
}

func newPlumbing() *plumbing { return &plumbing{quit: make(chan struct{})} }

func (p *plumbing) run(loop func(<-chan struct{})) {
	p.wg.Go(func() { loop(p.quit) })
}

// Stop may be called more than once.
func (p *plumbing) Stop() {
	p.once.Do(func() { close(p.quit) }) // related `^p\.quit is closed here$`
	p.wg.Wait()
}

// A Flusher flushes.
type Flusher struct {
	*plumbing
	flushed int
}

// NewFlusher starts one.
func NewFlusher() *Flusher {
	f := &Flusher{plumbing: newPlumbing()}
	f.run(func(quit <-chan struct{}) {
		<-quit
		f.flushed++
	})
	return f
}

// Shutdown closes what Stop closes as well.
func (f *Flusher) Shutdown() {
	close(f.quit) // want `^f\.quit may be closed at line \d+ as well$`
	f.wg.Wait()
}

// A Drainer drains.
type Drainer struct {
	*plumbing
	drained int
}

// NewDrainer starts one.
func NewDrainer() *Drainer {
	d := &Drainer{plumbing: newPlumbing()}
	d.run(func(quit <-chan struct{}) { <-quit })
	return d
}

// Shutdown stops, as often as it likes.
func (d *Drainer) Shutdown() {
	d.Stop()
	d.drained++
}
