package orphanop

import "fixture.example/orphanop/dep"

// -- literals that are handed on until somebody calls them --

func asked(n int) int {
	ch := make(chan int)
	dep.Ask(n, ch)
	return <-ch
}

func answer(n int, f func(int)) { passOn(n, f) }

func passOn(n int, f func(int)) { f(n) }

func askHere(n int, ch chan<- int) {
	go answer(n, func(n int) { ch <- n })
}

func askedHere(n int) int {
	ch := make(chan int)
	askHere(n, ch)
	return <-ch
}
