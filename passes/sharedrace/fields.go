package sharedrace

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lifetime"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A key is how two functions know one thing: by the way from an object of one
// type, or from a package variable.
type key struct {
	object *types.TypeName
	global *skeleton.Root
	sel    string
}

// keysOf returns the keys of p, as f or its goroutines name it: none if it is neither in
// a field of this package's types, nor in a package variable, or not one thing. What f
// has made has one by the object that f returns, and one by its own type. The elements
// of a map are one thing.
func (c *checker) keysOf(f *skeleton.Func, p skeleton.Path) []key {
	if p.Root == nil {
		return nil
	}
	tail := p.Tail()
	if p.Sel != nil && p.Sel.Name == "[]" {
		p = p.Base()
	}
	if !p.IsOne() {
		return nil
	}
	if isGlobal(p) {
		return []key{{global: p.Root, sel: tail}}
	}
	var keys []key
	if class, ok := p.Field(); ok {
		if object := typeName(p.Root.Type); object != nil && class.Type.Pkg() == c.pass.Pkg {
			keys = append(keys, key{object: object, sel: tail})
		}
		if k, ok := keyOfPart(class, p, tail); ok {
			keys = append(keys, k)
		}
	}
	if !p.Root.Visible() {
		if k, ok := c.keyOfInit(f, p.Root, tail); ok && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// keyOfPart returns the key that methods of a struct have for its field class, where p
// names that as the field of a struct which is embedded in another one. What is in a
// field with a name is called with the locks of the whole, as a rule.
func keyOfPart(class skeleton.FieldClass, p skeleton.Path, tail string) (k key, ok bool) {
	up, ok := p.Base().Class()
	if !ok {
		return k, false
	}
	field := up.Var()
	if field == nil || !field.Embedded() {
		return k, false
	}
	if _, isStruct := field.Type().Underlying().(*types.Struct); !isStruct {
		return k, false
	}
	return key{object: class.Type, sel: "." + class.Field + strings.TrimPrefix(tail, p.Tail())}, true
}

// keyOfInit returns the key of what f has made for a field of an object that it
// returns, or for one of what is in such a field, and what within it.
func (c *checker) keyOfInit(f *skeleton.Func, r *skeleton.Root, tail string) (k key, ok bool) {
	for _, res := range f.Results {
		if res.Root == nil || res.Sel != nil {
			continue
		}
		if class, way, ok := initOf(res.Root, r, maxInits); ok && class.Type.Pkg() == c.pass.Pkg {
			return key{object: class.Type, sel: way + tail}, true
		}
	}
	return k, false
}

// maxInits bounds the fields on the way from an object to what is made for it.
const maxInits = 3

// initOf returns the field of object that r was made for, itself or as a part of what
// is in it, and the way from object to r.
func initOf(object, r *skeleton.Root, depth int) (class skeleton.FieldClass, way string, ok bool) {
	for class, init := range object.Inits {
		if init == (skeleton.Path{Root: r}) {
			return class, "." + class.Field, true
		}
	}
	if depth == 0 {
		return class, "", false
	}
	for class, init := range object.Inits {
		if init.Root == nil || init.Sel != nil {
			continue
		}
		if _, rest, ok := initOf(init.Root, r, depth-1); ok {
			return class, "." + class.Field + rest, true
		}
	}
	return class, "", false
}

// typeName returns the name of the type t, or of what it points to.
func typeName(t types.Type) *types.TypeName {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj()
	}
	return nil
}

// isElement reports whether op accesses the elements of a slice or array.
func isElement(op *skeleton.Op) bool {
	return op.Res.Sel != nil && op.Res.Sel.Name == "[]" && len(op.Args) > 0
}

// users are the accesses to one thing by functions at which the package is
// entered, or by what these start.
type users struct {
	key     key
	pos     token.Pos // of the first
	place   place
	started []use // on goroutines
	others  []use
}

// A use is an access by a function.
type use struct {
	f *skeleton.Func
	e skeleton.Effect
}

func (u use) writes() bool { return u.e.Op.Kind == syncapi.Write }

// candidates returns the things that a goroutine of one function accesses, and
// another function as well, at least one of them writing, where there may be
// reason to think that this happens at once.
func (c *checker) candidates() []*users {
	of := make(map[key]*users)
	var all []*users
	for _, f := range c.view.Entries() {
		if c.inTest(f.Pos) {
			continue
		}
		for _, e := range c.view.Effects(f, syncapi.Read, syncapi.Write) {
			if isElement(e.Op) || e.Op.Fn.Imported() || e.Op.Copied(e.Res) != (skeleton.FieldClass{}) {
				continue
			}
			for _, k := range c.keysOf(f, e.Res) {
				u := of[k]
				if u == nil {
					u = &users{key: k, pos: e.Op.Pos, place: placeOf(e.Res)}
					of[k] = u
					all = append(all, u)
				}
				switch {
				case e.Started:
					u.started = append(u.started, use{f, e})
				case e.Res.Root.Visible() && !isInit(f):
					u.others = append(u.others, use{f, e})
				}
			}
		}
	}
	all = slices.DeleteFunc(all, func(u *users) bool { return !c.promising(u) || c.isOthers(u.place) })
	slices.SortStableFunc(all, func(a, b *users) int { return cmp.Compare(a.pos, b.pos) })
	return all
}

// promising reports whether any two uses may turn out to be a race: a look at
// what [checker.suspect] asks without the graphs.
func (c *checker) promising(u *users) bool {
	for _, x := range u.started {
		for _, y := range slices.Concat(u.others, u.started) {
			if x.f == y.f || !x.writes() && !y.writes() {
				continue
			}
			if !x.e.Res.Root.Visible() || isInit(x.f) || y.e.Started || !y.writes() || isNil(y.e.Op) || c.tells(y.f, x.f) {
				return true
			}
		}
	}
	return false
}

// tells reports whether g does something to what a goroutine of f waits for.
func (c *checker) tells(g, f *skeleton.Func) bool {
	waits := make(map[skeleton.FieldClass]bool)
	for _, e := range c.view.Effects(f, syncapi.Recv, syncapi.CondWait) {
		if class, ok := e.Res.Field(); ok && e.Started {
			waits[class] = true
		}
		if e.Started && e.Res.Sel != nil && e.Res.Sel.Name == "Done()" {
			return c.view.May(g, syncapi.Cancel)
		}
	}
	return slices.ContainsFunc(c.view.Effects(g, syncapi.Close, syncapi.Send, syncapi.CondSignal, syncapi.CondBroadcast), func(e skeleton.Effect) bool {
		class, ok := e.Res.Field()
		return ok && waits[class]
	})
}

// maxUsers bounds the functions that stand for all that use one thing, on
// goroutines or not.
const maxUsers = 4

// funcs returns the first functions of uses.
func funcs(uses []use) []*skeleton.Func {
	var fs []*skeleton.Func
	for _, u := range uses {
		if len(fs) < maxUsers {
			fs = appendNew(fs, u.f)
		}
	}
	return fs
}

func appendNew(fs []*skeleton.Func, f *skeleton.Func) []*skeleton.Func {
	if slices.Contains(fs, f) {
		return fs
	}
	return append(fs, f)
}

func isInit(f *skeleton.Func) bool {
	return f.Obj == nil && f.Parent == nil || f.Obj != nil && f.Obj.Name() == "init"
}

// fields reports the fields and package variables that a goroutine of one
// function and another function access at the same time.
func (c *checker) fields() {
	for _, u := range c.candidates() {
		c.thing(u)
	}
}

// scopes returns the graphs of the functions that use a thing, and the accesses
// in them, those that write first.
func (c *checker) scopes(u *users) (raceOf map[*skeleton.Func]*spawn.Race, of map[*skeleton.Func][]*skeleton.Node) {
	fs := funcs(u.started)
	for _, f := range funcs(u.others) {
		fs = appendNew(fs, f)
	}
	fs = slices.DeleteFunc(fs, func(f *skeleton.Func) bool { return c.large[f] })
	is := func(f *skeleton.Func, p skeleton.Path) bool { return slices.Contains(c.keysOf(f, p), u.key) }
	raceOf, of = make(map[*skeleton.Func]*spawn.Race), make(map[*skeleton.Func][]*skeleton.Node)
	for i, r := range spawn.RaceAmong(c.locks, fs, is, syncapi.Read, syncapi.Write) {
		f := fs[i]
		if isLarge(r) {
			c.large[f] = true
			continue
		}
		raceOf[f] = r
		for _, g := range r.Graphs() {
			for n := range spawn.Nodes(g, syncapi.Read, syncapi.Write) {
				if is(f, n.Res) && n.Op.Copied(n.Res) == (skeleton.FieldClass{}) && !isElement(n.Op) && !n.Op.Fn.Imported() && !c.inTest(n.Op.Pos) {
					of[f] = append(of[f], n)
				}
			}
		}
		slices.SortStableFunc(of[f], func(a, b *skeleton.Node) int { return cmp.Compare(rank(a), rank(b)) })
	}
	return raceOf, of
}

// maxScope bounds the nodes of the graphs of a function that is looked at.
const maxScope = 2000

// isLarge reports whether the graphs of a function are past a bound, so that
// their order is not known, or takes long to find out.
func isLarge(r *spawn.Race) bool {
	nodes, widened := 0, false
	for _, g := range r.Graphs() {
		nodes += len(g.Nodes)
		widened = widened || g.Widened
	}
	return widened || nodes > maxScope
}

// rank lets n++ be a write.
func rank(n *skeleton.Node) int {
	if isWrite(n) {
		return 0
	}
	return 1
}

// maxPairs bounds the pairs of accesses to one thing that are looked at.
const maxPairs = 100

// thing reports the first pair of accesses to one thing that may happen at once.
func (c *checker) thing(u *users) {
	raceOf, of := c.scopes(u)
	started, others := funcs(u.started), funcs(u.others)
	tried := 0
	for _, f := range started {
		var lives []*skeleton.Node
		for _, x := range of[f] {
			if x.Graph.Spawner != nil && raceOf[f].Lives(x) {
				lives = append(lives, x)
			}
		}
		for _, g := range slices.Concat(others, started) {
			if f == g || len(lives) == 0 || len(of[g]) == 0 {
				continue
			}
			if c.beside(raceOf[f].Beside(raceOf[g]), lives, of[g], &tried) || tried > maxPairs {
				return
			}
		}
	}
}

// beside reports the first of the accesses xs, of goroutines that run on, and ys, of
// another function, that may happen at once, if there is one. It counts those that
// it looks at.
func (c *checker) beside(r *spawn.Race, xs, ys []*skeleton.Node, tried *int) (found bool) {
	for _, x := range xs {
		for _, y := range ys {
			if y.Graph.Spawner == nil && !y.Res.Root.Visible() || !isWrite(x) && !isWrite(y) {
				continue
			}
			if *tried++; *tried > maxPairs {
				return false
			}
			if c.suspect(r, x, y) && c.view.Sure(func() bool { return r.Unordered(x, y) }) && !c.others(x) && !c.others(y) && !c.meet(x.Op, y.Op) {
				c.report(x, y)
				return true
			}
		}
	}
	return false
}

func isWrite(n *skeleton.Node) bool { return n.Op.Kind == syncapi.Write }

// suspect reports whether the function of y is called while the goroutine of x
// runs, as far as both say.
func (c *checker) suspect(r *spawn.Race, x, y *skeleton.Node) bool {
	serves := x.Res.Root.Kind == skeleton.Global && r.OnMany(x) // a handler runs once something serves
	published := c.published(x) && !serves
	if !published && !x.Res.Root.Visible() || !isWrite(x) && !comesLate(x) {
		return false
	}
	switch {
	case r.Tells(y, x), isNil(y.Op) && !isWrite(x):
		return true // it stops the goroutine, or has it do something
	case published:
		return !isWrite(x) || !r.Announces(x)
	case y.Graph.Spawner != nil:
		return !r.Announces(x)
	case isWrite(x) && !isWrite(y):
		return !r.Announces(x) // it looks for what the goroutine writes
	}
	return false
}

// comesLate reports whether x is not just among the first things that its
// goroutine does: in a loop, or behind a wait. What a goroutine reads when it
// starts it has read, as a rule, before anybody calls a method.
func comesLate(x *skeleton.Node) bool {
	if x.InLoop() {
		return true
	}
	for w := range spawn.Nodes(x.Graph, syncapi.Recv, syncapi.Select, syncapi.CondWait, syncapi.WgWait, syncapi.Send, syncapi.Lock) {
		if spawn.Leads(w, x) {
			return true
		}
	}
	return false
}

// isNil reports whether op sets something to nil: it is done with.
func isNil(op *skeleton.Op) bool {
	return op.Kind == syncapi.Write && len(op.Args) == 1 && op.Args[0].Root != nil && op.Args[0].Root.Kind == skeleton.Nil && !isElement(op)
}

// published reports whether x's goroutine is started before anyone else knows
// the object: by the function that makes and returns it, or while the package is
// initialised.
func (c *checker) published(x *skeleton.Node) bool {
	g := spawn.Outermost(x)
	root := x.Res.Root
	if root.Kind == skeleton.Global {
		return isInit(g.Root)
	}
	if root.Visible() || lifetime.IsMain(g.Root.Obj) {
		return false
	}
	object := skeleton.Path{Root: root}
	for n := range spawn.Nodes(g, syncapi.Return) {
		if n.Frame.Call == nil && slices.ContainsFunc(n.Args, func(a skeleton.Path) bool { _, ok := c.view.Reach(a, object); return ok }) {
			return true
		}
	}
	return false
}

// meet reports whether both operations are in the graph of one function, on one
// thing: there capturerace, or the look at one function, decides. What a test does with
// both says nothing of what others do.
func (c *checker) meet(x, y *skeleton.Op) bool {
	for _, f := range c.view.Funcs {
		if c.inTest(f.Pos) {
			continue
		}
		on := make(map[skeleton.Path]bool)
		effects := c.view.Effects(f, syncapi.Read, syncapi.Write)
		for _, e := range effects {
			if e.Op == x && e.Started {
				on[e.Res] = true
			}
		}
		for _, e := range effects {
			if e.Op == y && on[e.Res] {
				return true
			}
		}
	}
	return false
}

// report reports the accesses x, on a goroutine, and y, of another one or of
// another function.
func (c *checker) report(x, y *skeleton.Node) {
	first, second := x, y
	if !isWrite(x) {
		first, second = y, x
	}
	pos, end := c.view.Extent(first.Op)
	other, otherEnd := c.view.Extent(second.Op)
	starter, _, _ := strings.Cut(x.Graph.Spawner.Op.Fn.Outermost().Name, "#") // of several init functions
	start, startEnd := c.view.Extent(c.view.Site(x.Graph.Spawner))
	name := c.view.Text(first.Op)
	d := analysis.Diagnostic{Pos: pos, End: end}
	at := report.Place(c.pass.Fset, other, pos)
	if first == x {
		d.Message = fmt.Sprintf("%s is written by a goroutine that %s starts, and may be %s at the same time at %s", name, starter, verb(y), at)
	} else {
		d.Message = fmt.Sprintf("%s is written while a goroutine that %s starts may be %s it at %s", name, starter, gerund(x), at)
	}
	d.Related = []analysis.RelatedInformation{
		{Pos: other, End: otherEnd, Message: fmt.Sprintf("%s is %s here at the same time", c.view.Text(second.Op), verb(second))},
		{Pos: start, End: startEnd, Message: fmt.Sprintf("the goroutine that has %s starts here", c.view.Text(x.Op))},
	}
	c.add(d)
}

func verb(n *skeleton.Node) string {
	if isWrite(n) {
		return "written"
	}
	return "read"
}

func gerund(n *skeleton.Node) string {
	if isWrite(n) {
		return "writing"
	}
	return "reading"
}
