package leakedcancel

import "context"

func lostGoto(ctx context.Context, f func() error) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 13$`
	err := f()
	if err != nil {
		goto out
	}
	cancel()
out:
	return err // related `^this return is reached without a call of cancel$`
}

func lostStructLocal(ctx context.Context) error {
	var s struct{ cancel func() }
	_, s.cancel = context.WithCancel(ctx) // want `^s\.cancel is not called on the path to the return on line 20$`
	if ctx.Err() != nil {
		return ctx.Err() // related `^this return is reached without a call of s\.cancel$`
	}
	s.cancel()
	return nil
}

func lostIfInit(ctx context.Context) error {
	if c, cancel := context.WithTimeout(ctx, 1); c.Err() != nil { // want `^cancel is not called on the path to the return on line 28$`
		return c.Err() // related `^this return is reached without a call of cancel$`
	} else {
		cancel()
	}
	return nil
}

func lostNested(ctx context.Context) (err error) {
	func() {
		c, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 40$`
		if c.Err() != nil {
			err = c.Err()
			return // related `^this return is reached without a call of cancel$`
		}
		cancel()
	}()
	return
}

func lostLabel(ctx context.Context, in [][]int) {
outer:
	for _, row := range in {
		_, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the end of lostLabel on line 58$`
		for _, v := range row {
			if v == 0 {
				continue outer
			}
		}
		cancel()
	}
} // related `^the end of lostLabel is reached without a call of cancel$`

func lostSliceNever(ctx context.Context) {
	var cs []func()
	for i := 0; i < 3; i++ {
		_, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the end of lostSliceNever on line 66$`
		cs = append(cs, cancel)
	}
} // related `^the end of lostSliceNever is reached without a call of cancel$`

func ownField(ctx context.Context) {
	w := &server{}
	_, w.cancel = context.WithCancel(ctx) // want `^w\.cancel is not called on the path to the return on line 72$`
	if ctx.Err() != nil {
		return // related `^this return is reached without a call of w\.cancel$`
	}
	w.cancel()
}

func lostTypeSwitch(ctx context.Context, v any) error {
	_, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 81$`
	switch v := v.(type) {
	case error:
		return v // related `^this return is reached without a call of cancel$`
	case string:
		cancel()
	}
	cancel()
	return nil
}

func lostSelectDefault(ctx context.Context, ch chan int) {
	_, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the end of lostSelectDefault on line 96$`
	select {
	case <-ch:
		cancel()
	default:
	}
} // related `^the end of lostSelectDefault is reached without a call of cancel$`

func keptButUnused(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {}) // want `^stop is not called on the path to the end of keptButUnused on line 101$`
	_ = stop
} // related `^the end of keptButUnused is reached without a call of stop$`

type stopped struct{ stop func() }

func (i *stopped) start(ctx context.Context) { _, i.stop = context.WithCancel(ctx) } // want `^the cancel function of context\.WithCancel is stored in stopped\.stop, which nothing calls$`

func lostTwoDeep(ctx context.Context) error {
	c, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 110$`
	passesOn(c, cancel, false)
	return nil // related `^this return is reached without a call of cancel$`
}
func passesOn(ctx context.Context, f func(), ok bool) { callsIf(f, ok) }
func callsIf(f func(), ok bool) {
	if ok {
		f()
	}
}
func lostMethodExpr(ctx context.Context, m *derived) {
	c, _ := (*derived).with(m, ctx) // want `^the cancel function of \(\*derived\)\.with is discarded$`
	<-c.Done()
}

type derived struct{}

func (m *derived) with(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx) // related `^this call makes the cancel function$`
}
