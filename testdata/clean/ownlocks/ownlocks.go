// Package ownlocks has what several goroutines do under locks that are none of package
// sync, and who has won by other means.
package ownlocks

import (
	"sync"
	"sync/atomic"

	"fixture.example/clean/ownlocks/gate"
)

// -- a lock of another package, built of atomics --

func countBoth(turns int) (reads, writes int, ok bool) {
	done := make(chan bool, 4)
	var g gate.Gate
	var readState, writeState [2]int
	for range cap(done) {
		go func() {
			ok := false
			defer func() { done <- ok }()
			for i := range turns {
				if i%2 == 0 {
					if !g.RWLock(true) {
						return
					}
					readState[0]++
					readState[1]++
					if g.RWUnlock(true) {
						return
					}
					continue
				}
				if !g.RWLock(false) {
					return
				}
				writeState[0]++
				writeState[1]++
				if g.RWUnlock(false) {
					return
				}
			}
			ok = true
		}()
	}
	ok = true
	for range cap(done) {
		ok = <-done && ok
	}
	return readState[0], writeState[0], ok
}

// -- a lock of this package, under which is looked again --

// A spinLock is held by who has set it.
type spinLock struct{ held atomic.Bool }

func (l *spinLock) Lock() {
	for !l.held.CompareAndSwap(false, true) {
		l.pause()
	}
}

func (l *spinLock) Unlock() { l.held.Store(false) }

func (l *spinLock) pause() {}

type node struct {
	entry string
	next  []atomic.Pointer[node]
}

type level struct {
	mu   spinLock
	dead atomic.Bool
	node
}

type trie struct{ root atomic.Pointer[level] }

func (t *trie) put(key int, entry string) (old string) {
	var l *level
	var slot *atomic.Pointer[node]
	var n *node
	for {
		l = t.root.Load()
		slot = &l.next[key%len(l.next)]
		n = slot.Load()
		if n != nil && n.entry == entry {
			return entry
		}
		l.mu.Lock()
		n = slot.Load()
		if !l.dead.Load() {
			break
		}
		l.mu.Unlock()
	}
	defer l.mu.Unlock()

	if n != nil {
		slot.Store(&node{entry: entry, next: n.next})
		return n.entry
	}
	slot.Store(&node{entry: entry})
	return ""
}

// -- the one whose entry it is replaces it --

// A Codec encodes values.
type Codec func(v any) []byte

var codecs sync.Map // map[string]Codec

// CodecOf returns the codec of a kind, always the same one.
func CodecOf(kind string) Codec {
	if c, ok := codecs.Load(kind); ok {
		return c.(Codec)
	}
	ready := sync.OnceValue(func() Codec { return newCodec(kind) })
	c, loaded := codecs.LoadOrStore(kind, Codec(func(v any) []byte { return ready()(v) }))
	if loaded {
		return c.(Codec)
	}
	made := ready()
	codecs.Store(kind, made)
	return made
}

func newCodec(kind string) Codec {
	inner := CodecOf(kind + "/element")
	return func(v any) []byte { return append([]byte(kind), inner(v)...) }
}

// A Phase is entered once.
type Phase struct{ state atomic.Int32 }

// Begin is done by the one who finds the phase new.
func (p *Phase) Begin(run func()) bool {
	if p.state.Load() != 0 {
		return false
	}
	if !p.state.CompareAndSwap(0, 1) {
		return false
	}
	run()
	p.state.Store(2)
	return true
}
