package poolmisuse

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Putters tell which functions put what others have, so that a graph holds the callees
// that matter for the values of its function and no others: nearly all functions of a
// large package may reach some Put.
type putters struct {
	view   *skeleton.View
	puts   map[*skeleton.Func]putting
	inside map[*skeleton.Func]bool // it, or a function within it, puts something of a name
}

// Putting is what a function may put, itself or by its callees.
type putting struct {
	params uint64 // bit i: its parameter i, or what that leads to; the last for all beyond
	outer  bool   // a variable of the function around it
	result bool   // what it returns
	own    bool   // what nobody else has
}

// ofOthers reports whether the function may put what its caller has.
func (p putting) ofOthers() bool { return p.params != 0 || p.outer || p.result }

// newPutters looks at the functions of a package.
func newPutters(view *skeleton.View) *putters {
	p := &putters{view, make(map[*skeleton.Func]putting), make(map[*skeleton.Func]bool)}
	for _, f := range view.Funcs {
		if what := p.putting(f); what.own || what.ofOthers() {
			for ; f != nil; f = f.Parent {
				p.inside[f] = true
			}
		}
	}
	return p
}

// concerns reports whether f, or a function within it, puts a value or hands one to
// what does.
func (p *putters) concerns(f *skeleton.Func) bool { return p.inside[f] }

// enter reports whether the graph of the caller is to hold a callee: one that may put
// what its caller has, that is a part of the caller, or that is handed one that puts.
func (p *putters) enter(t *skeleton.Target) bool {
	return t.Func.Parent != nil || p.putting(t.Func).ofOthers() ||
		!t.Func.Imported() && slices.ContainsFunc(t.Args, func(a skeleton.Path) bool {
			return a.Sel == nil && a.Root != nil && a.Root.Func != nil && (p.inside[a.Root.Func] || p.putting(a.Root.Func).ofOthers())
		})
}

// putting returns what f may put.
func (p *putters) putting(f *skeleton.Func) putting {
	if what, ok := p.puts[f]; ok || !p.view.May(f, syncapi.PoolPut) {
		return what
	}
	p.puts[f] = putting{} // recursion
	w := &putWalk{putters: p, f: f, returned: make(map[*skeleton.Root]bool)}
	ops := f.Ops()
	for _, op := range ops {
		if op.Kind == syncapi.Return {
			for _, a := range op.Args {
				w.returned[a.Root] = true
			}
		}
	}
	for _, op := range ops {
		w.op(op)
	}
	p.puts[f] = w.what
	return w.what
}

// A putWalk looks at the operations of one function.
type putWalk struct {
	*putters
	f        *skeleton.Func
	returned map[*skeleton.Root]bool
	what     putting
}

// op notes what op puts.
func (w *putWalk) op(op *skeleton.Op) {
	if op.Inner != nil {
		w.op(op.Inner)
		return
	}
	if op.Kind == syncapi.PoolPut && len(op.Args) > 1 {
		w.put(op.Args[1])
	}
	for _, t := range op.Targets {
		w.call(t.Func, t.Args)
	}
	for _, a := range op.Args {
		if a.Sel == nil && a.Root != nil && a.Root.Func != nil { // a callback
			w.call(a.Root.Func, []skeleton.Path{a.Root.Bound})
		}
	}
}

// call notes what a call of callee puts.
func (w *putWalk) call(callee *skeleton.Func, args []skeleton.Path) {
	what := w.putting(callee)
	if what.outer || what.result {
		w.what.own = true
	}
	if what.outer && callee.Parent != nil && w.f.Parent != nil {
		w.what.outer = true
	}
	for i, a := range args {
		if what.params&bit(i) != 0 {
			w.put(a)
		}
	}
}

// put notes that the value at a is put.
func (w *putWalk) put(a skeleton.Path) {
	r := a.Root
	switch {
	case !hasName(a):
	case r.Kind == skeleton.Param && r.Owner == w.f:
		w.what.params |= bit(r.Index)
	case r.Owner != w.f:
		w.what.outer = true
	default:
		w.what.own = true
		w.what.result = w.what.result || w.returned[r]
	}
}

// bit returns the bit of parameter i.
func bit(i int) uint64 { return 1 << min(i, 63) }
