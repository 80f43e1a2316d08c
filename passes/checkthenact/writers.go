package checkthenact

import (
	"go/ast"
	"go/types"
	"iter"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// roots are the goroutines that may run something: go statements, "callers", by whom
// others enter the package, "main", and "own", what is started for an object just made.
type roots struct {
	ids  map[any]bool
	many bool // one of them stands for several goroutines at a time
}

// alone reports whether all is run by one goroutine.
func (r *roots) alone() bool { return !r.many && len(r.ids) <= 1 }

// areCallers reports whether nothing but code that is not seen runs it, the start of the
// program apart.
func (r *roots) areCallers() bool {
	for id := range r.ids {
		if id != "callers" && id != "main" {
			return false
		}
	}
	return true
}

func (r *roots) add(o *roots) {
	for id := range o.ids {
		r.ids[id] = true
	}
	r.many = r.many || o.many
}

// A use is an operation that calls a function, starts it, or hands it to what does.
type use struct {
	op   *skeleton.Op
	mode syncapi.Mode
}

// callers tells who calls or starts each function, and who writes each variable.
type callers struct {
	uses   map[*skeleton.Func][]use
	roots  map[*skeleton.Func]*roots
	writes map[lockset.Key][]*skeleton.Op
	shared map[lockset.Key][]*skeleton.Op // see writesOf
}

func (c *checker) usesOf(f *skeleton.Func) []use {
	if c.callers.uses != nil {
		return c.callers.uses[f]
	}
	c.callers = callers{
		make(map[*skeleton.Func][]use), make(map[*skeleton.Func]*roots),
		make(map[lockset.Key][]*skeleton.Op), make(map[lockset.Key][]*skeleton.Op),
	}
	for _, g := range c.view.Funcs {
		for _, op := range g.Ops() {
			c.noteUses(op)
			if op.Inner != nil {
				op = op.Inner
			}
			if !writes(op) {
				continue
			}
			if key, ok := keyOf(op.Res); ok {
				c.callers.writes[key] = append(c.callers.writes[key], op)
			}
		}
	}
	return c.callers.uses[f]
}

func (c *checker) noteUses(op *skeleton.Op) {
	mode := syncapi.Now
	outer := op
	if op.Inner != nil {
		if op.Kind == syncapi.Go {
			mode = syncapi.Elsewhere
		}
		op = op.Inner
	}
	for _, t := range op.Targets {
		c.callers.uses[t.Func] = append(c.callers.uses[t.Func], use{outer, mode})
	}
	for _, cb := range op.Callbacks {
		if f := cb.Func.Root; f != nil && f.Func != nil && cb.Func.Sel == nil {
			m := cb.Mode
			if mode == syncapi.Elsewhere {
				m = mode
			}
			c.callers.uses[f.Func] = append(c.callers.uses[f.Func], use{outer, m})
		}
	}
}

// rootsOf returns the goroutines that may run f. It errs to one, where it is not
// seen who does.
func (c *checker) rootsOf(f *skeleton.Func) *roots {
	c.usesOf(f)
	if r := c.callers.roots[f]; r != nil {
		return r
	}
	r := &roots{ids: make(map[any]bool)}
	c.callers.roots[f] = r
	seen := map[*skeleton.Func]bool{f: true}
	for work := []*skeleton.Func{f}; len(work) > 0; {
		g := work[0]
		work = work[1:]
		for _, caller := range c.addRoots(r, g) {
			if !seen[caller] {
				seen[caller] = true
				work = append(work, caller)
			}
		}
	}
	return r
}

// addRoots adds the goroutines that are known to begin with f, or at it, and returns the
// functions that call it on theirs.
func (c *checker) addRoots(r *roots, f *skeleton.Func) (callers []*skeleton.Func) {
	if isStart(f) {
		r.ids["main"] = true
		return nil
	}
	uses, before := c.usesOf(f), len(r.ids)
	if c.isOpen(f, uses) {
		r.ids["callers"], r.many = true, true
	}
	for _, u := range uses {
		if c.inTest(u.op.Pos) || c.isNew(f, u) {
			continue
		}
		if caller := c.addUse(r, f, u); caller != nil {
			callers = append(callers, caller)
		}
	}
	r.many = r.many || isHandler(f)
	if len(callers) == 0 && len(r.ids) == before {
		r.ids[f] = true
	}
	return callers
}

// addUse adds the goroutines that run f by one use, or returns the function that calls it.
func (c *checker) addUse(r *roots, f *skeleton.Func, u use) (caller *skeleton.Func) {
	switch u.mode {
	case syncapi.Many, syncapi.ManyNow:
		r.ids[u.op], r.many = true, true
	case syncapi.Now, syncapi.NowOnce:
		if !c.eachItsOwn(f, u) {
			return u.op.Fn
		}
		r.ids["own"] = true
	case syncapi.Unknown, syncapi.Later:
		r.ids[u.op] = true
	default:
		if isOwnObject(f, u.op) {
			r.ids["own"] = true
			return nil
		}
		r.ids[u.op] = true
		r.many = r.many || inLoop(u.op) || !endless(f) && c.rootsOf(u.op.Fn).many
	}
	return nil
}

// isOwnObject reports whether a go statement runs the method f of an object that the
// function has made or been given by a call: in a loop, another one in each turn.
func isOwnObject(f *skeleton.Func, op *skeleton.Op) bool {
	if op.Kind != syncapi.Go || f.Obj == nil || f.Obj.Signature().Recv() == nil {
		return false
	}
	return slices.ContainsFunc(op.Inner.Targets, func(t *skeleton.Target) bool {
		if t.Func != f || len(t.Args) == 0 || t.Args[0].Root == nil {
			return false
		}
		k := t.Args[0].Root.Kind
		return k == skeleton.Made || k == skeleton.Result || k == skeleton.Value
	})
}

// eachItsOwn reports whether a literal that is started in a loop calls the method f of
// what is declared in that loop.
func (c *checker) eachItsOwn(f *skeleton.Func, u use) bool {
	lit := u.op.Fn
	if lit.Parent == nil || f.Obj == nil || f.Obj.Signature().Recv() == nil {
		return false
	}
	return slices.ContainsFunc(u.op.Targets, func(t *skeleton.Target) bool {
		if t.Func != f || len(t.Args) == 0 || t.Args[0].Root == nil || t.Args[0].Root.Owner == lit {
			return false
		}
		return slices.ContainsFunc(c.usesOf(lit), func(start use) bool { return c.madeWith(t.Args[0].Root, start.op) })
	})
}

// isNew reports whether a method is called for an object that nothing else has yet.
func (c *checker) isNew(f *skeleton.Func, u use) bool {
	if u.mode != syncapi.Now || f.Obj == nil || f.Obj.Signature().Recv() == nil {
		return false
	}
	return slices.ContainsFunc(u.op.Targets, func(t *skeleton.Target) bool {
		return t.Func == f && len(t.Args) > 0 && c.locks.Fresh(u.op.Fn, t.Args[0], u.op.Pos)
	})
}

// isStart reports whether the program, or the package, begins with f.
func isStart(f *skeleton.Func) bool {
	return f.Name == "init" || strings.HasPrefix(f.Name, "init#") || f.Name == "main" && f.Obj != nil && f.Obj.Pkg().Name() == "main"
}

// isOpen reports whether code that is not seen calls f from any goroutine.
func (c *checker) isOpen(f *skeleton.Func, uses []use) bool {
	if f.Obj == nil {
		return false
	}
	if f.Obj.Exported() && c.pass.Pkg.Name() != "main" {
		return !endless(f)
	}
	return len(uses) == 0 && !c.view.Handed()[f]
}

// inLoop reports whether an operation is in a loop of its function.
func inLoop(op *skeleton.Op) bool {
	return slices.ContainsFunc(op.Fn.Blocks, func(b *skeleton.Block) bool { return slices.Contains(b.Ops, op) && b.InLoop() })
}

// endless reports whether f has a loop that only its body or the close of a channel ends, as
// what is run once for each object has.
func endless(f *skeleton.Func) bool {
	node := f.Syntax()
	if node == nil {
		return false
	}
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == node
		case *ast.RangeStmt:
			return false // what a turn has begun ends in it
		case *ast.ForStmt:
			found = found || n.Cond == nil
			return !found && n.Cond == nil
		}
		return !found
	})
	return found || slices.ContainsFunc(f.Blocks, func(b *skeleton.Block) bool {
		return b.InLoop() && slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool {
			return op.Is(syncapi.Select, syncapi.Recv, syncapi.Sleep, syncapi.CondWait)
		})
	})
}

