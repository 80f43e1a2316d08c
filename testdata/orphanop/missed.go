package orphanop

import (
	"errors"
	"os"
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
	return <-sizes // want `^this receive from sizes may block forever: its sender may return at line 16 without a send$`
}

func leavesByMethod(d *disk) error {
	ready := make(chan error, 1)
	go d.mount(ready)
	work()
	return <-ready // want `^this receive from ready may block forever: its sender may return at line 35 without a send$`
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
