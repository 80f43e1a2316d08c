package skeleton

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// keptFuncs knows which functions are kept for later: in a field, in the elements of a
// map or slice, or by code of another package, put there by a function that callers
// hand them to. It is a may-analysis: that a call reaches one of them says nothing
// about which others it may reach, so such calls have no Targets of their own, and the
// graphs alone know.
type keptFuncs struct {
	view   *View
	direct map[keptIn][]put
	puts   map[keptIn][]put
	calls  map[*Func][]kept          // of functions that keep what they are handed
	of     map[keptIn][]storedFunc   // found so far
	locals map[*Root]map[*Sel][]Path // what is stored in elements of what a function makes
	gotBy  map[*Root]*Op             // the calls that return functions, by their results
}

// keptIn is where functions are kept: in a field or variable, or in what it has as
// elements.
type keptIn struct {
	class    FieldClass
	variable *Root
	elements bool
}

// A put is an assignment of a value of function type to a place of the object holder.
type put struct{ holder, value Path }

// A kept is a call of a function that keeps one of its arguments.
type kept struct{ args []Path }

// placeOf returns the place that p is or is an element of, and the object that has it.
func placeOf(p Path) (at keptIn, holder Path, ok bool) {
	for p.Sel != nil && p.Sel.Name == "[]" {
		p.Sel = p.Sel.Up
		at.elements = true
	}
	if p.Root == nil {
		return keptIn{}, Path{}, false
	}
	if p.Sel == nil && p.Root.Kind == Global && at.elements {
		at.variable = p.Root.Origin()
		return at, Path{}, true
	}
	at.class, ok = p.Class()
	return at, p.Base(), ok
}

// keep notes the assignments to fields, which the SSA form alone has all of.
func (b *builder) keep() map[keptIn][]put {
	puts := make(map[keptIn][]put)
	for class, stores := range b.fields {
		for _, s := range stores {
			at := keptIn{class: class, elements: keepsFuncs(s.value.Type())}
			if _, ok := s.value.Type().Underlying().(*types.Signature); !ok && !at.elements || isNil(s.value) {
				continue
			}
			value := b.path(s.value)
			if at.elements {
				value = b.extend(value, "[]", nil)
			}
			puts[at] = append(puts[at], put{b.path(s.holder), value})
		}
	}
	return puts
}

// keepsFuncs reports whether the elements of a value of type t are functions.
func keepsFuncs(t types.Type) bool {
	var elem types.Type
	switch t := t.Underlying().(type) {
	case *types.Map:
		elem = t.Elem()
	case *types.Slice:
		elem = t.Elem()
	default:
		return false
	}
	_, ok := elem.Underlying().(*types.Signature)
	return ok
}

// called returns what the functions are that may be kept at p, nil if they are too many.
func (k *keptFuncs) called(p Path) (funcs []storedFunc, held Path) {
	if k == nil {
		return nil, Path{}
	}
	at, held, ok := placeOf(p)
	if !ok {
		return k.elementsOf(p), Path{}
	}
	funcs, known := k.of[at]
	if !known {
		k.index()
		for _, p := range slices.Concat(k.direct[at], k.puts[at]) {
			funcs = k.sources(funcs, p, 0)
		}
		if !k.inTest(at.pos()) { // what tests put there says nothing about the code that they test
			funcs = slices.DeleteFunc(funcs, func(s storedFunc) bool { return k.inTest(s.fn.Root.Func.Pos) })
		}
		if len(funcs) > maxTargets {
			funcs = nil
		}
		k.of[at] = funcs
	}
	return funcs, held
}

// elementsOf returns what the functions are that p may be, an element of a map or slice
// that a function makes.
func (k *keptFuncs) elementsOf(p Path) []storedFunc {
	r := p.Root
	if r == nil || r.Kind != Made || p.Sel == nil || p.Sel.Up != nil {
		return nil
	}
	k.index()
	funcs := k.sources(nil, put{value: Path{r.Origin(), p.Sel}}, 0)
	if len(funcs) > maxTargets {
		return nil
	}
	if r.frame != nil {
		for i := range funcs {
			funcs[i].fn = r.frame.subst(funcs[i].fn)
		}
	}
	return funcs
}

func (k *keptFuncs) inTest(pos token.Pos) bool { return report.Tests(k.view.pass, pos) }

