package ordered

import (
	"context"
	"sync"
)

// -- a field that is made with what is in another one is a variable of its own --

type driver struct {
	sync.Mutex
	open bool
}

// A Tx has its driver until it is closed.
type Tx struct {
	closing sync.RWMutex
	d       *driver
	ended   <-chan struct{}
	cancel  func()
}

// Begin starts a transaction.
func Begin(ctx context.Context) *Tx {
	ctx, cancel := context.WithCancel(ctx)
	return &Tx{d: &driver{open: true}, ended: ctx.Done(), cancel: cancel}
}

// Close ends it, with whatever is read by it.
func (tx *Tx) Close() {
	tx.cancel()
	tx.closing.Lock()
	tx.closing.Unlock()
	tx.d = nil
}

// Rows keep the driver that they are read by.
type Rows struct {
	closing sync.Mutex
	d       *driver
	closed  bool
	release func()
}

// Rows returns the rows of the transaction.
func (tx *Tx) Rows() *Rows {
	tx.closing.RLock()
	r := &Rows{d: tx.d, release: tx.closing.RUnlock}
	go r.awaitDone(tx.ended)
	return r
}

func (r *Rows) awaitDone(ended <-chan struct{}) {
	<-ended
	r.Close()
}

// Close closes the rows.
func (r *Rows) Close() {
	r.closing.Lock()
	defer r.closing.Unlock()
	if r.closed {
		return
	}
	r.closed = true
	r.d.Lock()
	r.d.open = false
	r.d.Unlock()
	r.release()
}