// isHandler reports whether f is a handler of package net/http.
func isHandler(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Params, func(p *skeleton.Root) bool { return syncapi.IsRequest(p.Type) })
}

// writesOf returns the operations of the package that write what key names, whatever
// the object. Objects that nothing else has yet, and tests, do not count.
func (c *checker) writesOf(key lockset.Key) []*skeleton.Op {
	if c.callers.writes == nil {
		c.usesOf(nil)
	}
	ops, ok := c.callers.shared[key]
	if ok {
		return ops
	}
	for _, op := range c.callers.writes[key] {
		if !c.inTest(op.Pos) && !c.locks.Fresh(op.Fn, op.Res.Base(), op.Pos) {
			ops = append(ops, op)
		}
	}
	c.callers.shared[key] = ops
	return ops
}

// keyOf returns the key of the variable that p is, or whose elements p is.
func keyOf(p skeleton.Path) (lockset.Key, bool) {
	if p.Root == nil {
		return lockset.Key{}, false
	}
	return lockset.KeyOf(whole(p))
}

// whole returns what p is an element of, p itself if it is none.
func whole(p skeleton.Path) skeleton.Path {
	if p.Sel != nil && p.Sel.Name == "[]" {
		return p.Base()
	}
	return p
}

func writes(op *skeleton.Op) bool {
	return op.Is(syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS, syncapi.MapWrite, syncapi.Write)
}

