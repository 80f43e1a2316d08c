package orphanop

import (
	"fmt"
	"log"
	"sync"
)

func render(name string) (string, error) {
	if name == "" {
		panic("no name")
	}
	return name, nil
}

type text struct {
	s   string
	err error
}

func renderSafely(name string) (string, error) {
	done := make(chan text)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				log.Print(p)
			}
		}()
		s, err := render(name) // related `^a panic here is recovered, and nothing is sent$`
		done <- text{s, err}
	}()
	t := <-done // want `^this receive from done may block forever: a panic at line \d+ is recovered by its sender, which sends nothing then$`
	return t.s, t.err
}

func runSafely(f func()) {
	done := make(chan struct{})
	go func() {
		defer func() { _ = recover() }()
		f() // related `^a panic here is recovered, and nothing is sent$`
		close(done)
	}()
	<-done // want `^this receive from done may block forever: a panic at line \d+ is recovered by its sender, which sends nothing then$`
}

// Silent: the answer is deferred, the handler answers, or the process ends.

func runDeferred(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		f()
	}()
	<-done
}

func runAnswered(f func() error) error {
	done := make(chan error)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("panic: %v", p)
			}
		}()
		done <- f()
	}()
	return <-done
}

func runFatally(f func()) {
	done := make(chan struct{})
	go func() {
		defer func() {
			if p := recover(); p != nil {
				log.Fatal(p)
			}
		}()
		f()
		close(done)
	}()
	<-done
}

func runWrapped(f func()) {
	done := make(chan struct{})
	go func() {
		func() {
			defer func() { _ = recover() }()
			f()
		}()
		close(done)
	}()
	<-done
}

func crash() {
	if p := recover(); p != nil {
		rethrow(p)
	}
}

func rethrow(p any) { panic(p) }

func runCrashing(f func()) {
	done := make(chan struct{})
	go func() {
		defer crash()
		f()
		close(done)
	}()
	<-done
}

func guardedRun(f func()) {
	defer func() { _ = recover() }()
	f()
}

// The answer is deferred by what is run.
func runGuarded(f func() int) int {
	res := make(chan int, 1)
	go guardedRun(func() {
		defer close(res)
		res <- f()
	})
	return <-res
}

// -- one of many --

func logPanic(name string) {
	if p := recover(); p != nil {
		log.Printf("%s: %v", name, p)
	}
}

func renderInto(out chan<- text, name string) {
	defer logPanic(name)
	s, err := render(name) // related `^a panic here is recovered, and nothing is sent$`
	out <- text{s, err}
}

func renderAll(names []string) (all []string) {
	out := make(chan text, len(names))
	for _, name := range names {
		go renderInto(out, name)
	}
	for range names {
		t := <-out // want `^this receive from out may block forever: a panic at line \d+ is recovered by its sender, which sends nothing then$`
		if t.err != nil {
			log.Print(t.err)
			continue
		}
		all = append(all, t.s)
	}
	return all
}

type book struct{ pages []func() (string, error) }

func (b *book) page(i int, out chan text) {
	defer func() {
		if p := recover(); p != nil {
			log.Print(i, p)
		}
	}()
	s, err := b.pages[i]() // related `^a panic here is recovered, and nothing is sent$`
	if err != nil {
		out <- text{err: err}
		return
	}
	out <- text{s: s}
}

func (b *book) render() (all string, err error) {
	out := make(chan text)
	for i := range b.pages {
		go b.page(i, out)
	}
	for i := 0; i < len(b.pages); i++ {
		t := <-out // want `^this receive from out may block forever: a panic at line \d+ is recovered by its sender, which sends nothing then$`
		all += t.s
		if t.err != nil {
			err = t.err
		}
	}
	return all, err
}

func sumEach(n int, f func(int) int) (sum int) {
	ch := make(chan int, n)
	for i := range n {
		go func() {
			defer func() { _ = recover() }()
			ch <- f(i) // related `^a panic here is recovered, and nothing is sent$`
		}()
	}
	for range n {
		sum += <-ch // want `^this receive from ch may block forever: a panic at line \d+ is recovered by its sender, which sends nothing then$`
	}
	return sum
}

func tryInto(out chan<- text, f func() string) {
	defer func() {
		if p := recover(); p != nil {
			log.Print(p)
		}
	}()
	s := f() // related `^a panic here is recovered, and nothing is sent$`
	out <- text{s: s}
}

