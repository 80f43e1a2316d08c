// Package procs reads and sets the number of processors.
package procs

import "runtime"

func limits() int {
	n := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(4)
	runtime.GOMAXPROCS(runtime.NumCPU())
	return n
}
