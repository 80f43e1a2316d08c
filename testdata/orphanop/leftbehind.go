package orphanop

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// -- goroutines that an early return does not tell to end --

func watchProcess(p *os.Process, every time.Duration, done <-chan struct{}, out chan<- int) {
	t := time.NewTicker(every)
	defer t.Stop()
	n := 0
	for {
		select {
		case <-t.C:
			n += p.Pid
		case <-done: // want `^this receive from done may never come: nothing closes it after the return at line \d+$`
			out <- n
			return
		}
	}
}

func runProcess(p *os.Process) (int, error) {
	done := make(chan struct{})
	out := make(chan int, 1)
	go watchProcess(p, time.Second, done, out)
	if _, err := p.Wait(); err != nil {
		return 0, err // related `^this return leaves the channel open$`
	}
	close(done)
	return <-out, nil
}

func goOn(name string) error {
	start := make(chan bool)
	go func() {
		if <-start { // want `^this receive from start may never come: nothing sends to it after the return at line \d+$`
			os.Remove(name)
		}
	}()
	info, err := os.Stat(name)
	if err != nil {
		return err // related `^this return comes before what is received$`
	}
	start <- info.IsDir()
	return nil
}

// watchDeferred closes done on all ways.
func watchDeferred(p *os.Process) (int, error) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				println(p.Pid)
			case <-done:
				return
			}
		}
	}()
	if _, err := p.Wait(); err != nil {
		return 0, err
	}
	return p.Pid, nil
}

// watchWithContext has a goroutine that ends with the context as well.
func watchWithContext(ctx context.Context, p *os.Process) error {
	done := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			p.Kill()
		case <-done:
		}
	}()
	if _, err := p.Wait(); err != nil {
		return err
	}
	close(done)
	return nil
}

// watchFails closes done where it fails, too.
func watchFails(p *os.Process) error {
	done := make(chan struct{})
	go func() {
		<-done
		p.Release()
	}()
	if _, err := p.Wait(); err != nil {
		close(done)
		return err
	}
	close(done)
	return nil
}

// watchBefore fails before there is a goroutine.
func watchBefore(p *os.Process) error {
	if p == nil {
		return errors.New("no process")
	}
	done := make(chan struct{})
	go func() {
		<-done
		p.Release()
	}()
	_, err := p.Wait()
	close(done)
	return err
}

// watchHandedOn has others close it.
func watchHandedOn(p *os.Process, later func(func())) error {
	done := make(chan struct{})
	go func() {
		<-done
		p.Release()
	}()
	later(func() { close(done) })
	if _, err := p.Wait(); err != nil {
		return err
	}
	return nil
}

// watchUntil gives up by itself.
func watchUntil(p *os.Process) error {
	done := make(chan struct{})
	go func() {
		for range 10 {
			select {
			case <-done:
				return
			case <-time.After(time.Second):
				println(p.Pid)
			}
		}
	}()
	if _, err := p.Wait(); err != nil {
		return err
	}
	close(done)
	return nil
}

// -- elements of a container that are not closed --

