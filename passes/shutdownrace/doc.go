// Package shutdownrace defines an analyzer that reports servers whose shutdown is cut
// short.
//
// # Analyzer shutdownrace
//
// shutdownrace: report shutdowns of servers that are cut short
//
// ListenAndServe returns as soon as Shutdown is called, not when that has finished. A
// program that ends then, by a return of main or by log.Fatal, drops the requests that
// Shutdown waits for. And Shutdown does not wait at all if its context has ended.
//
// For example:
//
//	go func() {
//		<-ctx.Done()
//		srv.Shutdown(ctx) // ctx has ended: Shutdown gives up at once
//	}()
//	log.Fatal(srv.ListenAndServe()) // ends the process while Shutdown runs
//
// The correct code waits for Shutdown to return, and gives it a time of its own:
//
//	go func() {
//		if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
//			log.Fatal(err)
//		}
//	}()
//	<-ctx.Done()
//	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
//	defer cancel()
//	if err := srv.Shutdown(ctx); err != nil {
//		log.Print(err)
//	}
//
// A Shutdown whose context never ends is reported too, in the category policy: a client
// that keeps its connection busy holds it up for ever.
//
// The analyzer does not report a function that may wait for Shutdown, be it by a channel,
// a group, or something that its caller can see; an exit where http.ErrServerClosed is told
// apart; and servers that nothing shuts down. Tests are left alone.
package shutdownrace

import _ "embed"

//go:embed doc.go
var doc string

// The categories of findings.
const (
	categoryLeft   = "left"   // the process or function goes on while Shutdown runs
	categoryEnded  = "ended"  // the context of Shutdown has ended
	categoryPolicy = "policy" // that context never ends
)
