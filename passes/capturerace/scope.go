package capturerace

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A scope is a function with the goroutines that it starts.
type scope struct {
	*checker
	race  *spawn.Race
	order []skeleton.Path
	of    map[skeleton.Path][]*skeleton.Node // the accesses to a variable, on whatever goroutine
}

// A name is the last part of the path of something that goroutines wait for,
// by which all functions know it.
type name struct {
	root *skeleton.Root // if there is no selector
	last string
}

func nameOf(p skeleton.Path) name {
	if p.Sel == nil {
		return name{root: p.Root}
	}
	return name{last: p.Sel.Name}
}

// scope returns that of f, nil if no goroutine which f starts, and no subtest,
// accesses what f knows as well.
func (c *checker) scope(f *skeleton.Func) *scope {
	wanted, signals := c.started(f)
	if len(wanted) == 0 {
		return nil
	}
	g := c.graph(f, wanted, signals)
	s := &scope{checker: c, race: spawn.NewRace(g), of: make(map[skeleton.Path][]*skeleton.Node)}
	for _, h := range s.race.Graphs() {
		for _, n := range h.Nodes {
			c.seen[n.Frame.Func] = true
			if n.Op.Is(syncapi.Read, syncapi.Write) && c.isVariable(n) {
				if s.of[n.Res] == nil {
					s.order = append(s.order, n.Res)
				}
				s.of[n.Res] = append(s.of[n.Res], n)
			}
		}
	}
	return s
}

// started returns what the goroutines that f starts, and the subtests that it
// runs in parallel, access of what f knows, and what they do that others may
// wait for.
func (c *checker) started(f *skeleton.Func) (wanted map[skeleton.Path]bool, signals map[name]bool) {
	wanted, signals = make(map[skeleton.Path]bool), make(map[name]bool)
	parallel := c.view.May(f, syncapi.Parallel)
	for _, e := range c.view.Effects(f, syncapi.Read, syncapi.Write) {
		if (e.Started || parallel) && e.Res.Root.Kind != skeleton.Global {
			wanted[e.Res] = true
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	for _, e := range c.view.Effects(f, spawn.Ordering...) {
		if e.Started {
			signals[nameOf(e.Res)] = true
		}
	}
	return wanted, signals
}

// graph returns the outline of f in which all stands in that accesses the wanted
// variables, and that may order the accesses.
func (c *checker) graph(f *skeleton.Func, wanted map[skeleton.Path]bool, signals map[name]bool) *skeleton.Graph {
	known := make(map[*skeleton.Node]bool)
	concerns := func(call *skeleton.Node) bool {
		enter, ok := known[call]
		if ok {
			return enter
		}
		for _, e := range c.view.CallEffects(call, syncapi.Read, syncapi.Write) {
			enter = enter || wanted[e.Res] || e.Started
		}
		for _, e := range c.view.CallEffects(call, spawn.Ordering...) {
			enter = enter || signals[nameOf(e.Res)] || e.Op.Kind == syncapi.WgWait || e.Op.Kind == syncapi.GroupWait
		}
		known[call] = enter
		return enter
	}
	return c.view.Outline(f, skeleton.Interest{
		Ops: slices.Concat(spawn.Ordering, lockset.Ops, []syncapi.Op{syncapi.Read, syncapi.Write}),
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return t.Func.Parent != nil || c.locks.Unbalanced(t.Func) || slices.ContainsFunc(t.Args, isLiteral) || concerns(call)
		},
	})
}

func isLiteral(p skeleton.Path) bool {
	return p.Root != nil && p.Root.Kind == skeleton.FuncVal && p.Root.Func != nil && p.Root.Func.Parent != nil
}

// isVariable reports whether n accesses one variable, field or map, or elements
// of one slice, which the functions of the scope have made or been given.
func (c *checker) isVariable(n *skeleton.Node) bool {
	p := n.Res
	if p.Root == nil || c.loops[p.Root.Origin().Pos] || n.Frame.Widened {
		return false
	}
	switch p.Root.Kind {
	case skeleton.Local, skeleton.Made, skeleton.Param, skeleton.Result:
	default:
		return false
	}
	if p.Sel != nil && p.Sel.Name == "[]" {
		p = p.Base()
	}
	return p.IsOne()
}

// A variable is what one path names, with the accesses to it.
type variable struct {
	path     skeleton.Path
	accesses []*skeleton.Node
}

// variables returns the variables that something writes and that goroutines
// access.
func (s *scope) variables() []variable {
	var vs []variable
	for _, p := range s.order {
		v := variable{p, s.of[p]}
		if p.Sel == nil && p.Root.Kind == skeleton.Local && isStruct(p.Root.Type) {
			for _, q := range s.order { // a struct is all of its fields
				if q.Sel != nil && q.Sel.Up == nil && q.Sel.Owner != nil && q.Root == p.Root {
					v.accesses = slices.Concat(v.accesses, s.of[q])
				}
			}
		}
		if slices.ContainsFunc(v.accesses, isWrite) {
			vs = append(vs, v)
		}
	}
	return vs
}

func isStruct(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func isWrite(n *skeleton.Node) bool { return n.Op.Kind == syncapi.Write }
