package closedsend

import (
	"maps"
	"slices"
	"sync"
)

// -- copies of what keeps the channels, made under the lock --

type note struct{ n int }

type board struct {
	mu   sync.Mutex
	subs []chan note
	m    map[string]chan note
	w    map[string]*reader
}

type reader struct {
	ch chan note
}

func (b *board) publishClone(e note) {
	b.mu.Lock()
	subs := slices.Clone(b.subs)
	b.mu.Unlock()
	for _, ch := range subs {
		ch <- e // want `^ch may be closed at line 102 before this send, which does not hold board\.mu$`
	}
}

func (b *board) publishCopy(e note) {
	b.mu.Lock()
	subs := make([]chan note, len(b.subs))
	copy(subs, b.subs)
	b.mu.Unlock()
	for i := range subs {
		subs[i] <- e // want `^subs\[i\] may be closed at line 102 before this send, which does not hold board\.mu$`
	}
}

func (b *board) publishPicked(e note) {
	b.mu.Lock()
	var subs []chan note
	for _, ch := range b.m {
		subs = append(subs, ch)
	}
	b.mu.Unlock()
	for _, ch := range subs {
		ch <- e // want `^ch may be closed at line 113 before this send, which does not hold board\.mu$`
	}
}

func (b *board) publishMap(e note) {
	b.mu.Lock()
	m := maps.Clone(b.m)
	b.mu.Unlock()
	for _, ch := range m {
		ch <- e // want `^ch may be closed at line 113 before this send, which does not hold board\.mu$`
	}
}

func (b *board) snapshot() []*reader {
	b.mu.Lock()
	defer b.mu.Unlock()
	ws := make([]*reader, 0, len(b.w))
	for _, w := range b.w {
		ws = append(ws, w)
	}
	return ws
}

func (b *board) publishReaders(e note) {
	for _, w := range b.snapshot() {
		w.ch <- e // want `^w\.ch may be closed at line 122 before this send, which does not hold board\.mu$`
	}
}

func (b *board) snapMap() map[string]chan note {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make(map[string]chan note, len(b.m))
	for k, ch := range b.m {
		out[k] = ch
	}
	return out
}

func (b *board) publishNamed(e note) {
	for _, ch := range b.snapMap() {
		ch <- e // want `^ch may be closed at line 113 before this send, which does not hold board\.mu$`
	}
}

func (b *board) unsub(ch chan note) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, s := range b.subs {
		if s == ch {
			b.subs = append(b.subs[:i], b.subs[i+1:]...)
			close(s) // related `^s is closed here, under board\.mu$` `^s is closed here, under board\.mu$`
			return
		}
	}
}

func (b *board) unsubM(k string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ch, ok := b.m[k]; ok {
		delete(b.m, k)
		close(ch) // related `^ch is closed here, under board\.mu$` `^ch is closed here, under board\.mu$` `^ch is closed here, under board\.mu$`
	}
}

func (b *board) unsubW(k string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if w, ok := b.w[k]; ok {
		delete(b.w, k)
		close(w.ch) // related `^w\.ch is closed here, under board\.mu$`
	}
}

// -- and copies that are looked at under it --

func (b *board) publishHeld(e note) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, ch := range slices.Clone(b.subs) {
		ch <- e
	}
}

// publishOwn gives the copies channels of their own.
func (b *board) publishOwn(e note) {
	b.mu.Lock()
	own := slices.Clone(b.subs)
	b.mu.Unlock()
	for i := range own {
		own[i] = make(chan note, 1)
	}
	for _, ch := range own {
		ch <- e
	}
}

// flush takes all readers out before it tells them.
func (b *board) flush(e note) {
	var rs []*reader
	b.mu.Lock()
	for _, r := range b.w {
		rs = append(rs, r)
	}
	clear(b.w)
	b.mu.Unlock()
	for _, r := range rs {
		r.ch <- e
	}
}

// -- sets --

type member struct{ send chan string }

type room struct {
	mu      sync.Mutex
	members map[*member]bool
}

func (r *room) join(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[m] = true
}

func (r *room) leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members[m] {
		delete(r.members, m)
		close(m.send) // related `^m\.send is closed here, under room\.mu$`
	}
}

func (r *room) all() (ms []*member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for m := range r.members {
		ms = append(ms, m)
	}
	return ms
}

func (r *room) say(s string) {
	for _, m := range r.all() {
		m.send <- s // want `^m\.send may be closed at line 183 before this send, which does not hold room\.mu$`
	}
}

func (r *room) whisper(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for m := range r.members {
		m.send <- s
	}
}
