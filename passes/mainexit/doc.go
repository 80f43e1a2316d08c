// Package mainexit defines an analyzer that reports programs that end too early.
//
// # Analyzer mainexit
//
// mainexit: report programs that end before work is done
//
// When main returns, the process ends, whatever its goroutines are about. And
// os.Exit, log.Fatal and their like end it at once: no deferred call is made, so that
// buffers are not flushed, temporary files stay, and profiles are cut off.
//
// For example:
//
//	func main() {
//		dir, err := os.MkdirTemp("", "work")
//		…
//		defer os.RemoveAll(dir)
//		if err := build(dir); err != nil {
//			log.Fatal(err) // dir stays
//		}
//	}
//
// The correct code leaves a function that has deferred calls by a return:
//
//	func main() {
//		if err := run(); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// An exit is reported too if it comes between the start of a goroutine that writes
// files and the place where main waits for it.
//
// The analyzer also knows functions that end the process by what they call, in this
// package or others.
//
// The analyzer does not report deferred calls that do not matter at the end of the
// process, like those that unlock, cancel, stop timers, or close what is only read
// from or is a connection; exits behind a server that is meant to run for ever; and
// goroutines that main may wait for, be it by a call of something unknown.
package mainexit

import _ "embed"

//go:embed doc.go
var doc string
