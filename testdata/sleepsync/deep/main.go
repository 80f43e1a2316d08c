// Command deep has helpers.
package main

import (
	"fmt"
	"time"
)

func pause() {
	time.Sleep(time.Second) // want `^time\.Sleep stands for a wait: the program ends behind it, whether or not the goroutine has$`
}

func start() {
	go func() { // related `^the goroutine is started here$`
		for i := range 10 {
			fmt.Println(i)
			time.Sleep(time.Millisecond)
		}
	}()
}

func main() {
	start()
	pause()
}
