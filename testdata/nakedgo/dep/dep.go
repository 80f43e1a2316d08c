// Package dep is imported by the fixtures, so that what is known of it comes by facts.
package dep

import (
	"log"
	"os"
)

// Recover is deferred.
func Recover() { // want Recover:`^recovers when deferred$`
	if r := recover(); r != nil {
		log.Print(r)
	}
}

// Safe calls a function.
func Safe(f func()) { // want Safe:`^defers a recover$`
	defer Recover()
	f()
}

// Start starts a goroutine that recovers.
func Start(f func()) {
	go Safe(f)
}

// Bare does not recover.
func Bare(done chan<- error) { done <- os.Remove("x") }
