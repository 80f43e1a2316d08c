package sharedrace

import "testing"

var grantRate = 1000

type lessor struct {
	quit, done chan struct{}
}

func newLessor() *lessor {
	// races: newLessor(); grantRate = 30
	l := &lessor{quit: make(chan struct{}), done: make(chan struct{})}
	go l.run() // related `^the goroutine that has grantRate starts here$`
	return l
}

func (l *lessor) run() {
	defer close(l.done)
	for range 10 {
		_ = grantRate / 2 // related `^grantRate is read here at the same time$`
		select {
		case <-l.quit:
			return
		default:
		}
	}
}

func (l *lessor) stop() {
	close(l.quit)
	<-l.done
}

// What a helper makes for itself it may leave running, or not.
func grant() { newLessor() }

func grantAndStop() {
	l := newLessor()
	defer l.stop()
}

func TestSetBehindHelper(t *testing.T) {
	grantAndStop()
	grantRate = 10
}

func TestSetBesideHelper(t *testing.T) {
	// races: grant(); grantRate = 20
	grant()
	grantRate = 20 // want `^grantRate is written while a goroutine that newLessor starts may be reading it at line \d+$`
}
