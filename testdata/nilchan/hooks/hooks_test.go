package hooks

import "testing"

func TestRun(t *testing.T) {
	c := &conn{started: make(chan bool, 1)}
	go c.run()
	if !<-c.started {
		t.Error("not started")
	}
	if !<-c.stopped {
		t.Error("not stopped")
	}
}

type fake struct {
	conn
	closed chan struct{}
}

func (f *fake) close() { close(f.closed) }

func TestFake(t *testing.T) {
	f := &fake{closed: make(chan struct{})}
	f.close()
	<-f.closed
}
