// Package busyselect spins through the defaults of select statements, in the
// loop's own body.
package busyselect

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
)

func run(int) {}

func emptyDefault(jobs <-chan int, quit <-chan struct{}) {
	for {
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		case j := <-jobs:
			run(j)
		case <-quit:
			return
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		}
	}
}

func defaultFirst(jobs <-chan int, quit <-chan struct{}) {
	for {
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			continue
		case j := <-jobs:
			run(j)
		case <-quit:
			return
		}
	}
}

func keepsCommentOfCaseBelow(jobs <-chan int, quit <-chan struct{}) {
	for {
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		// The owner wants us to stop.
		case <-quit:
			return
		case j := <-jobs:
			run(j)
		}
	}
}

func workBehindCase(jobs <-chan int) {
	for {
		var j int
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		case j = <-jobs:
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			continue
		}
		run(j)
		println(j)
	}
}

func counts(done <-chan struct{}) int {
	n := 0
	for {
		select { // want `^select with a default spins: nothing in the loop around it blocks$`
		case <-done:
			return n
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			n++
		}
	}
}

func yields(done <-chan struct{}) {
	for {
		select { // want `^select with a default spins: nothing in the loop around it blocks$`
		case <-done:
			return
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			runtime.Gosched()
		}
	}
}

func whileFlag(stop *atomic.Bool, jobs <-chan int) {
	for !stop.Load() {
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		case j := <-jobs:
			run(j)
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		}
	}
}

func whileContext(ctx context.Context, jobs <-chan int) {
	for ctx.Err() == nil {
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		case j := <-jobs:
			run(j)
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		}
	}
}

func untilDeadline(deadline time.Time, acks <-chan int) bool {
	for time.Now().Before(deadline) {
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		case <-acks:
			return true
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		}
	}
	return false
}

func countsOnlyWhatComes(results <-chan int, want int) int {
	sum := 0
	for got := 0; got < want; {
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		case v := <-results:
			got++
			sum += v
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		}
	}
	return sum
}

func nestedDefaults(a, b <-chan int) int {
	for {
		select { // want `^select with a default spins: nothing in the loop around it blocks$`
		case v := <-a:
			return v
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			select {
			case v := <-b:
				return v
			default:
			}
		}
	}
}

func oneBehindTheOther(a, b <-chan int) {
	for {
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		case v := <-a:
			run(v)
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		}
		select {
		case v := <-b:
			run(v)
		default:
		}
	}
}

func polled(chans []chan int) int {
	for {
		for _, ch := range chans {
			select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
			case v := <-ch:
				return v
			default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			}
		}
	}
}

func timeoutThatNeverComes(acks <-chan int) bool {
	for {
		select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
		case <-acks:
			return true
		case <-time.After(time.Second):
			return false
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		}
	}
}

func labelled(jobs <-chan int, quit <-chan struct{}) {
loop:
	for {
		select { // want `^select with a default spins: nothing in the loop around it blocks$`
		case <-quit:
			break loop
		case j := <-jobs:
			run(j)
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			continue loop
		}
	}
}

func byGoto(ready <-chan struct{}) {
again:
	select { // want `^select with a default spins: nothing in the loop around it blocks$`
	case <-ready:
	default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		goto again
	}
}

func inGoroutine(jobs <-chan int) {
	go func() {
		for {
			select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
			case j, ok := <-jobs:
				if !ok {
					return
				}
				run(j)
			default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			}
		}
	}()
}

func whenFinished(done chan struct{}, jobs <-chan int) {
	defer func() {
		for {
			select { // want `^select with an empty default spins: nothing in the loop around it blocks$`
			case <-done:
				return
			default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			}
		}
	}()
	for j := range jobs {
		run(j)
	}
}

func looksAtLength(q chan int, quit <-chan struct{}) {
	for {
		select { // want `^select with a default spins: nothing in the loop around it blocks$`
		case <-quit:
			return
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			if len(q) == cap(q) {
				return
			}
		}
	}
}

// The break was to end the loop, and is to blame for it.
func breaksSelectOnly(jobs <-chan int) {
	for {
		select {
		case j := <-jobs:
			run(j)
		default:
			break
		}
	}
}
