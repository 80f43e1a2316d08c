// Package ctxafter defines an analyzer that reports contexts that are used after
// their end.
//
// # Analyzer ctxafter
//
// ctxafter: report contexts that are used after their end
//
// What is called with a context that has ended fails at once, or gives up in the middle
// of its work: the context of an error group once Wait has returned, one whose cancel
// function has been called or whose end has been waited for, that of a request in a
// goroutine which goes on when the handler has returned, and that of a test in a
// function that Cleanup runs.
//
// For example:
//
//	g, ctx := errgroup.WithContext(ctx)
//	for _, part := range parts {
//		g.Go(func() error { return load(ctx, part) })
//	}
//	if err := g.Wait(); err != nil {
//		return err
//	}
//	return store(ctx, parts) // Wait has ended ctx
//
// The correct code uses the context that the one which has ended was made of, or
// context.WithoutCancel where the values are needed:
//
//	g, gctx := errgroup.WithContext(ctx)
//	…
//	return store(ctx, parts)
//
// A use is reported if the context has ended on every path to it. A goroutine is
// reported that a handler of HTTP or gRPC starts with the context of its request and
// does not wait for.
//
// The analyzer does not report what only asks for the end of the context or for its
// values, logs or traces, nor contexts that a function makes of it by
// context.WithoutCancel or in a way that is not known. Of goroutines it leaves those
// alone that end with the request by design: they wait for its end, or work off a channel.
// In tests only the functions of Cleanup are looked at.
package ctxafter

import _ "embed"

//go:embed doc.go
var doc string

// The categories of findings.
const (
	categoryEnded   = "ended"   // used after the end
	categoryRequest = "request" // of a request, in a goroutine that goes on
	categoryCleanup = "cleanup" // of a test, in a function of Cleanup
)
