package orphanop

import (
	"context"
	"errors"
	"os"
)

// -- requests that are not answered where the work fails --

type keyLookup struct {
	key   string
	reply chan string
}

type keyLookups struct {
	reqs chan keyLookup
	load func(string) (string, error)
}

func newKeyLookups(load func(string) (string, error)) *keyLookups {
	l := &keyLookups{reqs: make(chan keyLookup), load: load}
	go l.loop()
	return l
}

func (l *keyLookups) loop() {
	for r := range l.reqs {
		v, err := l.load(r.key)
		if err != nil {
			println(err.Error())
			continue // related `^here the request is not answered$`
		}
		r.reply <- v // related `^this is an answer$`
	}
}

func (l *keyLookups) get(key string) string {
	r := keyLookup{key, make(chan string, 1)}
	l.reqs <- r
	return <-r.reply // want `^this receive from r\.reply may block forever: who answers goes on without an answer at line \d+$`
}

// The failure is answered too.
type answered struct {
	key   string
	reply chan string
}

func answerAll(reqs chan answered, load func(string) (string, error)) {
	for r := range reqs {
		v, err := load(r.key)
		if err != nil {
			r.reply <- ""
			continue
		}
		r.reply <- v
	}
}

func askAnswered(reqs chan answered, key string) string {
	r := answered{key, make(chan string, 1)}
	reqs <- r
	return <-r.reply
}

// ... by somebody else.
type passedOn struct {
	key   string
	reply chan string
}

func refuseLookup(r passedOn) { r.reply <- "" }

func answerOrPassOn(reqs chan passedOn, load func(string) (string, error)) {
	for r := range reqs {
		v, err := load(r.key)
		if err != nil {
			refuseLookup(r)
			continue
		}
		r.reply <- v
	}
}

func askPassedOn(reqs chan passedOn, key string) string {
	r := passedOn{key, make(chan string, 1)}
	reqs <- r
	return <-r.reply
}

// Who asks waits no longer than a context.
type patient struct {
	key   string
	reply chan string
}

func answerSome(reqs chan patient, load func(string) (string, error)) {
	for r := range reqs {
		v, err := load(r.key)
		if err != nil {
			continue
		}
		r.reply <- v
	}
}

func askPatiently(ctx context.Context, reqs chan patient, key string) string {
	r := patient{key, make(chan string, 1)}
	reqs <- r
	select {
	case v := <-r.reply:
		return v
	case <-ctx.Done():
		return ""
	}
}

// A method of the loop answers, unless it fails.
type fileRead struct {
	name  string
	reply chan []byte
}

type fileReads struct{ reqs chan fileRead }

func newFileReads() *fileReads {
	l := &fileReads{reqs: make(chan fileRead)}
	go l.loop()
	return l
}

func (l *fileReads) loop() {
	for r := range l.reqs {
		l.handle(r)
	}
}

func (l *fileReads) handle(r fileRead) {
	b, err := os.ReadFile(r.name)
	if err != nil {
		println(err.Error())
		return // related `^here the request is not answered$`
	}
	r.reply <- b // related `^this is an answer$`
}

func (l *fileReads) get(name string) []byte {
	r := fileRead{name, make(chan []byte, 1)}
	l.reqs <- r
	return <-r.reply // want `^this receive from r\.reply may block forever: who answers goes on without an answer at line \d+$`
}

// The request answers itself on a goroutine, by a close.
type fileWrite struct {
	name string
	data []byte
	err  error
	done chan struct{}
}

func (w *fileWrite) run() {
	f, err := os.Create(w.name)
	if err != nil {
		w.err = err
		return // related `^here the request is not answered$`
	}
	_, w.err = f.Write(w.data)
	f.Close()
	close(w.done) // related `^this is an answer$`
}

func writeFiles(reqs chan *fileWrite) {
	for {
		select {
		case w, ok := <-reqs:
			if !ok {
				return
			}
			go w.run()
		}
	}
}

func writeFile(reqs chan *fileWrite, name string, data []byte) error {
	w := &fileWrite{name: name, data: data, done: make(chan struct{})}
	reqs <- w
	<-w.done // want `^this receive from w\.done may block forever: who answers goes on without an answer at line \d+$`
	return w.err
}

// What is asked for is not found.
type lookupName struct {
	name  string
	reply chan int
}

func lookupNames(reqs chan *lookupName, all map[string]int) {
	for {
		r := <-reqs
		n, ok := all[r.name]
		if !ok {
			continue // related `^here the request is not answered$`
		}
		r.reply <- n // related `^this is an answer$`
	}
}

func askName(reqs chan *lookupName, name string) int {
	reply := make(chan int)
	reqs <- &lookupName{name: name, reply: reply}
	return <-reply // want `^this receive from reply may block forever: who answers goes on without an answer at line \d+$`
}

// There is no case for what else the caller may ask.
type command struct {
	verb  string
	reply chan error
}

// A Commander runs commands.
type Commander struct{ commands chan command }

func (c *Commander) loop() {
	for cmd := range c.commands {
		switch cmd.verb { // related `^here the request is not answered$`
		case "start":
			cmd.reply <- nil // related `^this is an answer$`
		case "stop":
			cmd.reply <- errors.New("not running")
		}
	}
}

