package protocols

import (
	"sync"
	"time"
)

// An event happens once.
type event struct {
	c    chan struct{}
	once sync.Once
}

func (e *event) fire() { e.once.Do(func() { close(e.c) }) }

func (e *event) hasFired() bool {
	select {
	case <-e.c:
		return true
	default:
		return false
	}
}

// sendsUntilSlow has two loops that end by one flag: the one that sets it receives
// what the other has sent before it looks.
func sendsUntilSlow(send func() error, patience time.Duration) (sent int, err error) {
	slow := &event{c: make(chan struct{})}
	sentOne := make(chan struct{})
	go func() {
		for !slow.hasFired() {
			after := time.NewTimer(patience)
			select {
			case <-sentOne:
				after.Stop()
			case <-after.C:
				slow.fire()
				<-sentOne
			}
		}
	}()
	for !slow.hasFired() {
		if err := send(); err != nil {
			break
		}
		sent++
		sentOne <- struct{}{}
	}
	return sent, err
}
