package stoppedactor

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"sync"
	"time"
)

// -- calls that others register, of loops that are left --

var errShut = errors.New("shut down")

type note struct {
	ID   uint64
	Body json.RawMessage
}

// A caller keeps later calls out when its loop has ended, which is of no use to those that
// wait by then.
type caller struct {
	encMu   sync.Mutex
	enc     *json.Encoder
	dec     *json.Decoder
	mu      sync.Mutex
	seq     uint64
	pending map[uint64]chan note
	closed  bool
}

func newCaller(rw io.ReadWriter) *caller {
	c := &caller{enc: json.NewEncoder(rw), dec: json.NewDecoder(rw), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *caller) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break // related `^here the loop that sends to ch ends$`
		}
		c.mu.Lock()
		ch, ok := c.pending[n.ID]
		delete(c.pending, n.ID)
		c.mu.Unlock()
		if ok {
			ch <- n
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

func (c *caller) register() (uint64, chan note, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, nil, false
	}
	c.seq++
	ch := make(chan note, 1)
	c.pending[c.seq] = ch
	return c.seq, ch, true
}

func (c *caller) send(body json.RawMessage) (chan note, error) {
	id, ch, ok := c.register()
	if !ok {
		return nil, errShut
	}
	c.encMu.Lock()
	defer c.encMu.Unlock()
	return ch, c.enc.Encode(note{ID: id, Body: body})
}

func (c *caller) Call(body json.RawMessage) (json.RawMessage, error) {
	ch, err := c.send(body)
	if err != nil {
		return nil, err
	}
	n, ok := <-ch // want `^this receive from ch blocks forever once the loop has been left at line \d+: nothing sends to it then$`
	if !ok {
		return nil, errShut
	}
	return n.Body, nil
}

// What it waits for has no name there.
type terseCaller struct {
	enc     *json.Encoder
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newTerseCaller(rw io.ReadWriter) *terseCaller {
	c := &terseCaller{enc: json.NewEncoder(rw), dec: json.NewDecoder(rw), pending: make(map[uint64]chan note)}
	go c.run()
	return c
}

// run comes to the loop by a call.
func (c *terseCaller) run() {
	log.Print("begin")
	c.input()
	log.Print("end")
}

func (c *terseCaller) input() {
loop:
	for {
		var n note
		err := c.dec.Decode(&n)
		switch {
		case n.ID == 0:
			break
		default:
			if err != nil {
				break loop // related `^here the loop that sends to c\.send\(id\) ends$`
			}
		}
		c.mu.Lock()
		ch := c.pending[n.ID]
		delete(c.pending, n.ID)
		c.mu.Unlock()
		if ch != nil {
			ch <- n
		}
	}
}

func (c *terseCaller) send(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	c.pending[id] = ch
	c.mu.Unlock()
	if err := c.enc.Encode(note{ID: id}); err != nil {
		log.Print(err)
	}
	return ch
}

func (c *terseCaller) Call(id uint64) json.RawMessage {
	return (<-c.send(id)).Body // want `^this receive from c\.send\(id\) blocks forever once the loop has been left at line \d+: nothing sends to it then$`
}

// literalCaller has its loop in a literal.
type literalCaller struct {
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newLiteralCaller(r io.Reader) *literalCaller {
	c := &literalCaller{pending: make(map[uint64]chan note)}
	go func() {
		dec := json.NewDecoder(r)
		for {
			var n note
			if err := dec.Decode(&n); err != nil {
				log.Print(err)
				return // related `^here the loop that sends to ch ends$`
			}
			c.mu.Lock()
			ch := c.pending[n.ID]
			c.mu.Unlock()
			ch <- n
		}
	}()
	return c
}

func (c *literalCaller) expect(id uint64) (ch chan note, old bool) {
	made := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	_, old = c.pending[id]
	c.pending[id] = made
	return made, old
}

func (c *literalCaller) Await(id uint64) note {
	ch, old := c.expect(id)
	if old {
		log.Print("again")
	}
	return <-ch // want `^this receive from ch blocks forever once the loop has returned at line \d+: nothing sends to it then$`
}

// plainCaller is what the ones below mend.
type plainCaller struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newPlainCaller(r io.Reader) *plainCaller {
	c := &plainCaller{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *plainCaller) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *plainCaller) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *plainCaller) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break // related `^here the loop that sends to c\.expect\(id\) ends$`
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *plainCaller) Await(id uint64) note {
	return <-c.expect(id) // want `^this receive from c\.expect\(id\) blocks forever once the loop has been left at line \d+: nothing sends to it then$`
}

