package guardedby

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// A guard is the lock of a place.
type guard struct {
	lockset.Key
	held   []*site // accesses under it
	stated bool    // by a comment
}

// guardOf returns the lock that guards a place: the one that a comment names, or
// that is held at most accesses.
func (c *checker) guardOf(p place, a *accesses) (g guard, ok bool) {
	under := make(map[lockset.Key][]*site)
	lock, stated := c.statedLock(p.class)
	for _, s := range a.sites {
		if s.fresh || s.test || s.blind {
			continue
		}
		for k, shared := range s.any {
			if _, own := s.must[k]; (own || k.Class == lock) && (!shared || !s.write) {
				under[k] = append(under[k], s)
			}
		}
	}
	if stated {
		k := lockset.Key{Class: lock}
		return guard{k, under[k], true}, true
	}
	keys := slices.SortedFunc(maps.Keys(under), func(x, y lockset.Key) int { return strings.Compare(x.String(), y.String()) })
	for _, k := range keys {
		if p.global != nil && !k.IsField() && k.Variable.Sel == nil && k.Variable.Root.Name == c.variables[p.global.Name] {
			return guard{k, under[k], true}, true
		}
		if len(under[k]) > len(g.held) {
			g = guard{Key: k, held: under[k]}
		}
	}
	return g, len(g.held) > 0
}

// expects reports whether f leaves it to its callers to hold a lock: by its
// name, by its comment, or because nearly all of its callers, which are all seen,
// do so.
func (c *checker) expects(f *skeleton.Func, guard lockset.Key) bool {
	decl, ok := f.Syntax().(*ast.FuncDecl)
	if !ok {
		return false
	}
	if strings.HasSuffix(decl.Name.Name, "Locked") || saysHeld(decl.Doc.Text()) {
		return true
	}
	if _, closed := c.locks.Callers(f); !closed {
		return false
	}
	with, without := 0, 0
	for _, s := range c.calls[f] {
		switch {
		case s.holds(guard):
			with++
		case s.lacks(guard) && s.counts():
			without++
		}
	}
	return with > without && few(without, with)
}

// ofLocked reports whether f is a method of a type that is named for objects whose lock
// is held.
func ofLocked(f *skeleton.Func) bool {
	if f.Obj == nil {
		return false
	}
	t := types.Unalias(receiver(f.Obj))
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	named, ok := t.(*types.Named)
	return ok && strings.HasSuffix(named.Obj().Name(), "Locked")
}

// heldBySome reports whether some of the callers of f hold a lock: then it is not
// known whether f needs it.
func (c *checker) heldBySome(f *skeleton.Func, guard lockset.Key) bool {
	return slices.ContainsFunc(c.calls[f], func(s *site) bool { return s.holds(guard) })
}

// few reports whether so many exceptions leave a rule standing that is kept so
// many times.
func few(exceptions, kept int) bool { return exceptions <= 1 || 4*exceptions <= kept }

// heldComment is how a comment says that callers hold a lock.
var heldComment = lazyregexp.New(`(?i)\b(?:must|should|callers?|requires?|assum\w+|expects?|with|while|already|is|are|be)\b[^.]*\b(?:hold|holds|holding|held|locked)\b`)

// saysHeld reports whether a comment says that a lock is held.
func saysHeld(doc string) bool { return heldComment().MatchString(strings.ReplaceAll(doc, "\n", " ")) }

// isMap reports whether a place is the elements of a map.
func (c *checker) isMap(p place) bool {
	if p.within != "[]" {
		return false
	}
	if p.global != nil {
		return isMap(p.global.Type)
	}
	return isMap(p.class.FieldType())
}

func isMap(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// lockName spells the lock that guards what s accesses: by the same object, if
// it is in that, else by its type.
func (c *checker) lockName(s *site, k lockset.Key) string {
	at, _, ok := placeOf(s.path)
	if !ok || !k.IsField() || at.class.Type != k.Class.Type {
		return k.String()
	}
	object, _, ok := strings.Cut(c.name(s), "."+at.class.Field)
	if !ok {
		return k.String()
	}
	return object + "." + k.Class.Field
}

// lockOfCall spells the lock that a call needs to be held, of which s in the
// callee is the reason.
func (c *checker) lockOfCall(call, s *site, k lockset.Key) string {
	at, object, ok := placeOf(s.path)
	if !ok || !k.IsField() || at.class.Type != k.Class.Type || object.Sel != nil || call.path.Root == nil || !call.path.IsOne() {
		return k.String()
	}
	if r := object.Root; r.Kind != skeleton.Param || r.Index != 0 {
		return k.String()
	}
	return call.path.String() + "." + k.Class.Field
}
