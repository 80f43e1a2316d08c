package checkthenact

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// alone reports whether nothing can come between act and one of checks, as far as
// the package shows: a lock is held all along, nobody else writes, or the goroutine was
// let in alone.
func (s *scene) alone(act *point, checks []*point, value []ast.Expr) bool {
	for _, check := range checks {
		if s.depends(act, check, value...).any() && s.shareLock(act, check) {
			return true
		}
	}
	return s.won(act) || s.keptOut(act)
}

// won reports whether act is done by one of several callers alone: it depends on an
// operation before it that changes what act changes, and tells one of them that it has.
func (s *scene) won(act *point) bool {
	for _, op := range s.f.Ops() {
		claim := &point{chain: []*skeleton.Op{op}, res: op.Res}
		if op.Pos < act.at().Pos && s.claims(claim, act) && len(s.depends(act, claim).conds) > 0 {
			return true
		}
	}
	return false
}

// claims reports whether p changes what act does, and tells who has changed it.
func (s *scene) claims(p, act *point) bool {
	switch op := p.op(); op.Kind {
	case syncapi.MapWrite:
		return syncapi.ClaimsEntry(op.Obj) && s.sameThing(p, act) && s.sameKey(p, act)
	case syncapi.AtomicUpdate:
		return syncapi.IsSwap(op.Obj) && s.sameThing(p, act)
	case syncapi.AtomicCAS:
		return s.sameThing(p, act)
	}
	return false
}

// keptOut reports whether no other goroutine can do what act does, whatever lock the
// function takes.
func (s *scene) keptOut(act *point) bool {
	return s.letIn(s.f, act, maxDepth) || s.isOwner(act) || !s.contended(act)
}

// letIn reports whether act is run by f under a lock of callers, behind an operation
// that lets one goroutine in at a time, or in a function that says so.
func (s *scene) letIn(f *skeleton.Func, act *point, depth int) bool {
	if len(s.locks.MayHoldAtEntry(f)) > 0 || s.saysAlone(f) || s.runByOnce(f) {
		return true
	}
	for _, op := range f.Ops() {
		if op.Kind == syncapi.Defer {
			op = op.Inner
		}
		if (op.Pos < act.at().Pos || f != act.at().Fn) && s.admits(f, op, act) {
			return true
		}
	}
	callers, closed := s.locks.Callers(f)
	return depth > 0 && closed && !slices.ContainsFunc(callers, func(op *skeleton.Op) bool {
		return op.Fn == f || !s.letIn(op.Fn, &point{chain: []*skeleton.Op{op}, res: act.res}, depth-1)
	})
}

// admits reports whether an operation of f before act lets in one goroutine at a time.
func (s *scene) admits(f *skeleton.Func, op *skeleton.Op, act *point) bool {
	switch {
	case op.Res == act.res:
		return false
	case op.Is(syncapi.AtomicCAS, syncapi.TryLock, syncapi.TryRLock, syncapi.SemAcquire, syncapi.SemTryAcquire, syncapi.SingleDo):
		return true
	case op.Kind == syncapi.AtomicUpdate:
		return syncapi.IsSwap(op.Obj)
	case op.Kind == syncapi.Call:
		return s.isLock(op)
	case op.Is(syncapi.Send, syncapi.Recv):
		return slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool { // a token is given back
			if o.Kind == syncapi.Defer {
				o = o.Inner
			}
			return o.Is(syncapi.Send, syncapi.Recv) && o.Kind != op.Kind && o.Res == op.Res
		})
	}
	return false
}

// isLock reports whether a call takes a lock, by its name, that is built of no other.
func (s *scene) isLock(call *skeleton.Op) bool {
	return syncapi.TakesLock(call.Obj) && !slices.ContainsFunc(call.Targets, func(t *skeleton.Target) bool {
		return s.view.May(t.Func, syncapi.Lock) || s.view.May(t.Func, syncapi.RLock)
	})
}

// runByOnce reports whether f, a literal, is handed to a Once or its kin.
func (s *scene) runByOnce(f *skeleton.Func) bool {
	return slices.ContainsFunc(s.usesOf(f), func(u use) bool {
		return u.op.Is(syncapi.OnceDo, syncapi.OnceFunc, syncapi.SingleDo) || u.mode == syncapi.NowOnce
	})
}

// oneCaller is how a comment says that one goroutine at a time calls a function.
var oneCaller = lazyregexp.New(`(?i)\b(?:single[- ]?(?:threaded|goroutine|producer|consumer|writer|reader)|only one (?:goroutine|caller|writer|producer|consumer)|one goroutine|not (?:be )?(?:called )?concurrent\w*|not (?:goroutine|thread)[- ]?safe|not safe for concurrent|not be called (?:concurrently|from multiple|by multiple)|never called concurrently|main (?:thread|goroutine|loop)|same goroutine|owning goroutine|(?:must|should|callers?|requires?|assum\w+|expects?|with|while|already|is|are|be)\b[^.]*\b(?:hold|holds|holding|held|locked|serialized))\b`)

