// Package axioms runs the operations that block for ever or panic.
package axioms

func nilSend() {
	var nilCh chan int
	nilCh <- 1 // finding: nilchan
}

func nilReceive() {
	var nilCh chan int
	<-nilCh // finding: nilchan
}

func nilClose() {
	var nilCh chan int
	close(nilCh) // finding: doubleclose
}

func closedSend() {
	closedCh := make(chan int)
	close(closedCh)
	closedCh <- 1 // finding: closedsend
}

func closedReceive() (int, bool) {
	closedCh := make(chan int)
	close(closedCh)
	v, ok := <-closedCh
	return v, ok
}

func closedClose() {
	closedCh := make(chan int)
	close(closedCh)
	close(closedCh) // finding: doubleclose
}
