package signalmisuse

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"fixture.example/signalmisuse/dep"
)

func local() {
	c := make(chan os.Signal)      // related `^the channel is made without a buffer here$`
	signal.Notify(c, os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

func inline() {
	signal.Notify(make(chan os.Signal), os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: the channel has no buffer$`
}

func zero() {
	c := make(chan os.Signal, dep.None) // related `^the channel is made without a buffer here$`
	signal.Notify(c, os.Interrupt)      // want `^signal\.Notify drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

func branch(long bool) {
	var c chan os.Signal
	if long {
		c = make(chan os.Signal, 10)
	} else {
		c = make(chan os.Signal) // related `^the channel is made without a buffer here$`
	}
	signal.Notify(c, os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

func replaced() {
	c := make(chan os.Signal)
	<-c
	c = make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
}

func replacedLater() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	c = make(chan os.Signal)
	<-c
}

func inLoop() {
	for range 3 {
		c := make(chan os.Signal)            // related `^the channel is made without a buffer here$`
		defer signal.Notify(c, os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: c has no buffer$`
		<-c
	}
}

func inClosure() func() {
	c := make(chan os.Signal) // related `^the channel is made without a buffer here$`
	go func() { <-c }()
	return func() {
		signal.Notify(c, os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: c has no buffer$`
	}
}

func alias() {
	made := make(chan os.Signal) // related `^the channel is made without a buffer here$`
	var c chan<- os.Signal = made
	signal.Notify(c, os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: c has no buffer$`
	<-made
}

// -- fields --

type server struct {
	sig  chan os.Signal
	done chan struct{}
}

func newServer() *server {
	return &server{sig: make(chan os.Signal), done: make(chan struct{})} // related `^the channel is made without a buffer here$`
}

func (s *server) listen() {
	signal.Notify(s.sig, syscall.SIGTERM) // want `^signal\.Notify drops signals that come while nobody waits for them: s\.sig has no buffer$`
}

type roomy struct {
	sig chan os.Signal
}

func newRoomy() *roomy { return &roomy{make(chan os.Signal, 1)} }

func (r *roomy) listen() { signal.Notify(r.sig, syscall.SIGTERM) }

type base struct{ sig chan os.Signal }

type derived struct{ base }

func newDerived() *derived {
	d := new(derived)
	d.sig = make(chan os.Signal) // related `^the channel is made without a buffer here$`
	return d
}

func (d *derived) listen() {
	signal.Notify(d.sig, syscall.SIGTERM) // want `^signal\.Notify drops signals that come while nobody waits for them: d\.sig has no buffer$`
}

type box[T any] struct{ ch chan T }

func newBox[T any]() *box[T] {
	return &box[T]{ch: make(chan T)} // related `^the channel is made without a buffer here$`
}

func generic() {
	b := newBox[os.Signal]()
	signal.Notify(b.ch, os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: b\.ch has no buffer$`
	<-b.ch
}

var global = make(chan os.Signal) // related `^the channel is made without a buffer here$`

func listenGlobal() {
	signal.Notify(global, os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: global has no buffer$`
}

// -- helpers --

func notify(c chan<- os.Signal) { signal.Notify(c, os.Interrupt) }

func notifyDeep(c chan os.Signal) { notify(c) }

func helper() {
	c := make(chan os.Signal) // related `^the channel is made without a buffer here$`
	notifyDeep(c)             // want `^notifyDeep drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

func helperWithRoom() {
	c := make(chan os.Signal, 1)
	notifyDeep(c)
	<-c
}

func goHelper() {
	c := make(chan os.Signal) // related `^the channel is made without a buffer here$`
	go notify(c)              // want `^notify drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

func newChan() (chan os.Signal, error) {
	c := make(chan os.Signal) // related `^the channel is made without a buffer here$`
	return c, nil
}

func returned() {
	c, err := newChan()
	if err != nil {
		return
	}
	signal.Notify(c, os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

type notifier interface{ notify(c chan os.Signal) }

type term struct{}

func (term) notify(c chan os.Signal) { signal.Notify(c, syscall.SIGTERM) }

func viaInterface() {
	var n notifier = term{}
	c := make(chan os.Signal) // related `^the channel is made without a buffer here$`
	n.notify(c)               // want `^n\.notify drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

func viaMethodValue() {
	listen := term{}.notify
	c := make(chan os.Signal) // related `^the channel is made without a buffer here$`
	listen(c)                 // want `^listen drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

func viaLiteral() {
	listen := func(c chan os.Signal) { signal.Notify(c, syscall.SIGTERM) }
	c := make(chan os.Signal) // related `^the channel is made without a buffer here$`
	listen(c)                 // want `^listen drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

// -- other packages --

func fromDep() {
	c := dep.Unbuffered()          // related `^the channel is made without a buffer here$`
	signal.Notify(c, os.Interrupt) // want `^signal\.Notify drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

func bufferedFromDep() {
	c := dep.Buffered()
	signal.Notify(c, os.Interrupt)
	<-c
	d := make(chan os.Signal, dep.Room)
	signal.Notify(d, os.Interrupt)
	<-d
}

func byDep() {
	c := make(chan os.Signal) // related `^the channel is made without a buffer here$`
	dep.Watch(c)              // want `^dep\.Watch drops signals that come while nobody waits for them: c has no buffer$`
	<-c
}

func fieldOfDep() {
	s := &dep.Server{Signals: make(chan os.Signal)} // related `^the channel is made without a buffer here$`
	s.Listen()                                      // want `^s\.Listen drops signals that come while nobody waits for them: Signals has no buffer$`
	<-s.Signals
}

// -- other channels --

func unknownRoom(n int) {
	c := make(chan os.Signal, n)
	signal.Notify(c, os.Interrupt)
	<-c
}

func parameter(c chan os.Signal) { signal.Notify(c, os.Interrupt) }

func otherChannels() {
	ticks, done := make(chan time.Time), make(chan struct{})
	close(done)
	<-ticks
}
