// Package dep ends the process for others.
package dep

import (
	"fmt"
	"os"
)

// Fatal ends the process.
func Fatal(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Check ends the process if there is an error.
func Check(err error) {
	if err != nil {
		Fatal(err)
	}
}
