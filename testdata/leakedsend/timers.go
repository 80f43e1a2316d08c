package leakedsend

import (
	"context"
	"time"
)

// -- sends by the function of a timer --

func quietFor(d time.Duration, events, stop <-chan struct{}) bool {
	fire := make(chan time.Time)                          // related `^fire is made here, with room for 0$`
	t := time.AfterFunc(d, func() { fire <- time.Now() }) // want `^this send on fire may block forever: its receiver may be gone by line \d+$`
	defer t.Stop()                                        // which may be too late
	for {
		select {
		case <-events:
			t.Reset(d)
		case <-fire:
			return true
		case <-stop:
			return false // related `^here the receiver of fire returns$`
		}
	}
}

func whenCancelled(ctx context.Context, done <-chan error) error {
	cause := make(chan error)                                              // related `^cause is made here, with room for 0$`
	stop := context.AfterFunc(ctx, func() { cause <- context.Cause(ctx) }) // want `^this send on cause may block forever: its receiver may be gone by line \d+$`
	defer stop()
	select {
	case err := <-done:
		return err // related `^here the receiver of cause returns$`
	case err := <-cause:
		return err
	}
}

// -- their neighbours --

func quietForWithRoom(d time.Duration, stop <-chan struct{}) bool {
	fire := make(chan time.Time, 1)
	t := time.AfterFunc(d, func() { fire <- time.Now() })
	defer t.Stop()
	select {
	case <-fire:
		return true
	case <-stop:
		return false
	}
}

func quietOrStopped(d time.Duration, stop <-chan struct{}) {
	fire := make(chan time.Time)
	t := time.AfterFunc(d, func() { fire <- time.Now() })
	select {
	case <-fire:
	case <-stop:
		if !t.Stop() {
			<-fire
		}
	}
}

func alwaysWaitedFor(d time.Duration) time.Time {
	fire := make(chan time.Time)
	time.AfterFunc(d, func() { fire <- time.Now() })
	return <-fire
}