// saysAlone reports whether f, or the function around it, says by its comment or name, or
// the type whose method it is by its comment, that one goroutine at a time calls it.
func (s *scene) saysAlone(f *skeleton.Func) bool {
	f = f.Outermost()
	decl, ok := f.Syntax().(*ast.FuncDecl)
	if !ok {
		return false
	}
	name := decl.Name.Name
	says := func(doc *ast.CommentGroup) bool {
		return oneCaller().MatchString(strings.ReplaceAll(doc.Text(), "\n", " "))
	}
	return strings.HasSuffix(name, "Locked") || strings.HasSuffix(name, "Unsafe") || says(decl.Doc) || says(s.docOf(f))
}

// docOf returns the comment of the type whose method f is, nil if there is none.
func (s *scene) docOf(f *skeleton.Func) *ast.CommentGroup {
	if f.Obj == nil || f.Obj.Signature().Recv() == nil {
		return nil
	}
	of := chans.NamedBy(f.Obj.Signature().Recv().Type())
	if of == nil {
		return nil
	}
	name, ok := s.root.FindByPos(of.Pos(), of.Pos())
	if !ok {
		return nil
	}
	spec, ok := name.Parent().Node().(*ast.TypeSpec)
	if !ok {
		return nil
	}
	if decl, ok := name.Parent().Parent().Node().(*ast.GenDecl); ok && spec.Doc == nil {
		return decl.Doc
	}
	return spec.Doc
}

// isMemo reports whether act stores, under a key, what is not a constant and the same for all who
// compute it, as far as the code shows: data without a pointer, or what a function of
// another package has looked up or computed.
func (c *checker) isMemo(act *point, value []ast.Expr) bool {
	if len(value) != 1 || c.pass.TypesInfo.Types[value[0]].Value != nil {
		return false
	}
	if act.op().Kind != syncapi.MapWrite && (act.res.Sel == nil || act.res.Sel.Name != "[]") {
		return false
	}
	return isData(c.pass.TypesInfo.TypeOf(value[0])) || c.isComputedElsewhere(value[0])
}

// isData reports whether values of a type hold no pointer, strings apart.
func isData(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Array:
		return isData(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if !isData(f.Type()) {
				return false
			}
		}
		return t.NumFields() > 0
	}
	return false
}

// makes is the name of a function that makes something new.
var makes = lazyregexp.New(`^(?i:new|make|open|create|dial|start|listen|init|build|clone|copy|connect)`)

// isComputedElsewhere reports whether a value comes from functions of other packages alone, of
// which none makes something new, by its name.
func (c *checker) isComputedElsewhere(value ast.Expr) bool {
	computed := false
	for n := range c.uses.From(value).Nodes {
		switch n := n.(type) {
		case *ast.CompositeLit, *ast.FuncLit:
			return false
		case *ast.CallExpr:
			fn, ok := typeutil.Callee(c.pass.TypesInfo, n).(*types.Func)
			if !ok || fn.Pkg() == c.pass.Pkg || makes().MatchString(fn.Name()) {
				return false
			}
			computed = computed || !syncapi.LooksUpEntry(fn)
		}
	}
	return computed
}

// isSetup is the name of a function that is run before there are several goroutines.
var isSetup = lazyregexp.New(`^(?i:init|setup|new|open|start|provision|bootstrap|restore|recover|configure|must)`)

// isOwner reports whether the function of act writes other parts of the same object with
// no lock at all, so that it cannot be meant for several goroutines.
func (s *scene) isOwner(act *point) bool {
	base := act.res.Base()
	if act.res.Sel == nil {
		return false
	}
	owner := false
	for _, op := range s.f.Ops() {
		if op.Is(lockset.Ops...) || op.Kind == syncapi.Defer && op.Inner.Is(lockset.Ops...) {
			return false
		}
		owner = owner || op.Kind == syncapi.Write && op.Res.Root == base.Root && op.Res.HasPrefix(base) && op.Res.Sel != base.Sel
	}
	return owner
}

// isOwn reports whether a call calls a function of this package, or close.
func (c *checker) isOwn(call *ast.CallExpr) bool {
	switch fn := typeutil.Callee(c.pass.TypesInfo, call).(type) {
	case *types.Func:
		return fn.Pkg() == c.pass.Pkg
	case *types.Builtin:
		return fn.Name() == "close"
	}
	return false
}

func isEmptyStruct(t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	return ok && st.NumFields() == 0
}
