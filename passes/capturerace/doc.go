// Package capturerace defines an analyzer that reports variables which several
// goroutines access with nothing to keep them apart.
//
// # Analyzer capturerace
//
// capturerace: report captured variables that goroutines race for
//
// A variable that a goroutine writes while another one reads or writes it is a
// data race: increments are lost, errors vanish, slices lose what was appended,
// a map that is written twice at once ends the program, and an interface that
// is half written crashes whoever calls a method of it. The race detector sees
// that only when a test runs into it.
//
// For example:
//
//	var err error
//	for _, u := range urls {
//		wg.Go(func() {
//			err = fetch(u) // by several goroutines
//		})
//	}
//	wg.Wait()
//
// The correct code gives each goroutine a variable of its own, and hands on what
// it finds by a channel, a slot of its own in a slice, or under a lock:
//
//	errs := make([]error, len(urls))
//	for i, u := range urls {
//		wg.Go(func() {
//			errs[i] = fetch(u)
//		})
//	}
//	wg.Wait()
//	return errors.Join(errs...)
//
// The accesses may be those of two goroutines, of several that a loop or a
// server starts from one function, of subtests that run in parallel, or of a
// goroutine and the function that started it and has not waited for it. They may
// be made in other functions of the package, which are handed the variable. What
// is looked at are local variables, captured or with their address taken, maps,
// elements of slices at a constant index, and fields of structs.
//
// The analyzer does not report accesses which a channel, a WaitGroup, an
// errgroup, a Once, an atomic operation, a Cond or a lock orders, what one turn of
// a loop alone does, or the last of its goroutines, nor those where unknown code that acts on one object may do so; package variables,
// elements of slices at an index that varies, what methods of other packages do to
// their receiver, requests to a server within a test, what the starter sleeps for
// before it reads it, which sleepsync reports, loop variables before Go 1.22,
// which loopcapture reports, and anything in package runtime and what is below it,
// which order their goroutines by other means.
package capturerace
