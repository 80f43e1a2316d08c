package order

import (
	"context"
	"sync/atomic"
)

// onEvent returns what sends to the channel that it is given.
func onEvent(events chan<- int) func(int) {
	return func(i int) { events <- i }
}

func factory(register func(func(int))) int {
	events := make(chan int)
	register(onEvent(events))
	return <-events
}

// A consumer is called by a group, which knows it as a handler.
type handler interface {
	Handle(ctx context.Context) error
}

type consumer struct{ messages chan string }

func (c *consumer) Handle(context.Context) error {
	c.messages <- "foo"
	return nil
}

type group interface {
	Consume(ctx context.Context, h handler) error
}

type turn struct{ handler handler }

type realGroup struct{ last *turn }

func (g *realGroup) Consume(ctx context.Context, h handler) error {
	g.last = &turn{h}
	return g.last.handler.Handle(ctx)
}

func newGroup() group { return new(realGroup) }

func consumed(ctx context.Context) string {
	c := &consumer{make(chan string)}
	g := newGroup()
	go func() {
		if err := g.Consume(ctx, c); err != nil {
			panic(err)
		}
	}()
	return <-c.messages
}

// pingPong has goroutines that send to and receive from each other.
func pingPong(procs int) {
	var n atomic.Int32
	done, ball := make(chan bool, procs), make(chan int)
	for range procs {
		go func() {
			for {
				i := n.Add(-1)
				if i < 0 {
					break
				}
				if i%2 == 0 {
					<-ball
					ball <- 0
				} else {
					ball <- 0
					<-ball
				}
			}
			done <- true
		}()
	}
	for range procs {
		<-done
	}
}
