package breakselect

import (
	"context"
	"fmt"
	"time"
)

type kind int

const (
	quit kind = iota
	data
)

type message struct {
	kind kind
	body string
}

func switchInSelect(ctx context.Context, in <-chan message) {
	for { // related `^this loop goes on after the break$`
		select {
		case m := <-in:
			switch m.kind {
			case quit:
				break // want `^this break has no effect: it leaves the switch, not the loop around it$`
			case data:
				use(m.body)
			}
		case <-ctx.Done():
			return
		}
	}
}

func selectInSwitch(ctx context.Context, in <-chan int, mode int) {
	for { // related `^this loop goes on after the break$`
		switch mode {
		case 0:
			select {
			case v := <-in:
				mode = v
			case <-ctx.Done():
				break // want `^this break has no effect: it leaves the select, not the loop around it$`
			}
		default:
			return
		}
	}
}

func selectInSelect(a, b <-chan int, done, other <-chan struct{}) {
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-a:
			select {
			case <-done:
				break // want `^this break has no effect: it leaves the select, not the loop around it$`
			case w := <-b:
				use(v, w)
			}
		case <-other:
			return
		}
	}
}

func selectInIf(ctx context.Context, in <-chan int, active bool) {
	for { // related `^this loop goes on after the break$`
		if active {
			{
				select {
				case v := <-in:
					use(v)
				case <-ctx.Done():
					if active {
						fmt.Println("stop")
						break // want `^this break has no effect: it leaves the select, not the loop around it$`
					}
				}
			}
		}
	}
}

func closedThreeDeep(in <-chan message, quitc <-chan struct{}) {
	for { // related `^this loop goes on after the break$`
		select {
		case m, ok := <-in:
			switch {
			case !ok:
				break // want `^this break has no effect: it leaves the switch, not the loop around it$`
			case m.kind == data:
				use(m)
			}
		case <-quitc:
			return
		}
	}
}

func innerLoop(ctx context.Context, batches <-chan []int, out chan<- int) {
	for batch := range batches {
		for _, v := range batch { // related `^this loop goes on after the break$`
			select {
			case out <- v:
			case <-ctx.Done():
				break // want `^this break has no effect: it leaves the select, not the loop around it$`
			}
		}
	}
}

func labelled(ctx context.Context, in <-chan int) {
again:
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-in:
			if v == 0 {
				continue again
			}
			use(v)
		case <-ctx.Done():
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		}
	}
}

func inLiteral(ctx context.Context, in <-chan int) {
	go func() {
		for { // related `^this loop goes on after the break$`
			select {
			case v := <-in:
				use(v)
			case <-ctx.Done():
				break // want `^this break has no effect: it leaves the select, not the loop around it$`
			}
		}
	}()
}

func twoLoops(ctx context.Context, in <-chan int) {
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-in:
			use(v)
		case <-ctx.Done():
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		}
	}
	for { // related `^this loop goes on after the break$`
		select {
		case v, ok := <-in:
			if !ok {
				break // want `^this break leaves the select, not the loop around it$`
			}
			use(v)
		}
	}
}

func twoBreaks(ctx context.Context, in <-chan int) {
	for { // related `^this loop goes on after the break$` `^this loop goes on after the break$`
		select {
		case v, ok := <-in:
			if !ok {
				break // want `^this break leaves the select, not the loop around it$`
			}
			use(v)
		case <-ctx.Done():
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		}
	}
}

type server struct {
	stop  chan struct{}
	work  chan func()
	retry *time.Timer
}

func (s *server) shutdown() { close(s.stop) }

func (s *server) loop() {
	for { // related `^this loop goes on after the break$`
		select {
		case f := <-s.work:
			f()
		case <-s.stop:
			s.retry.Stop()
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		}
	}
}

type queue[T any] struct {
	in   chan T
	done chan struct{}
}

func (q *queue[T]) run(f func(T)) {
	for { // related `^this loop goes on after the break$`
		select {
		case v, ok := <-q.in:
			if !ok {
				break // want `^this break leaves the select, not the loop around it$`
			}
			f(v)
		case <-q.done:
			return
		}
	}
}
