package nilchan

import "errors"

// -- objects of which one constructor makes the channel, and another does not --

type rescan struct {
	sub  string
	done chan error
}

type folder struct {
	path  string
	scans chan rescan
	pulls chan struct{}
}

func newFolder(path string) *folder {
	return &folder{path: path, scans: make(chan rescan), pulls: make(chan struct{}, 1)}
}

func newMirror(path string) *folder {
	f := &folder{path: path} // related `^this object is made without scans$`
	f.pulls = make(chan struct{}, 1)
	return f
}

func (f *folder) serve(stop <-chan struct{}) {
	for {
		select {
		case r := <-f.scans:
			r.done <- nil
		case <-f.pulls:
		case <-stop:
			return
		}
	}
}

func (f *folder) scan(sub string) error {
	r := rescan{sub, make(chan error, 1)}
	f.scans <- r // related `^f\.scans is nil here$`
	return <-r.done
}

func scanMirror(path string, stop <-chan struct{}) error {
	f := newMirror(path)
	go f.serve(stop)
	return f.scan("all") // want `^f\.scan blocks for ever: it sends to a channel that is nil$`
}

func scanFolder(path string, stop <-chan struct{}) error {
	f := newFolder(path)
	go f.serve(stop)
	return f.scan("all")
}

type tally struct {
	values chan int
}

func newTally() *tally { return &tally{values: make(chan int)} }

func countHere(c *tally) int {
	own := &tally{} // related `^this object is made without values$`
	go func() { c.values <- 1 }()
	return <-own.values // want `^this receive blocks for ever: own\.values is nil, since its object is made without one$`
}

// -- their neighbours --

type idle struct {
	on   bool
	jobs chan int
}

func newIdle() *idle { return &idle{on: true, jobs: make(chan int, 8)} }

func (i *idle) put(n int) error {
	if !i.on {
		return errors.New("off")
	}
	i.jobs <- n
	return nil
}

func putNowhere() error {
	l := &idle{}
	return l.put(1) // it has no jobs, and is off
}

type started struct{ jobs chan int }

func (s *started) start() { s.jobs = make(chan int, 1) }

func putStarted() {
	s := &started{}
	s.start()
	s.jobs <- 1
}

type noted struct{ notes chan int }

func newNoted() *noted { return &noted{notes: make(chan int, 1)} }

func (m *noted) note(n int) {
	if m.notes == nil {
		return
	}
	m.notes <- n
}

func noteNowhere() {
	m := &noted{}
	m.note(1)
}

type copied struct{ out chan int }

func newCopied() *copied { return &copied{out: make(chan int, 1)} }

func (c *copied) reset() { *c = *newCopied() }

func sendCopied() {
	c := &copied{}
	c.reset()
	c.out <- 1
}
