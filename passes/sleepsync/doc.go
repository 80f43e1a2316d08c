// Package sleepsync defines an analyzer that reports sleeps in place of a join.
//
// # Analyzer sleepsync
//
// sleepsync: report sleeps that stand for waiting for a goroutine
//
// How long a goroutine takes depends on the machine and its load. A function that
// sleeps to let one finish is wrong whenever that takes longer, and slow whenever
// it does not.
//
// For example:
//
//	func main() {
//		for _, url := range urls {
//			go fetch(url)
//		}
//		time.Sleep(time.Second) // the program ends, whatever fetch has done
//	}
//
// The correct code waits for the goroutines:
//
//	var wg sync.WaitGroup
//	for _, url := range urls {
//		wg.Go(func() { fetch(url) })
//	}
//	wg.Wait()
//
// The analyzer reports a sleep with which main, a test or an example ends, while
// goroutines that it has started come to an end by themselves; and a sleep behind
// which a function reads what a goroutine writes that it has started before.
//
// The analyzer does not report sleeps in loops, which poll or limit a rate, those
// with a wait of any other kind beside them, and those during which a goroutine
// works that runs until it is stopped, or that serves others, unless what is read is
// written before that. To sleep on purpose nevertheless, wait for the channel of a timer
// in a select statement.
package sleepsync

import _ "embed"

//go:embed doc.go
var doc string
