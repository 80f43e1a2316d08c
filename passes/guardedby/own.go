package guardedby

import (
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxCallers bounds how far up the callers are asked.
const maxCallers = 3

// own reports whether f, or each of its callers, has made object, and has not
// started a goroutine yet that accesses the place which p is in.
func (c *checker) own(f *skeleton.Func, p, object skeleton.Path, pos token.Pos, depth int) bool {
	at, _, ok := placeOf(p)
	return ok && areParts(object.Sel) && c.ownUntil(f, object.Root, pos, at, depth)
}

func (c *checker) ownUntil(f *skeleton.Func, r *skeleton.Root, pos token.Pos, at place, depth int) bool {
	if c.startsAccess(f, r, pos, at) {
		return false
	}
	if c.locks.Makes(f, r) {
		return true
	}
	if r.Kind != skeleton.Param || r.Owner != f || depth == 0 {
		return false
	}
	ops, ok := c.locks.Callers(f)
	return ok && !slices.ContainsFunc(ops, func(op *skeleton.Op) bool {
		return !slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
			if t.Func != f || r.Index >= len(t.Args) {
				return false
			}
			arg := t.Args[r.Index]
			return arg.Root != nil && areParts(arg.Sel) && c.ownUntil(op.Fn, arg.Root, op.Pos, at, depth-1)
		})
	})
}

// areParts reports whether selectors lead to a part of an object only.
func areParts(s *skeleton.Sel) bool {
	for ; s != nil; s = s.Up {
		if !isPart(s) {
			return false
		}
	}
	return true
}

// startsAccess reports whether f starts, before pos, a goroutine that accesses
// the place at in what r leads to.
func (c *checker) startsAccess(f *skeleton.Func, r *skeleton.Root, pos token.Pos, at place) bool {
	accesses := func(e skeleton.Effect) bool {
		also, _, ok := placeOf(e.Res)
		return ok && e.Res.Root == r && also.class == at.class
	}
	return c.locks.View.StartsBefore(f, pos, accesses, syncapi.Read, syncapi.Write)
}

// conflicts reports whether an access of the place, on another goroutine
// perhaps, may come at the same time as s, which lacks the lock that guards it:
// one of the two writes, and no other lock keeps them apart.
func (c *checker) conflicts(s *site, others []*site) bool {
	if !s.write && c.behindToken(s) {
		return false
	}
	return slices.ContainsFunc(others, func(o *site) bool {
		return o != s && o.counts() && (o.write || s.write) && !c.alone(s, o) && !c.apart(s, o)
	})
}

// behindToken reports whether s reads behind the send of a token into a channel
// that is a lock as well: some function sends there and receives.
func (c *checker) behindToken(s *site) bool {
	return slices.ContainsFunc(s.op.Fn.Ops(), func(op *skeleton.Op) bool {
		class, ok := op.Res.Class()
		return ok && op.Kind == syncapi.Send && op.Pos < s.op.Pos && isToken(class) &&
			slices.ContainsFunc(c.locks.View.Funcs, func(f *skeleton.Func) bool { return passes(f, class) })
	})
}

// isToken reports whether a field is a channel of empty structs.
func isToken(class skeleton.FieldClass) bool {
	t := class.FieldType()
	if t == nil {
		return false
	}
	ch, ok := t.Underlying().(*types.Chan)
	return ok && types.Identical(ch.Elem().Underlying(), types.NewStruct(nil, nil))
}

// passes reports whether f sends to a channel and receives from it.
func passes(f *skeleton.Func, class skeleton.FieldClass) bool {
	sends, receives := false, false
	for _, op := range f.Ops() {
		if at, ok := op.Res.Class(); ok && at == class {
			sends, receives = sends || op.Kind == syncapi.Send, receives || op.Kind == syncapi.Recv
		}
	}
	return sends && receives
}

// apart reports whether a lock keeps s and o apart: s surely holds it, and o may.
func (c *checker) apart(s, o *site) bool {
	for k, shared := range c.surely(s, maxCallers) {
		also, must := o.any[k]
		if (!shared || !must || !also) && c.perhaps(o, k, maxCallers) {
			return true
		}
	}
	return false
}

// surely returns the locks that s holds, or that all callers of its function do.
func (c *checker) surely(s *site, depth int) map[lockset.Key]bool {
	held := maps.Clone(s.any)
	if s.started == nil && depth > 0 {
		for k, shared := range c.entry(s.fn, depth) {
			if _, ok := held[k]; !ok {
				held[k] = shared
			}
		}
	}
	return held
}

