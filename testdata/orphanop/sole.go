package orphanop

// -- objects that are known by several names, and of which there is one --

type soleStop struct{ quiescer chan struct{} }

func newSoleStop() *soleStop { return &soleStop{quiescer: make(chan struct{})} }

func (s *soleStop) shouldQuiesce() <-chan struct{} {
	if s == nil {
		return nil
	}
	return s.quiescer
}

func (s *soleStop) stop() { close(s.quiescer) } // related `^this comes only later$`

type soleStore struct{ stopper *soleStop }

func (s *soleStore) start(st *soleStop) { s.stopper = st }

type soleReplica struct{ store *soleStore }

func (r *soleReplica) process() {
	<-r.store.stopper.shouldQuiesce() // want `^this receive from r\.store\.stopper\.shouldQuiesce\(\) blocks forever: nothing has been started that closes it$`
}

func stopTooLate() {
	st := newSoleStop()
	store := &soleStore{}
	store.start(st)
	r := &soleReplica{store: store}
	r.process()
	st.stop()
}

// Stopped by a goroutine.
type otherStopper struct{ quiescer chan struct{} }

func newOtherStopper() *otherStopper { return &otherStopper{quiescer: make(chan struct{})} }

func (s *otherStopper) stop() { close(s.quiescer) }

type otherStore struct{ stopper *otherStopper }

func (s *otherStore) start(st *otherStopper) { s.stopper = st }

func (s *otherStore) wait() { <-s.stopper.quiescer }

func stopBeside() {
	st := newOtherStopper()
	store := &otherStore{}
	store.start(st)
	go st.stop()
	store.wait()
}

// Two of them: one waits for the one before.
type soleLink struct{ done chan struct{} }

func newSoleLink() *soleLink { return &soleLink{done: make(chan struct{})} }

type soleChain struct{ last *soleLink }

func (c *soleChain) add() *soleLink {
	l := newSoleLink()
	c.last = l
	return l
}

func (l *soleLink) end() { close(l.done) }

func (c *soleChain) wait() { <-c.last.done }

func chained() {
	c := &soleChain{}
	c.add().end()
	before := c.last
	next := c.add()
	c.last = before
	c.wait()
	next.end()
}

// Others may stop it.
type handedStopper struct{ quiescer chan struct{} }

func (s *handedStopper) Stop() { close(s.quiescer) }

type handedStore struct{ stopper *handedStopper }

func (s *handedStore) wait() { <-s.stopper.quiescer }

type soleStopper interface{ Stop() }

var keepStopper = func(soleStopper) {}

func stopByOthers() {
	st := &handedStopper{quiescer: make(chan struct{})}
	keepStopper(st)
	store := &handedStore{stopper: st}
	store.wait()
	st.Stop()
}
