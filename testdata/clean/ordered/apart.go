package ordered

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// -- goroutines of one statement, of which one or the last one does it --

type blob struct {
	refs int32
	data []byte
}

func (b *blob) release() {
	if atomic.AddInt32(&b.refs, -1) == 0 {
		b.data = nil
	}
}

func sharedBlob() {
	b := &blob{refs: 3, data: make([]byte, 10)}
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = len(b.data)
			b.release()
		}()
	}
	wg.Wait()
}

type kicker struct {
	pending atomic.Int32
	work    func(int)
	seq     int
}

func (k *kicker) kick() {
	if k.pending.Add(1) == 1 {
		go k.drain()
	}
}

func (k *kicker) drain() {
	for {
		n := k.pending.Load()
		k.seq++
		k.work(k.seq)
		if k.pending.Add(-n) == 0 {
			return
		}
	}
}

func kickOften() {
	k := &kicker{work: func(int) {}}
	for range 10 {
		k.kick()
	}
}

func leader(n int) (cfg string) {
	var wg sync.WaitGroup
	ready := make(chan struct{})
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if i == 0 {
				cfg = "leader"
				close(ready)
				return
			}
			<-ready
		}()
	}
	wg.Wait()
	return cfg
}

func fieldsByTurn() (a, b int) {
	var wg sync.WaitGroup
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			switch i {
			case 0:
				a = 1
			case 1:
				b = 2
			}
		}()
	}
	wg.Wait()
	return a, b
}

func chained(fs []func(int) int) int {
	v := 0
	prev := make(chan struct{})
	close(prev)
	for _, f := range fs {
		next := make(chan struct{})
		go func(wait <-chan struct{}) {
			<-wait
			v = f(v)
			close(next)
		}(prev)
		prev = next
	}
	<-prev
	return v
}

// -- functions that do not run any more, or have been waited for --

func late(d time.Duration, f func()) (late bool) {
	ch := make(chan struct{})
	t := time.AfterFunc(d, func() {
		late = true
		close(ch)
	})
	f()
	if !t.Stop() {
		<-ch
	}
	return late
}

func ended(ctx context.Context, f func()) error {
	var err error
	ran := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		err = ctx.Err()
		close(ran)
	})
	f()
	if !stop() {
		<-ran
	}
	return err
}