// -- and their neighbours --

// closesBehind closes all that wait when the loop has ended.
type closesBehind struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newClosesBehind(r io.Reader) *closesBehind {
	c := &closesBehind{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *closesBehind) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *closesBehind) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *closesBehind) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break
		}
		ch := c.answer(n)
		ch <- n
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, ch := range c.pending {
		delete(c.pending, id)
		close(ch)
	}
}

func (c *closesBehind) Await(id uint64) note {
	return <-c.expect(id)
}

// sendsBehind answers all that wait.
type sendsBehind struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newSendsBehind(r io.Reader) *sendsBehind {
	c := &sendsBehind{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *sendsBehind) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *sendsBehind) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *sendsBehind) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break
		}
		ch := c.answer(n)
		ch <- n
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range c.pending {
		ch <- note{}
	}
}

func (c *sendsBehind) Await(id uint64) note {
	return <-c.expect(id)
}

// sendsDeferred does so at last.
type sendsDeferred struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newSendsDeferred(r io.Reader) *sendsDeferred {
	c := &sendsDeferred{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *sendsDeferred) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *sendsDeferred) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *sendsDeferred) input() {
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, ch := range c.pending {
			ch <- note{}
		}
	}()
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			return
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *sendsDeferred) Await(id uint64) note {
	return <-c.expect(id)
}

// sendsFirst does so before it returns.
type sendsFirst struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newSendsFirst(r io.Reader) *sendsFirst {
	c := &sendsFirst{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *sendsFirst) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *sendsFirst) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *sendsFirst) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			for _, ch := range c.pending {
				ch <- note{}
			}
			return
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *sendsFirst) Await(id uint64) note {
	return <-c.expect(id)
}

// sendsByID does so, by what they are known by.
type sendsByID struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newSendsByID(r io.Reader) *sendsByID {
	c := &sendsByID{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *sendsByID) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *sendsByID) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *sendsByID) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			for id := range c.pending {
				c.pending[id] <- note{}
			}
			return
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *sendsByID) Await(id uint64) note {
	return <-c.expect(id)
}

// sendsEarlier has done so when it returns.
type sendsEarlier struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newSendsEarlier(r io.Reader) *sendsEarlier {
	c := &sendsEarlier{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *sendsEarlier) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *sendsEarlier) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *sendsEarlier) input() {
	for {
		var n note
		err := c.dec.Decode(&n)
		if err != nil {
			for id := range c.pending {
				c.pending[id] <- note{}
			}
		}
		if err != nil {
			return
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *sendsEarlier) Await(id uint64) note {
	return <-c.expect(id)
}

// closedElsewhere leaves that to Close.
type closedElsewhere struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newClosedElsewhere(r io.Reader) *closedElsewhere {
	c := &closedElsewhere{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *closedElsewhere) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *closedElsewhere) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *closedElsewhere) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *closedElsewhere) Await(id uint64) note {
	return <-c.expect(id)
}

func (c *closedElsewhere) Close() {
	for _, ch := range c.pending {
		close(ch)
	}
}

// hearsEnd waits for the end as well.
type hearsEnd struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
	done    chan struct{}
}

func newHearsEnd(r io.Reader) *hearsEnd {
	c := &hearsEnd{dec: json.NewDecoder(r), pending: make(map[uint64]chan note), done: make(chan struct{})}
	go c.input()
	return c
}

func (c *hearsEnd) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *hearsEnd) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *hearsEnd) input() {
	defer close(c.done)
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *hearsEnd) Await(id uint64) note {
	select {
	case n := <-c.expect(id):
		return n
	case <-c.done:
		return note{}
	}
}

// dialsAgain goes on with another connection, and asks again.
type dialsAgain struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newDialsAgain(r io.Reader) *dialsAgain {
	c := &dialsAgain{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *dialsAgain) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *dialsAgain) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *dialsAgain) input() {
	for {
		for {
			var n note
			if err := c.dec.Decode(&n); err != nil {
				break
			}
			c.answer(n) <- n
		}
		c.again()
	}
}

