package lockset_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
)

var balanceSource = `
type node struct {
	mu   sync.Mutex
	n    int
	next *node
	all  []*node
}

// flush is called with the lock, which it gives up in between.
func (n *node) flush() {
	n.mu.Unlock()
	println()
	n.mu.Lock()
}

func (n *node) flushes() {
	n.mu.Lock()
	n.flush()
	n.mu.Unlock()
}

func (n *node) often() {
` + strings.Repeat("\tif n.n > 0 { n.flush() }\n", 40) + `}

// large is too large a graph for all its calls to be looked into.
func (n *node) large() {
	n.mu.Lock()
` + strings.Repeat("\tn.often()\n", 40) + `	n.mu.Unlock()
}

func (n *node) larger() {
` + strings.Repeat("\tn.large()\n", 10) + `}

// descend and ascend call each other.
func (n *node) descend() {
	n.mu.Lock()
	n.n++
	n.mu.Unlock()
	n.next.ascend()
}

func (n *node) ascend() {
	n.mu.Lock()
	n.n--
	n.mu.Unlock()
	n.flushes()
	n.next.descend()
}

// others asks the same question twice.
func (n *node) others() {
	for _, m := range n.all {
		if m.next != n {
			m.mu.Lock()
		}
		m.n++
		if m.next != n {
			m.mu.Unlock()
		}
	}
}

func (n *node) everywhere() {
	n.others()
	n.next.others()
}

func (n *node) lockAll() {
	for _, m := range n.all {
		m.mu.Lock()
	}
}

func (n *node) unlockAll() {
	for _, m := range n.all {
		m.mu.Unlock()
	}
}

func (n *node) take() { n.mu.Lock() }
func (n *node) give() { n.mu.Unlock() }

func (n *node) pair() {
	n.take()
	defer n.give()
	n.n++
}

func (n *node) takeNext() { n.next.take() }
func (n *node) giveNext() { n.next.give() }

// crowd asks more than can be told apart, and one question twice.
func (n *node) crowd(flags struct{ ` + flags("f%d, ") + `last bool }) {
` + flags("\tif flags.f%d { n.pair() }\n") + `	if flags.last {
		n.mu.Lock()
	}
	n.n++
	if flags.last {
		n.mu.Unlock()
	}
}
`

// flags returns what many flags have each its number in.
func flags(format string) string {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestBalance asks which functions leave locks in another state than they found
// them in.
func TestBalance(t *testing.T) {
	act := checktest.Analyze(t, checktest.LoadSources(t, balanceSource), lockset.Analyzer)[0]
	locks := act.Result.(*lockset.Locks)
	locks.View.Lock()
	defer locks.View.Unlock()
	want := map[string]string{
		"flush": "takes gives", "often": "takes gives",
		"lockAll": "takes", "take": "takes", "takeNext": "takes",
		"unlockAll": "gives", "give": "gives", "giveNext": "gives",
	}
	for _, f := range locks.View.Funcs {
		if f.Obj == nil {
			continue
		}
		var got []string
		if locks.Takes(f) {
			got = append(got, "takes")
		}
		if locks.Gives(f) {
			got = append(got, "gives")
		}
		if want := strings.Fields(want[f.Obj.Name()]); !slices.Equal(got, want) {
			t.Errorf("%s %q, want %q", f.Obj.Name(), got, want)
		}
	}
}
