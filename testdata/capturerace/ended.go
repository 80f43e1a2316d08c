package capturerace

import (
	"context"
	"errors"
	"time"
)

// The error of a context that is done is not nil.
func await(ctx context.Context, done chan bool) error {
	select {
	case <-done:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

func awaitsOrFails() error {
	n := 0
	done := make(chan bool)
	go func() {
		n++
		close(done)
	}()
	if err := await(context.Background(), done); err != nil {
		return err
	}
	use(n)
	return nil
}

func awaitCause(ctx context.Context, done chan bool) error {
	select {
	case <-done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

func awaitsOrFailsForACause() error {
	n := 0
	done := make(chan bool)
	go func() {
		n++
		close(done)
	}()
	if err := awaitCause(context.Background(), done); err != nil {
		return err
	}
	use(n)
	return nil
}

func asksWhatItWasWokenBy() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	n := 0
	done := make(chan bool)
	go func() {
		n++
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	use(n)
	return nil
}

func keepsTheError() error {
	ctx := context.Background()
	n := 0
	done := make(chan error, 1)
	go func() {
		n++
		done <- nil
	}()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(time.Hour):
		err = errors.New("late")
	}
	if err != nil {
		return err
	}
	use(n)
	return nil
}

// It does not look at the error.
func goesOnWhenDone() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n := 0
	done := make(chan bool)
	go func() { // related `^the goroutine that has n written starts here$`
		n++ // want `^n is written by this goroutine, and may be read at the same time at line \d+$`
		close(done)
	}()
	if err := await(ctx, done); err != nil {
		use(err)
	}
	use(n) // related `^n is read here at the same time$`
}

// What was known of the context of one turn says nothing of the next one's, and that a
// context is not done says nothing of later.
func asksAnew() {
	parent, cancel := context.WithCancel(context.Background())
	for i := range 3 {
		if parent.Err() != nil {
			return
		}
		ctx, cancelThis := context.WithCancel(parent)
		n := 0
		done := make(chan bool)
		go func() { // related `^the goroutine that has n written starts here$`
			n++ // want `^n is written by this goroutine, and may be read at the same time at line \d+$`
			close(done)
		}()
		if i > 0 {
			cancel()
		}
		select {
		case <-done:
		case <-ctx.Done():
		}
		cancelThis()
		if ctx.Err() != nil && parent.Err() != nil {
			use(n) // related `^n is read here at the same time$`
		}
	}
	cancel()
}
