package skeleton

import (
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A library function that takes operands of any type may call their methods:
// fmt calls String and Error, sort calls Less. To a skeleton these are
// callbacks, where the type of an operand is stated at the call.

// methodCalls returns the methods of its operands that a call of obj runs.
func (fb *funcBuilder) methodCalls(obj *types.Func, c *ssa.CallCommon) []Callback {
	use := syncapi.MethodsUsedBy(obj)
	if use == nil {
		return nil
	}
	vals := []ssa.Value{operand(c, use.Arg)}
	if use.Variadic {
		vals = variadic(operand(c, use.Arg))
	}
	if use.Format > 0 {
		vals = printed(operand(c, use.Format-1), vals)
	}
	var calls []Callback
	for _, v := range vals {
		mi := dynamicType(v)
		if mi == nil {
			continue
		}
		for _, name := range use.Methods {
			p, ok := fb.methodOf(mi.X, name)
			if p.Root != nil {
				calls = append(calls, Callback{p, syncapi.NowOnce})
			}
			if ok && use.Prints {
				break
			}
		}
	}
	return calls
}

// methodOf returns the method value v.name, zero if its skeleton is not known;
// ok says whether there is such a method.
func (b *builder) methodOf(v ssa.Value, name string) (p Path, ok bool) {
	member, index, _ := types.LookupFieldOrMethod(v.Type(), false, b.pass.Pkg, name)
	obj, isFunc := member.(*types.Func)
	if !isFunc {
		return Path{}, false
	}
	f := b.declared(obj)
	if f == nil {
		return Path{}, true
	}
	bound, t := b.path(v), v.Type()
	for _, i := range index[:len(index)-1] {
		owner, st := structOf(t)
		if st == nil {
			return Path{}, true
		}
		bound, t = b.extend(bound, st.Field(i).Name(), owner), st.Field(i).Type()
	}
	return Path{Root: &Root{Kind: FuncVal, Owner: b.funcs[v.Parent()], Name: name, Type: obj.Type(), Pos: v.Pos(), Func: f, Bound: bound}}, true
}

// declared returns the skeleton of a declared function, nil if it has none.
func (b *builder) declared(obj *types.Func) *Func {
	if obj.Origin().Pkg() != b.pass.Pkg {
		return b.funcOfObj(obj)
	}
	if fn := b.pkg.Prog.FuncValue(obj.Origin()); fn != nil {
		return b.funcOf(fn)
	}
	return nil
}

// variadic returns the values that a call lists for its variadic parameter v,
// nil if it hands on a slice.
func variadic(v ssa.Value) []ssa.Value {
	if array := varargs(v); array != nil {
		return listed(array)
	}
	return nil
}

// varargs returns the array that a call makes for what is passed as the slice v, nil if
// it makes none.
func varargs(v ssa.Value) *ssa.Alloc {
	whole, ok := v.(*ssa.Slice)
	if !ok {
		return nil
	}
	array, ok := whole.X.(*ssa.Alloc)
	if !ok || array.Comment != "varargs" {
		return nil
	}
	return array
}

// listed returns the values that a call lists in the array, in their order.
func listed(array *ssa.Alloc) []ssa.Value {
	var vals []ssa.Value
	for _, ref := range *array.Referrers() {
		at, ok := ref.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		for _, use := range *at.Referrers() {
			if s, ok := use.(*ssa.Store); ok && s.Addr == at {
				vals = append(vals, s.Val)
			}
		}
	}
	return vals
}

// printed returns those of vals which format prints by the methods that they
// have: none if it is not a constant, or has indexes or widths among them.
func printed(format ssa.Value, vals []ssa.Value) []ssa.Value {
	c, ok := format.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.String {
		return nil
	}
	text := strings.ReplaceAll(constant.StringVal(c.Value), "%%", "")
	var by []ssa.Value
	for i, directive := range strings.Split(text, "%")[1:] {
		end := strings.IndexFunc(directive, func(r rune) bool { return !strings.ContainsRune("+-# 0123456789.", r) })
		if end < 0 || i >= len(vals) || directive[end] == '[' || directive[end] == '*' {
			return by
		}
		if flags := directive[:end]; strings.ContainsRune("vsqxXw", rune(directive[end])) && !strings.Contains(flags, "#") {
			by = append(by, vals[i])
		}
	}
	return slices.Clip(by)
}
