package leakedsend

import (
	"context"
	"errors"
	"time"
)

// -- a channel for each goroutine --

type probe func() int

func untilDeadline(ps []probe, limit time.Duration) []int {
	outs := make([]chan int, len(ps))
	for i, p := range ps {
		outs[i] = make(chan int)       // related `^outs\[i\] is made here, with room for 0$`
		go func() { outs[i] <- p() }() // want `^this send on outs\[i\] may block forever: its receiver may be gone by line \d+$`
	}
	var got []int
	deadline := time.After(limit)
	for _, c := range outs {
		select {
		case v := <-c:
			got = append(got, v)
		case <-deadline:
			return got // related `^here the receiver of outs\[i\] returns$`
		}
	}
	return got
}

func untilNegative(ps []probe) error {
	outs := make(map[int]chan int)
	for i, p := range ps {
		outs[i] = make(chan int)       // related `^outs\[i\] is made here, with room for 0$`
		go func() { outs[i] <- p() }() // want `^this send on outs\[i\] may block forever: its receiver may be gone by line \d+$`
	}
	for i := range ps {
		if v := <-outs[i]; v < 0 {
			return errors.New("negative") // related `^here the receiver of outs\[i\] returns$`
		}
	}
	return nil
}

// -- their neighbours --

func allOfThem(ps []probe) (sum int) {
	outs := make([]chan int, len(ps))
	for i, p := range ps {
		outs[i] = make(chan int)
		go func() { outs[i] <- p() }()
	}
	for _, c := range outs {
		sum += <-c
	}
	return sum
}

func untilDeadlineWithRoom(ps []probe, limit time.Duration) []int {
	outs := make([]chan int, len(ps))
	for i, p := range ps {
		outs[i] = make(chan int, 1)
		go func() { outs[i] <- p() }()
	}
	var got []int
	deadline := time.After(limit)
	for _, c := range outs {
		select {
		case v := <-c:
			got = append(got, v)
		case <-deadline:
			return got
		}
	}
	return got
}

func untilCancelled(ctx context.Context, ps []probe) []int {
	outs := make([]chan int, len(ps))
	for i, p := range ps {
		outs[i] = make(chan int)
		go func() {
			select {
			case outs[i] <- p():
			case <-ctx.Done():
			}
		}()
	}
	var got []int
	for _, c := range outs {
		select {
		case v := <-c:
			got = append(got, v)
		case <-ctx.Done():
			return got
		}
	}
	return got
}

func drainedBehind(ps []probe) error {
	outs := make([]chan int, len(ps))
	for i, p := range ps {
		outs[i] = make(chan int)
		go func() { outs[i] <- p() }()
	}
	for i, c := range outs {
		if v := <-c; v < 0 {
			go func() {
				for _, c := range outs[i+1:] {
					<-c
				}
			}()
			return errors.New("negative")
		}
	}
	return nil
}

// -- requests by value, that a function of their own makes --

type inquiry struct {
	key   string
	reply chan string
}

type catalogue struct {
	inquiries chan inquiry
	entries   map[string]string
}

func (c *catalogue) serve(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case q := <-c.inquiries:
			c.answer(q)
		}
	}
}

func (c *catalogue) answer(q inquiry) {
	q.reply <- c.entries[q.key] // want `^this send on q\.reply may block forever: its receiver may be gone by line \d+$`
}

func newInquiry(key string) inquiry {
	return inquiry{key: key, reply: make(chan string)} // related `^q\.reply is made here, with room for 0$`
}

func (c *catalogue) get(ctx context.Context, key string) (string, error) {
	q := newInquiry(key)
	select {
	case c.inquiries <- q:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case v := <-q.reply:
		return v, nil
	case <-ctx.Done():
		return "", ctx.Err() // related `^here the receiver of q\.reply returns$`
	}
}

type roomyInquiry struct {
	key   string
	reply chan string
}

type roomyCatalogue struct {
	inquiries chan roomyInquiry
	entries   map[string]string
}

func (c *roomyCatalogue) serve() {
	for q := range c.inquiries {
		q.reply <- c.entries[q.key]
	}
}

func newRoomyInquiry(key string) roomyInquiry {
	return roomyInquiry{key: key, reply: make(chan string, 1)}
}

func (c *roomyCatalogue) get(ctx context.Context, key string) (string, error) {
	q := newRoomyInquiry(key)
	select {
	case c.inquiries <- q:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case v := <-q.reply:
		return v, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// -- a receiver that leaves when the sender has told it of the end --

type ownSink struct {
	in   chan string
	done chan struct{}
}

func newOwnSink() *ownSink { return &ownSink{in: make(chan string), done: make(chan struct{})} }

func (s *ownSink) run() {
	for {
		select {
		case <-s.in:
		case <-s.done:
			return
		}
	}
}

func intoOwnSink(items []string) {
	s := newOwnSink()
	go s.run()
	defer close(s.done)
	for _, it := range items {
		s.in <- it
	}
}

func (s *ownSink) runWithin(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		select {
		case <-s.in:
		case <-t.C:
			return // related `^here the receiver of s\.in returns$`
		}
	}
}

func intoTimedSink(items []string) {
	s := &ownSink{in: make(chan string)} // related `^s\.in is made here, with room for 0$`
	go s.runWithin(time.Second)
	for _, it := range items {
		s.in <- it // want `^this send on s\.in may block forever: its receiver may be gone by line \d+$`
	}
}

// intoEndlessSink: nothing ends it, which is noexit's.
func intoEndlessSink(items []string) {
	s := newOwnSink()
	go s.run()
	for _, it := range items {
		s.in <- it
	}
}
