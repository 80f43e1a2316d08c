package semleak

import "fixture.example/semleak/dep"

// -- types of other packages --

type limited struct {
	limit *dep.Limit
	pool  *dep.Pool
}

func newLimited(n int) *limited { return &limited{dep.NewLimit(n), dep.NewPool(n)} }

func (b *limited) failing(f func() error) error {
	b.limit.Acquire() // want `^b\.limit is not released at the return on line 17$`
	if err := f(); err != nil {
		return err // related `^this return does not release b\.limit$`
	}
	b.limit.Release()
	return nil
}

func (b *limited) skipping(fs []func() bool) {
	for _, f := range fs {
		b.limit.Acquire() // want `^b\.limit is not released on a path to the end of the function$`
		if !f() {
			continue
		}
		b.limit.Release()
	}
}

func (b *limited) deferred(f func() error) error {
	b.limit.Acquire()
	defer b.limit.Release()
	return f()
}

func (b *limited) starting(fs []func()) {
	for _, f := range fs {
		b.limit.Acquire()
		go func() {
			defer b.limit.Release()
			f()
		}()
	}
}

func (b *limited) within(f func() error) error { return b.limit.Do(f) }

func (b *limited) taken(f func() error) error {
	b.pool.Take()
	if err := f(); err != nil {
		b.pool.Give()
		return err
	}
	b.pool.Give()
	return nil
}

// A lease is kept: whoever has it gives the place back.
type lease struct{ limit *dep.Limit }

func newLease(limit *dep.Limit, f func() error) (*lease, error) {
	limit.Acquire()
	if err := f(); err != nil {
		limit.Release()
		return nil, err
	}
	return &lease{limit}, nil
}

func (l *lease) end() { l.limit.Release() }