func sharded(ctx context.Context, in <-chan int, n int, add func(int)) error {
	queues := make([]chan int, n)
	var wg sync.WaitGroup
	for i := range queues {
		queues[i] = make(chan int, 32)
		wg.Add(1)
		go func(q <-chan int) {
			defer wg.Done()
			for v := range q { // want `^this range over q may never end: nothing closes it after the return at line \d+$`
				add(v)
			}
		}(queues[i])
	}
	if err := deal(ctx, in, queues); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func deal(ctx context.Context, in <-chan int, queues []chan int) error {
	for {
		select {
		case v, ok := <-in:
			if !ok {
				for _, q := range queues {
					close(q)
				}
				return nil
			}
			queues[v%len(queues)] <- v
		case <-ctx.Done():
			return ctx.Err() // related `^this return leaves the channel open$`
		}
	}
}

func shardedAtOnce(in []int, n int, add func(int), check func(int) error) error {
	queues := make([]chan int, n)
	for i := range queues {
		queues[i] = make(chan int, 32)
		go func(q <-chan int) {
			for v := range q { // want `^this range over q may never end: nothing closes it after the return at line \d+$`
				add(v)
			}
		}(queues[i])
	}
	for _, v := range in {
		if err := check(v); err != nil {
			return err // related `^this return leaves the channel open$`
		}
		queues[v%n] <- v
	}
	for _, q := range queues {
		close(q)
	}
	return nil
}

// All are closed on each way.
func shardedClosed(ctx context.Context, in <-chan int, n int, add func(int)) error {
	queues := make([]chan int, n)
	for i := range queues {
		queues[i] = make(chan int, 32)
		go func(q <-chan int) {
			for v := range q {
				add(v)
			}
		}(queues[i])
	}
	return dealAll(ctx, in, queues)
}

func dealAll(ctx context.Context, in <-chan int, queues []chan int) error {
	defer func() {
		for _, q := range queues {
			close(q)
		}
	}()
	for {
		select {
		case v, ok := <-in:
			if !ok {
				return nil
			}
			queues[v%len(queues)] <- v
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Where the caller gets an error, it closes them.
func shardedByCaller(in []int, n int, add func(int), check func(int) error) error {
	queues := make([]chan int, n)
	for i := range queues {
		queues[i] = make(chan int, 32)
		go func(q <-chan int) {
			for v := range q {
				add(v)
			}
		}(queues[i])
	}
	var failed error
	for _, v := range in {
		if failed = check(v); failed != nil {
			break
		}
		queues[v%n] <- v
	}
	for _, q := range queues {
		close(q)
	}
	return failed
}

// -- answers by functions that are called --

type settings struct{ apply func(string) }

func (s *settings) load(loaded chan<- string) error {
	b, err := os.ReadFile("settings")
	if err != nil {
		return err // related `^this return comes before what is received$`
	}
	loaded <- string(b)
	return nil
}

func (s *settings) reload() error {
	loaded := make(chan string)
	go func() {
		s.apply(<-loaded) // want `^this receive from loaded may never come: nothing sends to it after the return at line \d+$`
	}()
	return s.load(loaded)
}

type rowLog struct {
	rows    chan string
	written chan int
}

func beginLog(write func(string)) *rowLog {
	l := &rowLog{rows: make(chan string, 16), written: make(chan int, 1)}
	go l.flush(write)
	return l
}

func (l *rowLog) flush(write func(string)) {
	n := 0
	for r := range l.rows { // want `^this range over l\.rows may never end: nothing closes it after the return at line \d+$`
		write(r)
		n++
	}
	l.written <- n
}

func (l *rowLog) finish() int {
	close(l.rows)
	return <-l.written
}

func (l *rowLog) add(row string) error {
	if row == "" {
		return errors.New("empty")
	}
	l.rows <- row
	return nil
}

func logRows(write func(string), rows ...string) error {
	l := beginLog(write)
	for _, r := range rows {
		if err := l.add(r); err != nil {
			return err // related `^this return leaves the channel open$`
		}
	}
	l.finish()
	return nil
}

// What closes knows whether it has done so before.
type openOnce struct {
	rows   chan string
	closed bool
}

func (l *openOnce) finish() error {
	if l.closed {
		return nil
	}
	l.closed = true
	close(l.rows)
	return nil
}

func logOnce(write func(string), rows ...string) error {
	l := &openOnce{rows: make(chan string)}
	go func() {
		for r := range l.rows {
			write(r)
		}
	}()
	for _, r := range rows {
		l.rows <- r
	}
	return l.finish()
}

// -- objects that other packages are given, and of which they do not see the channel --

type progress struct {
	n       int
	stopped chan struct{}
}

func (p *progress) Write(b []byte) (int, error) {
	p.n += len(b)
	return len(b), nil
}

func (p *progress) start()      { go p.report() }
func (p *progress) report() int { <-p.stopped; return p.n } // want `^this receive from p\.stopped may never come: nothing closes it after the return at line \d+$`
func (p *progress) stop()       { close(p.stopped) }
func newProgress() *progress    { return &progress{stopped: make(chan struct{})} }

func copied(dst io.Writer, src io.Reader) error {
	p := newProgress()
	p.start()
	if _, err := io.Copy(dst, io.TeeReader(src, p)); err != nil {
		return err // related `^this return leaves the channel open$`
	}
	p.stop()
	return nil
}

// Who is given this one closes it.
type closer struct{ stopped chan struct{} }

func (c *closer) Close() error { close(c.stopped); return nil }

func closedByOthers(keep interface{ Keep(io.Closer) }, check func() error) error {
	c := &closer{stopped: make(chan struct{})}
	go func() { <-c.stopped }()
	keep.Keep(c)
	if err := check(); err != nil {
		return err
	}
	close(c.stopped)
	return nil
}

// What closes does so at one time, which may have been before.
type queueOnce struct {
	stop chan struct{}
	once sync.Once
}

func newQueueOnce(work func()) *queueOnce {
	q := &queueOnce{stop: make(chan struct{})}
	go func() {
		<-q.stop
		work()
	}()
	return q
}

func (q *queueOnce) shutDown() { q.once.Do(func() { close(q.stop) }) }

func shutDownThen(work func(), late <-chan int) error {
	q := newQueueOnce(work)
	q.shutDown()
	select {
	case <-late:
		return errors.New("late")
	default:
		return nil
	}
}

// An answer that is owed to who has the request.
type savedBatch struct {
	rows  []string
	saved chan struct{}
}

func applyBatches(batches <-chan *savedBatch, apply func(string)) {
	for b := range batches {
		for _, r := range b.rows {
			apply(r)
		}
		<-b.saved // related `^b\.saved is waited for here$`
	}
}

func startApplying(apply func(string), save func([]string) error, all [][]string) error {
	batches := make(chan *savedBatch)
	defer close(batches)
	go applyBatches(batches, apply)
	for _, rows := range all {
		if err := saveBatch(batches, save, rows); err != nil {
			return err
		}
	}
	return nil
}

func saveBatch(batches chan<- *savedBatch, save func([]string) error, rows []string) error {
	b := &savedBatch{rows: rows, saved: make(chan struct{}, 1)}
	batches <- b
	if err := save(rows); err != nil {
		return err // want `^this return does not send on b\.saved: who waits for that at line \d+ blocks forever$`
	}
	b.saved <- struct{}{}
	return nil
}
