// Package lazyregexp has regular expressions that are compiled when they are first used.
//
// The program starts three times in a run of a few packages, for the user and twice for the
// go command, and in two of them no check runs.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that returns the compiled expr, always the same one. Its first
// call panics if expr can't be parsed. It is for package variables, and may be called
// from several goroutines.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
