package leakedsend

import (
	"errors"
	"sync"
	"sync/atomic"
)

// nilAndMore forgets to return behind its first send: the second is never received.
func nilAndMore(open func() ([]byte, error)) []byte {
	got := make(chan []byte) // related `^got is made here, with room for 0$`
	go func() {
		b, err := open()
		if err != nil {
			got <- nil
		}
		got <- b // want `^this send on got may block forever: its receiver may be gone by line \d+$`
	}()
	return <-got // related `^here the receiver of got returns$`
}

func nilAndMoreInTurns(open func() ([]byte, error)) (last []byte) {
	for range 100 {
		got := make(chan []byte) // related `^got is made here, with room for 0$` // related `^here the receiver of got goes on with another channel$`
		go func() {
			b, err := open()
			if err != nil {
				got <- nil
			}
			got <- b // want `^this send on got may block forever: its receiver may be gone by line \d+$`
		}()
		last = <-got
	}
	return last
}

func nilOrMore(open func() ([]byte, error)) []byte {
	got := make(chan []byte)
	go func() {
		b, err := open()
		if err != nil {
			got <- nil
			return
		}
		got <- b
	}()
	return <-got
}

type line struct{ kind, text string }

func untilEnd(texts []string) (n int) {
	lines := make(chan *line)
	go func() {
		for _, t := range texts {
			lines <- &line{text: t}
		}
		lines <- &line{kind: "end"}
	}()
	for l := range lines {
		if l.kind == "end" {
			return n
		}
		n++
	}
	return n
}

func sendsNoEnd() (n int) {
	lines := make(chan *line)
	go func() {
		lines <- &line{kind: "out", text: "a"}
		lines <- &line{kind: "err", text: "b"}
		close(lines)
	}()
	for {
		l, ok := <-lines
		if !ok {
			return n
		}
		if l.kind == "end" {
			return -1
		}
		n++
	}
}

func afterEnd(texts []string) (n int) {
	lines := make(chan *line) // related `^lines is made here, with room for 0$`
	go func() {
		lines <- &line{kind: "end"}
		for _, t := range texts {
			lines <- &line{text: t} // want `^this send on lines may block forever: its receiver may be gone by line \d+$`
		}
	}()
	for l := range lines {
		if l.kind == "end" {
			return n // related `^here the receiver of lines returns$`
		}
		n++
	}
	return n
}

func atOneTurn(publish func(int)) {
	start, done := make(chan bool), make(chan error)
	go func() {
		<-start
		done <- nil
	}()
	for i := 0; i < 10_000; i++ {
		publish(i)
		if i == 222 {
			start <- true
		}
	}
	<-done
}

func lastOne(n int) {
	done := make(chan bool)
	var finished atomic.Int32
	for range n {
		go func() {
			if finished.Add(1) == int32(n) {
				done <- true
			}
		}()
	}
	<-done
}

func firstErrorByFlag(first, second func() error) error {
	errc := make(chan error, 1)
	go func() {
		defer close(errc)
		sent := false
		send := func(err error) {
			if !sent {
				errc <- err
				sent = true
			}
		}
		if err := first(); err != nil {
			send(err)
		}
		if err := second(); err != nil {
			send(err)
		}
	}()
	return <-errc
}

func firstErrorByOnce(jobs []func() error) error {
	errc := make(chan error, 1)
	var once sync.Once
	for _, job := range jobs {
		go func() {
			once.Do(func() { errc <- job() })
		}()
	}
	return <-errc
}

func firstErrorBySwap(jobs []func() error) error {
	errc := make(chan error)
	var sent atomic.Bool
	for _, job := range jobs {
		go func() {
			err := job()
			if err == nil {
				err = errors.New("done")
			}
			if sent.CompareAndSwap(false, true) {
				errc <- err
			}
		}()
	}
	return <-errc
}

func firstErrorBare(jobs []func() error) error {
	errc := make(chan error, 1) // related `^errc is made here, with room for 1$`
	for _, job := range jobs {
		go func() {
			if err := job(); err != nil {
				errc <- err // want `^this send on errc may block forever: its receiver may be gone by line \d+$`
			}
		}()
	}
	return <-errc // related `^here the receiver of errc returns$`
}

func moreThanRoom(ask func(int) int) int {
	got := make(chan int, 2) // related `^got is made here, with room for 2$`
	for i := 0; i < 5; i++ {
		go func() {
			got <- ask(i) // want `^this send on got may block forever: its receiver may be gone by line \d+$`
		}()
	}
	return <-got // related `^here the receiver of got returns$`
}

func roomForTheRest(ask func(int) int) int {
	got := make(chan int, 2)
	for i := range 3 {
		go func() { got <- ask(i) }()
	}
	return <-got
}

func roomForAll(ask func(int) int) int {
	const n = 3
	got := make(chan int, n)
	for i := range n {
		go func() { got <- ask(i) }()
	}
	return <-got
}

// eitherFails is left when the one who writes has failed, too.
func eitherFails(read func() (int, error), write func() error) error {
	in, errc := make(chan int), make(chan error, 2) // related `^in is made here, with room for 0$`
	go func() {
		for {
			v, err := read()
			if err != nil {
				errc <- err
				return
			}
			in <- v // want `^this send on in may block forever: its receiver may be gone by line \d+$`
		}
	}()
	go func() { errc <- write() }()
	for {
		select {
		case v := <-in:
			println(v)
		case err := <-errc:
			return err // related `^here the receiver of in returns$`
		}
	}
}

func readerFails(read func() (int, error)) error {
	in, errc := make(chan int), make(chan error, 1)
	go func() {
		for {
			v, err := read()
			if err != nil {
				errc <- err
				return
			}
			in <- v
		}
	}()
	for {
		select {
		case v := <-in:
			println(v)
		case err := <-errc:
			return err
		}
	}
}

func bothFail(read func() (int, error), write func() error) (errs []error) {
	in, errc := make(chan int), make(chan error, 2)
	go func() {
		for {
			v, err := read()
			if err != nil {
				errc <- err
				return
			}
			in <- v
		}
	}()
	go func() { errc <- write() }()
	for len(errs) < 2 {
		select {
		case v := <-in:
			println(v)
		case err := <-errc:
			errs = append(errs, err)
		}
	}
	return errs
}
