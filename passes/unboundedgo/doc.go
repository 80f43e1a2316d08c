// Package unboundedgo defines an analyzer that reports goroutines without a bound.
//
// # Analyzer unboundedgo
//
// unboundedgo: report goroutines that input alone bounds
//
// A goroutine for each element of a list, each value from a channel, each line of a
// scanner or each connection is cheap while there are few. Their number is for others to choose, and so are the
// memory, files and connections that they hold at once.
//
// For example:
//
//	for _, url := range urls {
//		go fetch(url) // as many at once as there are urls
//	}
//
// The correct code sets a limit:
//
//	var g errgroup.Group
//	g.SetLimit(16)
//	for _, url := range urls {
//		g.Go(func() error { return fetch(url) })
//	}
//
// Functions that start a goroutine count as the statement does, in this package or
// another.
//
// The analyzer does not report loops that wait for a place before they start a goroutine:
// by a channel, a semaphore or a limiter, or until those of the turn have ended; loops that
// compare a count; loops that count up to a number which is not the length of a list, as
// those that start workers do; lists that the code spells out; groups with a limit, and those
// that the function has from outside; and tests.
package unboundedgo

import _ "embed"

//go:embed doc.go
var doc string
