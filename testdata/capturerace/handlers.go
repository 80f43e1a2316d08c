package capturerace

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"sync"
)

// -- the method of a value that is registered as a handler --

type hits struct {
	next http.Handler
	n    int
}

func (h *hits) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.n++ // want `^h\.n is written by calls of this function that may run at the same time$`
	h.next.ServeHTTP(w, r)
}

func countHits(mux *http.ServeMux, next http.Handler) {
	mux.Handle("/", &hits{next: next}) // related `^the goroutines that have h\.n start here$`
}

type lockedHits struct {
	mu sync.Mutex
	n  int
}

func (h *lockedHits) ServeHTTP(http.ResponseWriter, *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
}

func countLocked(mux *http.ServeMux) {
	mux.Handle("/", &lockedHits{})
}

// The handler is a copy, but not its map; what FormValue does once for all
// requests orders none of them.
type users struct{ seen map[string]int }

func (u users) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	u.note(r.FormValue("name"))
}

func (u users) note(name string) {
	u.seen[name]++ // want `^u\.seen\[name\] is written by calls of this function that may run at the same time$`
}

func countUsers(mux *http.ServeMux) {
	mux.Handle("/users", users{map[string]int{}}) // related `^the goroutines that have u\.seen\[name\] start here$`
}

// -- what is made under the lock, and looked for without --

type page struct {
	mu   sync.Mutex
	text []byte
}

func (p *page) get() ([]byte, error) {
	if p.text != nil { // related `^p\.text is read here at the same time$`
		return p.text, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.text == nil {
		b, err := os.ReadFile("page")
		if err != nil {
			return nil, errors.Join(err)
		}
		p.text = b // want `^p\.text is written by calls of this function that may run at the same time$`
	}
	return p.text, nil
}

func (p *page) show(w http.ResponseWriter, _ *http.Request) {
	b, err := p.get()
	use(json.NewEncoder(w).Encode(b), err)
}

func servePage(mux *http.ServeMux) {
	p := &page{}
	mux.HandleFunc("/", p.show) // related `^the goroutines that have p\.text start here$`
}

type lockedPage struct {
	mu   sync.Mutex
	text []byte
}

func (p *lockedPage) show(http.ResponseWriter, *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.text == nil {
		p.text = []byte("page")
	}
	use(len(p.text))
}

func serveLocked(mux *http.ServeMux) {
	p := &lockedPage{}
	mux.HandleFunc("/", p.show)
}
