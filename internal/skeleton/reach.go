package skeleton

import (
	"go/ast"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A kinds is a set of operations.
type kinds [2]uint64

func kindsOf(ops []syncapi.Op) kinds {
	var k kinds
	for _, op := range ops {
		k.add(op)
	}
	return k
}

func (k *kinds) add(op syncapi.Op)     { k[op>>6] |= 1 << (op & 63) }
func (k kinds) has(op syncapi.Op) bool { return k[op>>6]&(1<<(op&63)) != 0 }

// May reports whether f, or anything that it calls, defers, starts or hands
// to others, has an operation of the given kind, as far as those functions
// are known.
func (v *View) May(f *Func, kind syncapi.Op) bool {
	if v.may == nil {
		v.may = v.reachableKinds()
	}
	return v.may[f].has(kind)
}

// reachableKinds computes May for all functions, to a least fixpoint.
func (v *View) reachableKinds() map[*Func]kinds {
	may := make(map[*Func]kinds)
	all := v.CalleesFirst()
	for _, f := range all {
		var own kinds
		eachOp(f, func(op *Op) { own.add(op.Kind) })
		may[f] = own
	}
	for changed := true; changed; {
		changed = false
		for _, f := range all {
			k := may[f]
			eachCallee(f, func(g *Func) {
				k[0] |= may[g][0]
				k[1] |= may[g][1]
			})
			if k != may[f] {
				may[f] = k
				changed = true
			}
		}
	}
	return may
}

// Entries returns the functions at which a goroutine may enter the package
// from code that does not belong to it, in source order: exported ones, those
// that nothing in the package calls, and those whose value is passed around.
// What only other functions of the package call or start is met in their
// graphs; what tests do with a function is not all that is done with it.
func (v *View) Entries() []*Func {
	called, passed := v.callGraph()
	var entries []*Func
	for _, f := range v.Funcs {
		switch {
		case passed[f], f.Parent == nil && !called[f], f.Obj != nil && ast.IsExported(f.Obj.Name()):
			entries = append(entries, f)
		}
	}
	return entries
}

// eachCall calls yield for all operations of f, with those inside of go and
// defer statements, calls of quiet functions included.
func eachCall(f *Func, yield func(*Op)) {
	for _, op := range f.Ops() {
		yield(op)
		if op.Inner != nil {
			yield(op.Inner)
		}
	}
}

// Handed returns the functions whose values the package hands to code that it
// does not show, or keeps where such code may find them.
func (v *View) Handed() map[*Func]bool {
	_, passed := v.callGraph()
	return passed
}

// callGraph returns which functions the package calls or starts by name, apart from what
// tests call of the code that they test, and which it hands to others as values.
func (v *View) callGraph() (called, passed map[*Func]bool) {
	called, passed = make(map[*Func]bool), make(map[*Func]bool)
	seen := make(map[*Root]bool)
	var pass func(Path)
	pass = func(p Path) {
		switch {
		case p.Root == nil:
		case p.Root.Kind == FuncVal && p.Root.Func != nil:
			passed[p.Root.Func] = true
		case p.Root.Kind == Made && !seen[p.Root]:
			seen[p.Root] = true
			for _, init := range p.Root.Inits { // what has the object can call them
				pass(init)
			}
		}
	}
	for _, f := range v.Funcs {
		called[f] = called[f] || f.Parent != nil
		inTest := report.Tests(v.pass, f.Pos)
		eachCall(f, func(op *Op) {
			for _, t := range op.Targets {
				called[t.Func] = called[t.Func] || !inTest || t.Func.Imported() || report.Tests(v.pass, t.Func.Pos)
			}
			for _, c := range op.Callbacks {
				if c.Mode == syncapi.Unknown || c.Mode == syncapi.Later {
					pass(c.Func)
				}
			}
			if op.Is(syncapi.Store, syncapi.Return, syncapi.Send) || op.Kind == syncapi.Call && len(op.Targets) == 0 {
				for _, a := range op.Args {
					pass(a)
				}
			}
		})
	}
	return called, passed
}

// OnlyStarted returns the functions of the package that are the bodies of goroutines and
// nothing else: go statements start them, and nobody calls them or has them as values.
func (v *View) OnlyStarted() map[*Func]bool {
	if v.onlyStarted != nil {
		return v.onlyStarted
	}
	v.onlyStarted = make(map[*Func]bool)
	called, passed := make(map[*Func]bool), v.Handed()
	for _, f := range v.Funcs {
		for _, op := range f.Ops() {
			inner := op
			if op.Inner != nil {
				inner = op.Inner
			}
			for _, t := range inner.Targets {
				if op.Kind == syncapi.Go && !passed[t.Func] {
					v.onlyStarted[t.Func] = true
				} else {
					called[t.Func] = true
				}
			}
		}
	}
	for f := range called {
		delete(v.onlyStarted, f)
	}
	return v.onlyStarted
}
