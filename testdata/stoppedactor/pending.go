package stoppedactor

import (
	"context"
	"encoding/json"
	"io"
	"sync"
)

type answer struct {
	ID  int
	Val string
}

type asker struct {
	mu      sync.Mutex
	seq     int
	waiting map[int]chan answer
	enc     *json.Encoder
	dec     *json.Decoder
}

func newAsker(rw io.ReadWriter) *asker {
	a := &asker{waiting: make(map[int]chan answer), enc: json.NewEncoder(rw), dec: json.NewDecoder(rw)}
	go a.input()
	return a
}

func (a *asker) input() {
	for {
		var r answer
		if err := a.dec.Decode(&r); err != nil {
			return // related `^here the loop that sends to ch ends$`
		}
		a.mu.Lock()
		ch := a.waiting[r.ID]
		delete(a.waiting, r.ID)
		a.mu.Unlock()
		if ch != nil {
			ch <- r
		}
	}
}

func (a *asker) Ask(v string) (string, error) {
	ch := make(chan answer, 1)
	a.mu.Lock()
	a.seq++
	id := a.seq
	a.waiting[id] = ch
	a.mu.Unlock()
	if err := a.enc.Encode(answer{ID: id, Val: v}); err != nil {
		return "", err
	}
	r := <-ch // want `^this receive from ch blocks forever once the loop has returned at line \d+: nothing sends to it then$`
	return r.Val, nil
}

// A closing asker tells all that wait when it ends.
type closingAsker struct {
	mu      sync.Mutex
	seq     int
	waiting map[int]chan answer
	dec     *json.Decoder
}

func newClosingAsker(r io.Reader) *closingAsker {
	a := &closingAsker{waiting: make(map[int]chan answer), dec: json.NewDecoder(r)}
	go a.input()
	return a
}

func (a *closingAsker) input() {
	for {
		var r answer
		if err := a.dec.Decode(&r); err != nil {
			a.mu.Lock()
			for _, ch := range a.waiting {
				close(ch)
			}
			a.mu.Unlock()
			return
		}
		a.mu.Lock()
		ch := a.waiting[r.ID]
		a.mu.Unlock()
		ch <- r
	}
}

func (a *closingAsker) Ask() string {
	ch := make(chan answer, 1)
	a.mu.Lock()
	a.seq++
	a.waiting[a.seq] = ch
	a.mu.Unlock()
	r := <-ch
	return r.Val
}

// A patient asker answers all that wait with what its loop ends by.
type patientAsker struct {
	mu      sync.Mutex
	seq     int
	waiting map[int]chan answer
	dec     *json.Decoder
}

func newPatientAsker(r io.Reader) *patientAsker {
	a := &patientAsker{waiting: make(map[int]chan answer), dec: json.NewDecoder(r)}
	go a.input()
	return a
}

func (a *patientAsker) input() {
	defer a.failAll()
	for {
		var r answer
		if err := a.dec.Decode(&r); err != nil {
			return
		}
		a.mu.Lock()
		ch := a.waiting[r.ID]
		a.mu.Unlock()
		ch <- r
	}
}

func (a *patientAsker) failAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, ch := range a.waiting {
		ch <- answer{}
	}
}

func (a *patientAsker) Ask() string {
	ch := make(chan answer, 1)
	a.mu.Lock()
	a.seq++
	a.waiting[a.seq] = ch
	a.mu.Unlock()
	r := <-ch
	return r.Val
}

func (a *patientAsker) AskFor(ctx context.Context) (string, error) {
	ch := make(chan answer, 1)
	a.mu.Lock()
	a.seq++
	a.waiting[a.seq] = ch
	a.mu.Unlock()
	select {
	case r := <-ch:
		return r.Val, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// A lone asker's loop ends when it is told to, after the last answer.
type loneAsker struct {
	mu      sync.Mutex
	seq     int
	waiting map[int]chan answer
	next    func() (answer, bool)
}

func newLoneAsker(next func() (answer, bool)) *loneAsker {
	a := &loneAsker{waiting: make(map[int]chan answer), next: next}
	go a.input()
	return a
}

func (a *loneAsker) input() {
	for {
		r, ok := a.next()
		if !ok {
			return
		}
		a.mu.Lock()
		ch := a.waiting[r.ID]
		a.mu.Unlock()
		ch <- r
	}
}

func (a *loneAsker) Ask() string {
	ch := make(chan answer, 1)
	a.mu.Lock()
	a.seq++
	a.waiting[a.seq] = ch
	a.mu.Unlock()
	r := <-ch
	return r.Val
}
