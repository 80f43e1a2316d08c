package doublelock

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports mutexes locked again by the goroutine that holds them.
var Analyzer = &analysis.Analyzer{
	Name:     "doublelock",
	Doc:      docs.MustExtract(doc, "doublelock"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/doublelock",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for locks taken twice on one path; see [lockset.Locks.Again]
// for what it takes to be one lock and one path.
type checker struct {
	pass    *analysis.Pass
	view    *skeleton.View
	written map[any][]*skeleton.Op    // where field classes and variables are locked for writing
	pairs   map[*skeleton.Func][]pair // found in a function
	seen    map[*skeleton.Op]bool     // what has been reported
}

// A pair is two acquisitions of one lock.
type pair struct{ first, second *skeleton.Op }

func run(pass *analysis.Pass) (any, error) {
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	c := &checker{pass: pass, view: locks.View, pairs: make(map[*skeleton.Func][]pair), seen: make(map[*skeleton.Op]bool)}
	c.view.Lock()
	defer c.view.Unlock()
	var sample skeleton.Sample
	for _, f := range c.view.CalleesFirst() {
		if f.Imported() {
			continue
		}
		for a := range locks.Again(f, &sample, c.isWritten) {
			c.found(f, a)
		}
	}
	return nil, nil
}

// isWritten reports whether something in the package, or in what it calls,
// takes the write lock of what lock is, in whatever object. What a function
// does to its own variable is no other goroutine's.
func (c *checker) isWritten(lock skeleton.Path) bool {
	if c.written == nil {
		c.written = make(map[any][]*skeleton.Op)
		for _, f := range c.view.CalleesFirst() {
			for _, b := range f.Blocks {
				for _, op := range b.Ops {
					if op.Kind == syncapi.Lock && op.Res.Root != nil {
						k := kindOf(op.Res)
						c.written[k] = append(c.written[k], op)
					}
				}
			}
		}
	}
	r := lock.Root.Origin()
	own := func(op *skeleton.Op) bool {
		return (r.Kind == skeleton.Local || r.Kind == skeleton.Made) && op.Res.Root.Origin() == r && op.Fn == r.Owner
	}
	return slices.ContainsFunc(c.written[kindOf(lock)], func(op *skeleton.Op) bool { return !own(op) })
}

// kindOf returns the field that the lock p is, or else its root.
func kindOf(p skeleton.Path) any {
	if key, ok := lockset.KeyOf(p); ok && key.IsField() {
		return key.Class
	}
	return p.Root.Origin()
}

// found reports what a function does, unless one that it calls does so by
// itself.
func (c *checker) found(f *skeleton.Func, a lockset.Again) {
	p := pair{a.First.Op, a.Second.Op}
	within := common(a.First.Frame, a.Second.Frame)
	for fr := within; fr.Call != nil; fr = fr.Up {
		if slices.Contains(c.pairs[fr.Func], p) {
			c.pairs[f] = append(c.pairs[f], p)
			return
		}
	}
	if within.Func.Imported() && !passesOurs(a.Second.Frame, within) {
		return // that package's own
	}
	c.pairs[f] = append(c.pairs[f], p)
	c.report(f, a)
}

// common returns the innermost activation that a and b are part of.
func common(a, b *skeleton.Frame) *skeleton.Frame {
	for a != b {
		if a.Depth > b.Depth {
			a = a.Up
		} else {
			b = b.Up
		}
	}
	return a
}

// passesOurs reports whether a function of this package stands between the
// activation within and fr, which is part of it.
func passesOurs(fr, within *skeleton.Frame) bool {
	for ; fr != within; fr = fr.Up {
		if !fr.Func.Imported() {
			return true
		}
	}
	return false
}

// report reports the second acquisition where the source of f leads to it.
func (c *checker) report(f *skeleton.Func, a lockset.Again) {
	steps := c.steps(a.Second)
	site := steps[0]
	if c.seen[site.Op] {
		return
	}
	c.seen[site.Op] = true
	pos, end := c.view.Extent(site.Op)
	first := c.origin(a)
	heldPos, heldEnd := c.view.Extent(first)
	held, name := "held", c.name(f, a.First)
	if lockset.IsShared(a.First) {
		held = "read-locked"
	}
	verb := "locked"
	if lockset.IsShared(a.Second) {
		verb = "read-locked"
	}
	if lockset.IsShared(a.First) == lockset.IsShared(a.Second) {
		verb += " again"
	}
	related := []analysis.RelatedInformation{{
		Pos: heldPos, End: heldEnd, Message: fmt.Sprintf("%s is %s since here", name, held),
	}}
	by := ""
	if site != a.Second {
		by = " " + c.by(site)
		for _, n := range steps[1:] {
			related = append(related, c.step(n, a.Second, verb))
		}
	} else {
		name = c.name(f, a.Second)
	}
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s is %s%s while it is %s since %s", name, verb, by, held, report.Place(c.pass.Fset, heldPos, pos)),
		Related: related,
	})
}

