// Package capture captures loop variables, under the rules before and since Go 1.22.
package capture

import "fmt"

func perIteration() {
	for i := 0; i < 3; i++ {
		go func() {
			fmt.Println(i)
		}()
	}
}
