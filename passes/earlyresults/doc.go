// Package earlyresults defines an analyzer that reports waits for workers whose
// results are received only afterwards.
//
// # Analyzer earlyresults
//
// earlyresults: report waits for workers that block on their results
//
// A worker that sends its result on a channel without a buffer waits for somebody
// to receive it. Who waits for all workers to end, and receives only then, waits
// forever, and so do they.
//
// For example:
//
//	results := make(chan int)
//	for _, j := range jobs {
//		wg.Add(1)
//		go func() {
//			defer wg.Done()
//			results <- j.run()
//		}()
//	}
//	wg.Wait() // the workers wait for the loop below
//	close(results)
//	for r := range results {
//		total += r
//	}
//
// The correct code waits on a goroutine of its own:
//
//	go func() {
//		wg.Wait()
//		close(results)
//	}()
//
// A wait for workers whose results nothing receives at all is reported as well, and one for
// a goroutine by a channel on which it sends, or which it closes, only behind its results.
// Room for one is not enough for a goroutine that may send twice. Reported as well is a loop
// that hands out work for any number of things to workers who send each result on a channel
// without room, if the results are received by the same function, and not in that loop: once
// all workers wait to send one, nobody takes more work.
//
// The analyzer does not report channels with a buffer, those that code which it
// does not see may have, and workers that need not send. That the channel is closed
// while workers may still send on it is found by closedsend.
package earlyresults

import _ "embed"

//go:embed doc.go
var doc string
