// Package breakselect breaks out of select statements where it means loops.
package breakselect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

func use(...any) {}

func contextDone(ctx context.Context, in <-chan int) {
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-in:
			use(v)
		case <-ctx.Done():
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		}
	}
}

func contextDoneLogged(ctx context.Context, in <-chan int) {
	for { // related `^this loop goes on after the break$`
		select {
		case <-ctx.Done():
			fmt.Println("stopping")
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		case v := <-in:
			use(v)
		}
	}
}

func requestDone(in <-chan int, r interface{ Context() context.Context }) error {
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-in:
			if v == 0 {
				return nil
			}
		case <-r.Context().Done():
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		}
	}
}

func doneParameter(done <-chan struct{}, in <-chan int) {
	for { // related `^this loop goes on after the break$`
		select {
		case <-done:
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		case v := <-in:
			use(v)
		}
	}
}

func doneWithOtherWay(done <-chan struct{}, in <-chan int) {
	for { // related `^this loop goes on after the break$`
		select {
		case <-done:
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		case v, ok := <-in:
			if !ok {
				return
			}
			use(v)
		}
	}
}

func doneBeforeWork(conn net.Conn) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		buf := make([]byte, 64)
		for { // related `^this loop goes on after the break$`
			select {
			case <-done:
				break // want `^this break has no effect: it leaves the select, not the loop around it$`
			default:
			}
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			use(buf[:n])
		}
	}()
}

func closedSkipsRest(in <-chan int, quit chan struct{}) {
	for { // related `^this loop goes on after the break$`
		select {
		case v, ok := <-in:
			if !ok {
				break // want `^this break leaves the select, not the loop around it$`
			}
			use(v)
		case <-quit:
			return
		}
	}
}

func closedInElse(in <-chan int) {
	for { // related `^this loop goes on after the break$`
		select {
		case v, ok := <-in:
			if ok {
				use(v)
			} else {
				break // want `^this break has no effect: it leaves the select, not the loop around it$`
			}
		}
	}
}

func closedEqualsFalse(in <-chan int, tick *time.Ticker) {
	for { // related `^this loop goes on after the break$`
		select {
		case v, ok := <-in:
			if ok == false {
				break // want `^this break leaves the select, not the loop around it$`
			}
			use(v)
		case <-tick.C:
			use("tick")
		}
	}
}

func closedInDefault(in <-chan int, quit chan struct{}) {
	for { // related `^this loop goes on after the break$`
		select {
		case <-quit:
			return
		default:
			v, ok := <-in
			if !ok {
				break // want `^this break leaves the select, not the loop around it$`
			}
			use(v)
		}
	}
}

func endOfFile(r *bufio.Reader, quit chan struct{}) error {
	for { // related `^this loop goes on after the break$`
		select {
		case <-quit:
			return nil
		default:
			line, err := r.ReadString('\n')
			if err == io.EOF {
				break // want `^this break leaves the select, not the loop around it$`
			}
			if err != nil {
				return err
			}
			use(line)
		}
	}
}

func endOfFileIs(r io.Reader, quit chan struct{}, out chan<- []byte) {
	buf := make([]byte, 10)
	for { // related `^this loop goes on after the break$`
		select {
		case <-quit:
			return
		default:
			n, err := r.Read(buf)
			if err != nil {
				if errors.Is(err, io.EOF) {
					break // want `^this break leaves the select, not the loop around it$`
				}
				panic(err)
			}
			out <- buf[:n]
		}
	}
}

func endOfFileSwitch(r *bufio.Reader) {
	for { // related `^this loop goes on after the break$`
		line, err := r.ReadString('\n')
		switch err {
		case io.EOF:
			break // want `^this break has no effect: it leaves the switch, not the loop around it$`
		case nil:
			use(line)
		default:
			panic(err)
		}
	}
}

func endOfScan(sc *bufio.Scanner, ctx context.Context) {
	for { // related `^this loop goes on after the break$`
		select {
		case <-ctx.Done():
			return
		default:
			if !sc.Scan() {
				break // want `^this break leaves the select, not the loop around it$`
			}
			use(sc.Text())
		}
	}
}

