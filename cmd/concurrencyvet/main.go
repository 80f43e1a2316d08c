// Command concurrencyvet finds concurrency faults in Go code.
package main

func main() {}
