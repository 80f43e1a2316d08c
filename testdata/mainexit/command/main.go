// Command command ends while it works.
package main

import (
	"fmt"
	"os"
	"sync"
)

func save(name string) {
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		fmt.Println(err)
	}
}

func start(name string) {
	go save(name) // want `^main returns without waiting for this goroutine$`
}

func joined() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		save("joined")
	}()
	wg.Wait()
}

func watch(stop <-chan struct{}) {
	<-stop
	save("stopped")
}

func main() {
	go save("early")
	joined()
	stop := make(chan struct{})
	go watch(stop)
	for _, name := range os.Args {
		go func() { // want `^main returns without waiting for this goroutine$`
			save(name)
		}()
	}
	start("other")
	fmt.Println("started")
} // related `^the process ends here$` // related `^the process ends here$`
