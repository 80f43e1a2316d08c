package lockedio

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/iocalls"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports input and output under a lock.
var Analyzer = &analysis.Analyzer{
	Name:     "lockedio",
	Doc:      docs.MustExtract(doc, "lockedio"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/lockedio",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer, iocalls.Analyzer},
	Run:      report.Run(run),
}

// A checker knows the calls that wait by their syntax, since skeletons leave most of
// them out, and the locks by the skeletons. What is held at a call is a
// must-analysis on the control flow of the syntax: a lock that is held on some
// paths only counts as not held.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	locks *lockset.Locks
	io    *iocalls.Calls
	under map[*skeleton.Func]map[int]holding // the parameters that a function calls under a lock
	found map[region][]waiting
	done  map[*ast.CallExpr]bool
	flows map[*skeleton.Func]*flow
	// The locks of callers that a function releases, and a wait under each.
	released map[*skeleton.Func]map[*skeleton.Op]*iocalls.Wait
	news     bool // there is more of them
}

// A region is what is done under a lock by one operation that takes it. It is reported
// once for each thing that it waits for.
type region struct {
	op   *skeleton.Op
	what syncapi.IO
}

// A waiting is a call that waits with a lock held.
type waiting struct {
	call *ast.CallExpr
	why  *iocalls.Wait
	held holding
}

// A holding is a lock that is held, and the operation by which it was taken.
type holding struct {
	lock skeleton.Path
	op   *skeleton.Op
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		io:    pass.ResultOf[iocalls.Analyzer].(*iocalls.Calls),
		under: make(map[*skeleton.Func]map[int]holding),
		found: make(map[region][]waiting),
		done:  make(map[*ast.CallExpr]bool),
		flows: make(map[*skeleton.Func]*flow),

		released: make(map[*skeleton.Func]map[*skeleton.Op]*iocalls.Wait),
	}
	c.view.Lock()
	defer c.view.Unlock()
	var own []*skeleton.Func
	for _, f := range c.view.CalleesFirst() {
		if !f.Imported() {
			own = append(own, f)
		}
	}
	c.findReleases(own)
	for _, f := range own {
		if !c.takes(f) {
			continue
		}
		if w := c.flowOf(f); w != nil {
			w.follow(locks{}, w.visit)
		}
	}
	for _, f := range c.view.Funcs {
		c.handsLiterals(f)
	}
	c.reportAll()
	return nil, nil
}

// takes reports whether f takes a lock, or calls a function that leaves it locked.
func (c *checker) takes(f *skeleton.Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Is(syncapi.Lock, syncapi.RLock) {
				return true
			}
			for _, t := range op.Targets {
				if c.locks.Takes(t.Func) {
					return true
				}
			}
		}
	}
	return false
}

// handsLiterals looks at the literals that f hands to functions which call them
// under a lock.
func (c *checker) handsLiterals(f *skeleton.Func) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			for _, t := range op.Targets {
				for i, h := range c.under[t.Func] {
					if i < len(t.Args) {
						c.literal(t.Args[i], h)
					}
				}
			}
		}
	}
}

// literal reports the calls of a literal, p, that wait, where it is run with h
// held.
func (c *checker) literal(p skeleton.Path, h holding) {
	if p.Root == nil || p.Root.Kind != skeleton.FuncVal || p.Root.Func == nil {
		return
	}
	lit, ok := p.Root.Func.Syntax().(*ast.FuncLit)
	if !ok {
		return
	}
	for call := range iocalls.Sync(lit.Body) {
		if why := c.io.Of(call); why != nil {
			c.call(call, why, h)
		}
	}
}

// call notes a call that waits, where h is held.
func (c *checker) call(call *ast.CallExpr, why *iocalls.Wait, h holding) {
	if !c.done[call] {
		c.done[call] = true
		r := region{h.op, why.For}
		c.found[r] = append(c.found[r], waiting{call, why, h})
	}
}

// reportAll reports the regions in the order of the source.
func (c *checker) reportAll() {
	byPos := func(a, b waiting) int { return cmp.Compare(a.call.Pos(), b.call.Pos()) }
	var regions [][]waiting
	for _, calls := range c.found {
		slices.SortFunc(calls, byPos)
		regions = append(regions, calls)
	}
	slices.SortFunc(regions, func(a, b []waiting) int { return byPos(a[0], b[0]) })
	for _, calls := range regions {
		c.report(calls[0], calls[1:])
	}
}

// report reports the first of the calls by which a region waits, and shows the
// others.
func (c *checker) report(first waiting, others []waiting) {
	call, w, h := first.call, first.why, first.held
	lock, how := c.name(h), "held"
	if h.op.Kind == syncapi.RLock {
		how = "read-locked"
	}
	d := analysis.Diagnostic{Pos: call.Pos(), End: call.End()}
	lockPos, lockEnd := c.view.Extent(h.op)
	d.Related = append(d.Related, analysis.RelatedInformation{Pos: lockPos, End: lockEnd, Message: fmt.Sprintf("%s is %s since here", lock, how)})
	subject := called(call)
	if w.Call != call {
		subject = "this call of " + subject
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: w.Call.Pos(), End: w.Call.End(),
			Message: fmt.Sprintf("%s %s here", called(w.Call), verbs[w.For]),
		})
	}
	for _, o := range others {
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: o.call.Pos(), End: o.call.End(),
			Message: fmt.Sprintf("%s %s as well", called(o.call), verbs[w.For]),
		})
	}
	d.Message = fmt.Sprintf("%s %s while %s is %s since %s", subject, verbs[w.For], lock, how, report.Place(c.pass.Fset, lockPos, call.Pos()))
	report.Report(c.pass, d)
}

// called spells what is called.
func called(call *ast.CallExpr) string { return types.ExprString(ast.Unparen(call.Fun)) }

var verbs = map[syncapi.IO]string{
	syncapi.Time:    "sleeps",
	syncapi.Network: "waits for the network",
	syncapi.Disk:    "waits for the disk",
	syncapi.Process: "waits for a process",
}

// name spells a lock.
func (c *checker) name(h holding) string {
	if h.op.Is(syncapi.Lock, syncapi.RLock) {
		return c.view.Text(h.op)
	}
	return h.lock.String()
}

// latest returns what was locked last.
func latest(held locks) (h holding, ok bool) {
	var pos token.Pos
	for lock, op := range held {
		if op.Pos > pos {
			h, ok, pos = holding{lock, op}, true, op.Pos
		}
	}
	return h, ok
}
