package leakedsend

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"

	"fixture.example/leakedsend/dep"
)

// -- sends with a way out that the receiver does not open --

var errNegative = errors.New("negative")

// stopSometimes closes stop for one error, and not for the other.
func stopSometimes(in []int, do func(int) error) error {
	queue := make(chan int) // related `^queue is made here, with room for 0$`
	stop := make(chan struct{})
	go func() {
		defer close(queue)
		for _, n := range in {
			select {
			case queue <- n: // want `^this send on queue may block forever: its receiver may be gone by line \d+$`
			case <-stop: // related `^stop is no way out, for nothing comes from it then$`
				return
			}
		}
	}()
	for n := range queue {
		if n < 0 {
			return errNegative // related `^here the receiver of queue returns$`
		}
		if err := do(n); err != nil {
			close(stop)
			return err
		}
	}
	return nil
}

// stopByLiterals has literals that send and stop.
func stopByLiterals(in []int, do func(int) error) ([]int, error) {
	queue := make(chan int) // related `^queue is made here, with room for 0$`
	stop := make(chan struct{})
	publish := func(n int) bool {
		select {
		case queue <- n: // want `^this send on queue may block forever: its receiver may be gone by line \d+$`
			return true
		case <-stop: // related `^stop is no way out, for nothing comes from it then$`
			return false
		}
	}
	abort := func(done []int, err error) ([]int, error) {
		close(stop)
		return done, err
	}
	go func() {
		defer close(queue)
		for _, n := range in {
			if !publish(n) {
				return
			}
		}
	}()
	var done []int
	for n := range queue {
		if n < 0 {
			return done, errNegative // related `^here the receiver of queue returns$`
		}
		if err := do(n); err != nil {
			return abort(done, err)
		}
		done = append(done, n)
	}
	return done, nil
}

// Numbers are read by whoever opens it.
type itemSource struct {
	items chan int
	stop  chan struct{}
}

func openItems(in []int) *itemSource {
	s := &itemSource{items: make(chan int), stop: make(chan struct{})} // related `^s\.items is made here, with room for 0$`
	go s.loop(in)
	return s
}

func (s *itemSource) loop(in []int) {
	defer close(s.items)
	for _, n := range in {
		select {
		case s.items <- n: // want `^this send on s\.items may block forever: its receiver may be gone by line \d+$`
		case <-s.stop: // related `^s\.stop is no way out, for nothing comes from it then$`
			return
		}
	}
}

func (s *itemSource) all() <-chan int { return s.items }
func (s *itemSource) end()            { close(s.stop) }

func readItems(in []int, do func(int) error) error {
	s := openItems(in)
	for n := range s.all() {
		if n < 0 {
			return errNegative // related `^here the receiver of s\.items returns$`
		}
		if err := do(n); err != nil {
			s.end()
			return err
		}
	}
	return nil
}

// An agent embeds what its goroutine sends to.
type eventBus struct {
	events chan int
	quit   chan struct{}
	once   sync.Once
}

func newEventBus() *eventBus {
	return &eventBus{events: make(chan int, 1), quit: make(chan struct{})}
}

func (b *eventBus) emit(n int) bool {
	select {
	case b.events <- n: // want `^this send on b\.events may block forever: its receiver may be gone by line \d+$`
		return true
	case <-b.quit: // related `^b\.quit is no way out, for nothing comes from it then$`
		return false
	}
}

func (b *eventBus) shutdown() { b.once.Do(func() { close(b.quit) }) }

type eventAgent struct {
	*eventBus
	in []int
}

func newEventAgent(in []int) *eventAgent { return &eventAgent{newEventBus(), in} }

func (a *eventAgent) discover() {
	for _, n := range a.in {
		if !a.emit(n) || !a.emit(n+1) {
			return
		}
	}
}

func (a *eventAgent) run(do func(int) error) error {
	go a.discover()
	for {
		n := <-a.events
		if n == 0 {
			a.shutdown()
			return nil
		}
		if err := do(n); err != nil {
			return err // related `^here the receiver of b\.events returns$`
		}
	}
}

// ... and stops it in any case.
type calmBus struct {
	events chan int
	quit   chan struct{}
	once   sync.Once
}

func (b *calmBus) emit(n int) bool {
	select {
	case b.events <- n:
		return true
	case <-b.quit:
		return false
	}
}

