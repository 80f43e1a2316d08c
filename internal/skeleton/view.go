// Package skeleton derives the concurrency skeleton of each function of a
// package: what is left of its control flow when all that is not concurrency
// is erased. See [Func] for the skeleton, [View.Expand] for how the skeletons
// of callees stand in at calls, and [Graph.Search] for how checks ask.
//
// The skeletons are a may-analysis with must-parts, and err to silence:
//   - Paths name resources by what the function can see; aliases that arise
//     through pointers stored elsewhere are not followed, so two names of one
//     channel may count as two channels.
//   - Branch conditions are kept where a variable decides more than one branch;
//     all other branches may go either way.
//   - Calls of unknown code do nothing to any resource; what they are handed
//     is in Op.Args, so that a check can give up on it.
package skeleton

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer builds the skeletons of a package and exports, as a fact, those
// that callers in other packages need. Its result is a [*View].
var Analyzer = &analysis.Analyzer{
	Name:       "skeleton",
	Doc:        "build the concurrency skeletons of the functions of a package",
	Run:        run,
	ResultType: reflect.TypeFor[*View](),
	FactTypes:  []analysis.Fact{new(summaries)},
}

// A View holds the skeletons of a package. It computes much of what it is
// asked only then, so a check locks it for as long as it asks: drivers run the
// checks of a package at once.
type View struct {
	mu     sync.Mutex
	spent  int  // states that the check which holds mu has visited
	gaveUp bool // a search has met a bound
	*builder
	Funcs       []*Func // in source order, those of tests last, literals behind the function around them
	SharedLoops []*SharedLoop

	graphs      map[*Func]*Graph // that the check which holds mu has asked for
	cached      int              // nodes in them
	nodes       map[token.Pos]ast.Node
	operands    map[token.Pos]ast.Expr // see Accessed
	sliced      map[token.Pos]bool     // the positions of slice expressions; see Cuts
	may         map[*Func]kinds
	onlyStarted map[*Func]bool // see OnlyStarted
	order       []*Func        // callees before callers
	summaries   map[kinds]*effectSummaries
	outlines    map[outlineKey][]*Block
	spaces      []*space       // for searches to come
	literalSets map[*Root]bool // see setByLiteral
	retained    map[argOf]bool
}

func run(pass *analysis.Pass) (any, error) {
	in := &interner{first: make(map[*types.TypeName][]*Sel)}
	imports := &importer{pass: pass, in: in}
	shared := sharedLoops(pass)
	if len(shared) == 0 && !concurrent(pass, imports) {
		return &View{}, nil
	}
	pkg, funcs := buildSSA(pass)
	b := newBuilder(pass, pkg, funcs, imports)
	b.share(shared)
	for _, file := range pass.Files {
		b.nameValues(file)
	}
	for _, fn := range funcs {
		b.build(fn)
	}
	v := &View{builder: b, SharedLoops: shared, summaries: make(map[kinds]*effectSummaries), outlines: make(map[outlineKey][]*Block)}
	for _, inTest := range []bool{false, true} { // the first of several stands for all
		for _, fn := range funcs {
			if report.Tests(pass, fn.Pos()) == inTest {
				v.Funcs = append(v.Funcs, b.funcs[fn])
			}
		}
	}
	b.finish(v.Funcs)
	v.export()
	b.release(v.Funcs)
	b.kept.view = v
	return v, nil
}

// concurrent reports whether the package may have any concurrency in it, by
// its syntax and by what it uses of other packages. If not, no SSA is built.
func concurrent(pass *analysis.Pass, imports *importer) bool {
	for _, obj := range pass.TypesInfo.Uses {
		fn, ok := obj.(*types.Func)
		if !ok {
			continue
		}
		if eff := syncapi.EffectOf(fn); eff != nil && eff.Op != syncapi.Clock && eff.Op != syncapi.Run {
			return true
		}
		if syncapi.IsRequire(fn) {
			return true
		}
		if fn.Pkg() != pass.Pkg && imports.has(fn.Origin()) {
			return true
		}
	}
	return slices.ContainsFunc(pass.Files, concurrentSyntax)
}

// concurrentSyntax reports whether a file starts goroutines, uses channels,
// or declares an exported function that takes a function.
func concurrentSyntax(file *ast.File) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op.String() == "<-"
		case *ast.FuncDecl:
			found = found || n.Name.IsExported() && takesFunc(n.Type)
		}
		return !found
	})
	return found
}

func takesFunc(t *ast.FuncType) bool {
	for _, p := range t.Params.List {
		if _, ok := p.Type.(*ast.FuncType); ok {
			return true
		}
	}
	return false
}

// buildSSA builds the SSA form of the package and lists its functions, outer
// before inner.
func buildSSA(pass *analysis.Pass) (*ssa.Package, []*ssa.Function) {
	prog := ssa.NewProgram(pass.Fset, ssa.BuilderMode(0))
	for _, p := range pass.Pkg.Imports() {
		prog.CreatePackage(p, nil, nil, true)
	}
	pkg := prog.CreatePackage(pass.Pkg, pass.Files, pass.TypesInfo, false)
	pkg.Build()
	var funcs []*ssa.Function
	var add func(fn *ssa.Function)
	add = func(fn *ssa.Function) {
		funcs = append(funcs, fn)
		for _, lit := range fn.AnonFuncs {
			add(lit)
		}
	}
	add(pkg.Func("init"))
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if fn := prog.FuncValue(pass.TypesInfo.Defs[decl.Name].(*types.Func)); fn != nil {
				add(fn)
			}
		}
	}
	return pkg, funcs
}

// FuncOf returns the skeleton of a declared function of this package, or of
// another one that has exported it; nil if there is none, or if obj is nil.
func (v *View) FuncOf(obj *types.Func) *Func {
	if v.builder == nil || obj == nil {
		return nil
	}
	return v.funcOfObj(obj)
}

// maxSpent bounds what the searches of one check may visit in one package, all
// taken together. It is a count, not a time, so that findings do not depend on
// the machine. Searches past it find nothing.
const maxSpent = 1_000_000

// maxCached bounds the nodes of the graphs that a view keeps for a check which
// may ask for them again; a graph that is asked for again later is made anew.
const maxCached = 100_000

// Lock gives the view to one check, with a budget of its own for searching.
func (v *View) Lock() {
	v.mu.Lock()
	v.spent = 0
	v.graphs, v.cached = make(map[*Func]*Graph), 0
}

// Exhausted reports whether the budget is used up of the check that holds the view.
func (v *View) Exhausted() bool { return v.spent > maxSpent }

// cuts counts the searches of the process that have met a bound.
var cuts atomic.Int64

// Cuts returns how many searches have met a bound so far, in all packages that the
// process has looked at: what these might have found is not known.
func Cuts() int { return int(cuts.Load()) }

// giveUp notes that a search has met a bound.
func (v *View) giveUp() {
	v.gaveUp = true
	cuts.Add(1)
}

// View returns the view that the graph belongs to.
func (g *Graph) View() *View { return g.view }

// Sure reports whether holds does, and no search on the way to that met a
// bound: some checks ask for a path in order to be silent, and whoever gives
// up looking for it does not know that there is none.
func (v *View) Sure(holds func() bool) bool {
	v.gaveUp = false
	return holds() && !v.gaveUp
}

// Unlock gives the view to the next check. The graphs of this one are
// forgotten, since together they are large.
func (v *View) Unlock() {
	v.graphs, v.spaces = nil, nil
	v.mu.Unlock()
}
