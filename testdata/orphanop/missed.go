package orphanop

import (
	"errors"
	"os"
	"slices"
	"time"
)

// -- a sender that returns before --

func leavesOnError(name string) int64 {
	sizes := make(chan int64)
	go func() {
		info, err := os.Stat(name)
		if err != nil {
			return // related `^the goroutine returns here without a send$`
		}
		sizes <- info.Size()
	}()
	return <-sizes // want `^this receive from sizes may block forever: its sender may return at line 17 without a send$`
}

func leavesByMethod(d *disk) error {
	ready := make(chan error, 1)
	go d.mount(ready)
	work()
	return <-ready // want `^this receive from ready may block forever: its sender may return at line 36 without a send$`
}

type disk struct{ name string }

func (d *disk) mount(ready chan<- error) {
	f, err := os.Open(d.name)
	if errors.Is(err, os.ErrNotExist) {
		return // related `^the goroutine returns here without a send$`
	}
	defer f.Close()
	ready <- err
}

func closesOnError(name string) int64 {
	sizes := make(chan int64)
	go func() {
		defer close(sizes)
		info, err := os.Stat(name)
		if err != nil {
			return
		}
		sizes <- info.Size()
	}()
	return <-sizes
}

func sendsOnBoth(name string) int64 {
	sizes := make(chan int64)
	go func() {
		info, err := os.Stat(name)
		if err != nil {
			sizes <- 0
			return
		}
		sizes <- info.Size()
	}()
	return <-sizes
}

func exitsOnError(name string) int64 {
	sizes := make(chan int64)
	go func() {
		info, err := os.Stat(name)
		if err != nil {
			os.Exit(1)
		}
		sizes <- info.Size()
	}()
	return <-sizes
}

func tellsOtherwise(name string) (int64, error) {
	sizes, errs := make(chan int64), make(chan error, 1)
	go func() {
		info, err := os.Stat(name)
		errs <- err
		if err != nil {
			return
		}
		sizes <- info.Size()
	}()
	if err := <-errs; err != nil {
		return 0, err
	}
	return <-sizes, nil
}

func waitsForLess(name string) int64 {
	sizes := make(chan int64)
	go func() {
		info, err := os.Stat(name)
		if err != nil {
			return
		}
		sizes <- info.Size()
	}()
	select {
	case n := <-sizes:
		return n
	case <-time.After(time.Second):
		return 0
	}
}

// bothKnow: who starts the goroutine has looked at the same.
func bothKnow(name string, dry bool) int64 {
	sizes := make(chan int64, 1)
	if dry {
		sizes <- 0
	}
	go func() {
		if dry {
			return
		}
		sizes <- int64(len(name))
	}()
	return <-sizes
}

func eachCase(kind int) int {
	ch := make(chan int)
	go func() {
		switch kind {
		case 0:
			ch <- 1
		case 1:
			ch <- 2
		}
	}()
	return <-ch
}

// untilFound has no other way out than behind a send.
func untilFound(names []string) string {
	ch := make(chan string)
	go func() {
		for i := 0; ; i++ {
			if i == len(names) {
				ch <- ""
				return
			}
			if _, err := os.Stat(names[i]); err != nil {
				continue
			}
			ch <- names[i]
			return
		}
	}()
	return <-ch
}

// told: what comes behind the first value is received before it.
func told(read func() (int, error)) int {
	first, rest := make(chan int, 1), make(chan int)
	go func() {
		n, err := read()
		if err != nil {
			return
		}
		first <- n
		for {
			n, err := read()
			if err != nil {
				return
			}
			rest <- n
		}
	}()
	sum := awaitWithin(rest)
	return sum + <-first
}

func awaitWithin(ch chan int) int {
	select {
	case n := <-ch:
		return n
	case <-time.After(time.Second):
		panic("nothing came")
	}
}

// toldByClose: the end says nothing of the first value.
func toldByClose(read func() (int, error)) int {
	first, rest := make(chan int, 1), make(chan int)
	go func() {
		defer close(rest)
		n, err := read()
		if err != nil {
			return // related `^the goroutine returns here without a send$`
		}
		first <- n
	}()
	<-rest
	return <-first // want `^this receive from first may block forever: its sender may return at line \d+ without a send$`
}

// -- as many receives as there are senders --

