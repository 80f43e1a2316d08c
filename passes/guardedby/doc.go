// Package guardedby defines an analyzer that reports fields which are accessed
// without the lock that guards them.
//
// # Analyzer guardedby
//
// guardedby: report accesses without the lock that guards a field
//
// A field that is written under a lock in one place and accessed without the
// lock in another is a data race as soon as two goroutines come by: a reader sees
// a value that is half written, an increment is lost, a map is written while it
// is read and the program ends.
//
// For example:
//
//	func (c *counter) Inc() {
//		c.mu.Lock()
//		c.n++
//		c.mu.Unlock()
//	}
//
//	func (c *counter) Add(n int) {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		c.n += n
//	}
//
//	func (c *counter) Value() int { return c.n } // without c.mu
//
// The correct code takes the lock wherever the field is accessed:
//
//	func (c *counter) Value() int {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		return c.n
//	}
//
// Which lock guards a field is inferred from the accesses in the package: those
// of at least two functions that write, or of one that writes and others, are
// under one lock, and few are not. The finding counts them. A function that reads
// a field without the lock, and then again under it before it writes, is made for
// others to come by: there the first read is reported whatever the others do. Which
// lock guards a field may also be stated, for users of the field in other packages as well, by a comment at the
// field or package variable:
//
//	n int // guarded by mu
//	n int // +checklocks:mu
//
// A comment may name the lock of another type: "guarded by server.mu".
//
// A function whose name ends in Locked, or whose comment says that a lock is
// held, is called with the lock held: calls of it without the lock are reported,
// and so are calls without the lock of an unexported function that is called with
// the lock elsewhere. A write while the lock is held for reading only is reported
// under the category "readlocked": other readers may be writing at the same time.
//
// The analyzer does not report accesses to an object that only the function
// itself has yet, or hands to a channel or pool; those before the function has
// started a goroutine, in init functions and methods named init, in tests, in
// function literals whose caller is not seen, or where the lock may be held on
// some path; nor fields that are written only while the object is made, nor those
// that are accessed atomically as well. It does not report what the goroutine or
// function reads that alone writes the field, nor where another lock is held that
// all others hold as well. A comment that most of the code does not follow is not
// believed, and that some callers of a function hold a lock only if nearly all do.
package guardedby

import _ "embed"

//go:embed doc.go
var doc string
