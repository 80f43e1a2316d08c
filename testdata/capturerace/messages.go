package capturerace

// What a goroutine does with an earlier message is not behind a later one.

type event struct{ kind string }

type eventBus struct {
	handlers map[string][]func(event)
	queue    chan event
	done     chan struct{}
}

func newEventBus() *eventBus {
	// races: registersLate()
	b := &eventBus{handlers: make(map[string][]func(event)), queue: make(chan event, 8), done: make(chan struct{})}
	go b.loop() // related `^the goroutine that has b\.handlers\[e\.kind\] read starts here$`
	return b
}

func (b *eventBus) loop() {
	defer close(b.done)
	for e := range b.queue {
		b.dispatch(e)
	}
}

func (b *eventBus) dispatch(e event) {
	for _, h := range b.handlers[e.kind] { // want `^b\.handlers\[e\.kind\] is read by this goroutine, and may be written at the same time at line 34$`
		h(e)
	}
}

func (b *eventBus) on(kind string, h func(event)) {
	b.handlers[kind] = append(b.handlers[kind], h) // related `^b\.handlers\[kind\] is written here at the same time$`
}

func registersLate() {
	// races
	b := newEventBus()
	b.queue <- event{"start"}
	b.on("stop", func(event) {})
	b.queue <- event{"stop"}
	close(b.queue)
	<-b.done
}

func registersFirst() {
	b := &eventBus{handlers: make(map[string][]func(event)), queue: make(chan event, 8), done: make(chan struct{})}
	go b.loop()
	b.on("stop", func(event) {})
	b.queue <- event{"stop"}
	close(b.queue)
	<-b.done
}

func setsBetweenMessages() {
	factor := 1
	numbers, done := make(chan int), make(chan struct{})
	go func() { // related `^the goroutine that has factor read starts here$`
		defer close(done)
		for n := range numbers {
			use(n * factor) // want `^factor is read by this goroutine, and may be written at the same time at line 66$`
		}
	}()
	numbers <- 1
	factor = 2 // related `^factor is written here at the same time$`
	numbers <- 2
	close(numbers)
	<-done
}

// Who waits for the answer knows that the message has been dealt with.
func setsBehindTheAnswer() {
	factor := 1
	numbers, answers := make(chan int), make(chan int)
	go func() {
		defer close(answers)
		for n := range numbers {
			answers <- n * factor
		}
	}()
	numbers <- 1
	use(<-answers)
	factor = 2
	numbers <- 2
	use(<-answers)
	close(numbers)
	<-answers
}

type question struct{ answer chan int }

func setsBehindItsOwnAnswer() {
	factor := 1
	questions, done := make(chan question), make(chan struct{})
	go func() {
		defer close(done)
		for q := range questions {
			q.answer <- factor
		}
	}()
	ask := func() int {
		q := question{make(chan int)}
		questions <- q
		return <-q.answer
	}
	use(ask())
	factor = 2
	use(ask())
	close(questions)
	<-done
}

// Only the second message is for the reader.
func setsBeforeTheOneThatReads() {
	factor := 1
	numbers, done := make(chan int), make(chan struct{})
	go func() {
		defer close(done)
		for n := range numbers {
			if n > 1 {
				use(n * factor)
			}
		}
	}()
	numbers <- 1
	factor = 2
	numbers <- 2
	close(numbers)
	<-done
}
