// Package dep has semaphores for others to use.
package dep

// A Limit bounds how many run at once.
type Limit struct{ slots chan struct{} }

func NewLimit(n int) *Limit { return &Limit{make(chan struct{}, n)} }

func (l *Limit) Acquire() { l.slots <- struct{}{} }

func (l *Limit) Release() { <-l.slots }

// Do runs f within the limit.
func (l *Limit) Do(f func() error) error {
	l.Acquire()
	defer l.Release()
	return f()
}

// A Pool has tokens that are taken before they are given back.
type Pool struct{ tokens chan struct{} }

func NewPool(n int) *Pool {
	p := &Pool{make(chan struct{}, n)}
	for range n {
		p.tokens <- struct{}{}
	}
	return p
}

func (p *Pool) Take() { <-p.tokens }

func (p *Pool) Give() { p.tokens <- struct{}{} }
