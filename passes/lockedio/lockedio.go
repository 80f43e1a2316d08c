package lockedio

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

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
	under map[*skeleton.Func]map[int]held // the parameters that a function calls under a lock
	done  map[*ast.CallExpr]bool
}

// A held lock, and the operation by which it was taken.
type held struct {
	lock skeleton.Path
	op   *skeleton.Op
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		io:    pass.ResultOf[iocalls.Analyzer].(*iocalls.Calls),
		under: make(map[*skeleton.Func]map[int]held),
		done:  make(map[*ast.CallExpr]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.CalleesFirst() {
		if !f.Imported() && c.takes(f) {
			c.function(f)
		}
	}
	for _, f := range c.view.Funcs {
		c.handsLiterals(f)
	}
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
func (c *checker) literal(p skeleton.Path, h held) {
	if p.Root == nil || p.Root.Kind != skeleton.FuncVal || p.Root.Func == nil {
		return
	}
	lit, ok := p.Root.Func.Syntax().(*ast.FuncLit)
	if !ok {
		return
	}
	for call := range iocalls.Sync(lit.Body) {
		c.call(call, h)
	}
}

// call reports a call if it waits, where h is held.
func (c *checker) call(call *ast.CallExpr, h held) {
	w := c.io.Of(call)
	if w == nil || c.done[call] {
		return
	}
	c.done[call] = true
	called := types.ExprString(ast.Unparen(call.Fun))
	lock, how := c.name(h), "held"
	if h.op.Kind == syncapi.RLock {
		how = "read-locked"
	}
	d := analysis.Diagnostic{Pos: call.Pos(), End: call.End()}
	lockPos, lockEnd := c.view.Extent(h.op)
	d.Related = append(d.Related, analysis.RelatedInformation{Pos: lockPos, End: lockEnd, Message: fmt.Sprintf("%s is %s since here", lock, how)})
	subject := called
	if w.Call != call {
		subject = "this call of " + called
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: w.Call.Pos(), End: w.Call.End(),
			Message: fmt.Sprintf("%s %s here", types.ExprString(ast.Unparen(w.Call.Fun)), verbs[w.For]),
		})
	}
	d.Message = fmt.Sprintf("%s %s while %s is %s since %s", subject, verbs[w.For], lock, how, report.Place(c.pass.Fset, lockPos, call.Pos()))
	report.Report(c.pass, d)
}

var verbs = map[syncapi.IO]string{
	syncapi.Time:    "sleeps",
	syncapi.Network: "waits for the network",
	syncapi.Disk:    "waits for the disk",
	syncapi.Process: "waits for a process",
}

// name spells a lock.
func (c *checker) name(h held) string {
	if h.op.Is(syncapi.Lock, syncapi.RLock) {
		return c.view.Text(h.op)
	}
	return h.lock.String()
}

// latest returns what was locked last.
func latest(locks map[skeleton.Path]*skeleton.Op) (h held, ok bool) {
	var pos token.Pos
	for lock, op := range locks {
		if op.Pos > pos {
			h, ok, pos = held{lock, op}, true, op.Pos
		}
	}
	return h, ok
}