func (b *calmBus) shutdown() { b.once.Do(func() { close(b.quit) }) }

type calmAgent struct {
	*calmBus
	in []int
}

func newCalmAgent(in []int) *calmAgent {
	return &calmAgent{&calmBus{events: make(chan int, 1), quit: make(chan struct{})}, in}
}

func (a *calmAgent) discover() {
	for _, n := range a.in {
		if !a.emit(n) || !a.emit(n+1) {
			return
		}
	}
}

func (a *calmAgent) run(do func(int) error) error {
	defer a.shutdown()
	go a.discover()
	for {
		n := <-a.events
		if n == 0 {
			return nil
		}
		if err := do(n); err != nil {
			return err
		}
	}
}

// An agent that others may stop.
type stoppedBus struct {
	events chan int
	quit   chan struct{}
	in     []int
}

func newStoppedBus(in []int) *stoppedBus {
	return &stoppedBus{make(chan int), make(chan struct{}), in}
}

func (b *stoppedBus) discover() {
	for _, n := range b.in {
		select {
		case b.events <- n:
		case <-b.quit:
			return
		}
	}
}

func (b *stoppedBus) run(do func(int) error) error {
	go b.discover()
	for n := range b.events {
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

func runStopped(in []int, do func(int) error) error {
	b := newStoppedBus(in)
	defer close(b.quit)
	return b.run(do)
}

// stopDeferred closes stop on all ways.
func stopDeferred(in []int, do func(int) error) error {
	queue := make(chan int)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(queue)
		for _, n := range in {
			select {
			case queue <- n:
			case <-stop:
				return
			}
		}
	}()
	for n := range queue {
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

// stopOnError closes it by a deferred literal where there is an error.
func stopOnError(in []int, do func(int) error) (err error) {
	queue := make(chan int)
	stop := make(chan struct{})
	defer func() {
		if err != nil {
			close(stop)
		}
	}()
	go func() {
		defer close(queue)
		for _, n := range in {
			select {
			case queue <- n:
			case <-stop:
				return
			}
		}
	}()
	for n := range queue {
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

// stopAndDrain closes stop and receives what comes until the sender has seen it.
func stopAndDrain(in []int, do func(int) error) (err error) {
	queue := make(chan int)
	stop := make(chan struct{})
	go func() {
		defer close(queue)
		for _, n := range in {
			select {
			case queue <- n:
			case <-stop:
				return
			}
		}
	}()
	for n := range queue {
		if err == nil {
			if err = do(n); err != nil {
				close(stop)
			}
		}
	}
	return err
}

// stopByCaller returns what the caller is to stop it with.
func stopByCaller(in []int) (first int, stop func()) {
	queue := make(chan int)
	end := make(chan struct{})
	go func() {
		for _, n := range in {
			select {
			case queue <- n:
			case <-end:
				return
			}
		}
	}()
	return <-queue, func() { close(end) }
}

// stopByOther has another goroutine close stop.
func stopByOther(ctx context.Context, in []int, do func(int) error) error {
	queue := make(chan int)
	stop := make(chan struct{})
	go func() {
		<-ctx.Done()
		close(stop)
	}()
	go func() {
		defer close(queue)
		for _, n := range in {
			select {
			case queue <- n:
			case <-stop:
				return
			}
		}
	}()
	for n := range queue {
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

// stopByContext may be cancelled by whoever has made the context.
func stopByContext(ctx context.Context, in []int, do func(int) error) error {
	queue := make(chan int)
	go func() {
		defer close(queue)
		for _, n := range in {
			select {
			case queue <- n:
			case <-ctx.Done():
				return
			}
		}
	}()
	for n := range queue {
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

// stopBySender is told to end by a value.
func stopBySender(in []int, do func(int) error) error {
	queue := make(chan int)
	stop := make(chan bool, 1)
	go func() {
		defer close(queue)
		for _, n := range in {
			select {
			case queue <- n:
			case <-stop:
				return
			}
		}
	}()
	for n := range queue {
		if err := do(n); err != nil {
			stop <- true
			return err
		}
	}
	return nil
}

// -- sends of which some exclude each other --

func threeWays(a, b func() error) error {
	errs := make(chan error, 2)
	go func() {
		if err := a(); err != nil {
			errs <- err
		}
		if err := b(); err != nil {
			errs <- err
			return
		}
		errs <- nil
	}()
	return <-errs
}

// -- buffers that are not meant for all --

type library struct{ docs []string }

func (c *library) scan(prefix string) <-chan string {
	matches := make(chan string, 4) // related `^matches is made here, with room for 4$`
	go func() {
		defer close(matches)
		for _, d := range c.docs {
			if len(d) > len(prefix) {
				matches <- d // want `^this send on matches may block forever: its receiver may be gone by line \d+$`
			}
		}
	}()
	return matches
}

func (c *library) suggest(prefix string, limit int) (found []string) {
	for m := range c.scan(prefix) {
		found = append(found, m)
		if len(found) == limit {
			break
		}
	}
	return found // related `^here the receiver of matches returns$`
}

// roomForFew is for the few that there are.
func roomForFew(limit int) (found []string) {
	names := []string{"a", "b"}
	out := make(chan string, 2)
	go func() {
		defer close(out)
		for _, n := range names {
			out <- n
		}
	}()
	for n := range out {
		found = append(found, n)
		if len(found) == limit {
			break
		}
	}
	return found
}

// -- a flag that says whether the receiver runs --

type lister struct {
	running bool
	list    chan chan int
	stop    chan struct{}
	stopped chan struct{}
}

func (l *lister) start() {
	if l.running {
		return
	}
	l.running = true
	l.stop = make(chan struct{})
	l.stopped = make(chan struct{})
	go l.run(l.stop, l.stopped)
}

func (l *lister) run(stop, stopped chan struct{}) {
	defer close(stopped)
	for {
		select {
		case r := <-l.list:
			r <- 1
		case <-stop:
			return
		}
	}
}

func (l *lister) end() {
	if l.running {
		close(l.stop)
		<-l.stopped
		l.running = false
	}
}

func (l *lister) get() int {
	if l.running {
		r := make(chan int, 1)
		l.list <- r
		return <-r
	}
	return 0
}

func listAndStop() int {
	l := &lister{list: make(chan chan int)}
	l.start()
	n := l.get()
	l.end()
	return n + l.get()
}

// -- a stream of another package --

func readStream(n, most int) (all []int, err error) {
	s := dep.Open(n) // want `^a send on s\.items by this call may block forever: its receiver may be gone by line \d+$`
	for i := range s.Items() {
		all = append(all, i)
		if len(all) == most {
			return all, nil // related `^here the receiver of s\.items returns$`
		}
	}
	s.Close()
	return all, s.Err()
}

func readStreamDeferred(n, most int) (all []int, err error) {
	s := dep.Open(n)
	defer s.Close()
	for i := range s.Items() {
		all = append(all, i)
		if len(all) == most {
			return all, nil
		}
	}
	return all, s.Err()
}

func scanAhead(r io.Reader, do func(string) error) error {
	lines := make(chan string, 16) // related `^lines is made here, with room for 16$`
	go func() {
		defer close(lines)
		sc := bufio.NewScanner(r)
		for sc.Scan() {
			lines <- sc.Text() // want `^this send on lines may block forever: its receiver may be gone by line \d+$`
		}
	}()
	for line := range lines {
		if err := do(line); err != nil {
			return err // related `^here the receiver of lines returns$`
		}
	}
	return nil
}

// -- buffers of a size that is not known --

func importLines(r io.Reader, writers int, insert func(string) error) error {
	lines := make(chan string, 2*writers) // related `^lines is made here, with room for some$`
	go func() {
		defer close(lines)
		sc := bufio.NewScanner(r)
		for sc.Scan() {
			lines <- sc.Text() // want `^this send on lines may block forever: its receiver may be gone by line \d+$`
		}
	}()
	for line := range lines {
		if err := insert(line); err != nil {
			return err // related `^here the receiver of lines returns$`
		}
	}
	return nil
}

// roomForAllItems has room for each of a list.
func roomForAllItems(items []string, insert func(string) error) error {
	lines := make(chan string, len(items))
	go func() {
		defer close(lines)
		for _, item := range items {
			lines <- item
		}
	}()
	for line := range lines {
		if err := insert(line); err != nil {
			return err
		}
	}
	return nil
}