func tryAll(fs []func() string) (all string) {
	out := make(chan text)
	for _, f := range fs {
		go func() {
			log.Print("trying")
			tryInto(out, f)
		}()
	}
	for range fs {
		all += (<-out).s // want `^this receive from out may block forever: a panic at line \d+ is recovered by its sender, which sends nothing then$`
	}
	return all
}

func tryOnce(f func() string) string {
	out := make(chan text)
	go func() {
		tryInto(out, f)
		log.Print("tried")
	}()
	return (<-out).s // want `^this receive from out may block forever: a panic at line \d+ is recovered by its sender, which sends nothing then$`
}

// Silent: each answers in any case, or there are fewer receives, or they give up.

func answersAll(fs []func() string) (all string) {
	out := make(chan text, len(fs))
	for _, f := range fs {
		go func() {
			defer func() {
				if p := recover(); p != nil {
					out <- text{err: fmt.Errorf("panic: %v", p)}
				}
			}()
			out <- text{s: f()}
		}()
	}
	for range fs {
		all += (<-out).s
	}
	return all
}

func answersLast(fs []func() string) (all string) {
	out := make(chan text, len(fs))
	for _, f := range fs {
		go func() {
			var t text
			defer func() {
				if p := recover(); p != nil {
					t.err = fmt.Errorf("panic: %v", p)
				}
				out <- t
			}()
			t.s = f()
		}()
	}
	for range fs {
		all += (<-out).s
	}
	return all
}

func guarded(f func() string) (t text) {
	defer func() {
		if p := recover(); p != nil {
			t.err = fmt.Errorf("panic: %v", p)
		}
	}()
	return text{s: f()}
}

// answersBehind recovers in what it calls before the send.
func answersBehind(fs []func() string) (all string) {
	out := make(chan text)
	for _, f := range fs {
		go func() { out <- guarded(f) }()
	}
	for range fs {
		all += (<-out).s
	}
	return all
}

// triesAgain sends behind what has recovered.
func triesAgain(fs []func() string) (all string) {
	out := make(chan text, 2)
	for _, f := range fs {
		go func() {
			tryOrElse(out, f)
			out <- text{}
		}()
	}
	for range fs {
		all += (<-out).s
	}
	return all
}

func tryOrElse(out chan<- text, f func() string) {
	defer func() { _ = recover() }()
	out <- text{s: f()}
}

// triesOften does not end with the first.
func triesOften(fs []func() string) string {
	out := make(chan text, len(fs))
	go func() {
		for _, f := range fs {
			tryOrElse(out, f)
		}
	}()
	return (<-out).s
}

// beginsFirst tells of each before, and receives as many.
func beginsFirst(fs []func() string) (all string) {
	out := make(chan text, 2*len(fs))
	for _, f := range fs {
		go func() {
			defer func() { _ = recover() }()
			out <- text{s: "begun"}
			out <- text{s: f()}
		}()
	}
	for range fs {
		all += (<-out).s
	}
	return all
}

// eitherTells sends a second time what the first receive may take.
func eitherTells(fs []func() string, f func()) (all string) {
	out := make(chan text, 2*len(fs))
	for range fs {
		go func() {
			defer func() { _ = recover() }()
			f()
			out <- text{s: "one"}
			out <- text{s: "two"}
		}()
	}
	for range fs {
		all += (<-out).s
	}
	return all
}

// firstOf takes the first of what comes.
func firstOf(fs []func() string) string {
	out := make(chan text, len(fs))
	for _, f := range fs {
		go tryOrElse(out, f)
	}
	return (<-out).s
}

func untilFails(fs []func() string) (all string) {
	out := make(chan text, len(fs))
	for _, f := range fs {
		go tryOrElse(out, f)
	}
	for range fs {
		t := <-out
		if t.err != nil {
			break
		}
		all += t.s
	}
	return all
}

func exitsAll(fs []func() string) (all string) {
	out := make(chan text, len(fs))
	for _, f := range fs {
		go func() {
			defer func() {
				if p := recover(); p != nil {
					log.Fatal(p)
				}
			}()
			out <- text{s: f()}
		}()
	}
	for range fs {
		all += (<-out).s
	}
	return all
}

// skipsSome receives of some only.
func skipsSome(fs []func() string, odd func(int) bool) (all string) {
	out := make(chan text, len(fs))
	for _, f := range fs {
		go tryOrElse(out, f)
	}
	for i := range fs {
		if odd(i) {
			continue
		}
		all += (<-out).s
	}
	return all
}

// closedAfter ends with the last of the goroutines.
func closedAfter(fs []func() string) (all string) {
	out := make(chan text)
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			tryOrElse(out, f)
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	for range fs {
		all += (<-out).s
	}
	return all
}
