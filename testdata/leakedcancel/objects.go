package leakedcancel

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"sync"
	"sync/atomic"
)

// Objects that hold a cancel function, and a goroutine that waits for the
// context but does not own them.

type session struct {
	ctx    context.Context
	cancel context.CancelFunc
	id     string
	gone   chan struct{}
	once   sync.Once
}

func (s *session) wait() {
	defer close(s.gone)
	<-s.ctx.Done()
}

func (s *session) waitOrGone() {
	select {
	case <-s.ctx.Done():
	case <-s.gone:
	}
}

func (s *session) Close() error {
	s.shutdown()
	return nil
}

func (s *session) shutdown() { s.stopOnce() }
func (s *session) stopOnce() { s.once.Do(func() { s.cancel() }) }

func (s *session) abort(err error) error {
	s.cancel()
	return err
}

func open(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent) // want `^s\.cancel is not called on the path to the return on line 54$`
	go s.wait()
	if err := check(s.id); err != nil {
		return nil, err // related `^this return is reached without a call of s\.cancel$`
	}
	if err := check(s.id); err != nil {
		s.cancel()
		return nil, err
	}
	return s, nil
}

func openLiteral(parent context.Context, check func(string) error) (*session, error) {
	ctx, cancel := context.WithCancel(parent) // want `^cancel is not called on the path to the return on line 68$`
	s := &session{ctx: ctx, cancel: cancel, gone: make(chan struct{})}
	go s.wait()
	if err := check(s.id); err != nil {
		return nil, err // related `^this return is reached without a call of cancel$`
	}
	return s, nil
}

func openClosure(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent) // want `^s\.cancel is not called on the path to the return on line 80$`
	go func() {
		s.wait()
	}()
	if err := check(s.id); err != nil {
		return nil, err // related `^this return is reached without a call of s\.cancel$`
	}
	return s, nil
}

func openGroup(parent context.Context, group *sync.WaitGroup, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent) // want `^s\.cancel is not called on the path to the return on line 90$`
	group.Go(s.wait)
	if err := check(s.id); err != nil {
		return nil, err // related `^this return is reached without a call of s\.cancel$`
	}
	return s, nil
}

type feed struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (f *feed) wait() { <-f.ctx.Done() }

func openValue(parent context.Context, check func(string) error) (feed, error) {
	var f feed
	f.ctx, f.cancel = context.WithCancel(parent) // want `^f\.cancel is not called on the path to the return on line 107$`
	go f.wait()
	if err := check("feed"); err != nil {
		return feed{}, err // related `^this return is reached without a call of f\.cancel$`
	}
	return f, nil
}

func runFeed(parent context.Context, check func(string) error) error {
	f, err := openValue(parent, check)
	if err != nil {
		return err
	}
	defer f.cancel()
	return check("feed")
}

type client struct {
	session
	addr string
}

func openEmbedded(parent context.Context, check func(string) error) (*client, error) {
	c := &client{addr: "localhost"}
	c.gone = make(chan struct{})
	c.ctx, c.cancel = context.WithCancel(parent) // want `^c\.cancel is not called on the path to the return on line 132$`
	go c.wait()
	if err := check(c.addr); err != nil {
		return nil, err // related `^this return is reached without a call of c\.cancel$`
	}
	return c, nil
}

type watch struct {
	stop func() bool
	gone chan struct{}
}

func (w *watch) wait() { <-w.gone }
func (w *watch) end()  { w.stop() }

func openAfterFunc(parent context.Context, check func(string) error) (*watch, error) {
	w := &watch{gone: make(chan struct{})}
	w.stop = context.AfterFunc(parent, func() { close(w.gone) }) // want `^w\.stop is not called on the path to the return on line 150$`
	go w.wait()
	if err := check("watch"); err != nil {
		return nil, err // related `^this return is reached without a call of w\.stop$`
	}
	return w, nil
}

// -- made by a helper --

func newSession(parent context.Context) *session {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent) // related `^this call makes the cancel function$`
	go s.wait()
	return s
}

func trySession(parent context.Context) (*session, error) {
	if err := parent.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(parent) // related `^this call makes the cancel function$`
	s := &session{ctx: ctx, cancel: cancel, gone: make(chan struct{})}
	go s.wait()
	return s, nil
}

