package lockedio

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"

	"golang.org/x/tools/go/cfg"

	"github.com/concurrencyvet/concurrencyvet/internal/iocalls"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Locks are what is held, each with the operation by which it was taken.
type locks = map[skeleton.Path]*skeleton.Op

// A flow follows the locks of one function through its syntax.
type flow struct {
	*checker
	f   *skeleton.Func
	ops map[token.Pos]*skeleton.Op // by position, but for those that are deferred, and what is only known of conditions
	cfg *cfg.CFG
}

// flowOf returns the flow of f, nil if its operations are in no order.
func (c *checker) flowOf(f *skeleton.Func) *flow {
	if w, ok := c.flows[f]; ok {
		return w
	}
	c.flows[f] = nil
	var body *ast.BlockStmt
	switch n := f.Syntax().(type) {
	case *ast.FuncDecl:
		body = n.Body
	case *ast.FuncLit:
		body = n.Body
	}
	if body == nil || f.Effects {
		return nil
	}
	w := &flow{c, f, make(map[token.Pos]*skeleton.Op), cfg.New(body, c.mayReturn)}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if !op.Is(syncapi.Go, syncapi.Defer, syncapi.Set) {
				w.ops[op.Pos] = op
			}
		}
	}
	c.flows[f] = w
	return w
}

// follow calls visit at each call of the function with what is held there, if that is
// what it starts with.
func (w *flow) follow(start locks, visit func(*ast.CallExpr, locks)) {
	in := map[*cfg.Block]locks{w.cfg.Blocks[0]: start}
	for work := []*cfg.Block{w.cfg.Blocks[0]}; len(work) > 0; {
		b := work[0]
		work = work[1:]
		out := maps.Clone(in[b])
		w.block(b, out, nil)
		for _, s := range b.Succs {
			old, ok := in[s]
			if !ok {
				in[s] = maps.Clone(out)
			} else if !intersect(old, out) {
				continue
			}
			work = append(work, s)
		}
	}
	for _, b := range w.cfg.Blocks {
		if held, ok := in[b]; ok {
			w.block(b, maps.Clone(held), visit)
		}
	}
}

// intersect removes from set what is not in other. It reports whether there was
// any.
func intersect(set, other locks) bool {
	n := len(set)
	maps.DeleteFunc(set, func(p skeleton.Path, _ *skeleton.Op) bool { return other[p] == nil })
	return len(set) < n
}

// block lets held be what is held behind a block, and calls visit, if there is
// one, at each call with what is held there.
func (w *flow) block(b *cfg.Block, held locks, visit func(*ast.CallExpr, locks)) {
	for _, n := range b.Nodes {
		if d, ok := n.(*ast.DeferStmt); ok {
			for _, arg := range d.Call.Args {
				w.node(arg, held, visit)
			}
			continue
		}
		w.node(n, held, visit)
	}
}

func (w *flow) node(n ast.Node, held locks, visit func(*ast.CallExpr, locks)) {
	for call := range iocalls.Sync(n) {
		if visit != nil {
			visit(call, held)
		}
		w.apply(call, held)
	}
}

// apply lets held be what is held behind a call.
func (w *flow) apply(call *ast.CallExpr, held locks) {
	op := w.ops[call.Lparen]
	switch {
	case op == nil:
	case op.Is(syncapi.Lock, syncapi.RLock) && op.Res.Root != nil:
		held[op.Res] = op
	case op.Is(syncapi.Unlock, syncapi.RUnlock):
		delete(held, op.Res)
	case op.Is(syncapi.Call, syncapi.Cancel):
		w.callee(op, held)
	}
}

// callee applies what a call of a function that leaves locks in another state
// does to them. Whatever may release a lock does, so that the analysis errs to
// silence.
func (w *flow) callee(op *skeleton.Op, held locks) {
	takes, gives := len(op.Targets) == 0, len(op.Targets) == 0
	for _, t := range op.Targets {
		takes, gives = takes || w.locks.Takes(t.Func), gives || w.locks.Gives(t.Func)
	}
	switch {
	case len(op.Targets) == 0:
		if !op.Dynamic.IsZero() && op.Dynamic.Sel == nil && !isParam(op.Dynamic) {
			clear(held) // it may be what unlocks
		}
		return
	case gives:
		for _, e := range w.view.OpEffects(op, syncapi.Unlock, syncapi.RUnlock) {
			delete(held, e.Res)
		}
		return
	case !takes:
		return
	}
	released := make(map[skeleton.Path]bool)
	for _, e := range w.view.OpEffects(op, syncapi.Unlock, syncapi.RUnlock) {
		released[e.Res] = true
	}
	for _, e := range w.view.OpEffects(op, syncapi.Lock, syncapi.RLock) {
		if !e.Started && !released[e.Res] && e.Res.IsOne() { // of elements it is not known which are released
			held[e.Res] = op
		}
	}
}

// isParam reports whether p is a parameter, which a function is handed to be
// called, not to unlock.
func isParam(p skeleton.Path) bool { return p.Root.Kind == skeleton.Param && p.Sel == nil }

// visit looks at a call that is made with locks held.
func (w *flow) visit(call *ast.CallExpr, held locks) {
	op := w.ops[call.Lparen]
	if why, h, ok := w.wait(call, op, held); ok {
		w.call(call, why, h)
	}
	h, ok := latest(held)
	if op == nil || !ok {
		return
	}
	if p := op.Dynamic; !p.IsZero() && isParam(p) && p.Root.Owner == w.f {
		if w.under[w.f] == nil {
			w.under[w.f] = make(map[int]holding)
		}
		w.under[w.f][p.Root.Index] = h
	}
	for _, cb := range op.Callbacks {
		if cb.Mode == syncapi.Now || cb.Mode == syncapi.NowOnce {
			w.literal(cb.Func, h)
		}
	}
}

// mayReturn reports whether control may come back from a call.
func (c *checker) mayReturn(call *ast.CallExpr) bool {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		if b, ok := c.pass.TypesInfo.Uses[fun].(*types.Builtin); ok && b.Name() == "panic" {
			return false
		}
	case *ast.SelectorExpr:
		fn, _ := c.pass.TypesInfo.Uses[fun.Sel].(*types.Func)
		if eff := syncapi.EffectOf(fn); eff != nil && (eff.Op.Ends() || eff.Op == syncapi.Panic) {
			return false
		}
	}
	return true
}
