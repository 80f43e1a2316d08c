// Package races is a view on skeletons: variables that goroutines access at the
// same time, as [spawn.Race] has it, and how to report them.
package races

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// A Finder looks for races in a package. Variables are told apart by their
// paths: that two paths are one variable is not seen.
type Finder struct {
	Seen map[*skeleton.Func]bool // functions that stand in the graph of another

	shared func(skeleton.Path) bool
	sample skeleton.Sample
	pass   *analysis.Pass
	locks  *lockset.Locks
	view   *skeleton.View
	tree   *syntax.Tree
	loops  map[token.Pos]bool    // variables of loops that all iterations share
	done   map[*skeleton.Op]bool // accesses that are part of a finding
}

// Judges reports whether what goroutines of a package do at once can be told from what
// the model has: not so of what is beneath package sync.
func Judges(pkg *types.Package) bool { return !syncapi.IsBeneathSync(pkg.Path()) }

// NewFinder prepares to look for races in a package, for variables whose paths
// shared holds for. The pass requires [syntax.Analyzer].
func NewFinder(pass *analysis.Pass, locks *lockset.Locks, shared func(skeleton.Path) bool) *Finder {
	c := &Finder{
		Seen:   make(map[*skeleton.Func]bool),
		shared: shared,
		pass:   pass,
		locks:  locks,
		view:   locks.View,
		tree:   pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		loops:  make(map[token.Pos]bool),
		done:   make(map[*skeleton.Op]bool),
	}
	for _, l := range c.view.SharedLoops {
		for _, v := range l.Vars {
			c.loops[v.Pos()] = true // loopcapture's
		}
	}
	return c
}

// Races calls yield for each variable that f and the goroutines which it starts
// access at the same time, with the first pair of accesses that do.
func (c *Finder) Races(f *skeleton.Func, yield func(*Pair)) {
	s := c.scope(f)
	if s == nil {
		return
	}
	for _, v := range s.variables() {
		if p := s.racing(v); p != nil {
			yield(p)
		}
	}
}

// A scope is a function with the goroutines that it starts.
type scope struct {
	*Finder
	race  *spawn.Race
	order []place
	of    map[place][]*skeleton.Node // the accesses to a variable, on whatever goroutine
	each  map[*skeleton.Node]bool    // see isEach
}

// A place is what the accesses to one variable have in common: its path and, if it
// is a field which goes by the path of what it was made with, the field. The two
// are not one variable.
type place struct {
	skeleton.Path
	copied skeleton.FieldClass
}

func placeOf(n *skeleton.Node) place {
	return place{n.Res, n.Op.Copied(n.Res)}
}

// scope returns that of f, nil if no goroutine which f starts, and no subtest,
// accesses what is shared.
func (c *Finder) scope(f *skeleton.Func) *scope {
	race := spawn.RaceIn(c.locks, f, c.shared, &c.sample, syncapi.Read, syncapi.Write)
	if race == nil {
		return nil
	}
	s := &scope{Finder: c, race: race, of: make(map[place][]*skeleton.Node), each: make(map[*skeleton.Node]bool)}
	for _, h := range s.race.Graphs() {
		for _, n := range h.Nodes {
			c.Seen[n.Frame.Func] = true
			if n.Op.Is(syncapi.Read, syncapi.Write) && c.isVariable(n) {
				at := placeOf(n)
				if s.of[at] == nil {
					s.order = append(s.order, at)
				}
				s.of[at] = append(s.of[at], n)
			}
		}
	}
	return s
}

// isVariable reports whether n accesses one variable, field or map, or elements
// of one slice, which the functions of the scope have made or been given.
func (c *Finder) isVariable(n *skeleton.Node) bool {
	p := n.Res
	if p.Root == nil || c.loops[p.Root.Origin().Pos] || n.Frame.Widened {
		return false
	}
	if !c.shared(p) {
		return false
	}
	if p.Sel != nil && p.Sel.Name == "[]" {
		p = p.Base()
	}
	return p.IsOne() || p.IsPartOfElement()
}

// A variable is what one path names, with the accesses to it.
type variable struct {
	path     place
	accesses []*skeleton.Node
}

// variables returns the variables that something writes and that goroutines
// access.
func (s *scope) variables() []variable {
	var vs []variable
	for _, p := range s.order {
		v := variable{p, s.of[p]}
		if p.copied.Type == nil && p.Sel == nil && (p.Root.Kind == skeleton.Local || p.Root.Kind == skeleton.Global) && isStruct(p.Root.Type) {
			for _, q := range s.order { // a struct is all of its fields
				if q.copied.Type == nil && q.Sel != nil && q.Sel.Up == nil && q.Sel.Owner != nil && q.Root == p.Root {
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
