package lockedwait

import (
	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports waits under a lock for what needs that lock.
var Analyzer = &analysis.Analyzer{
	Name:     "lockedwait",
	Doc:      docs.MustExtract(doc, "lockedwait"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/lockedwait",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer},
	Run:      report.Run(run),
}

// waits are the operations that wait for another goroutine to answer.
var waits = []syncapi.Op{syncapi.Send, syncapi.Recv, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait}

// answers returns the operations that end a wait. A close ends a send as well,
// though by a panic: whoever is to close waits no less.
func answers(wait syncapi.Op) []syncapi.Op {
	switch wait {
	case syncapi.Send:
		return []syncapi.Op{syncapi.Recv, syncapi.Close}
	case syncapi.Recv:
		return []syncapi.Op{syncapi.Send, syncapi.Close}
	case syncapi.WgWait, syncapi.GroupWait:
		return []syncapi.Op{syncapi.WgDone, syncapi.WgAdd}
	}
	return []syncapi.Op{syncapi.CondSignal, syncapi.CondBroadcast}
}

// A checker looks for waits under a lock whose answers all need the lock.
//
// That the wait is reached with the lock, and the answer through the lock, are
// may-analyses of paths, exact in the conditions that skeletons keep. All else
// errs to silence: an answer that may do without the lock, or come from code
// unseen, ends the wait, and so does an order between the two goroutines.
type checker struct {
	pass   *analysis.Pass
	locks  *lockset.Locks
	view   *skeleton.View
	things *things
	scenes *scenes
	seen   map[*skeleton.Op]*skeleton.Op // the waits that have been reported, with their answers
	told   map[*skeleton.Op]bool         // what takes the locks that are held there
}

func run(pass *analysis.Pass) (any, error) {
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	c := &checker{pass: pass, locks: locks, view: locks.View, seen: make(map[*skeleton.Op]*skeleton.Op), told: make(map[*skeleton.Op]bool)}
	c.view.Lock()
	defer c.view.Unlock()
	if !c.concerns() {
		return nil, nil
	}
	edges := locks.Under(waits...)
	if len(edges) == 0 {
		return nil, nil
	}
	c.things = newThings(c.view, pass.Pkg)
	kept := c.group(edges)
	if len(kept) == 0 {
		return nil, nil
	}
	c.scenes = newScenes(locks, c.things)
	for _, full := range []bool{false, true} { // what needs no full buffer first
		for _, w := range kept {
			if c.things.buffered(w.arms[0], w.on[0]) == full {
				c.check(w)
			}
		}
	}
	return nil, nil
}

// concerns reports whether the package has any wait and any lock.
func (c *checker) concerns() bool {
	locks, waiting := false, false
	for _, f := range c.view.Funcs {
		locks = locks || c.view.May(f, syncapi.Lock) || c.view.May(f, syncapi.RLock)
		for _, kind := range waits {
			waiting = waiting || c.view.May(f, kind)
		}
	}
	return locks && waiting
}

// A wait is an operation that waits under a lock, or all arms of a select
// statement that does.
type wait struct {
	lock thing
	arms []*skeleton.Op
	on   []thing // by arm
}

// group returns the waits of edges. Those for which something seen at a glance
// ends the wait are left out.
func (c *checker) group(edges []*lockset.Edge) []*wait {
	type key struct {
		f, first, second, head any
		lock                   thing
	}
	byKey := make(map[key]*wait)
	var all []*wait
	for _, e := range edges {
		lock, ok := c.things.of(e.Held)
		on, known := c.things.of(e.Taken)
		if !ok || !known {
			continue
		}
		k := key{e.Func, e.First, e.Second, e.Inner, lock}
		if e.Inner.Arm != nil {
			k.head = e.Inner.Arm
			if e.Second == e.Inner {
				k.second = e.Inner.Arm
			}
		}
		w := byKey[k]
		if w == nil {
			w = &wait{lock: lock}
			byKey[k] = w
			all = append(all, w)
		}
		w.arms, w.on = append(w.arms, e.Inner), append(w.on, on)
	}
	var kept []*wait
	for _, w := range all {
		if c.worthwhile(w) {
			kept = append(kept, w)
		}
	}
	return kept
}

// worthwhile reports whether all arms of w are known, and none of them is
// answered by code unseen or goes into a buffer.
func (c *checker) worthwhile(w *wait) bool {
	if head := w.arms[0].Arm; head != nil {
		arms := 0
		for _, b := range head.Fn.Blocks {
			for _, op := range b.Ops {
				if op.Arm == head {
					arms++
				}
			}
		}
		if arms != len(w.arms) {
			return false
		}
	}
	for i, op := range w.arms {
		on := w.on[i]
		if !c.things.closed(op, on) {
			return false
		}
		if op.Kind == syncapi.CondWait {
			if own, ok := c.things.lockOf(on); !ok || own == w.lock {
				return false
			}
		}
	}
	return true
}

// check reports w if nothing can end it.
func (c *checker) check(w *wait) {
	at := w.arms[0]
	if _, ok := c.seen[at]; ok {
		return
	}
	if !c.scenes.promising(w, c.isTest) {
		return
	}
	if sc := c.scenes.of(w); sc != nil && !c.find(w, sc) {
		if sc = c.scenes.deeper(w, sc); sc != nil {
			c.find(w, sc)
		}
	}
}

// find reports w if nothing can end it in some goroutine of the scene.
func (c *checker) find(w *wait, sc *scene) bool {
	for x := range sc.nodes(w.arms...) {
		for _, a := range sc.acquires[x.Graph] {
			if l, ok := c.things.of(a.Res); !ok || l != w.lock || !skeleton.Leads(a, x, nil) {
				continue
			}
			if c.isTest(x.Op.Fn) && !c.isTest(a.Op.Fn) {
				continue // in a fake, which the test has answer as it likes
			}
			s := &stall{checker: c, scene: sc, wait: w, lock: a, at: x}
			if c.told[a.Op] && s.buffered(x) {
				continue // the lock is held across a wait without a buffer as well
			}
			if s.holds() {
				c.told[a.Op] = true
				c.report(s)
				return true
			}
		}
	}
	return false
}

// isTest reports whether f is in a test file.
func (c *checker) isTest(f *skeleton.Func) bool {
	return f != nil && report.InTest(c.pass, f.Pos)
}
