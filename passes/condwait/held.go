package condwait

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// An unheld is a Wait that a function reaches without the lock.
type unheld struct {
	f       *skeleton.Func
	wait    *skeleton.Node
	release *skeleton.Node // that comes before it, if the lock was held once
}

// A reached is a Wait that a function leads to by calling another.
type reached struct {
	f    *skeleton.Func
	wait *skeleton.Op
}

// lockFaults reports the Waits that are reached without the lock. Of a Wait that
// a function reaches so, its callers may have the lock: what is reported are the
// outermost functions of the package that lead to it.
func (c *checker) lockFaults(waiting []*skeleton.Func) {
	var faults []unheld
	led := make(map[reached]bool) // by another function of the package
	for _, f := range waiting {
		g := c.locks.GraphOf(f, func(e skeleton.Effect) bool { return e.Op.Kind == syncapi.CondWait && !e.Started }, syncapi.CondWait)
		for _, n := range g.Nodes {
			if !n.Op.Is(syncapi.CondWait) || !n.Res.IsOne() || n.Frame.Widened || n.Frame.Func.Effects {
				continue
			}
			for fr := n.Frame; fr.Call != nil; fr = fr.Up {
				led[reached{fr.Func, n.Op}] = true
			}
			if u := c.unheld(n); u != nil {
				u.f = f
				faults = append(faults, *u)
			}
		}
	}
	for _, u := range faults {
		if u.release != nil && u.release.Frame.Call == nil || !led[reached{u.f, u.wait.Op}] && c.answers(u) {
			c.reportUnheld(u)
		}
	}
}

// unheld returns how n is reached without its lock, nil if it is not or if that
// is not known.
func (c *checker) unheld(n *skeleton.Node) *unheld {
	locks := c.conds.locksOf(n.Res)
	if slices.ContainsFunc(locks, func(l lock) bool { return l.custom }) {
		return nil
	}
	match := func(m *skeleton.Node) match { return c.conds.match(m.Res, lockset.IsShared(m), n.Res) }
	taken := func(m *skeleton.Node) bool { return lockset.IsAcquire(m) && match(m) == same }
	freed := func(m *skeleton.Node) bool { return lockset.IsRelease(m) && match(m) == same }
	held := false
	for _, m := range n.Graph.Nodes {
		switch {
		case !m.Op.Is(lockset.Ops...) || m.Res.Root == nil:
		case lockset.IsRelease(m) && match(m) != other && c.hands(n, m):
			return nil // what it was handed
		case !lockset.IsAcquire(m):
		case match(m) == maybe && skeleton.Leads(m, n, func(at *skeleton.Node) bool { return lockset.IsRelease(at) && at.Res == m.Res }):
			return nil
		case match(m) == same:
			held = held || skeleton.Leads(m, n, freed)
		}
	}
	var from []*skeleton.Node
	if !held {
		from = append(from, n.Graph.Entry)
	}
	for _, m := range n.Graph.Nodes {
		if m.Op != nil && freed(m) && skeleton.Leads(m, n, func(at *skeleton.Node) bool { return at.Op != nil && taken(at) }) {
			from = append(from, m)
		}
	}
	if len(from) == 0 {
		return nil
	}
	trace := n.Graph.Search(skeleton.Query{
		From: from,
		To:   []*skeleton.Node{n},
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case at == n:
				return skeleton.Found
			case at.Op != nil && taken(at):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	})
	if trace == nil {
		return nil
	}
	u := &unheld{wait: n}
	if first := trace.Nodes[0]; first.Op != nil {
		u.release = first
	}
	return u
}

// hands reports whether m, which follows n, may release a lock that the function
// has not taken. (Conditions that hold before a wait need not hold behind it, so
// the path is not looked for from there.)
func (c *checker) hands(n, m *skeleton.Node) bool {
	taken := func(at *skeleton.Node) bool {
		return lockset.IsAcquire(at) && c.conds.match(at.Res, lockset.IsShared(at), n.Res) != other
	}
	for _, at := range n.Graph.Nodes {
		if taken(at) && skeleton.Leads(at, n, nil) {
			return false
		}
	}
	return skeleton.Leads(n, m, taken) && n.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{n.Graph.Entry},
		To:   []*skeleton.Node{m},
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case at == m:
				return skeleton.Found
			case taken(at):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	}) != nil
}

