package leakedsend

import (
	"context"

	"fixture.example/leakedsend/dep"
)

// -- sends by literals that are handed on --

func askedElsewhere(ctx context.Context, n int) (int, error) {
	ch := make(chan int) // related `^ch is made here, with room for 0$`
	dep.Ask(n, ch)       // want `^a send on ch by this call may block forever: its receiver may be gone by line \d+$`
	select {
	case v := <-ch:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err() // related `^here the receiver of ch returns$`
	}
}

func askedElsewhereWithRoom(ctx context.Context, n int) (int, error) {
	ch := make(chan int, 1)
	dep.Ask(n, ch)
	select {
	case v := <-ch:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
