package leakedsend

import (
	"errors"
	"time"
)

// -- a channel for each goroutine, given to a helper that receives --

func byName(names []string, p probe, limit time.Duration) (map[string]int, error) {
	outs := make(map[string]chan int)
	for _, n := range names {
		out := make(chan int) // related `^out is made here, with room for 0$`
		outs[n] = out
		go answerOn(out, p)
	}
	return collectByName(outs, limit) // related `^here the receiver of out returns$`
}

func answerOn(out chan<- int, p probe) {
	out <- p() // want `^this send on out may block forever: its receiver may be gone by line \d+$`
}

func collectByName(outs map[string]chan int, limit time.Duration) (map[string]int, error) {
	got := make(map[string]int)
	deadline := time.After(limit)
	for n, out := range outs {
		select {
		case v := <-out:
			got[n] = v
		case <-deadline:
			return got, errors.New("late")
		}
	}
	return got, nil
}

func inOrder(ps []probe) error {
	var outs []chan int
	for _, p := range ps {
		out := make(chan int)      // related `^out is made here, with room for 0$`
		go func() { out <- p() }() // want `^this send on out may block forever: its receiver may be gone by line \d+$`
		outs = append(outs, out)
	}
	return noneNegative(outs) // related `^here the receiver of out returns$`
}

func noneNegative(outs []chan int) error {
	for _, out := range outs {
		if <-out < 0 {
			return errors.New("negative")
		}
	}
	return nil
}

// -- their neighbours --

func allInOrder(ps []probe) int {
	var outs []chan int
	for _, p := range ps {
		out := make(chan int)
		go func() { out <- p() }()
		outs = append(outs, out)
	}
	return sumOf(outs)
}

func sumOf(outs []chan int) (sum int) {
	for _, out := range outs {
		sum += <-out
	}
	return sum
}

func inOrderWithRoom(ps []probe) error {
	var outs []chan int
	for _, p := range ps {
		out := make(chan int, 1)
		go func() { out <- p() }()
		outs = append(outs, out)
	}
	return noneNegative(outs)
}

func drainedLater(ps []probe) error {
	var outs []chan int
	for _, p := range ps {
		out := make(chan int)
		go func() { out <- p() }()
		outs = append(outs, out)
	}
	if err := firstNegative(outs); err != nil {
		go sumOf(outs)
		return err
	}
	return nil
}

func firstNegative(outs []chan int) error {
	for _, out := range outs {
		select {
		case v := <-out:
			if v < 0 {
				return errors.New("negative")
			}
		default:
		}
	}
	return nil
}
