// Package falsesharing defines an analyzer that reports contended cache lines.
//
// # Analyzer falsesharing
//
// falsesharing: report counters of goroutines on one cache line
//
// A processor core owns the cache lines that it writes, 64 bytes each. Where two
// goroutines write variables that are near to each other, in loops, the line goes
// back and forth between their cores, and each write may take a hundred times as
// long.
//
// For example:
//
//	counts := make([]int64, workers)
//	for w := range workers {
//		wg.Go(func() {
//			for _, item := range items[w] {
//				counts[w] += weigh(item) // on the line of counts[w+1]
//			}
//		})
//	}
//
// The correct code counts in a local variable and writes once, or pads the element
// to the size of a line:
//
//	type slot struct {
//		n int64
//		_ [56]byte
//	}
//
// The analyzer reports elements of one array or slice, and fields of one struct,
// that different goroutines write in loops, atomically or plainly. What lies where
// it takes from the sizes of the platform.
//
// The analyzer does not report what is padded, writes that are not in a loop, or in
// one that sleeps or selects, elements at an index that the goroutine changes, those
// behind pointers, and tests. Package variables lie where the linker puts them.
package falsesharing

import _ "embed"

//go:embed doc.go
var doc string
