package orphanop

type compactor struct {
	ch         chan struct{}
	done, quit chan struct{}
}

func newCompactor() *compactor {
	return &compactor{ch: make(chan struct{}, 1), done: make(chan struct{}), quit: make(chan struct{})}
}

func (c *compactor) start() {
	go func() {
		defer close(c.done)
		for {
			select {
			case <-c.ch:
			case <-c.quit:
				return
			}
		}
	}()
}

func (c *compactor) stop() {
	close(c.quit)
	<-c.done // related `^this is where it waits$`
}

func openStore(load func() error) error {
	c := newCompactor()
	defer c.stop() // want `^this call blocks forever if the function returns before line \d+: what it waits for by c\.done is only started there$`
	if err := load(); err != nil {
		return err
	}
	c.start() // related `^what answers c\.done is started here$`
	return nil
}

func openStarted(load func() error) error {
	c := newCompactor()
	c.start()
	defer c.stop()
	return load()
}

func openStopped(load func() error) error {
	c := newCompactor()
	if err := load(); err != nil {
		return err
	}
	c.start()
	defer c.stop()
	return load()
}
