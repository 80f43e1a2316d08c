package busyselect

import (
	"context"
	"errors"
	"log"
	"time"
)

func logsTheEnd(ctx context.Context, ch chan int) {
	for {
		select { // related `^this select does not wait then$`
		case <-ctx.Done(): // want `^this case does not end the loop, which spins once the context has ended: the case is ready at once in each turn$`
			log.Println("done")
		case v := <-ch:
			log.Println(v)
		}
	}
}

func othersEnd(ctx context.Context, ch chan int) {
	for {
		select { // related `^this select does not wait then$`
		case <-ctx.Done(): // want `^this case does not end the loop, which spins once the context has ended: the case is ready at once in each turn$`
		case v := <-ch:
			if v < 0 {
				return
			}
			log.Println(v)
		}
	}
}

func retries(ctx context.Context, dial func(context.Context) error) {
	for {
		if err := dial(ctx); err == nil {
			return
		}
		select { // related `^this select does not wait then$`
		case <-ctx.Done(): // want `^this case does not end the loop, which spins once the context has ended: the case is ready at once in each turn$`
		case <-time.After(time.Second):
		}
	}
}

func retriesAndLogs(ctx context.Context, dial func(context.Context) error) error {
	for {
		err := dial(ctx)
		if err == nil {
			return nil
		}
		log.Println(err)
		select { // related `^this select does not wait then$`
		case <-ctx.Done(): // want `^this case does not end the loop, which spins once the context has ended: the case is ready at once in each turn$`
			log.Println("stopping")
			continue
		case <-time.After(time.Second):
		}
	}
}

type quits struct {
	quit chan struct{}
	ctx  context.Context
}

func newQuits(ctx context.Context) *quits { return &quits{quit: make(chan struct{}), ctx: ctx} }

func (s *quits) loop(ch chan int) {
	for {
		select { // related `^this select does not wait then$`
		case <-s.quit: // want `^this case does not end the loop, which spins once s\.quit is closed: the case is ready at once in each turn$`
		case v := <-ch:
			log.Println(v)
		}
	}
}

func (s *quits) ofField(ch chan int) {
	for {
		select { // related `^this select does not wait then$`
		case <-s.ctx.Done(): // want `^this case does not end the loop, which spins once the context has ended: the case is ready at once in each turn$`
			log.Print("ended")
		case v := <-ch:
			log.Println(v)
		}
	}
}

func (s *quits) Close() { close(s.quit) }

func made(ch chan int) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for {
		select { // related `^this select does not wait then$`
		case <-ctx.Done(): // want `^this case does not end the loop, which spins once the context has ended: the case is ready at once in each turn$`
		case <-ch:
			return
		}
	}
}

// Silent: the loop ends, or does something else than to spin.

func onlyWhile(ctx context.Context, ch chan int) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case v := <-ch:
			log.Println(v)
		}
	}
}

func errEnds(ctx context.Context, next func(context.Context) (int, error), out chan int) error {
	for {
		v, err := next(ctx)
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case out <- v:
		}
	}
}

func canceledEnds(ctx context.Context, next func(context.Context) (int, error), out chan int) error {
	for {
		v, err := next(ctx)
		if errors.Is(err, context.Canceled) {
			return err
		}
		select {
		case <-ctx.Done():
		case out <- v:
		}
	}
}

func drains(ctx context.Context, read func() (int, error), out chan int) {
	for {
		v, err := read()
		if err != nil {
			return
		}
		select {
		case <-ctx.Done():
		case out <- v:
		}
	}
}

func flagged(ctx context.Context, ch chan int, pending int) {
	ending := false
	for {
		if ending && pending == 0 {
			return
		}
		select {
		case <-ctx.Done():
			ending = true
		case <-ch:
			pending--
		}
	}
}

func onceOnly(ctx context.Context, ch chan int) {
	done := ctx.Done()
	for {
		select {
		case <-done:
			log.Println("ending")
			done = nil
		case _, ok := <-ch:
			if !ok {
				return
			}
		}
	}
}

func anotherEach(parent context.Context, ch chan int) {
	for {
		ctx, cancel := context.WithTimeout(parent, time.Second)
		select {
		case <-ctx.Done():
		case v, ok := <-ch:
			if !ok {
				cancel()
				return
			}
			log.Println(v)
		}
		cancel()
	}
}

func leavesBehind(ctx context.Context, ch chan int) {
	for {
		select {
		case <-ctx.Done():
		case v := <-ch:
			log.Println(v)
			continue
		}
		return
	}
}

func waitsThen(ctx context.Context, ch, rest chan int) {
	for {
		select {
		case <-ctx.Done():
			if _, ok := <-rest; !ok {
				return
			}
		case v := <-ch:
			log.Println(v)
		}
	}
}

type wakes struct{ wake, quit chan struct{} }

func newWakes() *wakes { return &wakes{make(chan struct{}), make(chan struct{})} }

func (w *wakes) loop() {
	for {
		select {
		case <-w.wake: // sent on as well
		case <-w.quit:
			return
		}
	}
}

func (w *wakes) Wake()  { w.wake <- struct{}{} }
func (w *wakes) Close() { close(w.quit); close(w.wake) }

type renewed struct{ changed chan struct{} }

func newRenewed() *renewed { return &renewed{make(chan struct{})} }

func (r *renewed) loop(ctx context.Context) {
	for {
		select {
		case <-r.changed:
		case <-ctx.Done():
			return
		}
	}
}

func (r *renewed) Change() {
	close(r.changed)
	r.changed = make(chan struct{})
}
