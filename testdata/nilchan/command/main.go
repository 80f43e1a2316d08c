// The command has no importer that could make its channels.
package main

type Worker struct {
	Jobs chan int // related `^Jobs is declared here$`
	Done chan bool
}

func (w *Worker) Run() {
	for j := range w.Jobs { // want `^this range blocks for ever: nothing assigns w\.Jobs, so it is nil$`
		println(j)
	}
	w.Done <- true
}

func main() {
	w := &Worker{Done: make(chan bool)}
	go w.Run()
	<-w.Done
}
