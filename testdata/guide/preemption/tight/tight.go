// Package tight holds the loop that starved others before Go 1.14.
package tight

func tight() {
	for { // finding: spinloop
	}
}

func start() { go tight() }
