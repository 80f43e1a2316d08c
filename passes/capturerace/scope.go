package capturerace

import (
	"go/types"
	"slices"

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

// scope returns that of f, nil if no goroutine which f starts, and no subtest,
// accesses what f knows as well.
func (c *checker) scope(f *skeleton.Func) *scope {
	race := spawn.RaceIn(c.locks, f, syncapi.Read, syncapi.Write)
	if race == nil {
		return nil
	}
	s := &scope{checker: c, race: race, of: make(map[skeleton.Path][]*skeleton.Node)}
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
