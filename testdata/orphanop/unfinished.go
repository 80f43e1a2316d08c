package orphanop

import (
	"errors"
	"log"
	"os"
	"sync"
	"time"
)

// -- goroutines that return before they tell that they have come so far --

type tables struct {
	once  sync.Once
	ready chan struct{}
	all   map[string][]byte
	err   error
}

func newTables() *tables { return &tables{ready: make(chan struct{})} }

func (t *tables) load() {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.err = err
		close(t.ready)
		return
	}
	all := make(map[string][]byte)
	for _, e := range entries {
		b, err := os.ReadFile(e.Name())
		if err != nil {
			t.err = err
			return // want `^this return does not close t\.ready: who waits for that at line \d+ blocks forever$`
		}
		all[e.Name()] = b
	}
	t.all = all
	close(t.ready)
}

func (t *tables) table(name string) ([]byte, error) {
	t.once.Do(func() { go t.load() })
	<-t.ready // related `^t\.ready is waited for here$`
	return t.all[name], t.err
}

// The close is deferred.
type safeTables struct {
	ready chan struct{}
	all   [][]byte
}

func newSafeTables() *safeTables {
	t := &safeTables{ready: make(chan struct{})}
	go t.load()
	return t
}

func (t *safeTables) load() {
	defer close(t.ready)
	b, err := os.ReadFile("a")
	if err != nil {
		return
	}
	t.all = append(t.all, b)
}

func (t *safeTables) wait() [][]byte {
	<-t.ready
	return t.all
}

// Who waits has something else to wait for.
type patientTables struct {
	ready  chan struct{}
	failed chan error
}

func newPatientTables() *patientTables {
	t := &patientTables{ready: make(chan struct{}), failed: make(chan error, 1)}
	go t.load()
	return t
}

func (t *patientTables) load() {
	if _, err := os.ReadFile("a"); err != nil {
		t.failed <- err
		return
	}
	close(t.ready)
}

func (t *patientTables) wait() error {
	select {
	case <-t.ready:
		return nil
	case err := <-t.failed:
		return err
	}
}

// The load is tried again.
type triedTables struct{ ready chan struct{} }

func newTriedTables() *triedTables {
	t := &triedTables{ready: make(chan struct{})}
	for range 3 {
		go t.load()
		time.Sleep(time.Second)
	}
	return t
}

func (t *triedTables) load() {
	if _, err := os.ReadFile("a"); err != nil {
		return
	}
	close(t.ready)
}

func (t *triedTables) wait() { <-t.ready }

// ... by who calls it.
type retriedTables struct{ ready chan struct{} }

func newRetriedTables() *retriedTables {
	t := &retriedTables{ready: make(chan struct{})}
	go t.run()
	return t
}

func (t *retriedTables) run() {
	for t.load() != nil {
		time.Sleep(time.Second)
	}
}

func (t *retriedTables) load() error {
	if _, err := os.ReadFile("a"); err != nil {
		return err
	}
	close(t.ready)
	return nil
}

func (t *retriedTables) wait() { <-t.ready }

// The process ends.
type fatalTables struct{ ready chan struct{} }

func newFatalTables() *fatalTables {
	t := &fatalTables{ready: make(chan struct{})}
	go t.load()
	return t
}

func (t *fatalTables) load() {
	if _, err := os.ReadFile("a"); err != nil {
		log.Fatal(err)
	}
	close(t.ready)
}

func (t *fatalTables) wait() { <-t.ready }

// -- objects that a callee makes and publishes --

type fetching struct {
	done chan struct{}
	data []byte
}

type fetches struct {
	mu  sync.Mutex
	all map[string]*fetching
}

func (f *fetches) begin(name string) *fetching {
	n := &fetching{done: make(chan struct{})}
	f.mu.Lock()
	f.all[name] = n
	f.mu.Unlock()
	return n
}

func (f *fetches) end(name string, n *fetching) error {
	b, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return err // want `^this return does not close n\.done: who waits for that at line \d+ blocks forever$`
	}
	n.data = b
	close(n.done)
	return err
}

