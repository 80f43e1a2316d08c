package nilchan

func sliceOfNil(n int) {
	chans := make([]chan int, n) // related `^chans is declared here$` `^chans is declared here$`
	for i := range chans {
		go func() {
			chans[i] <- i // want `^this send blocks for ever: nothing puts a channel into chans, so its elements are nil$`
		}()
	}
	for _, ch := range chans {
		use(<-ch) // related `^this receive blocks as well$`
	}
}

func arrayOfNil() {
	var chans [3]chan int // related `^chans is declared here$`
	chans[0] <- 1         // want `^this send blocks for ever: nothing puts a channel into chans, so its elements are nil$`
}

func mapOfNil(key string) {
	chans := make(map[string]chan int) // related `^chans is declared here$`
	chans[key] <- 1                    // want `^this send blocks for ever: nothing puts a channel into chans, so its elements are nil$`
}

type shards struct {
	none []chan int // related `^none is declared here$`
	some []chan int
}

func newShards(n int) *shards {
	s := &shards{none: make([]chan int, n), some: make([]chan int, n)}
	for i := range s.some {
		s.some[i] = make(chan int)
	}
	return s
}

func (s *shards) send(i int) {
	s.some[i] <- i
	s.none[i] <- i // want `^this send blocks for ever: nothing puts a channel into none, so its elements are nil$`
}

func sliceFilled(n int) {
	chans := make([]chan int, n)
	for i := range chans {
		chans[i] = make(chan int, 1)
	}
	chans[0] <- 1
}

func sliceAppended(n int) {
	var chans []chan int
	for range n {
		chans = append(chans, make(chan int, 1))
	}
	for _, ch := range chans {
		ch <- 1
	}
}

func sliceHandedOn(fill func([]chan int)) {
	chans := make([]chan int, 3)
	fill(chans)
	chans[0] <- 1
}

func sliceByAddress() {
	chans := make([]chan int, 3)
	for i := range chans {
		open(&chans[i])
	}
	chans[0] <- 1
}

func sliceOfAll(a, b chan int) {
	for _, ch := range []chan int{a, b} {
		ch <- 1
	}
	chans := []chan int{a, b}
	chans[0] <- 1
}

func mapGuarded(key string) {
	chans := make(map[string]chan int)
	if chans[key] != nil {
		chans[key] <- 1
	}
	if ch, ok := chans[key]; ok {
		ch <- 1
	}
}

func neverRuns() {
	chans := make(map[string]chan int)
	for _, ch := range chans {
		ch <- 1
	}
}

func fromArgument(chans []chan int) {
	chans[0] <- 1
}
