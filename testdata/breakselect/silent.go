package breakselect

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"
)

func labelledBreak(ctx context.Context, in <-chan int) {
loop:
	for {
		select {
		case v := <-in:
			use(v)
		case <-ctx.Done():
			break loop
		}
	}
}

func noLoop(ctx context.Context, in <-chan int) {
	select {
	case v := <-in:
		if v == 0 {
			break
		}
		use(v)
	case <-ctx.Done():
		break
	}
}

func loopInCase(in <-chan []int, done chan struct{}) {
	for {
		select {
		case vs := <-in:
			for _, v := range vs {
				if v == 0 {
					break
				}
			}
		case <-done:
			return
		}
	}
}

func literalInLoop(ctx context.Context, in []chan int) {
	for _, ch := range in {
		go func() {
			select {
			case <-ch:
			case <-ctx.Done():
				break
			}
		}()
	}
}

func skipsRest(in <-chan int, done <-chan struct{}) {
	for {
		select {
		case v := <-in:
			if v < 0 {
				break
			}
			use(v)
		case <-done:
			return
		}
	}
}

func skipsRestOnError(in <-chan string, done <-chan struct{}) {
	for {
		select {
		case name := <-in:
			f, err := os.Open(name)
			if err != nil {
				fmt.Println(err)
				break
			}
			f.Close()
		case <-done:
			return
		}
	}
}

func endOfEachFile(files []*bufio.Reader, quit chan struct{}) {
	for _, f := range files {
		select {
		case <-quit:
			return
		default:
			line, err := f.ReadString('\n')
			if err == io.EOF {
				break
			}
			use(line)
		}
	}
}

func closedOneOfMany(chans []chan int, done chan struct{}) {
	for _, ch := range chans {
		select {
		case v, ok := <-ch:
			if !ok {
				break
			}
			use(v)
		case <-done:
			return
		}
	}
}

func disablesArm(a, b <-chan int, done <-chan struct{}) {
	for {
		select {
		case v, ok := <-a:
			if !ok {
				a = nil
				break
			}
			use(v)
		case v, ok := <-b:
			if !ok {
				b = nil
				break
			}
			use(v)
		case <-done:
			return
		}
	}
}

func reconnects(dial func() <-chan int, done <-chan struct{}) {
	ch := dial()
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				ch = dial()
				break
			}
			use(v)
		case <-done:
			return
		}
	}
}

func conditionEnds(in <-chan int, stop <-chan struct{}) {
	done := false
	for !done {
		select {
		case v := <-in:
			use(v)
		case <-stop:
			done = true
			break
		}
	}
}

func conditionOfContext(ctx context.Context, in <-chan int) {
	for ctx.Err() == nil {
		select {
		case v := <-in:
			use(v)
		case <-ctx.Done():
			break
		}
	}
}

func conditionCounts(a, b <-chan int) {
	for open := 2; open > 0; {
		select {
		case v, ok := <-a:
			if !ok {
				a, open = nil, open-1
				break
			}
			use(v)
		case v, ok := <-b:
			if !ok {
				b, open = nil, open-1
				break
			}
			use(v)
		}
	}
}

func conditionAtomic(stopped *atomic.Bool, stop <-chan struct{}, in <-chan int) {
	for !stopped.Load() {
		select {
		case v := <-in:
			use(v)
		case <-stop:
			stopped.Store(true)
			break
		}
	}
}

func checkedBehind(ctx context.Context, tick <-chan time.Time) error {
	for {
		select {
		case <-ctx.Done():
			break
		case <-tick:
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		use("tick")
	}
}

func flagBehind(in <-chan int, stop <-chan struct{}) {
	for {
		stopped := false
		select {
		case v := <-in:
			use(v)
		case <-stop:
			stopped = true
			break
		}
		if stopped {
			return
		}
	}
}

func leavesBehind(in <-chan int, stop <-chan struct{}) int {
	n := 0
	for {
		select {
		case v := <-in:
			n += v
			continue
		case <-stop:
			break
		}
		return n
	}
}

func leavesByBreakBehind(in <-chan int, stop <-chan struct{}) {
	for {
		select {
		case v := <-in:
			use(v)
			continue
		case <-stop:
			break
		}
		break
	}
}

func contextPassedOn(ctx context.Context, poll func(context.Context) error, d time.Duration) error {
	for {
		select {
		case <-ctx.Done():
			break
		case <-time.After(d):
		}
		if err := poll(ctx); err != nil {
			return err
		}
	}
}

func interruptibleSleep(ctx context.Context, d time.Duration) {
	for {
		use("poll")
		select {
		case <-ctx.Done():
			return
		case <-time.After(d):
			break
		}
	}
}

func sleepFirst(ctx context.Context, t *time.Ticker, wake chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
			break
		case <-t.C:
			break
		}
		use("poll")
	}
}

