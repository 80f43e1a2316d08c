package condwait

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/cfg"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports calls of Cond.Wait outside a loop, or without the lock.
var Analyzer = &analysis.Analyzer{
	Name:     "condwait",
	Doc:      docs.MustExtract(doc, "condwait"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/condwait",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker asks two things of each Wait: is its lock held, which is a question
// to the skeletons (a may-analysis of the path, see lockFaults), and is the
// condition tested again behind it, which is one to the syntax, since skeletons
// keep no tests (see recheck). Both may be left to the callers.
type checker struct {
	pass    *analysis.Pass
	view    *skeleton.View
	locks   *lockset.Locks
	conds   *conds
	index   *symindex.Index
	root    *syntax.Tree
	calls   map[*skeleton.Func][]call
	handed  map[*skeleton.Func]bool
	started map[*skeleton.Func]bool // by go statements and the like
	dynamic map[string]bool         // names of methods called through interfaces that may have any type
	graphs  map[*skeleton.Func]*cfg.CFG
	done    map[*skeleton.Op]bool    // what has been reported
	ended   map[*ast.AssignStmt]bool // likewise
}

// A call is one of a function of the package, or of its like.
type call struct {
	op      *skeleton.Op
	started bool // on a goroutine of its own
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		view:   pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		locks:  pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		index:  pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:   pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		graphs: make(map[*skeleton.Func]*cfg.CFG),
		done:   make(map[*skeleton.Op]bool),
		ended:  make(map[*ast.AssignStmt]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	var waiting []*skeleton.Func // functions that wait, by calls perhaps
	for _, f := range c.view.Funcs {
		if c.view.May(f, syncapi.CondWait) {
			waiting = append(waiting, f)
		}
	}
	if len(waiting) == 0 {
		return nil, nil
	}
	c.conds = findConds(c.view)
	c.findCalls()
	c.lockFaults(waiting)
	c.loopFaults(waiting)
	c.wakeFaults(waiting)
	c.unwokenFaults(waiting)
	c.predicateFaults(waiting)
	return nil, nil
}

// findCalls notes who calls which function.
func (c *checker) findCalls() {
	c.calls = make(map[*skeleton.Func][]call)
	c.started = make(map[*skeleton.Func]bool)
	c.dynamic = make(map[string]bool)
	c.handed = c.view.Handed()
	for _, f := range c.view.Funcs {
		for op := range ops(f) {
			c.noteCalls(op)
		}
	}
}

func (c *checker) noteCalls(op *skeleton.Op) {
	inner, started := op, op.Kind == syncapi.Go
	if op.Is(syncapi.Go, syncapi.Defer) {
		inner = op.Inner
	}
	note := func(g *skeleton.Func, started bool) {
		c.calls[g] = append(c.calls[g], call{op, started})
		c.started[g] = c.started[g] || started
	}
	for _, t := range inner.Targets {
		note(t.Func, started)
	}
	if len(inner.Targets) == 0 {
		for _, g := range c.view.Called(inner.Dynamic) {
			note(g, started)
		}
		if inner.Obj != nil && isInterfaceMethod(inner.Obj) {
			c.dynamic[inner.Obj.Name()] = true
		}
	}
	for _, cb := range inner.Callbacks {
		if g := funcOf(cb.Func); g != nil {
			note(g, started || cb.Mode.Starts() || cb.Mode == syncapi.Now || cb.Mode == syncapi.NowOnce)
		}
	}
}

func isInterfaceMethod(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// funcOf returns the function that p is, nil if it is none that is known.
func funcOf(p skeleton.Path) *skeleton.Func {
	if p.Root == nil || p.Root.Kind != skeleton.FuncVal || p.Sel != nil {
		return nil
	}
	return p.Root.Func
}

// related returns a related position.
func (c *checker) related(op *skeleton.Op, says string) analysis.RelatedInformation {
	pos, end := c.view.Extent(op)
	return analysis.RelatedInformation{Pos: pos, End: end, Message: says}
}
