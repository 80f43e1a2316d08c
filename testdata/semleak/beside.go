package semleak

import "sync"

// -- a pool whose end a goroutine beside it waits for --

type wordCount struct {
	texts  chan string
	counts chan int
	group  sync.WaitGroup
}

func newWordCount() *wordCount {
	return &wordCount{texts: make(chan string), counts: make(chan int)}
}

func (w *wordCount) start(n int) {
	for range n {
		w.group.Add(1)
		go w.count()
	}
}

func (w *wordCount) count() {
	defer w.group.Done()
	for text := range w.texts { // want `^the workers that range over w\.texts never end: nothing closes it$`
		w.counts <- len(text)
	}
}

func (w *wordCount) feed(texts []string) {
	for _, text := range texts {
		w.texts <- text
	}
}

func (w *wordCount) finish() {
	w.group.Wait() // related `^here their end is waited for, forever$`
	close(w.counts)
}

func countsWords(texts []string) (sum int) {
	w := newWordCount()
	w.start(2)
	go w.feed(texts)
	go w.finish()
	for n := range w.counts {
		sum += n
	}
	return sum
}

type lineCount struct {
	texts  chan string
	counts chan int
	group  sync.WaitGroup
}

func newLineCount() *lineCount {
	return &lineCount{texts: make(chan string), counts: make(chan int)}
}

func (l *lineCount) start(n int) {
	for range n {
		l.group.Add(1)
		go l.count()
	}
}

func (l *lineCount) count() {
	defer l.group.Done()
	for text := range l.texts {
		l.counts <- len(text)
	}
}

func (l *lineCount) feed(texts []string) {
	defer close(l.texts)
	for _, text := range texts {
		l.texts <- text
	}
}

func (l *lineCount) finish() {
	l.group.Wait()
	close(l.counts)
}

func countsLines(texts []string) (sum int) {
	l := newLineCount()
	l.start(2)
	go l.feed(texts)
	go l.finish()
	for n := range l.counts {
		sum += n
	}
	return sum
}
