package testgoroutine

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports calls that end a test off its own goroutine.
var Analyzer = &analysis.Analyzer{
	Name:     "testgoroutine",
	Doc:      docs.MustExtract(doc, "testgoroutine"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/testgoroutine",
	Requires: []*analysis.Analyzer{skeleton.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for what ends a test among the effects of all that is started on
// goroutines. It is a may-analysis, free of the control flow: that a helper can end
// the test counts, whether or not it would there. Which test it is does not matter,
// but for the parameter of a subtest that the goroutine runs itself, which the
// effects of a function leave out.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	done map[*skeleton.Op]bool // what ends a test, on some goroutine that has been looked at
	told map[token.Pos]bool    // the calls that have been reported
}

// ends are the operations that end the goroutine.
var ends = []syncapi.Op{syncapi.Goexit, syncapi.Require}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass: pass,
		view: pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		done: make(map[*skeleton.Op]bool),
		told: make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.CalleesFirst() {
		if f.Imported() {
			continue
		}
		for _, op := range f.Ops() {
			c.starts(op)
			c.awaits(op)
		}
		c.logs(f)
	}
	return nil, nil
}

// starts looks at an operation that may start goroutines.
func (c *checker) starts(op *skeleton.Op) {
	if op.Kind == syncapi.Go {
		c.direct(op)
	}
	for _, e := range c.view.OpEffects(op, ends...) {
		if !e.Started || !isTest(e.Res) || ofTesting(e.Op) {
			continue
		}
		switch {
		case c.body(op) != nil:
			c.within(op, c.body(op), e)
		case op.Kind == syncapi.Go || runsElsewhere(op):
			c.report(op, op, e)
		case op.Kind == syncapi.Call && !e.Op.Fn.Imported() && !c.done[e.Op]:
			c.handed(op, e)
		}
		c.done[e.Op] = true
	}
}

// direct reports op, which starts a goroutine, if that does no more than to end the
// test.
func (c *checker) direct(op *skeleton.Op) {
	inner := op.Inner
	switch {
	case inner.Is(syncapi.Goexit) && isTest(inner.Res):
		c.report(op, op, skeleton.Effect{Op: inner})
	case syncapi.IsRequire(inner.Obj) && len(inner.Args) > 0 && isTest(inner.Args[0]):
		c.report(op, op, skeleton.Effect{Op: inner})
	}
}

// body returns the literal that op starts a goroutine with, nil if that is not seen.
func (c *checker) body(op *skeleton.Op) *skeleton.Func {
	var called []*skeleton.Func
	switch {
	case op.Kind == syncapi.Go && len(op.Inner.Targets) == 1:
		called = []*skeleton.Func{op.Inner.Targets[0].Func}
	case op.Kind == syncapi.Go:
		called = c.view.Called(op.Inner.Dynamic)
	case runsElsewhere(op):
		called = c.view.Called(op.Callbacks[0].Func)
	}
	if len(called) != 1 || called[0].Imported() {
		return nil
	}
	if _, ok := called[0].Syntax().(*ast.FuncLit); !ok {
		return nil
	}
	return called[0]
}

// runsElsewhere reports whether op runs its callback on one goroutine of its own.
// That of RunParallel is run on many, each of which may end by itself, and handlers
// may be called by anyone.
func runsElsewhere(op *skeleton.Op) bool {
	return len(op.Callbacks) == 1 && op.Callbacks[0].Mode == syncapi.Elsewhere
}

// ofTesting reports whether op is one of package testing itself, whose TempDir and
// the like may be called on any goroutine.
func ofTesting(op *skeleton.Op) bool {
	obj := op.Fn.Outermost().Obj
	return op.Fn.Imported() && obj != nil && obj.Pkg().Path() == "testing"
}

// within reports the operations of a literal by which e comes about on the
// goroutine that start starts.
func (c *checker) within(start *skeleton.Op, lit *skeleton.Func, e skeleton.Effect) {
	for _, op := range lit.Ops() {
		own := op
		if op.Kind == syncapi.Defer {
			own = op.Inner
		}
		if own.Is(ends...) && isTest(own.Res) {
			c.report(op, start, skeleton.Effect{Op: own})
		}
	}
	for _, op := range lit.Ops() {
		if slices.ContainsFunc(op.Callbacks, func(cb skeleton.Callback) bool { return cb.Mode == syncapi.Unknown }) {
			continue // the callback, if it is run, is run elsewhere
		}
		for _, of := range c.view.OpEffects(op, ends...) {
			if of.Op == e.Op && !of.Started {
				c.report(op, start, e)
				return
			}
		}
	}
}

// handed reports a literal that is handed to a function which starts it, or what
// such a function does with a test.
func (c *checker) handed(op *skeleton.Op, e skeleton.Effect) {
	for _, t := range op.Targets {
		for _, arg := range t.Args {
			for _, f := range c.view.Called(arg) {
				if _, ok := f.Syntax().(*ast.FuncLit); ok && c.does(f, e.Op) {
					c.within(op, f, e)
					return
				}
			}
		}
	}
}

// does reports whether end is among the effects of f.
func (c *checker) does(f *skeleton.Func, end *skeleton.Op) bool {
	for _, e := range c.view.Effects(f, ends...) {
		if e.Op == end {
			return true
		}
	}
	return false
}

// awaits reports what ends a test in a condition that op evaluates on another
// goroutine.
func (c *checker) awaits(op *skeleton.Op) {
	i, ok := syncapi.AwaitsOnGoroutine(op.Obj)
	if !ok || i >= len(op.Args) {
		return
	}
	for _, f := range c.view.Called(op.Args[i]) {
		if _, ok := f.Syntax().(*ast.FuncLit); !ok {
			continue
		}
		for _, e := range c.view.Effects(f, ends...) {
			if e.Res.Root.Owner != f && isTest(e.Res) {
				c.within(op, f, e)
			}
		}
	}
}

// isTest reports whether p is the test that the code belongs to, by its type: not
// one that is made for the purpose, nor something else that has its methods, nor
// what only one of several types has that an interface stands for.
func isTest(p skeleton.Path) bool {
	if p.Root == nil || p.Root.Kind == skeleton.Made && syncapi.IsNativeTest(p.Root.Type) {
		return false
	}
	if p.Sel == nil {
		return syncapi.IsTest(p.Root.Type) || hasTest(p.Root.Type)
	}
	if syncapi.IsTest(p.Root.Type) {
		return true
	}
	if p.Root.Type == nil || types.IsInterface(p.Root.Type) {
		return false
	}
	found := false
	for sel := p.Sel; sel != nil; sel = sel.Up {
		t := skeleton.FieldClass{Type: sel.Owner, Field: sel.Name}.FieldType()
		switch {
		case syncapi.IsTest(t):
			found = true
		case t == nil || types.IsInterface(t):
			return false
		}
	}
	return found
}

// hasTest reports whether t is a struct, or points to one, that has a test.
func hasTest(t types.Type) bool {
	if t == nil {
		return false
	}
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for field := range s.Fields() {
		if syncapi.IsTest(field.Type()) {
			return true
		}
	}
	return false
}

// report reports site, which ends a test by e on the goroutine that start starts.
func (c *checker) report(site, start *skeleton.Op, e skeleton.Effect) {
	if c.told[site.Pos] {
		return
	}
	c.told[site.Pos] = true
	var d analysis.Diagnostic
	d.Pos, d.End = c.view.Extent(site)
	if !d.Pos.IsValid() {
		return
	}
	ended := c.name(e.Op)
	related := func(op *skeleton.Op, message string) {
		r := analysis.RelatedInformation{Message: message}
		r.Pos, r.End = c.view.Extent(op)
		d.Related = append(d.Related, r)
	}
	switch {
	case site == start:
		d.Message = fmt.Sprintf("%s is called on this goroutine, which it ends in place of the test's", ended)
	case site.Pos == e.Op.Pos:
		d.Message = fmt.Sprintf("%s ends this goroutine, not that of the test", ended)
	default:
		d.Message = fmt.Sprintf("%s calls %s, which ends this goroutine, not that of the test", c.view.Callee(site), ended)
	}
	if site != start {
		related(start, "the goroutine is started here")
	}
	if site.Pos != e.Op.Pos && e.Op.Pos.IsValid() && !e.Op.Fn.Imported() {
		related(e.Op, ended+" is called here")
	}
	report.Report(c.pass, d)
}

// name spells what ends a test.
func (c *checker) name(op *skeleton.Op) string {
	if call := c.view.CallOf(op); call != nil {
		return types.ExprString(ast.Unparen(call.Fun))
	}
	if op.Obj != nil {
		return op.Obj.Name()
	}
	if op.Kind == syncapi.Require {
		return "an assertion"
	}
	return "FailNow"
}
