package stoppedactor

import "context"

// handsOut gives its caller a function that asks and one that ends.
func handsOut() (send func(int), stop func()) {
	reqs := make(chan int)
	quit := make(chan struct{})
	go func() {
		for {
			select {
			case <-reqs:
			case <-quit: // related `^here the loop that receives from reqs ends$`
				return
			}
		}
	}()
	send = func(n int) {
		reqs <- n // want `^this send on reqs blocks forever after the stop at line \d+: nothing receives from it then$`
	}
	return send, func() { close(quit) }
}

func handsOutBoth() (send func(int), stop func()) {
	reqs := make(chan int)
	quit := make(chan struct{})
	go func() {
		for {
			select {
			case <-reqs:
			case <-quit:
				return
			}
		}
	}()
	send = func(n int) {
		select {
		case reqs <- n:
		case <-quit:
		}
	}
	return send, func() { close(quit) }
}

func endsWithContext(ctx context.Context) func(int) {
	reqs := make(chan int)
	go func() {
		for {
			select {
			case <-reqs:
			case <-ctx.Done(): // related `^here the loop that receives from reqs ends$`
				return
			}
		}
	}()
	return func(n int) {
		reqs <- n // want `^this send on reqs blocks forever after the stop at line \d+: nothing receives from it then$`
	}
}

// walks stops the loop itself, when all is sent.
func walks(each func(func(int))) (sum int) {
	reqs := make(chan int)
	quit := make(chan struct{})
	go func() {
		for {
			select {
			case n := <-reqs:
				sum += n
			case <-quit:
				return
			}
		}
	}()
	each(func(n int) { reqs <- n })
	close(quit)
	return sum
}

func keepsForItself() {
	reqs := make(chan int)
	quit := make(chan struct{})
	go func() {
		for {
			select {
			case <-reqs:
			case <-quit:
				return
			}
		}
	}()
	send := func(n int) { reqs <- n }
	send(1)
	close(quit)
}

type frame struct{ done func() }

// conn reads frames one at a time: who has taken one says when it is done.
type conn struct {
	frames  chan frame
	serving chan struct{}
}

func newConn() *conn {
	return &conn{frames: make(chan frame), serving: make(chan struct{})}
}

func (c *conn) read() {
	gate := make(chan struct{})
	done := func() { gate <- struct{}{} }
	for {
		select {
		case c.frames <- frame{done}:
		case <-c.serving:
			return
		}
		select {
		case <-gate:
		case <-c.serving:
			return
		}
	}
}

func (c *conn) serve(n int) {
	defer close(c.serving)
	go c.read()
	for range n {
		select {
		case f := <-c.frames:
			f.done()
		}
	}
}
