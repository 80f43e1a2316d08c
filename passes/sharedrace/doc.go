// Package sharedrace defines an analyzer that reports package variables and
// fields which several goroutines access with nothing to keep them apart.
//
// # Analyzer sharedrace
//
// sharedrace: report shared variables and fields that goroutines race for
//
// What a goroutine writes while another one reads or writes it is a data race:
// counters lose increments, a value that is made on first use is made twice, a
// loop that reads a field again finds it nil, and whoever receives a buffer that
// its sender fills again reads what was meant for the next one.
//
// For example:
//
//	func New(c net.Conn) *Client {
//		cl := &Client{conn: c}
//		go cl.loop() // reads cl.conn in each turn
//		return cl
//	}
//
//	func (cl *Client) Close() {
//		cl.conn.Close()
//		cl.conn = nil // the loop may be about to read it
//	}
//
// The correct code leaves the field alone, takes a lock in both places, or waits
// until the goroutine has ended:
//
//	func (cl *Client) Close() {
//		cl.conn.Close()
//		<-cl.done
//		cl.conn = nil
//	}
//
// Reported are package variables that a goroutine accesses while another, or the
// function that started it, such as a test, does; fields that a goroutine which
// an object has started accesses, and methods of the object as well; buffers, maps
// and objects that are written again after they were sent on a channel; and slices
// that are cut to nothing, to be filled again, after a goroutine was given them.
// What goroutines of one function do to what it has made or been given is
// capturerace's to report, what is under a lock nearly everywhere guardedby's, and
// what is accessed atomically elsewhere mixedatomic's.
//
// The analyzer does not report accesses which a channel, a WaitGroup, an
// errgroup, a Once, an atomic operation, a Cond or a lock may order, nor those of
// two methods if it is not seen that one is called while a goroutine of the
// other runs: the goroutine is not started by the constructor, and the method
// neither stops it nor reads what it writes. Elements of slices are left out,
// unless the slice was sent, and so are functions whose graphs are very large, and
// package runtime with what is below it, which order their goroutines by other means. Of
// other packages' goroutines it knows those of functions that have other
// operations on channels, locks or contexts as well, and that are exported.
package sharedrace

import _ "embed"

//go:embed doc.go
var doc string