func (q *queue[T]) kick(wake chan struct{}) { wake <- struct{}{} }

func sends(ctx context.Context, out chan<- int) {
	for i := range 10 {
		select {
		case out <- i:
			break
		case <-ctx.Done():
			return
		}
	}
}

func dropsWhenFull(subs []chan int, v int) {
	for _, sub := range subs {
		select {
		case sub <- v:
		default:
			break
		}
	}
}

func pollsBetween(ctx context.Context, cfg <-chan int) {
	for {
		select {
		case c := <-cfg:
			use(c)
		default:
			break
		}
		if ctx.Err() != nil {
			return
		}
		time.Sleep(time.Second)
	}
}

func likeC(codes []int) {
	for _, c := range codes {
		switch c {
		case 0:
			use("zero")
			break
		case 1:
			use("one")
			break
		default:
			use("many")
			break
		}
	}
}

func likeCEndless(events <-chan int) {
	for {
		switch <-events {
		case 0:
			use("zero")
			break
		case 1:
			use("one")
			break
		default:
			break
		}
	}
}

func nothingByDefault(tokens []string) {
	for _, t := range tokens {
		switch t {
		case "a":
			use(t)
		default:
			break
		}
	}
}

func goesOn(tokens []string) error {
	for _, t := range tokens {
		switch t {
		case "":
			break
		default:
			return fmt.Errorf("unexpected %s", t)
		}
	}
	return nil
}

func returnsAfter(ctx context.Context, in <-chan int) {
	for {
		select {
		case v := <-in:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

func perTurn(parent context.Context, in <-chan int) {
	for {
		ctx, cancel := context.WithTimeout(parent, time.Second)
		select {
		case v := <-in:
			use(v)
		case <-parent.Done():
			cancel()
			return
		case <-ctx.Done():
			break
		}
		cancel()
	}
}

func continues(ctx context.Context, in <-chan int) {
	for {
		select {
		case v := <-in:
			if v == 0 {
				continue
			}
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

func outerLabel(ctx context.Context, rows <-chan []int, out chan<- int) {
rows:
	for row := range rows {
		for _, v := range row {
			select {
			case out <- v:
			case <-ctx.Done():
				break rows
			}
		}
	}
}

func panics(in <-chan int, fatal <-chan error) {
	for {
		select {
		case v := <-in:
			use(v)
			break
		case err := <-fatal:
			panic(err)
		}
	}
}

// The next turn ends the loop.
func doneElsewhere(a, b <-chan int, done <-chan struct{}) {
	for {
		select {
		case v := <-a:
			select {
			case <-done:
				break
			case w := <-b:
				use(v, w)
			}
		case <-done:
			return
		}
	}
}

var (
	running = true
	halt    = make(chan struct{})
)

func stopRunning() {
	running = false
	close(halt)
}

func conditionOfPackage(in <-chan int) {
	for running {
		select {
		case v := <-in:
			use(v)
		case <-halt:
			break
		}
	}
}

func conditionOfClosure(in <-chan int) (stop func()) {
	done, open := make(chan struct{}), true
	go func() {
		for open {
			select {
			case v := <-in:
				use(v)
			case <-done:
				break
			}
		}
	}()
	return func() {
		open = false
		close(done)
	}
}

func ignoresMany(kinds []string) {
	for _, k := range kinds {
		switch k {
		case "a", "b", "c", "d":
			break
		default:
			use(k)
		}
	}
}