// pos returns where the place is declared.
func (at keptIn) pos() token.Pos {
	if at.class.Type != nil {
		return at.class.Type.Pos()
	}
	return at.variable.Pos
}

// maxHanded bounds how often a function is handed on until it is kept.
const maxHanded = 3

// sources adds to funcs the functions that a put may be of.
func (k *keptFuncs) sources(funcs []storedFunc, p put, handed int) []storedFunc {
	r := p.value.Root
	switch {
	case r == nil || len(funcs) > maxTargets:
	case r.Kind == FuncVal && p.value.Sel == nil && r.Func != nil:
		s := storedFunc{fn: p.value}
		if h := p.holder; h.Root != nil && h.Sel == nil && h.Root.Owner != nil && h.Root.Owner == r.Owner {
			s.holder = h.Root
		}
		if !slices.Contains(funcs, s) {
			funcs = append(funcs, s)
		}
	case r.Kind == Param && p.value.Sel == nil && handed < maxHanded:
		for _, call := range k.calls[r.Owner] {
			q := put{value: argument(call.args, r)}
			if h := p.holder; h.Sel == nil && h.Root != nil && h.Root.Kind == Param && h.Root.Owner == r.Owner {
				q.holder = argument(call.args, h.Root)
			}
			funcs = k.sources(funcs, q, handed+1)
		}
	case r.Kind == Result && p.value.Sel == nil && handed < maxHanded:
		for _, v := range k.returned(r) {
			funcs = k.sources(funcs, put{value: v}, handed+1)
		}
	case r.Kind == Made && p.value.Sel != nil:
		for _, v := range k.locals[r][p.value.Sel] {
			if v != p.value {
				funcs = k.sources(funcs, put{p.holder, v}, handed+1)
			}
		}
	}
	return funcs
}

// returned returns what the callees may return of which r is a result.
func (k *keptFuncs) returned(r *Root) []Path {
	call := r.Dropped()
	if call == nil {
		call = k.gotBy[r.Origin()]
	}
	if call == nil {
		return nil
	}
	var values []Path
	for _, t := range call.Targets {
		for _, op := range t.Func.Ops() {
			if op.Kind == syncapi.Return && r.Index < len(op.Args) {
				values = append(values, op.Args[r.Index])
			}
		}
	}
	return values
}

// argument returns what args have for the parameter r.
func argument(args []Path, r *Root) Path {
	if r.Index < len(args) {
		return args[r.Index]
	}
	return Path{}
}

// index notes what the functions in reach keep, and who calls those that keep what they are handed.
func (k *keptFuncs) index() {
	if k.puts != nil {
		return
	}
	k.puts, k.calls, k.locals = make(map[keptIn][]put), make(map[*Func][]kept), make(map[*Root]map[*Sel][]Path)
	k.gotBy = make(map[*Root]*Op)
	for _, f := range k.view.CalleesFirst() {
		eachOp(f, func(op *Op) {
			if op.Kind == syncapi.Store && len(op.Args) > 0 {
				k.store(op)
			}
			for _, r := range op.Results {
				if isFuncRoot(r) {
					k.gotBy[r] = op
				}
			}
			for _, t := range op.Targets {
				if t.Func.Imported() && len(t.Args) > 0 || slices.ContainsFunc(t.Func.Params, isFuncRoot) {
					k.calls[t.Func] = append(k.calls[t.Func], kept{t.Args})
				}
			}
		})
	}
}

func (k *keptFuncs) store(op *Op) {
	if r := op.Res.Root; r.Kind == Made && op.Res.Sel != nil && op.Res.Sel.Up == nil && op.Res.Sel.Name == "[]" {
		if k.locals[r] == nil {
			k.locals[r] = make(map[*Sel][]Path)
		}
		k.locals[r][op.Res.Sel] = append(k.locals[r][op.Res.Sel], op.Args[0])
		return
	}
	at, holder, ok := placeOf(op.Res)
	if !ok || !at.elements && !op.Fn.Imported() {
		return // known directly
	}
	k.puts[at] = append(k.puts[at], put{holder, op.Args[0]})
}

func isFuncRoot(r *Root) bool {
	_, ok := typeOf(r).(*types.Signature)
	return ok
}
