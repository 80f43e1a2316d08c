// Command race counts in goroutines with no lock.
package main

var counter int

func main() {
	for i := 0; i < 1000; i++ {
		go func() {
			counter++ // finding: sharedrace
		}()
	}
}