// steps returns the calls by which the source of the graph's function leads to
// n, and n itself. It begins in the innermost literal that is written in such
// a call, and leaves out what is not of this package.
func (c *checker) steps(n *skeleton.Node) []*skeleton.Node {
	var steps []*skeleton.Node
	for _, call := range append(n.Calls(), n) {
		if len(steps) > 0 && c.writtenIn(steps[0], call.Frame.Func) {
			steps = steps[:0]
		}
		if !call.Op.Fn.Imported() && (call == n || c.view.Node(call.Op) != nil) {
			steps = append(steps, call)
		}
	}
	return slices.CompactFunc(steps, func(a, b *skeleton.Node) bool { return a.Op.Pos == b.Op.Pos && b != n })
}

// writtenIn reports whether the literal f is written in the source of n.
func (c *checker) writtenIn(n *skeleton.Node, f *skeleton.Func) bool {
	lit, call := f.Syntax(), c.view.Node(n.Op)
	return f.Parent != nil && lit != nil && call != nil && call.Pos() <= lit.Pos() && lit.End() <= call.End()
}

// origin returns the operation since which the lock is held: the call in the
// source of the graph's function that takes it, if it is still held behind
// that, or else the acquisition.
func (c *checker) origin(a lockset.Again) *skeleton.Op {
	if common(a.First.Frame, a.Second.Frame).Call == nil {
		return c.steps(a.First)[0].Op
	}
	return c.view.Site(a.First)
}

// name spells the lock that n takes as the function f does.
func (c *checker) name(f *skeleton.Func, n *skeleton.Node) string {
	if n.Op.Fn.Outermost() == f.Outermost() {
		return c.view.Text(n.Op)
	}
	return n.Res.String()
}

// by says which call takes the lock.
func (c *checker) by(site *skeleton.Node) string {
	call := callOf(c.view.Node(site.Op))
	if call == nil {
		return "by this call"
	}
	called := types.ExprString(call.Fun)
	if fn := callback(site); fn != "" && typeutil.StaticCallee(c.pass.TypesInfo, call) != nil {
		return fmt.Sprintf("by %s, which this call of %s calls,", fn, called)
	}
	return "by this call of " + called
}

// callback returns the name of the function that n calls as a callback of
// other code, "" if it does not.
func callback(n *skeleton.Node) string {
	fn := n.Op.Dynamic.Root
	switch {
	case n.Op.Obj != nil || fn == nil || fn.Kind != skeleton.FuncVal || fn.Func == nil:
		return ""
	case fn.Func.Obj == nil:
		return "the literal"
	case !fn.Bound.IsZero():
		return fn.Bound.String() + "." + fn.Func.Obj.Name()
	}
	return fn.Func.Obj.Name()
}

// callOf returns the call that a statement or expression is.
func callOf(n ast.Node) *ast.CallExpr {
	switch n := n.(type) {
	case *ast.CallExpr:
		return n
	case *ast.DeferStmt:
		return n.Call
	case *ast.RangeStmt:
		call, _ := ast.Unparen(n.X).(*ast.CallExpr)
		return call
	}
	return nil
}

// step returns the related position of a call on the way to second, or of
// second itself.
func (c *checker) step(n, second *skeleton.Node, verb string) analysis.RelatedInformation {
	pos, end := c.view.Extent(n.Op)
	if n == second {
		return analysis.RelatedInformation{Pos: pos, End: end, Message: fmt.Sprintf("%s is %s here", c.view.Text(n.Op), verb)}
	}
	message := fmt.Sprintf("this call leads to where %s is %s", second.Res, verb)
	return analysis.RelatedInformation{Pos: pos, End: end, Message: message}
}
