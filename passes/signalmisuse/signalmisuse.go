package signalmisuse

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

// Analyzer reports channels without a buffer that signals are sent to, and signals
// that never come.
var Analyzer = &analysis.Analyzer{
	Name:     "signalmisuse",
	Doc:      docs.MustExtract(doc, "signalmisuse"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/signalmisuse",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at one package. Which calls end in a Notify of what they are
// handed is known by the skeletons; where the channel was made, by the values that
// variables are given, in no order. It is a may-analysis: of a channel that is made
// with a buffer on one path and without on another, the second is reported.
type checker struct {
	pass   *analysis.Pass
	view   *skeleton.View
	index  *symindex.Index
	root   *syntax.Tree
	values *values.Index

	calls map[*types.Func][]*ast.CallExpr // of the functions of the package, however they are called
	lits  map[*ast.FuncLit][]*ast.CallExpr
	sinks []sink
	fixed map[*ast.CallExpr]bool // the makes for which there is a fix
}

// A sink is a call that has signals sent to a channel.
type sink struct {
	call *ast.CallExpr
	name string     // what is called
	arg  ast.Expr   // the channel; or nil, and it is
	fld  *types.Var // what the field of an object has
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		view:   pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		index:  pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:   pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		values: values.New(pass),
		calls:  make(map[*types.Func][]*ast.CallExpr),
		lits:   make(map[*ast.FuncLit][]*ast.CallExpr),
		fixed:  make(map[*ast.CallExpr]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			c.operation(op)
			if op.Inner != nil {
				c.operation(op.Inner)
			}
		}
	}
	slices.SortStableFunc(c.sinks, func(a, b sink) int { return cmp.Compare(a.call.Pos(), b.call.Pos()) })
	for _, s := range c.sinks {
		c.channel(s)
	}
	c.signals()
	return nil, nil
}

// operation notes the sink that an operation is.
func (c *checker) operation(op *skeleton.Op) {
	call := c.view.CallOf(op)
	if call == nil {
		return
	}
	if op.Is(syncapi.Notify) {
		if len(call.Args) > 0 {
			c.sinks = append(c.sinks, sink{call: call, name: types.ExprString(call.Fun), arg: call.Args[0]})
		}
		return
	}
	for _, t := range op.Targets {
		c.target(op, call, t)
	}
}

// target notes the channels that a call of t hands to Notify.
func (c *checker) target(op *skeleton.Op, call *ast.CallExpr, t *skeleton.Target) {
	if fn := t.Func.Obj; fn != nil {
		c.calls[fn.Origin()] = append(c.calls[fn.Origin()], call)
	}
	if lit, ok := t.Func.Syntax().(*ast.FuncLit); ok {
		c.lits[lit] = append(c.lits[lit], call)
	}
	if !c.view.May(t.Func, syncapi.Notify) {
		return
	}
	for _, e := range c.view.Effects(t.Func, syncapi.Notify) {
		s := sink{call: call, name: c.view.Callee(op)}
		if e.Res.Root == nil {
			continue
		}
		class, isField := e.Res.Class()
		switch {
		case e.Res.Root.Kind == skeleton.Param && e.Res.Sel == nil && e.Res.Root.Owner == t.Func:
			i := e.Res.Root.Index - (len(t.Func.Params) - len(call.Args))
			if i < 0 || i >= len(call.Args) {
				continue
			}
			s.arg = call.Args[i]
		case isField && t.Func.Imported():
			s.fld = class.Var()
		}
		if s.arg != nil || s.fld != nil {
			c.sinks = append(c.sinks, s)
		}
	}
}
