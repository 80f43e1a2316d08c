package skeleton_test

import (
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/skeltest"
)

const memorySource = `

type conn struct{ n int }

type server struct {
	mu    sync.Mutex
	conns map[string]*conn
	count int
	cur   *conn
}

var total int

func make1() *server {
	s := &server{conns: make(map[string]*conn)}
	s.count = 1 // before anybody has it
	return s
}

func (s *server) add(k string, c *conn) {
	s.mu.Lock()
	s.conns[k] = c
	s.count++
	s.cur.n = 3
	*s.cur = conn{}
	total++
	s.mu.Unlock()
}

func (s *server) size() int { return len(s.conns) }

func captured(errs []error) (err error) {
	n, own := 0, 0
	own++
	go func() {
		n++
		inc(&n)
		errs[0] = nil
	}()
	delete(map[string]int{}, "a")
	return errs[own]
}

func inc(p *int) { *p++ }

type reader interface{ Read(p []byte) (int, error) }

func fill(r reader, buf []byte) []byte {
	r.Read(buf)
	return buf[:0]
}

func (s *server) drop() { s.cur = nil }

type list struct {
	next *list
	n    int
}

func walk(l *list) {
	for l != nil {
		l.n = 1
		l = l.next
	}
}

func clears(get func() *list, done bool) *list {
	l := get()
	l.n = 1
	if done {
		l = nil
	}
	return l
}

type pair struct{ a, b *list }

func own(in chan pair) {
	var p pair
	p = <-in
	p.a.n = 1
}
`

func TestMemory(t *testing.T) {
	pkg := skeltest.Load(t, memorySource)[0]
	for name, want := range map[string]string{
		"make1":          "return(s)",
		"(*server).add":  "lock s.mu; read s.conns; write s.conns[]; read s.count; write s.count; read s.cur; write s.cur.n; write s.cur*; read total; write total; unlock s.mu; return",
		"(*server).size": "read s.conns; read s.conns[]; return(value)",
		"captured":       "go call captured$1; write made[]; read errs; read errs[]; return(errs[])",
		"captured$1":     "read n; write n; call inc(n); read errs; write errs[] 0; set errs[]=false; return",
		"inc":            "read p; write p; return",
		"fill":           "write buf[]; work; write buf[]; return(buf)",
		"(*server).drop": "write s.cur; set s.cur=false; return",
		"walk":           "-> 1\n1: -> 2 | -> 4\n2: write l.n; read l.next; set l=? -> 3\n3: rebind l -> 1\n4: return",
		"clears":         "call get?; write l.n -> 1 if done | -> 2 if !done\n1: rebind l -> 2\n2: return(l)",
		"own":            "recv in; rebind p; write p.a.n; return",
	} {
		for _, f := range pkg.View.Funcs {
			if f.Name != name {
				continue
			}
			_, got, _ := strings.Cut(strings.TrimSpace(f.WithMemory()), "\n")
			if got = strings.TrimPrefix(got, "0: "); got != want {
				t.Errorf("%s:\n got %s\nwant %s", name, got, want)
			}
		}
	}
}
