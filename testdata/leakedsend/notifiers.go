package leakedsend

import (
	"log"
	"time"
)

// -- channels behind an interface --

type verdictTo interface{ tell(error) }

type toChan struct{ c chan error }

func (t *toChan) tell(err error) { t.c <- err } // want `^this send on t\.c may block forever: its receiver may be gone by line \d+$`

type toLog struct{ prefix string }

func (t toLog) tell(err error) { log.Println(t.prefix, err) }

func tellLater(to verdictTo, check func() error) {
	err := check()
	to.tell(err)
}

func checkUntil(check func() error, limit time.Duration) bool {
	to := &toChan{c: make(chan error)} // related `^t\.c is made here, with room for 0$`
	go tellLater(to, check)
	select {
	case err := <-to.c:
		return err == nil
	case <-time.After(limit):
		return false // related `^here the receiver of t\.c returns$`
	}
}

// -- their neighbours --

func checkUntilWithRoom(check func() error, limit time.Duration) bool {
	to := &toChan{c: make(chan error, 1)}
	go tellLater(to, check)
	select {
	case err := <-to.c:
		return err == nil
	case <-time.After(limit):
		return false
	}
}

func checkAndLog(check func() error) {
	go tellLater(toLog{"check"}, check)
}

type verdictFor struct {
	last verdictTo
}

func (v *verdictFor) keep(to verdictTo) { v.last = to }

func checkKept(v *verdictFor, check func() error, limit time.Duration) bool {
	to := &toKept{c: make(chan error)}
	v.keep(to)
	select {
	case err := <-to.c:
		return err == nil
	case <-time.After(limit):
		go func() { <-to.c }()
		return false
	}
}

type toKept struct{ c chan error }

func (t *toKept) tell(err error) { t.c <- err }
