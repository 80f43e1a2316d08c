// Package mixedatomic defines an analyzer that reports plain accesses to
// variables which are accessed atomically elsewhere.
//
// # Analyzer mixedatomic
//
// mixedatomic: report plain accesses to what is accessed atomically
//
// An atomic operation orders nothing but other atomic operations on the same
// variable. A plain read beside an atomic write is a data race: it may see half
// of the value, or an old one for ever, and a plain write undoes what the atomic
// operations of others have done.
//
// For example:
//
//	func (c *counter) Inc() { atomic.AddInt64(&c.n, 1) }
//
//	func (c *counter) Value() int64 { return c.n } // not atomic
//
// The correct code accesses the variable atomically everywhere, which a type of
// package sync/atomic makes sure of:
//
//	type counter struct{ n atomic.Int64 }
//
//	func (c *counter) Inc() { c.n.Add(1) }
//
//	func (c *counter) Value() int64 { return c.n.Load() }
//
// Fields and package variables are looked at through all functions of the
// package, and exported ones in the packages that import it as well; to copy a
// struct is to access all of its fields. Of local variables, and in tests of what
// these have made, the analyzer reports a plain access if nothing orders it and an
// atomic one.
//
// The analyzer does not report accesses to an object that only the function
// itself has yet, those of init functions and others of tests, those before the
// function starts the goroutines that know the object or behind a wait for some,
// or on an object that it hands on to a channel or a pool, those behind the atomic
// subtraction that took the last reference to the object away, those where a lock is
// held that all atomic accesses in conflict with it hold, those of the only writer,
// nor reads where all atomic accesses are reads.
package mixedatomic
