package closes

import (
	"errors"
	"io/fs"
	"os"
)

var (
	errDone = errors.New("done")
	errFull = errors.New("full")
)

// What a number, a string or an error says of the channel decides over what is done with it.

func byNumber(ch chan int, n int) {
	closed := 0
	if n > 3 {
		close(ch)
		closed = 1
	}
	if closed == 0 {
		close(ch)
	}
}

func byString(ch chan int, kind string) {
	how := "keep"
	if kind == "x" {
		close(ch)
		how = "closed"
	}
	if how == "keep" {
		ch <- 1
		close(ch)
	}
}

// finish returns -1 if it has closed the channel.
func finish(ch chan int, n int) int {
	if n == 0 {
		close(ch)
		return -1
	}
	return n
}

func byResult(ch chan int, n int) {
	if finish(ch, n) == -1 {
		return
	}
	ch <- 1
	close(ch)
}

func bySign(ch chan int, n int) {
	if finish(ch, n) < 0 {
		return
	}
	ch <- 1
	close(ch)
}

// step returns errDone if it has closed the channel.
func step(ch chan int, n int) error {
	switch {
	case n == 0:
		close(ch)
		return errDone
	case n > 9:
		return errFull
	}
	return nil
}

func untilDone(ch chan int, n int) {
	for {
		if err := step(ch, n); err == errDone {
			break
		}
		ch <- 1
		n--
	}
}

func untilIsDone(ch chan int, n int) {
	for {
		err := step(ch, n)
		if errors.Is(err, errDone) {
			return
		}
		if err != nil {
			n--
			continue
		}
		ch <- 1
		n--
	}
}

func bySwitch(ch chan int, n int) {
	for {
		switch err := step(ch, n); err {
		case errDone:
			return
		case errFull, nil:
			ch <- 1
		}
		n--
	}
}

// counted receives from as many as it has started.
func counted(fail bool) error {
	ch := make(chan error)
	n := 0
	if fail {
		n = 1
		go func() { ch <- os.ErrClosed }()
	}
	if n == 1 {
		return <-ch
	}
	return nil
}

// open returns the error that it knows by another name than its caller does.
func open(ch chan int, name string) error {
	if name == "" {
		close(ch)
		return os.ErrNotExist
	}
	return nil
}

func byOtherName(ch chan int, name string) {
	if err := open(ch, name); errors.Is(err, fs.ErrNotExist) {
		return
	}
	ch <- 1
	close(ch)
}
