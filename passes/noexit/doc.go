// Package noexit defines an analyzer that reports goroutines that never end.
//
// # Analyzer noexit
//
// noexit: report goroutines whose loop has no way out
//
// A goroutine that loops without a return, a break or a done channel lives until
// the process ends, and so does all that it refers to. Where a library starts
// one for each object or call, they pile up.
//
// For example:
//
//	func newCache() *cache {
//		c := &cache{items: make(map[string]item)}
//		go func() {
//			for {
//				time.Sleep(time.Minute)
//				c.evict() // for ever, and c is never freed
//			}
//		}()
//		return c
//	}
//
// The correct code gives the loop a way out, and its user a way to take it:
//
//	for {
//		select {
//		case <-time.After(time.Minute):
//			c.evict()
//		case <-c.done:
//			return
//		}
//	}
//
// A range over the channel of a ticker never ends, and neither does one over a
// channel in a field that nothing in the package closes, if no other has it. A
// way out that waits for such a channel, which nothing sends on either, is none. The same
// holds for a channel that a function makes, in an object perhaps that it keeps to itself, and
// neither closes nor sends on: what the object's methods could do nobody calls. Where
// a context without a parent ends the goroutine of such an object, a way out of the
// function that does not cancel it is reported, be it the one that makes the object.
//
// The analyzer does not report what main, or what only main and init call,
// starts for the life of the process, what tests start, and loops that end by a
// panic. A loop that waits for a ticker made for it, by its
// goroutine or by who starts that, is left to timerleak, a break
// that leaves only a select statement to breakselect, and a pool of workers whose
// end is waited for to semleak. To run for as long as the
// process on purpose, start the goroutine in init or by a sync.Once of the package.
package noexit

import _ "embed"

//go:embed doc.go
var doc string
