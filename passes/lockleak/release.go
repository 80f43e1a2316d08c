package lockleak

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// release checks the release n.
func (c *checker) release(s *state, n *skeleton.Node) {
	site := lockset.OpIn(n, s.root())
	if c.done[site] {
		return
	}
	var wrong, earlier *skeleton.Node
	switch {
	case c.view.Sure(func() bool { wrong = c.mismatch(s, n); return wrong != nil }):
		c.reportMismatch(wrong, n, site)
	case c.view.Sure(func() bool { earlier = c.repeats(s, n); return earlier != nil }):
		c.reportRepeat(earlier, n, site)
	case c.view.Sure(func() bool { return c.neverTaken(s, n) }):
		c.add(site, fmt.Sprintf("%s is not locked when this %s runs", c.text(n, site), kind(n)))
	}
}

// mismatch returns an operation that takes the lock in the other mode than n
// releases, if all that n may release do.
func (c *checker) mismatch(s *state, n *skeleton.Node) *skeleton.Node {
	takes := func(m *skeleton.Node) bool { return lockset.IsAcquire(m) && m.Res == s.lock }
	other := func(m *skeleton.Node) bool { return takes(m) && lockset.IsShared(m) != lockset.IsShared(n) && known(m) }
	if !known(n) || !slices.ContainsFunc(s.graph.Nodes, other) || s.unheld()[n.ID] {
		return nil
	}
	var wrong *skeleton.Node
	for _, m := range s.graph.Nodes {
		if !takes(m) || s.search(m, s.releases, nil, func(at *skeleton.Node) bool { return at == n }) == nil {
			continue
		}
		if !other(m) {
			return nil
		}
		wrong = m
	}
	return wrong
}

// known reports whether n operates on a RWMutex by its own methods.
func known(n *skeleton.Node) bool {
	if n.Op.Obj == nil {
		return false
	}
	recv := n.Op.Obj.Signature().Recv()
	return recv != nil && !types.IsInterface(recv.Type())
}

// repeats returns a release behind which n releases again, if the branch that
// leads to n is not one that is also reached with the lock held.
func (c *checker) repeats(s *state, n *skeleton.Node) *skeleton.Node {
	if !s.unheld()[n.ID] || lockset.IsShared(n) && s.nests() {
		return nil
	}
	leads := s.leadingTo(func(at *skeleton.Node) bool { return at == n })
	taken := func(at *skeleton.Node) bool { return lockset.IsAcquire(at) && at.Res == s.lock }
	var region []bool
	sure := func(st *skeleton.Step) bool {
		from := st.From
		if !region[from.ID] {
			return true
		}
		avoidable := slices.ContainsFunc(from.Succs, func(o *skeleton.Step) bool { return !leads[o.To.ID] })
		return !avoidable || s.releases(from) || !s.held()[from.ID]
	}
	for _, m := range s.graph.Nodes {
		if !s.releases(m) || !s.held()[m.ID] || m.Frame.Widened || m.Frame.Call != nil && n.Frame.Call != nil {
			continue
		}
		region = s.behind(m, taken)
		stop := func(at *skeleton.Node) bool { return taken(at) || s.releases(at) }
		if s.search(m, stop, sure, func(at *skeleton.Node) bool { return at == n }) != nil {
			return m
		}
	}
	return nil
}

// neverTaken reports whether n releases a lock that the function has made, and
// that nothing takes.
func (c *checker) neverTaken(s *state, n *skeleton.Node) bool {
	r := s.lock.Root
	if n.Frame.Call != nil || s.lock.Sel != nil || r.Kind != skeleton.Local && r.Kind != skeleton.Made || r.Owner != s.graph.Root {
		return false
	}
	reaches := func(a skeleton.Path) bool { _, ok := c.view.Reach(a, s.lock); return ok }
	for _, m := range s.graph.Nodes {
		if m.Op == nil || m.Op == n.Op || m.Op.Inner == n.Op {
			continue
		}
		if m.Res.Root == r || len(m.Spawns) > 0 || slices.ContainsFunc(m.Args, reaches) {
			return false
		}
	}
	return true
}

// reportMismatch reports that n releases in the other mode than m takes.
func (c *checker) reportMismatch(m, n *skeleton.Node, site *skeleton.Op) {
	format := "%s is locked for writing, and this %s the RUnlock of a reader"
	if lockset.IsShared(m) {
		format = "%s is read-locked, and this %s the Unlock of a writer"
	}
	verb := "is"
	if site != n.Op {
		verb = "calls"
	}
	taken := lockset.OpIn(m, m.Graph.Entry.Frame)
	pos, end := c.view.Extent(taken)
	d := c.add(site, fmt.Sprintf(format, c.text(n, site), verb))
	d.Related = []analysis.RelatedInformation{{Pos: pos, End: end, Message: c.text(m, taken) + " is " + how(m) + " here"}}
	if site == n.Op {
		d.SuggestedFixes = c.rename(site, map[string]string{"Unlock": "RUnlock", "RUnlock": "Unlock"})
	}
}

// reportRepeat reports that n releases again what m has released.
func (c *checker) reportRepeat(m, n *skeleton.Node, site *skeleton.Op) {
	first := lockset.OpIn(m, m.Graph.Entry.Frame)
	pos, end := c.view.Extent(first)
	here, _ := c.view.Extent(site)
	name := c.text(n, site)
	d := c.add(site, fmt.Sprintf("%s is unlocked already, at %s, when this %s runs", name, report.Place(c.pass.Fset, pos, here), kind(n)))
	if first != site {
		d.Related = []analysis.RelatedInformation{{Pos: pos, End: end, Message: c.text(m, first) + " is unlocked here"}}
	}
}

// add adds a finding at site, once.
func (c *checker) add(site *skeleton.Op, message string) *analysis.Diagnostic {
	c.done[site] = true
	pos, end := c.view.Extent(site)
	c.found = append(c.found, analysis.Diagnostic{Pos: pos, End: end, Message: message})
	return &c.found[len(c.found)-1]
}

// kind names what n does.
func kind(n *skeleton.Node) string {
	if lockset.IsShared(n) {
		return "RUnlock"
	}
	return "Unlock"
}

// how says how the lock that n takes is held.
func how(n *skeleton.Node) string {
	if lockset.IsShared(n) {
		return "read-locked"
	}
	return "locked"
}
