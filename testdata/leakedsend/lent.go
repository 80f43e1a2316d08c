package leakedsend

import (
	"context"
	"time"
)

// -- channels from literals that others call --

type lookup func() <-chan int

func hostLookup(ctx context.Context, host string, ask func(context.Context, string) int) lookup {
	return func() <-chan int {
		c := make(chan int)                 // related `^c is made here, with room for 0$`
		go func() { c <- ask(ctx, host) }() // want `^this send on c may block forever: its receiver may be gone by line \d+$`
		return c
	}
}

func awaitLookup(l lookup, limit time.Duration) int {
	select {
	case n := <-l():
		return n
	case <-time.After(limit):
		return 0
	}
}

func resolveHost(ctx context.Context, host string, ask func(context.Context, string) int) int {
	return awaitLookup(hostLookup(ctx, host, ask), time.Second) // related `^here the receiver of c returns$`
}

func resolveOnce(ask probe) int {
	return awaitLookup(func() <-chan int { // related `^here the receiver of c returns$`
		c := make(chan int)        // related `^c is made here, with room for 0$`
		go func() { c <- ask() }() // want `^this send on c may block forever: its receiver may be gone by line \d+$`
		return c
	}, time.Second)
}

func starter(ask probe) func() <-chan int {
	return func() <-chan int {
		c := make(chan int)        // related `^c is made here, with room for 0$`
		go func() { c <- ask() }() // want `^this send on c may block forever: its receiver may be gone by line \d+$`
		return c
	}
}

func startAndWait(ctx context.Context, ask probe) int {
	start := starter(ask)
	select {
	case n := <-start():
		return n
	case <-ctx.Done():
		return 0 // related `^here the receiver of c returns$`
	}
}

// -- their neighbours --

func lookupWithRoom(ask probe) lookup {
	return func() <-chan int {
		c := make(chan int, 1)
		go func() { c <- ask() }()
		return c
	}
}

func resolveWithRoom(ask probe) int {
	return awaitLookup(lookupWithRoom(ask), time.Second)
}

func wholeLookup(l lookup) int { return <-l() }

func resolveWhole(ask probe) int {
	return wholeLookup(func() <-chan int {
		c := make(chan int)
		go func() { c <- ask() }()
		return c
	})
}
