package closedsend

import "time"

// A feed has a loop that closes its channel when it ends, and a goroutine that
// sends for it.
type feed struct {
	out chan int
}

func newFeed() *feed {
	f := &feed{out: make(chan int)}
	go f.loop()
	return f
}

func (f *feed) loop() {
	defer close(f.out) // related `^f\.out is closed here$`
	time.Sleep(time.Minute)
}

func (f *feed) Publish(v int) {
	go func() { // related `^the goroutine that sends on f\.out starts here$`
		f.out <- v // want `^f\.out may be closed at line \d+ by another goroutine before this send$`
	}()
}
