package leakedsend

func untilClosed(items []int, more <-chan int) (sum int) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for _, it := range items {
			ch <- it
		}
	}()
	for {
		v, ok := <-ch
		if !ok {
			break
		}
		sum += v
	}
	return sum
}

func untilClosedBeside(items []int, more <-chan int) (sum int) {
	ch := make(chan int)
	go func() {
		for _, it := range items {
			ch <- it
		}
		close(ch)
	}()
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				return sum
			}
			sum += v
		case v := <-more:
			sum += v
		}
	}
}

func untilClosedOrTooMany(items []int) (sum int) {
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	go func() {
		defer close(ch)
		for _, it := range items {
			ch <- it // want `^this send on ch may block forever: its receiver may be gone by line \d+$`
		}
	}()
	for {
		v, ok := <-ch
		if !ok {
			return sum
		}
		if sum += v; sum > 1000 {
			return 1000 // related `^here the receiver of ch returns$`
		}
	}
}
