// Package borrowed has faults that analyzers of golang.org/x/tools find, checks of ours,
// or both. A comment tells on which line what finds something:
//
//	finds NAME           it alone does
//	finds NAME as CHECK  both do, and where the check runs as well, it alone reports that
//	finds NAME alone     both do, but the check at another line
package borrowed

import (
	"context"
	"time"

	"fixture.example/borrowed/dep"
)

func discarded(ctx context.Context) context.Context {
	ctx, _ = context.WithTimeout(ctx, time.Second) // finds lostcancel as leakedcancel
	return ctx
}

func discardedBelow(ctx context.Context) context.Context {
	ctx, _ = // finds lostcancel alone
		context.WithTimeout(ctx, time.Second) // finds leakedcancel
	return ctx
}

func lostOnPath(ctx context.Context, early bool) {
	ctx, cancel := context.WithCancel(ctx) // finds lostcancel as leakedcancel
	if early {
		return
	}
	dep.Use(ctx)
	cancel()
}

func bothLostAtOneReturn(ctx context.Context, early bool) {
	one, cancelOne := context.WithCancel(ctx) // finds lostcancel as leakedcancel
	two, cancelTwo := context.WithCancel(ctx) // finds lostcancel as leakedcancel
	if early {
		return
	}
	dep.Use(one)
	dep.Use(two)
	cancelOne()
	cancelTwo()
}

// The helper calls it, which only the check sees, and says nothing: lostcancel too takes
// any use for enough.
func handedOn(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	dep.Use(ctx)
	dep.Call(cancel)
}

// The helper drops it, which only the check sees.
func handedToNobody(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx) // finds leakedcancel
	dep.Use(ctx)
	dep.Drop(cancel)
}

// The process ends with the helper, which lostcancel knows by a fact.
func ends(ctx context.Context, bad bool) {
	ctx, cancel := context.WithCancel(ctx)
	if bad {
		dep.Die()
	}
	dep.Use(ctx)
	cancel()
}

func endsOnPath(ctx context.Context, bad bool) {
	ctx, cancel := context.WithCancel(ctx)
	if bad {
		dep.Use(ctx)
		dep.Die()
	} else {
		cancel()
	}
}

// The context ends with its parent, says the check.
func underParent(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	child, _ := context.WithTimeout(ctx, time.Second) // finds lostcancel
	dep.Use(child)
}

// The function is called where it was made, says the check.
func ifSame(ctx context.Context, timeout time.Duration) {
	var cancel context.CancelFunc
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout) // finds lostcancel
	}
	dep.Use(ctx)
	if timeout > 0 {
		cancel()
	}
}

func overwritten(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx) // finds leakedcancel
	defer func() { cancel() }()
	ctx, cancel = context.WithTimeout(ctx, time.Second) // finds lostcancel alone
	dep.Use(ctx)
}

// Silent in both, for the directive is for the fault by the name that it has here.
func silenced(ctx context.Context) context.Context {
	//concurrencyvet:ignore leakedcancel,lostcancel the caller ends the process
	ctx, _ = context.WithTimeout(ctx, time.Second)
	return ctx
}

func silencedByOurName(ctx context.Context) context.Context {
	//concurrencyvet:ignore leakedcancel the caller ends the process
	ctx, _ = context.WithTimeout(ctx, time.Second) // finds lostcancel alone
	return ctx
}

func ignoredInVain(ctx context.Context) {
	//concurrencyvet:ignore lostcancel the reason is gone // finds lostcancel
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dep.Use(ctx)
}
