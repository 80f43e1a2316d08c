//go:build go1.21

package capture

import "fmt"

func shared() {
	for i := 0; i < 3; i++ {
		go func() {
			fmt.Println(i) // finding: loopcapture
		}()
	}
}

func passed() {
	for i := 0; i < 3; i++ {
		go func(n int) {
			fmt.Println(n)
		}(i)
	}
}

func shadowed() {
	for i := 0; i < 3; i++ {
		i := i
		go func() {
			fmt.Println(i)
		}()
	}
}