func (c *dialsAgain) again() {
	for id := range c.pending {
		log.Print("again", id)
	}
}

func (c *dialsAgain) Await(id uint64) note {
	return <-c.expect(id)
}

// startsAgain does so by another goroutine.
type startsAgain struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newStartsAgain(r io.Reader) *startsAgain {
	c := &startsAgain{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *startsAgain) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *startsAgain) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *startsAgain) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break
		}
		ch := c.answer(n)
		ch <- n
	}
	go c.again()
}

func (c *startsAgain) again() {
	for id := range c.pending {
		log.Print("again", id)
	}
	go c.input()
}

func (c *startsAgain) Await(id uint64) note {
	return <-c.expect(id)
}

// runsAgain does so by who calls the loop.
type runsAgain struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newRunsAgain(r io.Reader) *runsAgain {
	c := &runsAgain{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.run()
	return c
}

func (c *runsAgain) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *runsAgain) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *runsAgain) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *runsAgain) run() {
	for {
		c.input()
		time.Sleep(time.Second)
	}
}

func (c *runsAgain) Await(id uint64) note {
	return <-c.expect(id)
}

// diesWith ends the process.
type diesWith struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newDiesWith(r io.Reader) *diesWith {
	c := &diesWith{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *diesWith) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *diesWith) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *diesWith) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break
		}
		ch := c.answer(n)
		ch <- n
	}
	log.Fatal("connection lost")
}

func (c *diesWith) Await(id uint64) note {
	return <-c.expect(id)
}

// timesOut answers those that wait for too long.
type timesOut struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newTimesOut(r io.Reader) *timesOut {
	c := &timesOut{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *timesOut) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *timesOut) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *timesOut) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *timesOut) Await(id uint64) note {
	return <-c.expect(id)
}

func (c *timesOut) Expire(id uint64) {
	c.answer(note{ID: id}) <- note{}
}

// handsOn gives its channels to others.
type handsOn struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newHandsOn(r io.Reader) *handsOn {
	c := &handsOn{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *handsOn) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *handsOn) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *handsOn) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			break
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *handsOn) Await(id uint64) note {
	return <-c.expect(id)
}

func (c *handsOn) Expect(id uint64) <-chan note { return c.expect(id) }

// skipsBad goes on after an error.
type skipsBad struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newSkipsBad(r io.Reader) *skipsBad {
	c := &skipsBad{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *skipsBad) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *skipsBad) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *skipsBad) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			switch {
			case errors.Is(err, io.EOF):
				break
			}
		}
		ch := c.answer(n)
		ch <- n
	}
}

func (c *skipsBad) Await(id uint64) note {
	return <-c.expect(id)
}

// untilDone ends by a word, behind the last answer.
type untilDone struct {
	dec     *json.Decoder
	mu      sync.Mutex
	pending map[uint64]chan note
}

func newUntilDone(r io.Reader) *untilDone {
	c := &untilDone{dec: json.NewDecoder(r), pending: make(map[uint64]chan note)}
	go c.input()
	return c
}

func (c *untilDone) answer(n note) chan note {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.pending[n.ID]
	delete(c.pending, n.ID)
	return ch
}

func (c *untilDone) expect(id uint64) chan note {
	ch := make(chan note, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[id] = ch
	return ch
}

func (c *untilDone) input() {
	for {
		var n note
		if err := c.dec.Decode(&n); err != nil {
			continue
		}
		ch := c.answer(n)
		ch <- n
		if n.ID == 0 {
			break
		}
	}
}

func (c *untilDone) Await(id uint64) note {
	return <-c.expect(id)
}

// worker answers each request that it takes, in whatever way it ends.
type noteWorker struct{ reqs chan noteRequest }

type noteRequest struct {
	n  note
	ch chan error
}

func newNoteWorker(handle func(note) error) *noteWorker {
	w := &noteWorker{reqs: make(chan noteRequest)}
	go w.run(handle)
	return w
}

func (w *noteWorker) run(handle func(note) error) {
	for r := range w.reqs {
		err := handle(r.n)
		r.ch <- err
		if err != nil {
			return
		}
	}
}

func (w *noteWorker) Do(n note, timeout time.Duration) error {
	ch := make(chan error, 1)
	select {
	case w.reqs <- noteRequest{n, ch}:
		return <-ch
	case <-time.After(timeout):
		return errShut
	}
}