// answers reports whether no caller of the outermost function that leads to a
// Wait can have the lock.
func (c *checker) answers(u unheld) bool {
	f := u.f
	switch {
	case c.started[f]:
		return true
	case c.handed[f]:
		return false
	case f.Parent != nil:
		return len(c.calls[f]) == 0
	case f.Obj == nil:
		return true // the package's initialization
	case leavesToCallers(f), c.dynamic[f.Obj.Name()] && f.Obj.Signature().Recv() != nil:
		return false
	case !ast.IsExported(f.Obj.Name()):
		return true
	}
	locks := c.conds.locksOf(u.wait.Res)
	return len(locks) > 0 && !slices.ContainsFunc(locks, c.accessible)
}

var contract = lazyregexp.New(`(?i)\b(must|should|has to|have to|needs? to|expects?|requires?|assumes?|assuming)\b.*\b(hold|holds|held|holding|locks?|locked)\b|\bcallers? holds?\b`)

// leavesToCallers reports whether f says, by its name or in its comment, that
// its callers hold a lock.
func leavesToCallers(f *skeleton.Func) bool {
	if name := f.Obj.Name(); strings.HasSuffix(name, "Locked") && !strings.HasSuffix(name, "Unlocked") || strings.HasSuffix(name, "_locked") {
		return true
	}
	decl, ok := f.Syntax().(*ast.FuncDecl)
	return ok && contract().MatchString(strings.ReplaceAll(decl.Doc.Text(), "\n", " "))
}

// accessible reports whether code outside of the package can take a lock.
func (c *checker) accessible(l lock) bool {
	switch {
	case !l.named || !l.key.IsField():
		return true
	case !l.key.Class.Type.Exported():
		return false
	case token.IsExported(l.key.Class.Field):
		return true
	}
	for _, f := range c.view.Funcs {
		if f.Obj != nil && f.Obj.Exported() && c.locks.Takes(f) && receiverOf(f) == l.key.Class.Type {
			return true
		}
	}
	return false
}

// receiverOf returns the type that f is a method of, nil if it is none.
func receiverOf(f *skeleton.Func) *types.TypeName {
	recv := f.Obj.Signature().Recv()
	if recv == nil {
		return nil
	}
	named, ok := types.Unalias(deref(recv.Type())).(*types.Named)
	if !ok {
		return nil
	}
	return named.Obj()
}

// reportUnheld reports a Wait without its lock where the source of the function
// leads to it.
func (c *checker) reportUnheld(u unheld) {
	root := u.wait.Frame
	for root.Call != nil {
		root = root.Up
	}
	site := lockset.OpIn(u.wait, root)
	call := c.view.CallOf(site)
	if c.done[site] || call == nil {
		return
	}
	c.done[site], c.done[u.wait.Op] = true, true
	pos, end := c.view.Extent(site)
	d := analysis.Diagnostic{Pos: pos, End: end}
	if site == u.wait.Op {
		d.Message = fmt.Sprintf("%s.Wait is called without %s", c.text(u.wait.Op), c.lockText(u.wait))
	} else {
		d.Message = fmt.Sprintf("this call of %s leads to %s.Wait without %s", c.view.Callee(site), c.text(u.wait.Op), c.lockText(u.wait))
		if !u.wait.Op.Fn.Imported() {
			d.Related = append(d.Related, c.related(u.wait.Op, c.text(u.wait.Op)+".Wait is called here"))
		}
	}
	if u.release != nil {
		op := c.view.Site(u.release)
		d.Related = append(d.Related, c.related(op, fmt.Sprintf("%s is unlocked here", c.text(u.release.Op))))
	}
	report.Report(c.pass, d)
}

// text spells what an operation acts on.
func (c *checker) text(op *skeleton.Op) string {
	if call := c.view.CallOf(op); call != nil {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			return types.ExprString(sel.X)
		}
	}
	return op.Res.String()
}

// lockText spells the lock of the Cond that n waits on, and how it is held.
func (c *checker) lockText(n *skeleton.Node) string {
	cond := c.text(n.Op)
	locks := c.conds.locksOf(n.Res)
	if len(locks) != 1 || !locks[0].named {
		if p := c.conds.locker(n.Op.Res); !isL(p) {
			return p.String() + " held"
		}
		return cond + ".L held"
	}
	l, how := locks[0], " held"
	if r := l.path.Root; r.Kind == skeleton.Made && l.path.Sel == nil {
		return cond + ".L held" // which has no other name
	}
	if l.shared {
		how = " read-locked"
	}
	class, ok := n.Op.Res.Class()
	switch {
	case !l.key.IsField():
		return l.key.String() + how
	case ok && class.Type == l.key.Class.Type:
		return n.Op.Res.Base().String() + "." + l.key.Class.Field + how
	}
	return l.key.String() + how
}
