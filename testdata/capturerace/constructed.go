package capturerace

import (
	"net/http"
	"sync"
)

// -- what a constructor makes, and starts a goroutine for --

type board struct {
	score int
	limit int
	done  chan struct{}
}

func newBoard() *board {
	// races: readScore()
	b := &board{limit: 3, done: make(chan struct{})}
	go b.loop() // related `^the goroutine that has b\.score written starts here$`
	return b
}

func (b *board) loop() {
	defer close(b.done)
	for range b.limit {
		b.add()
	}
}

func (b *board) add() {
	b.score++ // want `^b\.score is written by this goroutine, and may be read at the same time at line \d+$`
}

func readScore() int {
	// races
	return newBoard().score // related `^.*score is read here at the same time$`
}

func readScoreBehind() int {
	b := newBoard()
	<-b.done
	return b.score
}

// -- what is several structs away, some of them parts of others --

type buffer struct{ keys map[string]int }

func (b *buffer) reset() {
	// races: commitAndRead()
	clear(b.keys) // want `^b\.keys is written while another goroutine may be reading it at line \d+$`
}

type readBuffer struct{ buffer }

func (b *readBuffer) get(key string) int {
	return b.keys[key] // related `^b\.keys.* is read here at the same time$`
}

type reader struct {
	mu  sync.Mutex
	buf readBuffer
}

func (r *reader) reset() { r.buf.reset() }

func (r *reader) read(key string) int { return r.buf.get(key) }

type engine struct {
	reader  *reader
	batched *batchedTx
}

type tx struct {
	sync.Mutex
	engine *engine
}

type batchedTx struct{ tx }

func newBatchedTx(e *engine) *batchedTx { return &batchedTx{tx{engine: e}} }

func (t *batchedTx) commit() {
	t.Lock()
	defer t.Unlock()
	t.engine.reader.reset()
}

func (t *batchedTx) commitLocked() {
	t.Lock()
	defer t.Unlock()
	t.engine.reader.mu.Lock()
	defer t.engine.reader.mu.Unlock()
	t.engine.reader.reset()
}

func newEngine() *engine {
	e := &engine{reader: &reader{buf: readBuffer{buffer{map[string]int{}}}}}
	e.batched = newBatchedTx(e)
	return e
}

type table struct{ e *engine }

func (t *table) commit() { t.e.batched.commit() }

func (t *table) get(key string) int { return t.e.reader.read(key) }

func (t *table) commitLocked() { t.e.batched.commitLocked() }

func (t *table) getLocked(key string) int {
	t.e.reader.mu.Lock()
	defer t.e.reader.mu.Unlock()
	return t.e.reader.read(key)
}

func commitAndRead() {
	t := &table{newEngine()}
	var wg sync.WaitGroup
	wg.Add(2)
	go func() { // related `^the goroutine that has b\.keys written starts here$`
		defer wg.Done()
		t.commit()
	}()
	go func() { // related `^the other goroutine that has b\.keys starts here$`
		defer wg.Done()
		t.get("a")
	}()
	wg.Wait()
}

func commitAndReadLocked() {
	t := &table{newEngine()}
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		t.commitLocked()
	}()
	go func() {
		defer wg.Done()
		t.getLocked("a")
	}()
	wg.Wait()
}

// -- the one handler of a server --

type greeter struct {
	mu       sync.Mutex
	greeting string
	loud     bool
}

func (g *greeter) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Write([]byte(g.greeting)) // related `^g\.greeting is read here at the same time$`
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.loud {
		w.Write([]byte("!"))
	}
}

func (g *greeter) reload(text string) {
	g.greeting = text // want `^g\.greeting is written .* at line \d+$`
	g.mu.Lock()
	defer g.mu.Unlock()
	g.loud = true
}

func greet(addr string, texts <-chan string) error {
	g := &greeter{greeting: "hello"}
	go func() { // related `^the (other )?goroutine that has g\.greeting.* starts here$`
		for text := range texts {
			g.reload(text)
		}
	}()
	return http.ListenAndServe(addr, g) // related `^the (other )?goroutines? that ha(s|ve) g\.greeting.* starts? here$`
}

// -- a callback that is counted on once --

type debouncer struct {
	callback func(int)
	ticks    chan int
}

func newDebouncer(callback func(int)) *debouncer {
	d := &debouncer{callback: callback, ticks: make(chan int)}
	go d.flush()
	return d
}

func (d *debouncer) flush() {
	for n := range d.ticks {
		go d.callback(n) // related `^the goroutines that have seen start here$`
	}
}

func calledOnce() int {
	var wg sync.WaitGroup
	wg.Add(1)
	seen := 0
	d := newDebouncer(func(n int) {
		defer wg.Done()
		seen += n
	})
	d.ticks <- 1
	wg.Wait()
	return seen
}

func calledOften() int {
	var wg sync.WaitGroup
	wg.Add(2)
	seen := 0
	d := newDebouncer(func(n int) {
		defer wg.Done()
		seen += n // want `^seen is written by several goroutines, perhaps at the same time$`
	})
	d.ticks <- 1
	d.ticks <- 1
	wg.Wait()
	return seen
}
