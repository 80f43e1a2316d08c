package front

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/concurrencyvet/concurrencyvet/internal/format"
)

// A progress shows how far a run is, in a line that is written over and over, to a
// person who waits for it: not in logs, and not before a second has passed.
type progress struct {
	w     io.Writer
	shows bool

	mu       sync.Mutex
	packages int
	line     string // what is there of the line, empty if it is not
	ended    chan struct{}
	done     sync.WaitGroup
}

// newProgress returns a progress on w.
func newProgress(w io.Writer) *progress {
	return &progress{w: w, shows: isTerminal(w) && os.Getenv("TERM") != "dumb" && os.Getenv("CI") == "", ended: make(chan struct{})}
}

const (
	progressDelay    = time.Second
	progressInterval = 200 * time.Millisecond
)

// start begins to show the progress.
func (p *progress) start() {
	if !p.shows {
		return
	}
	began := time.Now()
	p.done.Go(func() {
		ticker := time.NewTicker(progressInterval)
		defer ticker.Stop()
		for {
			select {
			case now := <-ticker.C:
				p.show(now.Sub(began))
			case <-p.ended:
				return
			}
		}
	})
}

// stop ends it and takes the line away.
func (p *progress) stop() {
	close(p.ended)
	p.done.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// show writes the line, when so much time has passed.
func (p *progress) show(passed time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if passed < progressDelay {
		return
	}
	line := fmt.Sprintf("%s done, %s", format.Plural(p.packages, "package"), passed.Truncate(time.Second))
	if line != p.line {
		p.clear()
		io.WriteString(p.w, line)
		p.line = line
	}
}

// clear takes the line away. The lock is held.
func (p *progress) clear() {
	if p.line != "" {
		io.WriteString(p.w, "\r\x1b[K")
		p.line = ""
	}
}

// Write passes on what others have to say in between.
func (p *progress) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	return p.w.Write(data)
}

// A counter counts the packages in the standard output of go vet: each is a JSON
// object that begins a line. Objects within it do not, and lines begin with blanks there.
type counter struct {
	progress *progress
	inLine   bool
}

// Write receives a part of the stream.
func (c *counter) Write(data []byte) (int, error) {
	n := 0
	for _, b := range data {
		if b == '{' && !c.inLine {
			n++
		}
		c.inLine = b != '\n'
	}
	c.progress.mu.Lock()
	c.progress.packages += n
	c.progress.mu.Unlock()
	return len(data), nil
}
