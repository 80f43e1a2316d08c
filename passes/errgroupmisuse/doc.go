// Package errgroupmisuse defines an analyzer that reports error groups that are
// used wrongly.
//
// # Analyzer errgroupmisuse
//
// errgroupmisuse: report error groups that are used wrongly
//
// A Group of golang.org/x/sync/errgroup starts functions, and its Wait waits for
// them and returns the first error. An error group is of use only if Wait is called
// and its error looked at, and if the functions end when one of them fails, by the
// context that WithContext makes for them.
//
// For example:
//
//	g, gctx := errgroup.WithContext(ctx)
//	g.Go(func() error { return fetch(ctx, a) }) // goes on when the other fails
//	g.Go(func() error { return fetch(gctx, b) })
//	g.Wait() // the error is dropped
//
// The correct code uses the context of the group, and the error:
//
//	g, ctx := errgroup.WithContext(ctx)
//	g.Go(func() error { return fetch(ctx, a) })
//	g.Go(func() error { return fetch(ctx, b) })
//	return g.Wait()
//
// Reported as well are groups that nothing waits for, or not at some return;
// SetLimit called when functions may run already, which panics or lets them wait
// forever; Go called by a function of the group that has a limit, which waits
// forever once all places are taken by functions that call it; and TryGo whose
// result is ignored, so that a function may not run unnoticed.
//
// The analyzer does not report a Wait whose error is dropped if no function of
// the group can fail, if they tell of their errors by other means, or if another
// Wait of the group looks at it; a return without Wait behind a call of a cancel
// function; groups that code which it does not see may wait for; a group whose
// context is discarded with the blank identifier; and uses of the outer context
// that only log or read its values, or in a function that looks at the end of the
// group's context by itself.
package errgroupmisuse

import _ "embed"

//go:embed doc.go
var doc string
