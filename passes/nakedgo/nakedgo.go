package nakedgo

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports goroutines that do not recover.
var Analyzer = &analysis.Analyzer{
	Name:      "nakedgo",
	Doc:       docs.MustExtract(doc, "nakedgo"),
	URL:       "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/nakedgo",
	Requires:  []*analysis.Analyzer{skeleton.Analyzer},
	FactTypes: []analysis.Fact{new(recovery)},
	Run:       report.Run(run),
}

// recovery is the fact of a function that recovers: when it is deferred, or by one that
// it defers.
type recovery struct{ Deferred, Defers bool }

// AFact marks recovery as a fact.
func (*recovery) AFact() {}

// String tells how the function recovers.
func (r *recovery) String() string {
	if r.Deferred {
		return "recovers when deferred"
	}
	return "defers a recover"
}

// A checker looks at the goroutines of a package.
type checker struct {
	pass *analysis.Pass
}

// maxDepth bounds through how many functions the deferred recover is looked for.
const maxDepth = 4

func run(pass *analysis.Pass) (any, error) {
	view := pass.ResultOf[skeleton.Analyzer].(*skeleton.View)
	view.Lock()
	defer view.Unlock()
	c := &checker{pass}
	for _, f := range view.Funcs {
		c.export(f)
		if report.InTest(pass, f.Pos) {
			continue
		}
		for _, op := range f.Ops() {
			if naked := c.nakedIn(op); naked {
				pos, end := view.Extent(op)
				if call := view.CallOf(op); call != nil && op.Kind == syncapi.Go {
					end = call.Fun.Pos() + 1
					if call.Fun.End()-call.Fun.Pos() < 80 {
						end = call.Fun.End()
					}
				}
				if end > pos {
					report.Report(pass, analysis.Diagnostic{
						Pos: pos, End: end, Message: "a panic in this goroutine ends the process, since nothing recovers it",
					})
				}
			}
		}
	}
	return nil, nil
}

// export notes whether an exported function recovers.
func (c *checker) export(f *skeleton.Func) {
	if f.Obj == nil || !f.Obj.Exported() || f.Obj.Pkg() != c.pass.Pkg {
		return
	}
	if r := (recovery{isRecover(f), c.recovers(f)}); r.Deferred || r.Defers {
		c.pass.ExportObjectFact(f.Obj, &r)
	}
}

// fact returns what is known of a function of another package.
func (c *checker) fact(fn *types.Func) recovery {
	var r recovery
	if fn != nil && fn.Pkg() != nil && fn.Pkg() != c.pass.Pkg {
		c.pass.ImportObjectFact(fn.Origin(), &r)
	}
	return r
}

// isRecover reports whether a function of the package recovers when it is deferred.
func isRecover(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.Recover })
}

// nakedIn reports whether op starts a goroutine that does not recover.
func (c *checker) nakedIn(op *skeleton.Op) bool {
	if op.Kind == syncapi.Go {
		if fn := op.Inner.Obj; fn != nil && fn.Pkg() != nil && fn.Pkg() != c.pass.Pkg {
			return !syncapi.IsStandard(fn.Pkg()) && fn.Signature().Recv() == nil && !c.fact(fn).Defers
		}
		if len(op.Inner.Targets) > 0 {
			return slices.ContainsFunc(op.Inner.Targets, func(t *skeleton.Target) bool { return c.naked(t.Func) })
		}
		return false
	}
	if syncapi.Handles(op.Obj) { // the server recovers what its handlers do not
		return false
	}
	return slices.ContainsFunc(op.Callbacks, func(cb skeleton.Callback) bool {
		r := cb.Func.Root
		return cb.Mode.Starts() && r != nil && r.Kind == skeleton.FuncVal && r.Func != nil && cb.Func.Sel == nil && c.naked(r.Func)
	})
}

// naked reports whether a goroutine that runs f does not recover, and does something that
// may panic.
func (c *checker) naked(f *skeleton.Func) bool {
	if pkg, _ := f.From(); pkg != nil && syncapi.IsStandard(pkg) || len(f.Blocks) == 0 {
		return false
	}
	return c.risks(f, maxDepth)
}

// risks reports whether f does something that may panic, and neither recovers nor calls
// for it a function that does.
func (c *checker) risks(f *skeleton.Func, depth int) bool {
	if c.recovers(f) {
		return false
	}
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		switch op.Kind {
		case syncapi.Defer:
			return op.Inner.Is(syncapi.Call, syncapi.Work) && !quiet(op.Inner) && c.mayPanic(op.Inner, depth)
		case syncapi.Call, syncapi.Work, syncapi.Panic:
			return c.mayPanic(op, depth)
		}
		return false
	})
}

// mayPanic reports whether a call may panic, as far as its callee does not recover.
func (c *checker) mayPanic(op *skeleton.Op, depth int) bool {
	if op.Kind == syncapi.Panic {
		return true
	}
	if len(op.Targets) == 0 || depth == 0 {
		return !c.fact(op.Obj).Defers
	}
	return slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
		return !c.recovers(t.Func) && (len(t.Func.Blocks) == 0 || t.Func.Quiet || c.risks(t.Func, depth-1))
	})
}

// quiet reports whether a deferred call is of functions without any operation.
func quiet(op *skeleton.Op) bool {
	return len(op.Targets) > 0 && !slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return !t.Func.Quiet })
}

// recovers reports whether f defers a function that recovers.
func (c *checker) recovers(f *skeleton.Func) bool {
	if c.fact(f.Obj).Defers {
		return true
	}
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		if op.Kind != syncapi.Defer {
			return false
		}
		return c.fact(op.Inner.Obj).Deferred ||
			slices.ContainsFunc(op.Inner.Targets, func(t *skeleton.Target) bool { return isRecover(t.Func) || c.fact(t.Func.Obj).Deferred })
	})
}
