package sharedrace

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// leaves is the fact that a function leaves goroutines behind which access,
// under no lock, what its callers may access as well.
type leaves struct{ Accesses []access }

// An access is to a field of an operand of the function, the receiver being the
// first, or of a result, counted from -1 downwards, or to a package variable.
type access struct {
	Operand int
	Global  string
	Tail    string // as in ".Timeout"
	Write   bool
}

// AFact marks the type as a fact.
func (*leaves) AFact() {}

func (l *leaves) String() string {
	var parts []string
	for _, a := range l.Accesses {
		verb := "reads"
		if a.Write {
			verb = "writes"
		}
		object := a.Global
		if object == "" {
			object = fmt.Sprintf("%d", a.Operand)
		}
		parts = append(parts, verb+" "+object+a.Tail)
	}
	return "leaves goroutines: " + strings.Join(parts, ", ")
}

// export tells the packages that import this one which goroutines its functions
// leave behind.
func (c *checker) export() {
	for _, f := range c.view.Funcs {
		if f.Obj == nil || !f.Obj.Exported() || c.inTest(f.Pos) {
			continue
		}
		if fact := c.leaves(f); len(fact.Accesses) > 0 {
			c.pass.ExportObjectFact(f.Obj, fact)
		}
	}
}

func (c *checker) leaves(f *skeleton.Func) *leaves {
	fact := &leaves{}
	known := func(p skeleton.Path) bool { _, ok := c.exported(f, p); return ok }
	race := spawn.RaceIn(c.locks, f, known, nil, syncapi.Read, syncapi.Write)
	if race == nil || isLarge(race) {
		return fact
	}
	tried := 0
	for _, g := range race.Graphs() {
		for x := range spawn.Nodes(g, syncapi.Read, syncapi.Write) {
			a, ok := c.exported(f, x.Res)
			a.Write = isWrite(x)
			if !ok || g.Spawner == nil || isElement(x.Op) || x.Op.Fn.Imported() || slices.Contains(fact.Accesses, a) {
				continue
			}
			if tried++; tried <= maxPairs && !race.Locked(x) && !c.others(x) && race.Lives(x) {
				fact.Accesses = append(fact.Accesses, a)
			}
		}
	}
	slices.SortFunc(fact.Accesses, func(a, b access) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return fact
}

// exported returns how callers of f in other packages know p, not ok if they
// don't.
func (c *checker) exported(f *skeleton.Func, p skeleton.Path) (a access, ok bool) {
	a.Tail = p.Tail()
	if !p.IsOne() || len(a.Tail) > 0 && !isExported(p) {
		return a, false
	}
	r := p.Root
	switch {
	case isGlobal(p):
		a.Global = r.Name
		return a, token.IsExported(r.Name)
	case a.Tail == "":
		return a, false
	case r.Kind == skeleton.Param && r.Owner == f:
		a.Operand = r.Index
		return a, true
	}
	i := slices.IndexFunc(f.Results, func(res skeleton.Path) bool { return res == skeleton.Path{Root: r} })
	a.Operand = -1 - i
	return a, i >= 0
}

// isExported reports whether all selectors of p are exported fields.
func isExported(p skeleton.Path) bool {
	for s := p.Sel; s != nil; s = s.Up {
		if s.Owner == nil || !token.IsExported(s.Name) {
			return false
		}
	}
	return true
}

// imported reports what the functions of this package access behind calls of
// functions of others, whose goroutines access it.
func (c *checker) imported() {
	facts := make(map[*types.Func]*leaves)
	for _, of := range c.pass.AllObjectFacts() {
		fact, ok := of.Fact.(*leaves)
		if fn, isFunc := of.Object.(*types.Func); ok && isFunc && fn.Pkg() != c.pass.Pkg {
			facts[fn] = fact
		}
	}
	if len(facts) == 0 {
		return
	}
	for _, f := range c.view.Funcs {
		if slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool { return op.Obj != nil && facts[op.Obj.Origin()] != nil }) {
			c.importedIn(f, facts)
		}
	}
}

// importedIn looks at the calls of one function.
func (c *checker) importedIn(f *skeleton.Func, facts map[*types.Func]*leaves) {
	g := c.view.Outline(f, skeleton.Interest{
		Ops:   slices.Concat(spawn.Ordering, lockset.Ops, []syncapi.Op{syncapi.Read, syncapi.Write, syncapi.Sleep}),
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool { return t.Func.Parent != nil },
	})
	for call := range spawn.Nodes(g, syncapi.Call) {
		if call.Op.Obj == nil || facts[call.Op.Obj.Origin()] == nil {
			continue
		}
		for _, a := range facts[call.Op.Obj.Origin()].Accesses {
			c.behind(call, a)
		}
	}
}

// behind reports the first access, behind a call, to what a goroutine that the
// call leaves behind accesses. Whatever waits, or is done with the object,
// between may order the two.
func (c *checker) behind(call *skeleton.Node, a access) {
	for y := range spawn.Nodes(call.Graph, syncapi.Read, syncapi.Write) {
		object, ok := c.resolve(call, a, y.Res)
		if !ok || !a.Write && !isWrite(y) {
			continue
		}
		waits := func(n *skeleton.Node) bool {
			return n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.Recv, syncapi.Send, syncapi.SemAcquire, syncapi.Lock, syncapi.RLock, syncapi.AtomicLoad, syncapi.Cancel) ||
				n.Op.Is(syncapi.Call) && (a.Global != "" || slices.ContainsFunc(n.Args, func(p skeleton.Path) bool { return p.Root != nil && p.Root == object.Root })) ||
				object.Root != nil && object.Root.Kind != skeleton.Global && n.Assigns(object)
		}
		if c.view.Sure(func() bool { return spawn.Path(call, y, waits) != nil }) {
			c.reportBehind(call, y, a)
			return
		}
	}
}

// resolve reports whether p is what a is an access to, by the call, and returns
// the object it is in.
func (c *checker) resolve(call *skeleton.Node, a access, p skeleton.Path) (object skeleton.Path, ok bool) {
	switch {
	case p.Root == nil || p.Tail() != a.Tail && !strings.HasSuffix(p.Tail(), a.Tail):
		return object, false
	case a.Global != "":
		return p, p.Root.Kind == skeleton.Global && p.Tail() == a.Tail && p.Root.Name == call.Op.Obj.Pkg().Name()+"."+a.Global
	case a.Operand >= 0 && a.Operand < len(call.Args):
		object = call.Args[a.Operand]
	case a.Operand < 0 && -1-a.Operand < len(call.Op.Results):
		object = call.Frame.Resolve(skeleton.Path{Root: call.Op.Results[-1-a.Operand]})
	}
	return object, object.Root != nil && object.IsOne() && p.HasPrefix(object) && p.Tail() == object.Tail()+a.Tail
}

func (c *checker) reportBehind(call, y *skeleton.Node, a access) {
	pos, end := c.view.Extent(y.Op)
	at, atEnd := c.view.Extent(c.view.Site(call))
	does := "read"
	if a.Write {
		does = "write"
	}
	c.add(analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s is %s while a goroutine that %s has started may %s it", c.view.Text(y.Op), verb(y), c.view.Callee(call.Op), does),
		Related: []analysis.RelatedInformation{{Pos: at, End: atEnd, Message: "this call leaves the goroutine behind"}},
	})
}
