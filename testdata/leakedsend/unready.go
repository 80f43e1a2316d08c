package leakedsend

import (
	"context"
	"testing"
	"time"
)

// -- receivers that are told to end only behind the send --

func closedBehind() {
	done := make(chan struct{})
	ch := make(chan int)
	go func() {
		for {
			select {
			case v := <-ch:
				consume(v)
			case <-done:
				return
			}
		}
	}()
	ch <- 1
	ch <- 2
	close(done)
}

func cancelledBehind() {
	ctx, cancel := context.WithCancel(context.Background())
	ch := make(chan int)
	go func() {
		select {
		case v := <-ch:
			consume(v)
		case <-ctx.Done():
		}
	}()
	ch <- 1
	cancel()
}

func cancelledAtTheEnd() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ch := make(chan int)
	go func() {
		for {
			select {
			case v := <-ch:
				consume(v)
			case <-inner.Done():
				return
			}
		}
	}()
	ch <- 1
	ch <- 2
}

func cancelledByCleanup(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	ch := make(chan int)
	go func() {
		for {
			select {
			case v := <-ch:
				consume(v)
			case <-ctx.Done():
				return
			}
		}
	}()
	ch <- 1
}

// ... by what they have received.
func closedByReceiver() {
	done := make(chan struct{})
	ch := make(chan int)
	go func() {
		for {
			select {
			case <-ch:
				go func() { close(done) }()
			case <-done:
				return
			}
		}
	}()
	ch <- 1
}

func cancelledByReceiver() {
	ctx, cancel := context.WithCancel(context.Background())
	ch := make(chan int)
	go func() {
		select {
		case v := <-ch:
			consume(v)
			cancel()
		case <-ctx.Done():
		}
	}()
	ch <- 1
}

// ... by who has waited for the sender.
func closedBehindTheSender() {
	done, sent := make(chan struct{}), make(chan struct{})
	ch := make(chan int)
	go func() {
		for {
			select {
			case v := <-ch:
				consume(v)
			case <-done:
				return
			}
		}
	}()
	go func() {
		ch <- 1
		close(sent)
	}()
	<-sent
	close(done)
}

// ... where the channel and the context are fields.
type watch struct {
	ctx     context.Context
	cancel  context.CancelFunc
	results chan bool
	errs    chan error
}

func newWatch() *watch {
	ctx, cancel := context.WithCancel(context.Background())
	return &watch{ctx: ctx, cancel: cancel, results: make(chan bool), errs: make(chan error)}
}

func (w *watch) run() {
	select {
	case err := <-w.errs:
		w.cancel()
		select {
		case w.results <- err != nil:
		case <-w.ctx.Done():
		}
	case <-w.ctx.Done():
	}
}

func (w *watch) stop(err error) {
	w.errs <- err
	w.cancel()
}

func watching(err error) {
	w := newWatch()
	go w.run()
	go w.stop(err)
}

// -- those that may be told before --

func closedBeside(more func() bool) {
	done := make(chan struct{})
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		for {
			select {
			case v := <-ch:
				consume(v)
			case <-done:
				return // related `^here the receiver of ch returns$`
			}
		}
	}()
	go func() {
		if more() {
			close(done)
		}
	}()
	ch <- 1 // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
}

func cancelledWhileSending(more func() bool) {
	ctx, cancel := context.WithCancel(context.Background())
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		for {
			select {
			case v := <-ch:
				consume(v)
			case <-ctx.Done():
				return // related `^here the receiver of ch returns$`
			}
		}
	}()
	go func() {
		ch <- 1 // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
	}()
	if more() {
		cancel()
	}
}

func closedByTheFirst() {
	done := make(chan struct{})
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		for {
			select {
			case <-ch:
				close(done)
			case <-done:
				return // related `^here the receiver of ch returns$`
			}
		}
	}()
	ch <- 1
	ch <- 2 // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
}

func cancelledBetween() {
	ctx, cancel := context.WithCancel(context.Background())
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		for {
			select {
			case v := <-ch:
				consume(v)
			case <-ctx.Done():
				return // related `^here the receiver of ch returns$`
			}
		}
	}()
	ch <- 1
	cancel()
	ch <- 2 // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
}

// Others have what cancels.
func cancelledByOthers(register func(context.CancelFunc)) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	register(cancel)
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		for {
			select {
			case v := <-ch:
				consume(v)
			case <-ctx.Done():
				return // related `^here the receiver of ch returns$`
			}
		}
	}()
	ch <- 1 // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
}

// The parent ends at any time.
func cancelledAbove(above context.Context) {
	ctx, cancel := context.WithCancel(above)
	defer cancel()
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		for {
			select {
			case v := <-ch:
				consume(v)
			case <-ctx.Done():
				return // related `^here the receiver of ch returns$`
			}
		}
	}()
	ch <- 1 // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
}

func consume(int) {}

// A goroutine that closes has been started before.
func closedByEarlier(ok func() bool, slow func() error) error {
	success, exit := make(chan struct{}), make(chan error) // related `^exit is made here, with room for 0$`
	go func() {
		if ok() {
			close(success)
		}
	}()
	go func() {
		err := slow()
		exit <- err // want `^this send on exit may block forever: its receiver may be gone by line \d+$`
	}()
	select {
	case <-success:
		return nil // related `^here the receiver of exit returns$`
	case err := <-exit:
		return err
	}
}

// A timer closes, at any time.
func closedByTimer(d time.Duration, n int) {
	done := make(chan bool)
	time.AfterFunc(d, func() { close(done) })
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		for {
			select {
			case <-ch:
			case <-done:
				return // related `^here the receiver of ch returns$`
			}
		}
	}()
	for i := range n {
		ch <- i // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
	}
}
