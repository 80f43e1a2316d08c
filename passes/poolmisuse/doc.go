// Package poolmisuse defines an analyzer that reports values that are used after
// they have been put into a pool.
//
// # Analyzer poolmisuse
//
// poolmisuse: report values used after they are put into a sync.Pool
//
// Once Put is called, the value belongs to the pool, and another goroutine may get
// it at any time. Who still reads it sees what that goroutine writes, and who puts it
// twice gives it to two goroutines at once.
//
// For example:
//
//	buf := pool.Get().(*bytes.Buffer)
//	defer pool.Put(buf)
//	fmt.Fprint(buf, v)
//	return buf.Bytes() // memory that the next Get hands to somebody else
//
// The correct code copies what is to outlive the value:
//
//	return bytes.Clone(buf.Bytes())
//
// The analyzer follows calls, so it knows functions that put their parameter, and
// what goroutines use that nothing waits for. A value that was sent on a channel is its
// receiver's until something behind the send waits.
//
// The analyzer does not report values that one of several branches has made, those
// that are counted by an atomic and put by the last who has them, and plain copies of
// a number or string. Nor does it report values that were loaded from a field which has
// been assigned since, those put by a function that is stored in a field, and those of
// which a variable has been set to nil.
package poolmisuse

import _ "embed"

//go:embed doc.go
var doc string
