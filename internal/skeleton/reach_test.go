package skeleton_test

import (
	"slices"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/skeltest"
)

func TestHanded(t *testing.T) {
	pkg := skeltest.Load(t, `

type conn struct {
	release func()
	inner   *conn
}

type listener struct{ conns chan *conn }

func (l *listener) stored()  {}
func (l *listener) nested()  {}
func (l *listener) sent()    {}
func (l *listener) called()  {}
func (l *listener) private() {}

func (l *listener) accept() *conn {
	l.conns <- &conn{release: l.sent}
	l.called()
	own := &conn{release: l.private}
	own.release()
	return &conn{release: l.stored, inner: &conn{release: l.nested}}
}
`)[0]
	var got []string
	for f := range pkg.View.Handed() {
		got = append(got, f.Obj.Name())
	}
	slices.Sort(got)
	if want := []string{"nested", "sent", "stored"}; !slices.Equal(got, want) {
		t.Errorf("Handed() = %v, want %v", got, want)
	}
}
