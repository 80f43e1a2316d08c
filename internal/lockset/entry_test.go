package lockset_test

import (
	"slices"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
)

const entrySource = `
type server struct {
	mu sync.Mutex
	n  int
}

var tableMu sync.Mutex

func New(b bool) *server {
	s := &server{}
	s.held()
	s.mixed()
	tableMu.Lock()
	defer tableMu.Unlock()
	s.fresh()
	fill(s)
	return s
}

type copier interface{ copy() *server }

func copied(x copier) {
	c := x.copy()
	c.held2()
}

func (s *server) copy() *server {
	if s == nil {
		return nil
	}
	return &server{n: s.n}
}

type none struct{}

func (none) copy() *server { return &server{} }

func use() { copied(none{}); copied(&server{}) }

func (s *server) Do() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held()
	s.mixed()
	s.under(s)
	s.held2()
}

func (s *server) Other(t *server) {
	s.mixed()
	t.under(s)
}

func (s *server) held()  { s.n++; s.deeper() }
func (s *server) held2() { s.n++ }
func (s *server) deeper() { s.n++ }
func (s *server) mixed() { s.n++ }
func (s *server) fresh() { s.n++ }
func (s *server) under(*server) { s.n++ }

func fill(s *server) { s.n = 1 }
`

func TestHeldAtEntry(t *testing.T) {
	act := checktest.Analyze(t, checktest.LoadSources(t, entrySource), lockset.Analyzer)[0]
	locks, ok := act.Result.(*lockset.Locks)
	if !ok {
		t.Fatal("no locks")
	}
	locks.View.Lock()
	defer locks.View.Unlock()
	want := map[string][]string{
		"held":   {"server.mu"}, // by New, too, in a way: nobody else has what it hands over
		"deeper": {"server.mu"},
		"held2":  {"server.mu"}, "mixed": nil,
		"under": nil,
		"fresh": {"tableMu"},
		"fill":  {"tableMu"},
	}
	for _, f := range locks.View.Funcs {
		if f.Obj == nil {
			continue
		}
		if want, ok := want[f.Obj.Name()]; ok {
			var got []string
			for k := range locks.HeldAtEntry(f) {
				got = append(got, k.String())
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s is called with %v, want %v", f.Name, got, want)
			}
		}
	}
}
