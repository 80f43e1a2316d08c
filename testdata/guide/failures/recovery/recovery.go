// Package recovery recovers in the goroutine that panics.
package recovery

import (
	"log"
	"runtime/debug"
)

func safeGo(f func()) {
	go func() {
		defer func() {
			if r := recover(); r != nil {
				log.Printf("Goroutine panic: %v\n%s", r, debug.Stack())
			}
		}()
		f()
	}()
}