// contended reports whether several goroutines may write what act does.
func (s *scene) contended(act *point) bool {
	root := act.res.Root
	key, ok := keyOf(act.res)
	switch root.Kind {
	case skeleton.Local, skeleton.Made:
		return ok && s.raced(root.Origin(), key)
	case skeleton.Param, skeleton.Global, skeleton.Value, skeleton.Result:
	default:
		return false
	}
	if !ok {
		return !s.rootsOf(s.f).alone()
	}
	if s.locks.Fresh(s.f, whole(act.res).Base(), act.at().Pos) {
		return false
	}
	r := &roots{ids: make(map[any]bool)}
	r.add(s.rootsOf(s.f))
	for _, op := range s.writesOf(key) {
		if f := op.Fn; f == s.f || f.Obj == nil || !isSetup().MatchString(f.Obj.Name()) {
			r.add(s.rootsOf(f))
		}
	}
	if root.Kind == skeleton.Global && act.op().Kind == syncapi.AtomicStore && !isBasic(act) && r.areCallers() {
		return false // set up by whoever uses the package
	}
	return !r.alone()
}

// isBasic reports whether act stores a number or the like.
func isBasic(act *point) bool {
	obj := act.op().Obj
	if obj == nil {
		return true
	}
	params := obj.Signature().Params()
	if params.Len() == 0 {
		return false
	}
	_, ok := params.At(params.Len() - 1).Type().Underlying().(*types.Basic)
	return ok
}

// raced reports whether several of the goroutines that a function starts may write its
// variable at once.
func (s *scene) raced(root *skeleton.Root, key lockset.Key) bool {
	starts := make(map[*skeleton.Op]bool)
	for _, op := range s.writesOf(key) {
		for start := range s.startsOf(op.Fn, root.Owner, 0) {
			if inLoop(start) && !s.madeWith(root, start) || s.onMany(start) {
				return true
			}
			starts[start] = true
		}
	}
	return len(starts) > 1
}

// onMany reports whether an operation runs what it is handed on many goroutines.
func (s *scene) onMany(start *skeleton.Op) bool {
	return slices.ContainsFunc(start.Callbacks, func(cb skeleton.Callback) bool {
		return cb.Mode == syncapi.Many || cb.Mode == syncapi.ManyNow
	})
}

// startsOf yields the operations by which owner, or a literal of it, starts the
// goroutines that run f.
func (s *scene) startsOf(f, owner *skeleton.Func, depth int) iter.Seq[*skeleton.Op] {
	return func(yield func(*skeleton.Op) bool) {
		if f == owner || depth > maxDepth {
			return
		}
		for _, u := range s.usesOf(f) {
			if u.mode.Starts() {
				if !yield(u.op) {
					return
				}
				continue
			}
			for start := range s.startsOf(u.op.Fn, owner, depth+1) {
				if !yield(start) {
					return
				}
			}
		}
	}
}

// madeWith reports whether the variable is made anew in each turn of the innermost loop
// around an operation.
func (c *checker) madeWith(root *skeleton.Root, op *skeleton.Op) bool {
	node := c.node(op)
	if st := c.view.Node(op); st != nil {
		node = st
	}
	if node == nil || !root.Pos.IsValid() {
		return false
	}
	cur, ok := c.cursor(node)
	if !ok {
		return false
	}
	loop := loopAround(cur)
	return loop != nil && loop.Pos() <= root.Pos && root.Pos < loop.End()
}
