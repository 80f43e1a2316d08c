// Package dep is imported by the fixtures, so that what is known of it comes by facts.
package dep

import "os"

// Start removes a file on a goroutine of its own.
func Start(name string) { // want Start:`^starts a goroutine$`
	go func() { _ = os.Remove(name) }()
}
