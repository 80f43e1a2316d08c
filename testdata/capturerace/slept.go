package capturerace

import "time"

// A goroutine that the function sleeps for is a finding of sleepsync.
func sleptFor() int {
	n := 0
	go func() { n = 1 }() // races
	time.Sleep(time.Second)
	return n
}

// So is one that a helper starts.
func sleptForHelper() int {
	n := 0
	set(&n) // races
	time.Sleep(time.Second)
	return n
}

func set(p *int) {
	go func() { *p = 1 }()
}

// It sleeps on one of the ways only.
func sleptSometimes(long bool) int {
	n := 0
	go func() { // related `^the goroutine that has n written starts here$`
		n = 1 // want `^n is written by this goroutine, and may be read at the same time at line \d+$`
	}()
	if long {
		time.Sleep(time.Second)
	}
	return n // related `^n is read here at the same time$`
}

// It sleeps too late.
func sleptLate() {
	n := 0
	go func() { // related `^the goroutine that has n written starts here$`
		n = 1 // want `^n is written by this goroutine, and may be read at the same time at line \d+$`
	}()
	use(n) // related `^n is read here at the same time$`
	time.Sleep(time.Second)
}

// Several goroutines race with one another, however long somebody sleeps.
func sleptForMany() int {
	n := 0
	for range 3 {
		go func() { // related `^the goroutines that have n start here$`
			n++ // want `^n is written by several goroutines, perhaps at the same time$`
		}()
	}
	time.Sleep(time.Second)
	return n
}

var _ = []any{sleptFor, sleptForHelper, sleptSometimes, sleptLate, sleptForMany}