func (f *fetches) fetch(name string) error {
	return f.end(name, f.begin(name))
}

func (f *fetches) wait(name string) []byte {
	f.mu.Lock()
	n := f.all[name]
	f.mu.Unlock()
	<-n.done // related `^n\.done is waited for here$`
	return n.data
}

// -- a start that is answered only where it succeeds --

type started struct {
	mu      sync.Mutex
	applied int
	ready   chan error
	done    chan struct{}
}

func (s *started) restore() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("corrupt")
		}
	}()
	b, err := os.ReadFile("state")
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.applied = int(b[0])
	s.mu.Unlock()
	return nil
}

func (s *started) run() {
	defer close(s.done)
	if err := s.restore(); err != nil {
		log.Println(err)
		return // related `^the goroutine returns here without a send$`
	}
	s.ready <- nil
}

func start() (*started, error) {
	s := &started{ready: make(chan error, 1), done: make(chan struct{})}
	go s.run()
	if err := <-s.ready; err != nil { // want `^this receive from s\.ready may block forever: its sender may return at line \d+ without a send$`
		return nil, err
	}
	return s, nil
}

// An object that a callee has may be answered by others.
type keptStarted struct {
	mu    sync.Mutex
	ready chan error
}

var allStarted []*keptStarted

func (s *keptStarted) register() {
	s.mu.Lock()
	allStarted = append(allStarted, s)
	s.mu.Unlock()
}

func (s *keptStarted) run() {
	if _, err := os.ReadFile("state"); err != nil {
		return
	}
	s.ready <- nil
}

func failAll() {
	for _, s := range allStarted {
		s.ready <- errors.New("failed")
	}
}

func startKept() error {
	s := &keptStarted{ready: make(chan error, 1)}
	s.register()
	go s.run()
	return <-s.ready
}

// -- conditions that nobody is woken for --

type plugin struct {
	mu       sync.Mutex
	active   *sync.Cond
	manifest []byte
	err      error
}

func newPlugin() *plugin {
	p := &plugin{}
	p.active = sync.NewCond(&p.mu)
	go p.activate()
	return p
}

func (p *plugin) activate() {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, err := os.ReadFile("manifest")
	if err != nil {
		p.err = err
		return // want `^this return does not wake p\.active: who waits for that at line \d+ blocks forever$`
	}
	p.manifest = b
	p.active.Broadcast()
}

func (p *plugin) wait() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.manifest == nil {
		p.active.Wait() // related `^p\.active is waited for here$`
	}
	return p.err
}

// Others wake them, too.
type stoppablePlugin struct {
	mu       sync.Mutex
	active   *sync.Cond
	manifest []byte
	stopped  bool
}

func newStoppablePlugin() *stoppablePlugin {
	p := &stoppablePlugin{}
	p.active = sync.NewCond(&p.mu)
	go p.activate()
	return p
}

func (p *stoppablePlugin) activate() {
	b, err := os.ReadFile("manifest")
	if err != nil {
		p.stop()
		return
	}
	p.mu.Lock()
	p.manifest = b
	p.mu.Unlock()
	p.active.Broadcast()
}

func (p *stoppablePlugin) stop() {
	p.mu.Lock()
	p.stopped = true
	p.mu.Unlock()
	p.active.Broadcast()
}

func (p *stoppablePlugin) wait() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.manifest == nil && !p.stopped {
		p.active.Wait()
	}
	return p.manifest
}

// ... or a deferred call does.
type wokenPlugin struct {
	mu       sync.Mutex
	active   *sync.Cond
	manifest []byte
	err      error
}

func newWokenPlugin() *wokenPlugin {
	p := &wokenPlugin{}
	p.active = sync.NewCond(&p.mu)
	go p.activate()
	return p
}

func (p *wokenPlugin) activate() {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.active.Broadcast()
	p.manifest, p.err = os.ReadFile("manifest")
	if p.err != nil {
		return
	}
	p.manifest = append(p.manifest, 0)
}

func (p *wokenPlugin) wait() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.manifest == nil && p.err == nil {
		p.active.Wait()
	}
	return p.manifest
}

