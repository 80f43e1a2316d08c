package timerleak

import (
	"go/ast"
	"go/token"
	"go/version"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lifetime"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports timers and tickers that leak or panic.
var Analyzer = &analysis.Analyzer{
	Name:     "timerleak",
	Doc:      docs.MustExtract(doc, "timerleak"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/timerleak",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at the timers of one package.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	index *symindex.Index
	root  *syntax.Tree
	lives *lifetime.Lifetimes // see the method
	seen  map[token.Pos]bool  // what has been reported
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		seen:  make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		c.fed(f)
		c.old(f)
		c.intervals(f)
	}
	return nil, nil
}

// lifetimes returns the lifetimes of the package's functions.
func (c *checker) lifetimes() *lifetime.Lifetimes {
	if c.lives == nil {
		c.lives = lifetime.New(c.view, c.index, c.inTest)
	}
	return c.lives
}

// old checks what the collector frees only since Go 1.23.
func (c *checker) old(f *skeleton.Func) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if !op.Is(syncapi.After, syncapi.Tick, syncapi.NewTimer, syncapi.NewTicker) || !c.before123(op.Pos) || c.inTest(op.Pos) {
				continue
			}
			switch op.Kind {
			case syncapi.After:
				if b.InLoop() {
					c.after(f, op)
				}
			case syncapi.Tick:
				c.tick(f, op)
			default:
				if len(op.Callbacks) == 0 { // not AfterFunc
					c.unstopped(f, op)
				}
			}
		}
	}
}

// fileOf returns the file that has pos, nil if there is none.
func (c *checker) fileOf(pos token.Pos) *ast.File {
	for _, file := range c.pass.Files {
		if file.FileStart <= pos && pos < file.FileEnd {
			return file
		}
	}
	return nil
}

// before123 reports whether the language version at pos is below Go 1.23.
func (c *checker) before123(pos token.Pos) bool {
	file := c.fileOf(pos)
	if file == nil {
		return false
	}
	v := c.pass.TypesInfo.FileVersions[file]
	return v != "" && version.Compare(v, "go1.23") < 0
}

// inTest reports whether pos is in a test, whose process ends soon.
func (c *checker) inTest(pos token.Pos) bool {
	return report.InTest(c.pass, pos)
}

// report reports a finding once.
func (c *checker) report(d analysis.Diagnostic) {
	if !c.seen[d.Pos] {
		c.seen[d.Pos] = true
		report.Report(c.pass, d)
	}
}

// related returns the extent of an operation with what it is, none if it is of
// another package.
func (c *checker) related(op *skeleton.Op, message string) []analysis.RelatedInformation {
	if op.Fn.Imported() {
		return nil
	}
	pos, end := c.view.Extent(op)
	if g, ok := c.view.Node(op).(*ast.GoStmt); ok {
		if lit, ok := ast.Unparen(g.Call.Fun).(*ast.FuncLit); ok {
			end = lit.Type.End() // not all of its body
		}
	}
	return []analysis.RelatedInformation{{Pos: pos, End: end, Message: message}}
}
