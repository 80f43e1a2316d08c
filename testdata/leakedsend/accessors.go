package leakedsend

// -- channels that methods of interfaces hand out --

type promised interface{ wait() <-chan int }

type unsettled struct{ ch chan int }

func (p *unsettled) wait() <-chan int { return p.ch }

type known struct{ ch chan int }

func (s *known) wait() <-chan int { return s.ch }

func promiseLater() promised {
	p := &unsettled{ch: make(chan int)}
	go func() { p.ch <- 1 }()
	return p
}

func promiseNow() promised {
	s := &known{ch: make(chan int, 1)}
	s.ch <- 1
	return s
}

func awaited() int { return <-promiseLater().wait() }

func awaitedAll(fs []promised) (n int) {
	for _, f := range fs {
		n += <-f.wait()
	}
	return n
}

func awaitedBoth() int { return awaitedAll([]promised{promiseLater(), promiseNow()}) }
