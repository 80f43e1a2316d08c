// Package loopcapture defines an analyzer that reports loop variables captured
// by what runs after their iteration.
//
// # Analyzer loopcapture
//
// loopcapture: report loop variables captured beyond their iteration
//
// Before Go 1.22 the variables that a for statement declares were one in all
// its iterations. A goroutine, a deferred function or a stored function that
// refers to such a variable finds in it the value of a later iteration, mostly
// of the last one, and reads it while the loop writes it. This is still so in
// files whose language version, by go.mod or by a build constraint, is below 1.22.
//
// For example:
//
//	for _, host := range hosts {
//		go func() {
//			ping(host) // mostly the last host, again and again
//		}()
//	}
//
// The correct code gives each iteration a variable of its own:
//
//	for _, host := range hosts {
//		host := host
//		go func() {
//			ping(host)
//		}()
//	}
//
// or passes the value as an argument, or states a language version of 1.22 or
// later in go.mod.
//
// The analyzer finds go and defer statements, groups, timers, parallel subtests,
// functions and pointers that are stored or sent, and helpers, in this package
// or another, that do any of these with a function they are given.
//
// The analyzer does not report a capture by code that it cannot see to run
// later, a goroutine that the same iteration waits for, or an iteration that is
// surely the last one.
package loopcapture