// entry returns the locks that all callers of f hold, if they are seen.
func (c *checker) entry(f *skeleton.Func, depth int) map[lockset.Key]bool {
	if held, ok := c.entries[f]; ok || c.open(f) {
		return held
	}
	c.entries[f] = nil // recursion
	var entry map[lockset.Key]bool
	for _, call := range c.calls[f] {
		switch {
		case call.test || call.fn == f:
		case entry == nil:
			entry = c.surely(call, depth-1)
		default:
			meet(entry, c.surely(call, depth-1))
		}
	}
	c.entries[f] = entry
	return entry
}

// perhaps reports whether k may be held at s, or by a caller of its function.
func (c *checker) perhaps(s *site, k lockset.Key, depth int) bool {
	return s.may[k] || s.started == nil && depth > 0 && slices.ContainsFunc(c.calls[s.fn], func(call *site) bool {
		return c.perhaps(call, k, depth-1)
	})
}

// alone reports whether s and o are in the same goroutine, or one is over before
// the other begins: both are reached from one function only, which runs as a
// goroutine or is called by code elsewhere; or that function is a goroutine which
// is started behind the one access, or has ended before it.
func (c *checker) alone(s, o *site) bool {
	if f := s.op.Fn; c.goes[f] && (c.startedBehind(o, f) || c.endedBefore(o, f)) {
		return true
	}
	rs, ro := c.roots(s), c.roots(o)
	if len(rs) != 1 || len(ro) != 1 || ro[0] != rs[0] || c.many[rs[0]] {
		return false
	}
	r := rs[0]
	// What one function does under the lock, and then without, may be seen
	// by others that call it; what it leaves to helpers is its own, unless it looks
	// first whether others have come by.
	again := !s.write && o.write && len(o.must) > 0 && c.callsBehind(s, o.op.Fn)
	return c.runs[r] || s.started == r || s.op.Fn.Outermost() != o.op.Fn.Outermost() && !again
}

// roots returns the functions that run as goroutines, or that code elsewhere
// calls, from which s is reached.
func (c *checker) roots(s *site) []*skeleton.Func {
	if s.started != nil {
		return []*skeleton.Func{s.started}
	}
	if roots, ok := c.rootsOf[s.fn]; ok {
		return roots
	}
	var roots []*skeleton.Func
	seen := make(map[*skeleton.Func]bool)
	var visit func(f *skeleton.Func)
	visit = func(f *skeleton.Func) {
		if seen[f] {
			return
		}
		seen[f] = true
		if c.open(f) || c.handed[f] || len(c.calls[f]) == 0 {
			roots = append(roots, f)
		}
		for _, call := range c.calls[f] {
			switch {
			case call.test:
			case call.started != nil:
				if !seen[call.started] {
					seen[call.started] = true
					roots = append(roots, call.started)
				}
			default:
				visit(call.fn)
			}
		}
	}
	visit(s.fn)
	c.rootsOf[s.fn] = roots
	return roots
}

// startedBehind reports whether the function that o is in starts r as a goroutine
// behind o.
func (c *checker) startedBehind(o *site, r *skeleton.Func) bool {
	return slices.ContainsFunc(o.op.Fn.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Go && op.Pos > o.op.Pos && runs(op.Inner, r)
	})
}

// runs reports whether a call calls f, or hands it to what may.
func runs(call *skeleton.Op, f *skeleton.Func) bool {
	is := func(p skeleton.Path) bool {
		return p.Root != nil && p.Root.Kind == skeleton.FuncVal && p.Root.Func == f
	}
	return is(call.Dynamic) || slices.ContainsFunc(call.Args, is) ||
		slices.ContainsFunc(call.Targets, func(t *skeleton.Target) bool { return t.Func == f }) ||
		slices.ContainsFunc(call.Callbacks, func(b skeleton.Callback) bool { return is(b.Func) })
}

// endedBefore reports whether the function that o is in waits, before o, for what
// r signals.
func (c *checker) endedBefore(o *site, r *skeleton.Func) bool {
	signals := make(map[skeleton.FieldClass]bool)
	for _, op := range r.Ops() {
		if op.Kind == syncapi.Defer {
			op = op.Inner
		}
		if class, ok := op.Res.Class(); ok && op.Is(syncapi.Close, syncapi.Send, syncapi.WgDone) {
			signals[class] = true
		}
	}
	return slices.ContainsFunc(o.op.Fn.Ops(), func(op *skeleton.Op) bool {
		class, ok := op.Res.Class()
		return ok && op.Pos < o.op.Pos && op.Is(syncapi.Recv, syncapi.WgWait) && signals[class]
	})
}