// -- closes by a function that the goroutine alone calls --

type service struct {
	done chan struct{}
	mu   sync.Mutex
	err  error
}

func (s *service) finish(err error) {
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	close(s.done)
}

func (s *service) wait() error {
	<-s.done // related `^s\.done is waited for here$`
	return s.err
}

type fileService struct {
	service
	name string
}

func startFileService(name string) *fileService {
	f := &fileService{name: name}
	f.done = make(chan struct{})
	go f.serve()
	return f
}

func (f *fileService) serve() {
	b, err := os.ReadFile(f.name)
	if err != nil {
		log.Println(err)
		return // want `^this return does not close f\.service\.done: who waits for that at line \d+ blocks forever$`
	}
	println(len(b))
	f.finish(nil)
}

// -- goroutines that wait for a close of the function that starts them --

type syncedWorkers struct {
	keys   chan string
	synced chan struct{}
}

func newSyncedWorkers() *syncedWorkers {
	return &syncedWorkers{make(chan string), make(chan struct{})}
}

func (s *syncedWorkers) work() {
	<-s.synced // related `^s\.synced is waited for here$`
	for key := range s.keys {
		println(key)
	}
}

func (s *syncedWorkers) run(n int) error {
	for range n {
		go s.work()
	}
	if _, err := os.ReadFile("cache"); err != nil {
		return err // want `^this return does not close s\.synced: who waits for that at line \d+ blocks forever$`
	}
	close(s.synced)
	return nil
}

// The workers are started when nothing can fail any more.
type lateWorkers struct {
	keys   chan string
	synced chan struct{}
}

func newLateWorkers() *lateWorkers { return &lateWorkers{make(chan string), make(chan struct{})} }

func (s *lateWorkers) work() {
	<-s.synced
	for key := range s.keys {
		println(key)
	}
}

func (s *lateWorkers) run(n int) error {
	if _, err := os.ReadFile("cache"); err != nil {
		return err
	}
	for range n {
		go s.work()
	}
	close(s.synced)
	return nil
}

// -- a close that is deferred too late --

type beats struct {
	quit chan struct{}
	done chan struct{}
	once sync.Once
}

func newBeats() *beats { return &beats{quit: make(chan struct{}), done: make(chan struct{})} }

func (b *beats) start() { go b.run() }

func (b *beats) run() {
	data, err := os.ReadFile("beat")
	if err != nil {
		log.Println(err)
		return // want `^this return does not close b\.done: who waits for that at line \d+ blocks forever$`
	}
	defer close(b.done)
	println(len(data))
	<-b.quit
}

func (b *beats) stop() {
	b.once.Do(func() { close(b.quit) })
	<-b.done // related `^b\.done is waited for here$`
}

// A goroutine of a literal that tells nobody where it fails.
type future struct {
	done chan struct{}
	val  int
}

func (f *future) get() int {
	<-f.done // related `^f\.done is waited for here$`
	return f.val
}

func compute(work func() (int, error)) *future {
	f := &future{done: make(chan struct{})}
	go func() {
		v, err := work()
		if err != nil {
			return // want `^this return does not close f\.done: who waits for that at line \d+ blocks forever$`
		}
		f.val = v
		close(f.done)
	}()
	return f
}

type safeFuture struct {
	done chan struct{}
	val  int
	err  error
}

func (f *safeFuture) get() (int, error) {
	<-f.done
	return f.val, f.err
}

func computeSafe(work func() (int, error)) *safeFuture {
	f := &safeFuture{done: make(chan struct{})}
	go func() {
		defer close(f.done)
		v, err := work()
		if err != nil {
			f.err = err
			return
		}
		f.val = v
	}()
	return f
}

// One of several goroutines that each may be the one to close.
type raced struct {
	done chan struct{}
	once sync.Once
}

func (r *raced) wait() { <-r.done }

func race(work []func() error) *raced {
	r := &raced{done: make(chan struct{})}
	for _, w := range work {
		go func() {
			if err := w(); err != nil {
				return
			}
			r.once.Do(func() { close(r.done) })
		}()
	}
	return r
}
