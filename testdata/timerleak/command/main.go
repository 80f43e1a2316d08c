// The command runs tickers for as long as it lives.
package main

import "time"

func report() {}

func startReports() {
	go func() {
		for range time.Tick(time.Second) {
			report()
		}
	}()
}

type session struct{}

func (s *session) start() {
	go func() { // related `^the goroutine starts here$`
		t := time.NewTicker(time.Second) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
		for range t.C {                  // related `^the loop waits for the ticker here, and nothing ends it$`
			report()
		}
	}()
}

func handle(requests <-chan int) {
	for range requests {
		new(session).start()
	}
}

func main() {
	startReports()
	go func() {
		for range time.NewTicker(time.Minute).C {
			report()
		}
	}()
	go handle(make(chan int))
	t := time.NewTicker(time.Second)
	for range t.C {
		report()
	}
}
