package borrowed

import (
	"os"
	"os/signal"
)

func unbuffered() {
	c := make(chan os.Signal)
	signal.Notify(c, os.Interrupt) // finds sigchanyzer as signalmisuse
	<-c
}

func unbufferedAndNeverSent() {
	c := make(chan os.Signal)
	signal.Notify(c, os.Kill) // finds sigchanyzer as signalmisuse, finds signalmisuse
	<-c
}

// The channel has room when it counts, says the check.
func replaced() {
	c := make(chan os.Signal)
	<-c
	c = make(chan os.Signal, 1)
	signal.Notify(c, os.Kill) // finds sigchanyzer, finds signalmisuse
}