// Do runs a command.
func (c *Commander) Do(verb string) error {
	cmd := command{verb, make(chan error, 1)}
	c.commands <- cmd
	return <-cmd.reply // want `^this receive from cmd\.reply may block forever: who answers has no case for all requests at line \d+$`
}

// NewCommander starts a commander.
func NewCommander() *Commander {
	c := &Commander{commands: make(chan command)}
	go c.loop()
	return c
}

// All that can be asked has a case.
type query struct {
	kind  string
	reply chan int
}

// Counts are numbers of a loop.
type Counts struct{ queries chan query }

func (c *Counts) loop() {
	n := 0
	for q := range c.queries {
		switch q.kind {
		case "add":
			n++
			q.reply <- n
		case "get":
			q.reply <- n
		}
	}
}

func (c *Counts) ask(kind string) int {
	q := query{kind, make(chan int)}
	c.queries <- q
	return <-q.reply
}

// Add counts one more.
func (c *Counts) Add() int { return c.ask("add") }

// Get returns the number.
func (c *Counts) Get() int { return c.ask("get") }

// NewCounts starts a loop.
func NewCounts() *Counts {
	c := &Counts{queries: make(chan query)}
	go c.loop()
	return c
}

// Who calls the handler answers where that has failed.
type handled struct {
	name  string
	reply chan int
	done  bool
}

func tryHandled(r *handled) {
	b, err := os.ReadFile(r.name)
	if err != nil {
		return
	}
	r.done = true
	r.reply <- len(b)
}

func handleAll(reqs chan *handled) {
	for r := range reqs {
		tryHandled(r)
		if !r.done {
			close(r.reply)
		}
	}
}

func askHandled(reqs chan *handled, name string) int {
	r := &handled{name: name, reply: make(chan int, 1)}
	reqs <- r
	return <-r.reply
}

// ... or takes it that it says so.
type reported struct {
	name  string
	reply chan int
}

func tryReported(r reported) error {
	b, err := os.ReadFile(r.name)
	if err != nil {
		return err
	}
	r.reply <- len(b)
	return nil
}

func reportAll(reqs chan reported) {
	for r := range reqs {
		if err := tryReported(r); err != nil {
			r.reply <- 0
		}
	}
}

func askReported(reqs chan reported, name string) int {
	r := reported{name, make(chan int, 1)}
	reqs <- r
	return <-r.reply
}

// The answer is given by what is deferred.
type closedBehind struct {
	name string
	err  error
	done chan struct{}
}

func (r *closedBehind) run() {
	defer close(r.done)
	if _, err := os.ReadFile(r.name); err != nil {
		r.err = err
		return
	}
}

func closeBehind(reqs chan *closedBehind) {
	for r := range reqs {
		r.run()
	}
}

func askClosed(reqs chan *closedBehind, name string) error {
	r := &closedBehind{name: name, done: make(chan struct{})}
	reqs <- r
	<-r.done
	return r.err
}

// There is no request yet where the next one cannot be had.
type fetched struct {
	name  string
	reply chan int
}

var fetchQueue = make(chan *fetched, 1)

func nextFetched() (*fetched, error) {
	select {
	case r := <-fetchQueue:
		return r, nil
	default:
		return nil, errors.New("none")
	}
}

func answerFetched() {
	for {
		r, err := nextFetched()
		if err != nil {
			continue
		}
		r.reply <- len(r.name)
	}
}

func askFetched(name string) int {
	r := &fetched{name: name, reply: make(chan int, 1)}
	fetchQueue <- r
	return <-r.reply
}

// Some kinds of requests are not waited for.
type event struct {
	kind  string
	reply chan int
}

// Events counts.
type Events struct{ events chan event }

func (e *Events) loop() {
	n := 0
	for ev := range e.events {
		switch ev.kind {
		case "count":
			ev.reply <- n
		case "one":
			n++
		}
	}
}

// Send sends an event.
func (e *Events) Send(kind string) { e.events <- event{kind: kind} }

// Count returns the number of events.
func (e *Events) Count() int {
	ev := event{"count", make(chan int)}
	e.events <- ev
	return <-ev.reply
}

// NewEvents starts a loop.
func NewEvents() *Events {
	e := &Events{events: make(chan event)}
	go e.loop()
	return e
}

// What is kept there needs no answer, it seems.
type keptWrite struct {
	key, value string
	reply      chan int
}

func keepWrites(reqs chan keptWrite) {
	data := make(map[string]string)
	for r := range reqs {
		if r.key == "" {
			r.reply <- 0
			continue
		}
		if old, ok := data[r.key]; ok && old == r.value {
			continue // related `^here the request is not answered$`
		}
		data[r.key] = r.value
		r.reply <- len(data) // related `^this is an answer$`
	}
}

func keepWrite(reqs chan keptWrite, key, value string) int {
	r := keptWrite{key, value, make(chan int, 1)}
	reqs <- r
	return <-r.reply // want `^this receive from r\.reply may block forever: who answers goes on without an answer at line \d+$`
}

// The request says that nobody waits.
type quietWrite struct {
	key   string
	quiet bool
	reply chan int
}

func quietWrites(reqs chan quietWrite) {
	n := 0
	for r := range reqs {
		n += len(r.key)
		if r.quiet {
			continue
		}
		r.reply <- n
	}
}

func loudWrite(reqs chan quietWrite, key string) int {
	r := quietWrite{key: key, reply: make(chan int, 1)}
	reqs <- r
	return <-r.reply
}
