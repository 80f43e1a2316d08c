package leakedsend

import "fmt"

// -- panics between the start and the receive --

func require(ok bool, what string) {
	if !ok {
		panic("not met: " + what) // related `^here the receiver of ch panics$`
	}
}

func afterCheck(n int) (v int, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("%v", e)
		}
	}()
	ch := make(chan int)    // related `^ch is made here, with room for 0$`
	go func() { ch <- n }() // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
	require(n > 0, "n > 0")
	return <-ch, nil
}

func afterCheckWithRoom(n int) (v int, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("%v", e)
		}
	}()
	ch := make(chan int, 1)
	go func() { ch <- n }()
	require(n > 0, "n > 0")
	return <-ch, nil
}

// endsAll: nothing recovers, and the process ends.
func endsAll(n int) int {
	ch := make(chan int)
	go func() { ch <- n }()
	require(n > 0, "n > 0")
	return <-ch
}

func requiredBefore(n int) (v int, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("%v", e)
		}
	}()
	require(n > 0, "n > 0")
	ch := make(chan int)
	go func() { ch <- n }()
	return <-ch, nil
}

// -- capacities that are asked --

func asksCap(ns []int) int {
	ch := make(chan int, 1) // related `^ch is made here, with room for 1$`
	println(cap(ch))
	for _, n := range ns {
		go func() { ch <- n }() // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
	}
	return <-ch // related `^here the receiver of ch returns$`
}

// asksLen may know that all is there.
func asksLen(ns []int) int {
	ch := make(chan int, 1)
	for _, n := range ns {
		go func() { ch <- n }()
	}
	for len(ch) == 0 {
		println("not yet")
	}
	return <-ch
}

// drainsRecovered receives what is left, if there was a panic.
func drainsRecovered(n int) (v int, err error) {
	ch := make(chan int)
	defer func() {
		if e := recover(); e != nil {
			<-ch
			err = fmt.Errorf("%v", e)
		}
	}()
	go func() { ch <- n }()
	require(n > 0, "n > 0")
	return <-ch, nil
}

// sendsPanic sends what it has, or the panic that was in its place.
func sendsPanic(f func() int) error {
	ch := make(chan error)
	go func() {
		defer func() {
			if e := recover(); e != nil {
				ch <- fmt.Errorf("%v", e)
			}
		}()
		if f() < 0 {
			ch <- fmt.Errorf("negative")
			return
		}
		ch <- nil
	}()
	return <-ch
}
