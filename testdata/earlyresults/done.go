package earlyresults

import (
	"errors"
	"os"
)

// -- waits for a goroutine by a channel that it closes --

func closeAtEnd(name string) (all []error) {
	errs := make(chan error)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := os.Remove(name); err != nil {
			errs <- err // related `^the goroutine waits here for a receiver$`
		}
	}()
	<-done // want `^this wait blocks forever: a goroutine that it waits for sends on errs, which is received from only after it$`
	close(errs)
	for err := range errs { // related `^the receive comes only after the wait$`
		all = append(all, err)
	}
	return all
}

// roomForOne is for a goroutine that may send twice.
func roomForOne(name string) (all []error) {
	errs := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if name == "" {
			errs <- errors.New("no name")
		}
		if err := os.Remove(name); err != nil {
			errs <- err // related `^the goroutine waits here for a receiver$`
		}
	}()
	<-done // want `^this wait blocks forever: a goroutine that it waits for sends on errs, which is received from only after it$`
	close(errs)
	for err := range errs { // related `^the receive comes only after the wait$`
		all = append(all, err)
	}
	return all
}

func sendAtEnd(name string) ([]byte, error) {
	data := make(chan []byte)
	result := make(chan error)
	go func() {
		b, err := os.ReadFile(name)
		data <- b // related `^the goroutine waits here for a receiver$`
		result <- err
	}()
	if err := <-result; err != nil { // want `^this wait blocks forever: a goroutine that it waits for sends on data, which is received from only after it$`
		return nil, err
	}
	return <-data, nil // related `^the receive comes only after the wait$`
}

// eitherOfTwo sends once at most.
func eitherOfTwo(name string) error {
	errs := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if name == "" {
			errs <- errors.New("no name")
			return
		}
		if err := os.Remove(name); err != nil {
			errs <- err
		} else {
			errs <- nil
		}
	}()
	<-done
	return <-errs
}

// tellFirst says that it is there before it sends.
func tellFirst(name string) []byte {
	ready := make(chan struct{})
	data := make(chan []byte)
	go func() {
		close(ready)
		b, _ := os.ReadFile(name)
		data <- b
	}()
	<-ready
	return <-data
}

// collectBeside receives on another goroutine.
func collectBeside(name string) (all []error) {
	errs := make(chan error)
	done := make(chan struct{})
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		for err := range errs {
			all = append(all, err)
		}
	}()
	go func() {
		defer close(done)
		if err := os.Remove(name); err != nil {
			errs <- err
		}
	}()
	<-done
	close(errs)
	<-collected
	return all
}

// eitherChannel waits for both.
func eitherChannel(name string) error {
	errs := make(chan error)
	done := make(chan struct{})
	go func() {
		if err := os.Remove(name); err != nil {
			errs <- err
			return
		}
		close(done)
	}()
	select {
	case err := <-errs:
		return err
	case <-done:
		return nil
	}
}

// endedByOther is told by another goroutine as well.
func endedByOther(name string, stop <-chan struct{}) error {
	errs := make(chan error)
	done := make(chan struct{}, 2)
	go func() {
		if err := os.Remove(name); err != nil {
			errs <- err
		}
		done <- struct{}{}
	}()
	go func() {
		<-stop
		done <- struct{}{}
	}()
	<-done
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// inTurns gets an answer for each request, and one at the end.
func inTurns(names []string) (n int) {
	in := make(chan string)
	out := make(chan int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for name := range in {
			b, _ := os.ReadFile(name)
			out <- len(b)
		}
	}()
	for _, name := range names {
		in <- name
		n += <-out
	}
	close(in)
	<-done
	return n
}
