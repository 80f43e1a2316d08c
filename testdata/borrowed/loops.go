//go:build go1.21

package borrowed

func use(...any) {}

func captured(xs []int) {
	for i, x := range xs {
		go func() {
			use(i)    // finds loopclosure as loopcapture
			use(x, i) // finds loopclosure as loopcapture, finds loopclosure alone
			use(x)    // finds loopclosure alone
		}()
	}
}

// loopclosure looks at the last statement of the body.
func capturedEarlier(xs []int) {
	for _, x := range xs {
		go func() { use(x) }() // finds loopcapture
		use(xs)
	}
}

// The one literal outlives the iteration and the other does not, says the check.
func capturedTwice(xs []int) {
	for _, x := range xs {
		done := make(chan struct{})
		if x > 0 {
			go func() { use(x) }() // finds loopclosure as loopcapture
		} else {
			go func() { use(x); close(done) }() // finds loopclosure as loopcapture
		}
	}
}

// The loop itself is in a literal.
func capturedInside(xs []int) func() {
	return func() {
		for _, x := range xs {
			go func() { use(x) }() // finds loopclosure as loopcapture
		}
	}
}
