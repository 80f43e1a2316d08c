package nilchan

import "fixture.example/nilchan/dep"

type depSource = dep.Source

var (
	jobs     chan int // related `^jobs is declared here$` `^jobs is declared here$`
	results  = make(chan int)
	lazy     chan int
	Exported chan int
	never    chan struct{}
	finished chan struct{} // related `^finished is declared here$`
)

func startLazily() { lazy = make(chan int) }

func submit(n int) {
	jobs <- n // want `^this send blocks for ever: nothing assigns jobs, so it is nil$`
	results <- n
	lazy <- n
	Exported <- n
}

func runJobs() {
	for j := range jobs { // related `^this range blocks as well$`
		use(j)
	}
}

func sleepForEver() { <-never }

func awaitFinished() {
	<-finished // want `^this receive blocks for ever: nothing assigns finished, so it is nil$`
}

func finish() { close(finished) }
