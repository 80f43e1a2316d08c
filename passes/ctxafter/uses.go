package ctxafter

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxlife"
	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxDepth bounds through how many functions a context is followed.
const maxDepth = 4

// harmless matches the names of functions for which it does not matter whether a
// context has ended: they log, trace, or read its values.
var harmless = lazyregexp.New(`^(([Ll]og|[Pp]rint|[Dd]ebug|[Ii]nfo|[Ww]arn|[Ww]arning|[Ee]rror|[Tt]race|[Ff]atal|[Pp]anic|[Nn]otice|[Vv]erbose|[Rr]ecord|[Aa]nnotate)` +
	`(f|w|ln|d|s)?([A-Z_].*)?|.*([Ff]rom|In)(Ctx|Context)|.*([Ll]ogger|[Ss]pan|Logf?|Errorf|Warnf|Infof|Debugf|Cause|Reason|Err|Expired|Cancell?ed)|cause|reason|expired|cancell?ed|isDone|alive|.*(Crash|Recover|Panic).*)$`)

// use returns the operand by which n, a call, uses a context of fam in a way to which
// its end matters; not ok if there is none.
func (c *checker) use(n *skeleton.Node, fam ctxlife.Family) (operand int, ok bool) {
	if !n.Op.Is(syncapi.Call, syncapi.Work, syncapi.SemAcquire) || withinIndifferent(n) {
		return 0, false
	}
	for i, arg := range n.Args {
		if fam[arg] && c.heeds(n, i) {
			return i, true
		}
	}
	return 0, false
}

// withinIndifferent reports whether n is run by a function for which it does not matter
// whether its context has ended.
func withinIndifferent(n *skeleton.Node) bool {
	return slices.ContainsFunc(n.Calls(), func(call *skeleton.Node) bool { return call.Op.Obj != nil && isIndifferent(call.Op.Obj) })
}

// isIndifferent reports whether it does not matter to fn whether the context that it is
// given has ended: it reads its values, or makes another one of it.
func isIndifferent(fn *types.Func) bool {
	if syncapi.ReadsValues(fn) || syncapi.Detaches(fn) || harmless().MatchString(fn.Name()) {
		return true
	}
	res := fn.Signature().Results()
	return res.Len() > 0 && syncapi.IsContext(res.At(0).Type())
}

// heeds reports whether the end of the context that is operand i of a call matters to
// the callee.
func (c *checker) heeds(n *skeleton.Node, i int) bool {
	fn := n.Op.Obj
	if fn != nil {
		if i == 0 && fn.Signature().Recv() != nil || isIndifferent(fn) {
			return false
		}
		if syncapi.IsShutdown(fn) {
			return false // which shutdownrace knows of
		}
		if sig := fn.Signature(); len(n.Op.Targets) == 0 && sig.Results().Len() == 0 && sig.Recv() != nil && types.IsInterface(sig.Recv().Type()) {
			return false // it is told something, and has no way to fail
		}
	}
	if len(n.Op.Targets) == 0 {
		if r := n.Res.Root; n.Op.Is(syncapi.Call) && r != nil && r.Kind == skeleton.FuncVal && r.Func != nil {
			if !r.Bound.IsZero() {
				i++ // behind the receiver of the method value
			}
			return c.paramHeeded(r.Func, i, maxDepth)
		}
		return true
	}
	return slices.ContainsFunc(n.Op.Targets, func(t *skeleton.Target) bool { return c.targetHeeds(t, n.Op.Args, i, maxDepth) })
}

// targetHeeds reports whether the end of argument i of a call matters to its target.
func (c *checker) targetHeeds(t *skeleton.Target, args []skeleton.Path, i, depth int) bool {
	for j, a := range t.Args {
		if i < len(args) && a == args[i] && c.paramHeeded(t.Func, j, depth) {
			return true
		}
	}
	return false
}

// paramHeeded reports whether the end of the context that is parameter i matters to
// f. A function whose context has a name and no use may heed it one day.
func (c *checker) paramHeeded(f *skeleton.Func, i, depth int) bool {
	if pkg, _ := f.From(); depth == 0 || f.Effects || pkg != nil && syncapi.IsStandard(pkg) {
		return true
	}
	if v := f.Param(i); v != nil && (v.Name() == "_" || v.Name() == "") {
		return false
	}
	p := func(q skeleton.Path) bool {
		return q.Root != nil && q.Root.Kind == skeleton.Param && q.Root.Index == i && q.Root.Owner == f && q.Sel == nil
	}
	used := false
	for _, op := range f.Ops() {
		for _, o := range []*skeleton.Op{op, op.Inner} {
			if o == nil {
				continue
			}
			u, heeds := c.opHeeds(o, p, depth)
			if heeds {
				return true
			}
			used = used || u
		}
	}
	return !used && len(f.Blocks) > 0 && !c.usedBySyntax(f, i)
}

// opHeeds reports whether an operation uses the context for which is holds, and whether
// it heeds its end.
func (c *checker) opHeeds(o *skeleton.Op, is func(skeleton.Path) bool, depth int) (used, heeds bool) {
	switch {
	case o.Is(syncapi.CtxDone) && is(o.Res):
		return true, true
	case o.Is(syncapi.CtxErr) && (is(o.Res) || len(o.Args) > 0 && is(o.Args[0])):
		return true, len(o.Results) > 0 && o.Results[0].Tested() || returnsIt(o)
	}
	for j, a := range o.Args {
		if !is(a) {
			continue
		}
		used = true
		switch {
		case o.Is(syncapi.Store, syncapi.Send, syncapi.NewCancel), o.Is(syncapi.CtxDerive) && !syncapi.Detaches(o.Obj) && !syncapi.ReadsValues(o.Obj):
			return true, true
		case !o.Is(syncapi.Call, syncapi.Work, syncapi.SemAcquire):
		case o.Obj != nil && (j == 0 && o.Obj.Signature().Recv() != nil || syncapi.ReadsValues(o.Obj) || harmless().MatchString(o.Obj.Name())):
		case len(o.Targets) == 0:
			return true, true
		case slices.ContainsFunc(o.Targets, func(t *skeleton.Target) bool { return c.targetHeeds(t, o.Args, j, depth-1) }):
			return true, true
		}
	}
	return used, false
}

// returnsIt reports whether the function in which the error of a context is read
// returns that.
func returnsIt(o *skeleton.Op) bool {
	return slices.ContainsFunc(o.Fn.Ops(), func(ret *skeleton.Op) bool {
		return ret.Is(syncapi.Return) && slices.ContainsFunc(ret.Args, func(p skeleton.Path) bool {
			return p.Root != nil && slices.Contains(o.Results, p.Root)
		})
	})
}

// usedBySyntax reports whether a function of the package mentions its parameter at
// all, other than to discard it.
func (c *checker) usedBySyntax(f *skeleton.Func, i int) bool {
	if f.Imported() {
		return false
	}
	v := f.Param(i)
	return v != nil && c.index.Used(v) && !c.discarded(v)
}
