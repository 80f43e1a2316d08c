package oncedeadlock

import (
	"fmt"
	"sync"
)

func localOnce() {
	var once sync.Once
	once.Do(func() { fmt.Println("every time") }) // want `^once is made anew for each call of localOnce, so it guards nothing$`
}

func newOnce() {
	once := new(sync.Once)
	once.Do(func() { fmt.Println("every time") }) // want `^once is made anew for each call of newOnce, so it guards nothing$`
}

func literalOnce() {
	once := &sync.Once{}
	once.Do(compute2) // want `^once is made anew for each call of literalOnce, so it guards nothing$`
}

func directOnce() {
	new(sync.Once).Do(compute2)  // want `^the Once is made anew for each call of directOnce, so it guards nothing$`
	(&sync.Once{}).Do(func() {}) // want `^the Once is made anew for each call of directOnce, so it guards nothing$`
}

func compute2() {}

type cell struct {
	once sync.Once
	n    int
}

func (c cell) load() {
	c.once.Do(func() { fmt.Println(c.n) }) // want `^c\.once is copied for each call of load, so it guards nothing$`
}

func byValue(once sync.Once) {
	once.Do(func() {}) // want `^once is copied for each call of byValue, so it guards nothing$`
}

func structByValue(c cell) {
	c.once.Do(func() {}) // want `^c\.once is copied for each call of structByValue, so it guards nothing$`
}

type deep struct{ cell cell }

func (d deep) load() {
	d.cell.once.Do(func() {}) // want `^d\.cell\.once is copied for each call of load, so it guards nothing$`
}

type embeds struct{ sync.Once }

func (e embeds) load() {
	e.Do(func() {}) // want `^e is copied for each call of load, so it guards nothing$`
}

func called() int {
	return sync.OnceValue(compute)() // want `^sync\.OnceValue is called anew for each call of called, so it guards nothing$`
}

func calledFunc() {
	sync.OnceFunc(compute2)() // want `^sync\.OnceFunc is called anew for each call of calledFunc, so it guards nothing$`
}

func local() int {
	get := sync.OnceValue(compute) // want `^sync\.OnceValue is called anew for each call of local, so it guards nothing$`
	return get()
}

func insideLoop(xs []int) {
	for range xs {
		var once sync.Once
		once.Do(compute2) // want `^once is made anew for each call of insideLoop, so it guards nothing$`
	}
}

func handler() func() {
	return func() {
		var once sync.Once
		once.Do(compute2) // want `^once is made anew for each call of the literal, so it guards nothing$`
	}
}
