package wgbalance

import (
	"go/token"
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// each yields the operations of the package on groups, deferred ones included.
func (c *checker) each(yield func(op *skeleton.Op)) {
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			if op.Inner != nil {
				op = op.Inner
			}
			if op.Is(ops...) {
				yield(op)
			}
		}
	}
}

// allOf reports whether all operations of the given kinds on the field are
// those of nodes.
func (c *checker) allOf(class skeleton.FieldClass, nodes []*skeleton.Node, kinds ...syncapi.Op) bool {
	in := make(map[*skeleton.Op]bool)
	for _, n := range nodes {
		in[n.Op] = true
	}
	all := true
	c.each(func(op *skeleton.Op) {
		if of, ok := op.Res.Class(); ok && of == class && op.Is(kinds...) && !in[op] && (op.Kind != syncapi.WgAdd || !op.NKnown || op.N >= 0) {
			all = false
		}
	})
	return all
}

// unexported reports whether only its package can name the field.
func unexported(class skeleton.FieldClass) bool {
	return class.Type != nil && (!token.IsExported(class.Field) || !class.Type.Exported())
}

// exposed reports whether the package does anything with the field but call its
// methods.
func (c *checker) exposed(class skeleton.FieldClass) bool {
	v := class.Var()
	return v == nil || c.opened(v)
}

// opened reports whether the variable is used for anything but the operations
// that are known, or an operation on it is not known.
func (c *checker) opened(v *types.Var) bool {
	uses := 0
	for range c.index.Uses(v) {
		uses++
	}
	known := 0
	c.each(func(op *skeleton.Op) {
		if chans.Variable(c.view, c.pass.TypesInfo, op) == v {
			known++
		}
	})
	return uses != known
}

// A usage is what a package does to the groups of one field or variable.
type usage struct {
	adds, dones, waits, gos []*skeleton.Op
}

// variables checks the fields and package variables that only the package can
// name: that it adds to them at all, if it calls Done, and the reverse.
func (c *checker) variables() {
	usages := make(map[*types.Var]*usage)
	var order []*types.Var
	c.each(func(op *skeleton.Op) {
		v := chans.Variable(c.view, c.pass.TypesInfo, op)
		if v == nil || !c.shared(v) {
			return
		}
		u := usages[v]
		if u == nil {
			u = new(usage)
			usages[v] = u
			order = append(order, v)
		}
		switch {
		case op.Kind == syncapi.WgWait:
			u.waits = append(u.waits, op)
		case op.Kind == syncapi.WgGo:
			u.gos = append(u.gos, op)
		case op.Kind == syncapi.WgDone || op.NKnown && op.N < 0:
			u.dones = append(u.dones, op)
		default:
			u.adds = append(u.adds, op)
		}
	})
	for _, v := range order {
		u := usages[v]
		switch {
		case c.opened(v):
		case len(u.adds)+len(u.gos) == 0 && len(u.dones) > 0:
			c.neverAdded(u.dones[0])
		case len(u.dones) == 0 && len(u.adds) > 0 && len(u.waits) > 0:
			c.neverDone(u.adds[0], u.waits[0])
		}
	}
}

// shared reports whether v is a field or package variable that only the package
// can name.
func (c *checker) shared(v *types.Var) bool {
	if v.Pkg() != c.pass.Pkg || c.index.Public(v) {
		return false
	}
	return v.IsField() || v.Parent() == c.pass.Pkg.Scope()
}