func contextError(ctx context.Context, in <-chan int, out chan<- int) {
	for { // related `^this loop goes on after the break$`
		select {
		case v, ok := <-in:
			if ctx.Err() != nil {
				break // want `^this break leaves the select, not the loop around it$`
			}
			if !ok {
				return
			}
			out <- v
		}
	}
}

func accept(l net.Listener, done <-chan struct{}) {
	for { // related `^this loop goes on after the break$`
		select {
		case <-done:
			return
		default:
			conn, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				break // want `^this break leaves the select, not the loop around it$`
			}
			go use(conn)
		}
	}
}

func drain(ch <-chan int) int {
	n := 0
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-ch:
			n += v
		default:
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		}
	}
}

func drainProcedure(ch <-chan int) {
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-ch:
			use(v)
		default:
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		}
	}
}

func idleTimeout(ch <-chan int) {
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-ch:
			use(v)
		case <-time.After(time.Second):
			fmt.Println("idle")
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		}
	}
}

func signalled(sigs <-chan os.Signal, ch <-chan int) {
	for { // related `^this loop goes on after the break$`
		select {
		case s := <-sigs:
			fmt.Println("got", s)
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		case v := <-ch:
			use(v)
		}
	}
}

func counted(done <-chan struct{}, out chan<- int) {
	for i := 0; i < 10; i++ { // related `^this loop goes on after the break$`
		select {
		case <-done:
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		case out <- i:
		}
	}
}

func ranged(ctx context.Context, items []int, out chan<- int) {
	for _, it := range items { // related `^this loop goes on after the break$`
		select {
		case <-ctx.Done():
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		case out <- it:
		}
	}
}

func rangedThenWork(ctx context.Context, items []int) {
	for _, it := range items { // related `^this loop goes on after the break$`
		select {
		case <-ctx.Done():
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		default:
		}
		use(it)
	}
}

func ticks(t *time.Ticker, done chan struct{}) {
	for range t.C { // related `^this loop goes on after the break$`
		select {
		case <-done:
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		default:
			use("tick")
		}
	}
}

func command(sc *bufio.Scanner) {
	for sc.Scan() { // related `^this loop goes on after the break$`
		switch strings.TrimSpace(sc.Text()) {
		case "quit":
			fmt.Println("bye")
			break // want `^this break has no effect: it leaves the switch, not the loop around it$`
		case "help":
			fmt.Println("quit, help")
		}
	}
}

func commandEmpty(lines []string) {
	for _, line := range lines { // related `^this loop goes on after the break$`
		switch line {
		case "quit":
			break // want `^this break has no effect: it leaves the switch, not the loop around it$`
		default:
			use(line)
		}
	}
}

func messages(in <-chan any) {
	for { // related `^this loop goes on after the break$`
		switch m := (<-in).(type) {
		case nil:
			break // want `^this break has no effect: it leaves the switch, not the loop around it$`
		case string:
			use(m)
		}
	}
}

func limit(in <-chan int, ctx context.Context) int {
	sum := 0
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-in:
			sum += v
			if sum > 100 {
				break // want `^this break has no effect: it leaves the select, not the loop around it$`
			}
		case <-ctx.Done():
			return sum
		}
	}
}

func conditionUnchanged(done chan struct{}, in <-chan int) {
	running := true
	for running { // related `^this loop goes on after the break$`
		select {
		case <-done:
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		case v := <-in:
			running = v > 0
		}
	}
}

func deadline(in <-chan int, ctx context.Context) {
	timeout := time.After(time.Minute)
	for { // related `^this loop goes on after the break$`
		select {
		case v := <-in:
			use(v)
		case <-timeout:
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		case <-ctx.Done():
			return
		}
	}
}

func quitBeforeWork(quit chan bool, r *bufio.Reader) error {
	for { // related `^this loop goes on after the break$`
		select {
		case <-quit:
			break // want `^this break has no effect: it leaves the select, not the loop around it$`
		default:
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		use(line)
	}
}
