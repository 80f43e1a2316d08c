// Package testgoroutine defines an analyzer that reports tests ended elsewhere.
//
// # Analyzer testgoroutine
//
// testgoroutine: report calls of t.Fatal off the goroutine of the test
//
// Fatal, FailNow and Skip of a test, and the assertions of packages like testify's
// require, end the goroutine that calls them. If that is not the goroutine of the
// test, the test goes on, and may wait for ever for what the other one was to do.
//
// For example:
//
//	go func() {
//		conn, err := ln.Accept()
//		if err != nil {
//			t.Fatal(err) // ends this goroutine alone
//		}
//		conns <- conn
//	}()
//	conn := <-conns // waits for ever
//
// The correct code hands the error to the goroutine of the test, or calls Error
// and returns:
//
//	if err != nil {
//		t.Error(err)
//		close(conns)
//		return
//	}
//
// The analyzer follows helpers, methods and literals, also into other packages,
// and knows goroutines that are started by go statements, groups and AfterFunc, and
// the conditions that testify's Eventually runs. It reports as well what a
// goroutine that never ends writes to the log of its test, in a loop which sleeps:
// a test that logs after it has ended panics.
//
// The analyzer does not report what a subtest that a goroutine runs does to its own
// test, the body of RunParallel, whose end is that of one worker, HTTP handlers, and
// tests that are made for the purpose, like new(testing.T). To end the goroutine on
// purpose, call runtime.Goexit behind t.Fail.
package testgoroutine

import _ "embed"

//go:embed doc.go
var doc string
