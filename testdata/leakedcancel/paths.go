// Package leakedcancel has the fixtures of the check.
package leakedcancel

import (
	"context"
	"errors"
	"time"
)

var errBusy = errors.New("busy")

func ping(ctx context.Context) error { return ctx.Err() }

// straight never calls it.
func straight(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 18$`
	_ = cancel
	return ping(ctx) // related `^this return is reached without a call of cancel$`
}

func straightCalled(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	err := ping(ctx)
	cancel()
	return err
}

func discarded(ctx context.Context) error {
	ctx, _ = context.WithTimeout(ctx, time.Second) // want `^the cancel function of context\.WithTimeout is discarded$`
	return ping(ctx)
}

func discardedCause(ctx context.Context) error {
	ctx, _ = context.WithDeadlineCause(ctx, time.Now(), errBusy) // want `^the cancel function of context\.WithDeadlineCause is discarded$`
	return ping(ctx)
}

func earlyReturn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^cancel is not called on the path to the return on line 41$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of cancel$`
	}
	cancel()
	return nil
}

func branch(ctx context.Context, quick bool) error {
	ctx, cancel := context.WithCancelCause(ctx) // want `^cancel is not called on the path to the return on line 52$`
	if quick {
		cancel(nil)
	}
	return ping(ctx) // related `^this return is reached without a call of cancel$`
}

func fallsOff(ctx context.Context, quick bool) {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^cancel is not called on the path to the return on line 58$`
	if quick {
		return // related `^this return is reached without a call of cancel$`
	}
	_ = ping(ctx)
	if !quick {
		_ = ping(ctx)
	}
	_ = cancel
}

func inSwitch(ctx context.Context, kind int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^cancel is not called on the path to the return on line 76$`
	switch kind {
	case 0:
		cancel()
		return nil
	case 1:
		defer cancel()
	case 2:
		return errBusy // related `^this return is reached without a call of cancel$`
	default:
		defer cancel()
	}
	return ping(ctx)
}

func inSelect(ctx context.Context, results, errs <-chan int) int {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 90$`
	select {
	case r := <-results:
		cancel()
		return r
	case <-errs:
		return 0 // related `^this return is reached without a call of cancel$`
	case <-ctx.Done():
		cancel()
		return 1
	}
}

func continues(ctx context.Context, tries []int) {
	for _, try := range tries {
		attempt, cancel := context.WithTimeout(ctx, time.Second) // want `^cancel is not called on the path to the end of continues on line 106$`
		if ping(attempt) != nil {
			continue
		}
		_ = try
		cancel()
	}
} // related `^the end of continues is reached without a call of cancel$`

func overwrittenEachTurn(ctx context.Context) error {
	var cancel context.CancelFunc
	for ctx.Err() == nil {
		ctx, cancel = context.WithTimeout(ctx, time.Second) // want `^cancel is not called on the path to the return on line 119$`
		if err := ping(ctx); err != nil {
			break
		}
	}
	if cancel != nil {
		cancel()
	}
	return ctx.Err() // related `^this return is reached without a call of cancel$`
}

func overwritten(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)              // want `^cancel is overwritten on line 124 before it is called$`
	ctx, cancel = context.WithTimeout(ctx, time.Second) // related `^the result of this call overwrites cancel$`
	defer cancel()
	return ping(ctx)
}

func overwrittenInBranch(ctx context.Context, timeout time.Duration) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is overwritten on line 132 before it is called$`
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout) // related `^the result of this call overwrites cancel$`
	}
	defer cancel()
	return ping(ctx)
}

func overwrittenCaptured(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is overwritten on line 141 before it is called$`
	defer func() { cancel() }()
	ctx, cancel = context.WithTimeout(ctx, time.Second) // related `^the result of this call overwrites cancel$`
	return ping(ctx)
}

func deferredTooLate(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 148$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of cancel$`
	}
	defer cancel()
	return ping(ctx)
}

func deferredInLoop(ctx context.Context, names []string) error {
	for _, name := range names {
		ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^cancel is called when the function returns, not in each turn of the loop on line 155$`
		defer cancel()                                       // related `^this defer statement piles up calls of cancel$`
		if err := ping(ctx); err != nil {
			return errors.New(name)
		}
	}
	return nil
}

func deferredInEndlessLoop(ctx context.Context, names <-chan string) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-names:
			ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^cancel is called when the function returns, not in each turn of the loop on line 166$`
			defer func() { cancel() }()                          // related `^this defer statement piles up calls of cancel$`
			_ = ping(ctx)
		}
	}
}

func deferredOnFailureOnly(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^cancel is not called on the path to the return on line 185$`
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	return ping(ctx) // related `^this return is reached without a call of cancel$`
}

func panics(ctx context.Context, n int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errBusy
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^cancel is not called on the path to the panic on line 196$`
	if n < 0 {
		panic("negative") // related `^this panic is reached without a call of cancel$`
	}
	err = ping(ctx)
	cancel()
	return err
}

func neverInClosure(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 207$`
	stop := func() { cancel() }
	_ = stop
	return ping(ctx) // related `^this return is reached without a call of cancel$`
}

func closureOnOnePath(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 214$`
	stop := func() { cancel() }
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of cancel$`
	}
	stop()
	return nil
}

func inLiteral(ctx context.Context) func() error {
	return func() error {
		ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^cancel is not called on the path to the return on line 224$`
		if ping(ctx) != nil {
			return errBusy // related `^this return is reached without a call of cancel$`
		}
		cancel()
		return nil
	}
}

func onGoroutine(ctx context.Context) {
	go func() {
		ctx, _ := context.WithTimeout(ctx, time.Second) // want `^the cancel function of context\.WithTimeout is discarded$`
		_ = ping(ctx)
	}()
}

func boundByVar(ctx context.Context) error {
	var child, cancel = context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 241$`
	if ping(child) != nil {
		return errBusy // related `^this return is reached without a call of cancel$`
	}
	cancel()
	return nil
}
