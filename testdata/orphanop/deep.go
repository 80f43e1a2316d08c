package orphanop

// -- what an interface call reaches that is not of the type at hand --

type byteSink interface{ write(b []byte) }

type wire struct {
	blocked chan []byte
	n       int
}

func (l *wire) write(b []byte) { l.blocked <- b }

type checksum struct{ sum byte }

func (d *checksum) write(b []byte) {
	for _, x := range b {
		d.sum += x
	}
}

func feed(s byteSink, b []byte) {
	if s != nil {
		s.write(b)
	}
}

func (l *wire) shake()    { l.hello() }
func (l *wire) hello()    { l.keys() }
func (l *wire) keys()     { l.proof() }
func (l *wire) proof()    { l.verify() }
func (l *wire) verify()   { l.finish() }
func (l *wire) finish()   { l.finished() }
func (l *wire) finished() { l.flush() }
func (l *wire) flush() {
	l.write(nil)
	l.n++
}

func greet(l *wire, greeting []byte, check func(byte) error) {
	ready := make(chan struct{})
	go func() {
		var d checksum
		feed(&d, greeting)
		feed(nil, greeting)
		if err := check(d.sum); err != nil {
			return // related `^the goroutine returns here without a send$`
		}
		close(ready)
	}()
	l.shake()
	<-ready // want `^this receive from ready may block forever: its sender may return at line 47 without a send$`
}