func helped(parent context.Context, check func(string) error) (*session, error) {
	s := newSession(parent) // want `^s\.cancel is not called on the path to the return on line 177$`
	if err := check(s.id); err != nil {
		return nil, err // related `^this return is reached without a call of s\.cancel$`
	}
	return s, nil
}

func triedHelp(parent context.Context, check func(string) error) (*session, error) {
	s, err := trySession(parent) // want `^s\.cancel is not called on the path to the return on line 188$`
	if err != nil {
		return nil, err
	}
	if err := check(s.id); err != nil {
		return nil, err // related `^this return is reached without a call of s\.cancel$`
	}
	return s, nil
}

func helpedDeferredTooLate(parent context.Context, check func(string) error) error {
	s := newSession(parent) // want `^s\.cancel is not called on the path to the return on line 196$`
	if err := check(s.id); err != nil {
		return err // related `^this return is reached without a call of s\.cancel$`
	}
	defer s.Close()
	return check(s.id)
}

func helpedClosed(parent context.Context, check func(string) error) (*session, error) {
	s := newSession(parent)
	if err := check(s.id); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func helpedDeferred(parent context.Context, check func(string) error) (_ *session, err error) {
	s := newSession(parent)
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

// helpedUser shows by nothing that it has to end the session.
func helpedUser(parent context.Context, check func(string) error) error {
	s := newSession(parent)
	return check(s.id)
}

func helpedFailed(parent context.Context, check func(string) error) (*session, error) {
	s, err := open(parent, check) // loses it itself, if it fails
	if err != nil {
		return nil, err
	}
	return s, nil
}

// helpedEnded goes on when the session has ended.
func helpedEnded(parent context.Context, ready <-chan int) (*session, error) {
	s := newSession(parent)
	select {
	case <-parent.Done():
		return nil, parent.Err()
	case <-s.ctx.Done():
		return nil, s.ctx.Err()
	case <-ready:
		return s, nil
	}
}

// -- found by others --

var sessions struct {
	sync.Mutex
	byID map[string]*session
	all  []*session
	last *session
}

func closeSessions() {
	for _, s := range sessions.byID {
		s.Close()
	}
}

func inMap(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	sessions.byID[s.id] = s
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

func inList(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	sessions.all = append(sessions.all, s)
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

type node struct {
	next *node
	s    *session
}

var nodes *node

func (n *node) link() {
	n.next = nodes
	nodes = n
}

func closeNodes() {
	for n := nodes; n != nil; n = n.next {
		n.s.Close()
	}
}

func inLinkedList(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	n := &node{s: s}
	n.link()
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

type closers struct{ list []io.Closer }

func (c *closers) track(one io.Closer)     { c.list = append(c.list, one) }
func (c *closers) trackSession(s *session) { c.track(s) }

func (c *closers) close() {
	for _, one := range c.list {
		one.Close()
	}
}

func (c *closers) inClosers(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	c.track(s)
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

func (c *closers) inClosersDeep(parent context.Context, check func(string) error) (*session, error) {
	ctx, cancel := context.WithCancel(parent)
	s := &session{ctx: ctx, cancel: cancel, gone: make(chan struct{})}
	c.trackSession(s)
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

func (c *closers) trackedByGoroutine(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go func() {
		c.trackSession(s)
		s.wait()
	}()
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

func (c *closers) own(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	mine := []io.Closer{s}
	if err := check(s.id); err != nil {
		for _, one := range mine {
			one.Close()
		}
		return nil, err
	}
	return s, nil
}

// -- handed on --

func withError(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	if err := check(s.id); err != nil {
		return s, err
	}
	return s, nil
}

type sessionError struct{ s *session }

func (e *sessionError) Error() string { return e.s.id }

func inError(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	if err := check(s.id); err != nil {
		return nil, &sessionError{s}
	}
	return s, nil
}

type wrapper struct{ s *session }

func newWrapper(s *session) *wrapper { return &wrapper{s} }

func wrapped(parent context.Context, check func(string) error) (*wrapper, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	w := newWrapper(s)
	if err := check(s.id); err != nil {
		return w, err
	}
	return w, nil
}

func sent(parent context.Context, started chan<- *session, check func(string) error) error {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	started <- s
	return check(s.id)
}

func (s *session) join(started chan<- *session) {
	started <- s
	s.wait()
}

func sentByGoroutine(parent context.Context, started chan<- *session, check func(string) error) error {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.join(started)
	return check(s.id)
}

func atEndOfParent(parent context.Context, onEnd func(func() error), check func(string) error) error {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	onEnd(s.Close)
	return check(s.id)
}

func (s *session) serve(handle func(*session)) {
	handle(s)
	s.wait()
}

func handedByGoroutine(parent context.Context, handle func(*session), check func(string) error) error {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.serve(handle)
	return check(s.id)
}

// -- called --

func closedDeep(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	if err := check(s.id); err != nil {
		s.shutdown()
		return nil, err
	}
	if err := check(s.id); err != nil {
		return nil, s.abort(err)
	}
	return s, nil
}

func closedOnFailure(parent context.Context, check func(string) error) (_ *session, err error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

func closedUnlessKept(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	keep := false
	defer func() {
		if !keep {
			s.shutdown()
		}
	}()
	if err := check(s.id); err != nil {
		return nil, err
	}
	keep = true
	return s, nil
}

func closedAsAny(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	if err := check(s.id); err != nil {
		closeAny(s)
		return nil, err
	}
	return s, nil
}

func closeAny(v any) {
	if c, ok := v.(io.Closer); ok {
		c.Close()
	}
}

type conn struct {
	ctx    context.Context
	cancel context.CancelFunc
	ended  atomic.Bool
}

func (c *conn) wait() {
	<-c.ctx.Done()
	c.ended.Store(true)
}

func (c *conn) end() {
	if c.ended.CompareAndSwap(false, true) {
		c.cancel()
	}
}

func newConn(parent context.Context) *conn {
	c := &conn{}
	c.ctx, c.cancel = context.WithCancel(parent)
	go c.wait()
	return c
}

func endedOnce(parent context.Context, check func(string) error) error {
	c := newConn(parent)
	if err := check("conn"); err != nil {
		c.cancel()
		return err
	}
	c.end()
	return nil
}

func (s *session) waitAndCancel() {
	defer s.cancel()
	<-s.gone
}

func calledByGoroutine(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.waitAndCancel()
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

func calledByClosure(parent context.Context, check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go func() {
		<-s.gone
		s.shutdown()
	}()
	if err := check(s.id); err != nil {
		return nil, err
	}
	return s, nil
}

func calledInLoop(parent context.Context, ids []string, check func(string) error) ([]*session, error) {
	var all []*session
	for _, id := range ids {
		s := &session{gone: make(chan struct{})}
		s.ctx, s.cancel = context.WithCancel(parent)
		go s.wait()
		all = append(all, s)
		if err := check(id); err != nil {
			for _, s := range all {
				s.Close()
			}
			return nil, err
		}
	}
	return all, nil
}

// -- nothing to call --

func checkedFirst(parent context.Context, check func(string) error) (*session, error) {
	if err := check("session"); err != nil {
		return nil, err
	}
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	return s, nil
}

func fatal(parent context.Context, check func(string) error) *session {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	if err := check(s.id); err != nil {
		log.Fatal(err)
	}
	if err := check(s.id); err != nil {
		os.Exit(1)
	}
	return s
}

func parentCancelled(parent context.Context, check func(string) error) error {
	parent, cancel := context.WithCancel(parent)
	defer cancel()
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	if err := check(s.id); err != nil {
		return err
	}
	return s.Close()
}

func parentCancelledHelped(parent context.Context, check func(string) error) error {
	parent, cancel := context.WithCancel(parent)
	defer cancel()
	s := newSession(parent)
	if err := check(s.id); err != nil {
		return err
	}
	return s.Close()
}

func parentEnded(parent context.Context, ready <-chan int) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.wait()
	select {
	case <-parent.Done():
		return nil, parent.Err()
	case <-ready:
		return s, nil
	}
}

// goroutineEnded leaves neither a goroutine behind nor a place in a parent.
func goroutineEnded(check func(string) error) (*session, error) {
	s := &session{gone: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	go s.waitOrGone()
	if err := check(s.id); err != nil {
		close(s.gone)
		return nil, errors.Join(err, errBusy)
	}
	return s, nil
}
