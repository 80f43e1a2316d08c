package mixedatomic

import (
	"cmp"
	_ "embed"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/defuse"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

//go:embed doc.go
var doc string

// Analyzer reports plain accesses to variables that are accessed atomically.
var Analyzer = &analysis.Analyzer{
	Name:      "mixedatomic",
	Doc:       docs.MustExtract(doc, "mixedatomic"),
	URL:       "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/mixedatomic",
	Requires:  []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer},
	FactTypes: []analysis.Fact{new(atomicAccess)},
	Run:       report.Run(run),
}

// A checker looks for variables that the package accesses both atomically and
// plainly. Fields and package variables are known by their names, whatever the
// object: an access is left out if its object is not shared yet, or if what
// comes before it may be a join of the goroutines that use it. Local variables
// are known by their paths, and of them it is asked whether the two accesses may
// happen at once.
type checker struct {
	pass  *analysis.Pass
	locks *lockset.Locks
	view  *skeleton.View
	root  *syntax.Tree
	uses  *defuse.View
	found []analysis.Diagnostic
	done  map[token.Pos]bool
}

// atomics are the atomic operations.
var atomics = []syncapi.Op{syncapi.AtomicLoad, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS}

func run(pass *analysis.Pass) (any, error) {
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	root := pass.ResultOf[syntax.Analyzer].(*syntax.Tree)
	c := &checker{
		pass: pass, locks: locks, view: locks.View, root: root, uses: defuse.New(pass.TypesInfo, root), done: make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	if slices.ContainsFunc(c.view.Funcs, c.isAtomic) && !c.isPrimitive() {
		c.places()
		c.locals()
	}
	c.imported()
	slices.SortFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// isAtomic reports whether f has atomic operations on plain variables.
func (c *checker) isAtomic(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		if op.Kind == syncapi.Defer || op.Kind == syncapi.Go {
			op = op.Inner
		}
		return op.Is(atomics...) && isFunction(op)
	})
}

// isFunction reports whether op is a call of a function of sync/atomic, on a
// variable that may be accessed without: not of a method of its types.
func isFunction(op *skeleton.Op) bool { return op.Obj != nil && op.Obj.Signature().Recv() == nil }

// writes reports whether op may write, atomically or not.
func writes(op *skeleton.Op) bool { return !op.Is(syncapi.Read, syncapi.AtomicLoad) }

// report notes that plain is an access to what other, elsewhere, accesses
// atomically, or to a struct with such a field.
func (c *checker) report(plain, other *skeleton.Op, field string) {
	pos, end := c.view.Extent(plain)
	if c.done[pos] {
		return
	}
	c.done[pos] = true
	at, atEnd := c.view.Extent(other)
	name, what := c.name(plain), "accessed"
	if field != "" {
		what = "its field " + field + " accessed"
	}
	c.found = append(c.found, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: name + " is " + verb(plain) + " plainly, and " + what + " atomically at " + report.Place(c.pass.Fset, at, pos),
		Related: []analysis.RelatedInformation{{Pos: at, End: atEnd, Message: "this access is atomic"}},
	})
}

// name spells what op accesses, as the code does.
func (c *checker) name(op *skeleton.Op) string {
	return c.view.Text(op)
}

func verb(op *skeleton.Op) string {
	if writes(op) {
		return "written"
	}
	return "read"
}