func eachPositive(ns []int) (sum int) {
	ch := make(chan int)
	for _, n := range ns {
		go func() {
			if n < 0 {
				return // related `^the goroutine returns here without a send$`
			}
			ch <- n
		}()
	}
	for range ns {
		sum += <-ch // want `^this receive from ch may block forever: its sender may return at line \d+ without a send$`
	}
	return sum
}

func eachPositiveCounted(ns []int) (sum int) {
	ch := make(chan int, len(ns))
	for i := 0; i < len(ns); i++ {
		go func() {
			if ns[i] < 0 {
				return // related `^the goroutine returns here without a send$`
			}
			ch <- ns[i]
		}()
	}
	for i := 0; i < len(ns); i++ {
		n := <-ch // want `^this receive from ch may block forever: its sender may return at line \d+ without a send$`
		sum += n
	}
	return sum
}

// eachAnswers sends in any case.
func eachAnswers(ns []int) (sum int) {
	ch := make(chan int)
	for _, n := range ns {
		go func() {
			if n < 0 {
				ch <- 0
				return
			}
			ch <- n
		}()
	}
	for range ns {
		sum += <-ch
	}
	return sum
}

func eachGood(ns []int, check func(int) error) (sum int, failed error) {
	ch := make(chan int)
	for _, n := range ns {
		go func() {
			if n < 0 {
				return // related `^the goroutine returns here without a send$`
			}
			ch <- n
		}()
	}
	for range ns {
		n := <-ch // want `^this receive from ch may block forever: its sender may return at line \d+ without a send$`
		if err := check(n); err != nil {
			failed = err
			continue
		}
		sum += n
	}
	return sum, failed
}

// eachTwice sends more than is received.
func eachTwice(ns []int) (sum int) {
	ch := make(chan int, 2*len(ns))
	for _, n := range ns {
		go func() {
			if n < 0 {
				return
			}
			ch <- n
			ch <- -n
		}()
	}
	for range ns {
		sum += <-ch
	}
	return sum
}

// someSkipped does not receive in each turn.
func someSkipped(ns []int) (sum int) {
	ch := make(chan int, len(ns))
	for _, n := range ns {
		go func() {
			if n < 0 {
				return
			}
			ch <- n
		}()
	}
	for _, n := range ns {
		if n < 0 {
			continue
		}
		sum += <-ch
	}
	return sum
}

// onlyPositive starts as many as it receives from.
func onlyPositive(ns []int) (sum int) {
	ch := make(chan int)
	started := 0
	for _, n := range ns {
		if n < 0 {
			continue
		}
		started++
		go func() {
			if n == 0 {
				return
			}
			ch <- n
		}()
	}
	for range started {
		sum += <-ch
	}
	return sum
}

// fewer: the lists are not the same.
func fewer(ns []int, ms []int) (sum int) {
	ch := make(chan int)
	for _, n := range ns {
		go func() {
			if n < 0 {
				return
			}
			ch <- n
		}()
	}
	for range ms {
		sum += <-ch
	}
	return sum
}

// shortened: the list is another by then.
func shortened(ns []int) (sum int) {
	ch := make(chan int)
	for _, n := range ns {
		go func() {
			if n < 0 {
				return
			}
			ch <- n
		}()
	}
	ns = slices.DeleteFunc(ns, func(n int) bool { return n < 0 })
	for range ns {
		sum += <-ch
	}
	return sum
}

// untilClosed ends when the last sender has closed the channel.
func untilClosed(ns []int) (sum int) {
	ch := make(chan int)
	left := make(chan int, len(ns))
	for _, n := range ns {
		go func() {
			defer func() { left <- 1 }()
			if n < 0 {
				return
			}
			ch <- n
		}()
	}
	go func() {
		for range ns {
			<-left
		}
		close(ch)
	}()
	for range ns {
		sum += <-ch
	}
	return sum
}

// -- a sender of as many as there are --

func feedsAll(pop func() (int, bool)) int {
	got := make(chan int, 2)
	go func() {
		for {
			n, ok := pop()
			if !ok {
				return
			}
			got <- n
		}
	}()
	return <-got
}

func feedsIfOpen(name string, pop func() (int, bool)) int {
	got := make(chan int, 2)
	go func() {
		if _, err := os.Stat(name); err != nil {
			return // related `^the goroutine returns here without a send$`
		}
		for {
			n, ok := pop()
			if !ok {
				return
			}
			got <- n
		}
	}()
	return <-got // want `^this receive from got may block forever: its sender may return at line \d+ without a send$`
}
