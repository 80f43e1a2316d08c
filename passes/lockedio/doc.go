// Package lockedio defines an analyzer that reports input and output under a lock.
//
// # Analyzer lockedio
//
// lockedio: report sleeping and input or output under a lock
//
// All that needs a mutex waits while another goroutine that has it sleeps, or waits
// for the network, a disk or a process. One slow peer then stops the program.
//
// For example:
//
//	s.mu.Lock()
//	defer s.mu.Unlock()
//	resp, err := http.Get(s.url) // everything that needs s.mu waits for the peer
//	…
//	s.last = resp.Status
//
// The correct code holds the lock only for what it protects:
//
//	resp, err := http.Get(s.url)
//	…
//	s.mu.Lock()
//	s.last = resp.Status
//	s.mu.Unlock()
//
// The analyzer follows calls, also into other packages, and literals that are run
// under a lock by the function that they are handed to. What is done under a lock from
// one place on is reported once for each thing that it waits for, at the first call.
//
// The analyzer does not report what closes or prints, readers and writers of which
// it does not know that they are files or connections, deferred calls, calls
// behind a lock that is taken on some paths only, and what is more than eight calls
// away. A lock that is there to let one goroutine at a time write to a file is
// reported as any other; where that is what is meant, a directive says so.
package lockedio

import _ "embed"

//go:embed doc.go
var doc string
