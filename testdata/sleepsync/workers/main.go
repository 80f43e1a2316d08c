// Command workers has workers that range over their jobs.
package main

import (
	"fmt"
	"time"
)

func worker(jobs <-chan int) {
	for j := range jobs {
		fmt.Println(j)
	}
}

func main() {
	jobs := make(chan int)
	for range 3 {
		go worker(jobs) // related `^the goroutine is started here$`
	}
	for i := range 10 {
		jobs <- i
	}
	close(jobs)
	<-time.After(time.Second) // want `^time\.After stands for a wait: the program ends behind it, whether or not the goroutine has$`
	fmt.Println("done")
}
