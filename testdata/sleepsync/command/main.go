// Command command ends behind a sleep.
package main

import (
	"fmt"
	"time"
)

func process(s string) { fmt.Println(s) }

func main() {
	go process("a") // related `^the goroutine is started here$`
	go process("b")
	time.Sleep(time.Second) // want `^time\.Sleep stands for a wait: the program ends behind it, whether or not the goroutine has$`
}
