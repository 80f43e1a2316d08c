package skeleton

import (
	"go/types"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A constant is a root of its own, named by its exact value. What a branch compares with
// one is a condition variable: x.==1 says whether x is 1, x.<1 and x.>1 whether it is less
// or greater. The errors that package variables have, as io.EOF, count as constants.

// boolConst returns the boolean that p is, if it is constant.
func (p Path) boolConst() (value, ok bool) {
	if p.Root == nil || p.Root.Kind != Value || p.Sel != nil {
		return false, false
	}
	return p.Root.Name == "true", p.Root.Name == "true" || p.Root.Name == "false"
}

// fixed returns what the condition variable p is, if that is known for good: a boolean
// constant, or the comparison of a constant with another one.
func (p Path) fixed() (value, ok bool) {
	if p.Root == nil || p.Sel == nil || p.Sel.Up != nil || !p.Sel.compares() {
		return p.boolConst()
	}
	if p.Root.Kind == Nil {
		return false, true
	}
	if !(Path{Root: p.Root}).isConst() {
		return false, false
	}
	k := p.Root.Name
	if with, ok := strings.CutPrefix(p.Sel.Name, "=="); ok {
		return k == with, k == with || !strings.HasPrefix(k, sentinel) // two variables may have one error
	}
	x, err := strconv.ParseInt(k, 10, 64)
	y, also := strconv.ParseInt(p.Sel.Name[1:], 10, 64)
	if err != nil || also != nil {
		return false, false
	}
	if p.Sel.Name[0] == '<' {
		return x < y, true
	}
	return x > y, true
}

// isConst reports whether p is a number, a string or an error that is constant.
func (p Path) isConst() bool {
	if p.Root == nil || p.Root.Kind != Value || p.Sel != nil || p.Root.Name == "" {
		return false
	}
	c := p.Root.Name[0]
	return c == '"' || c == '-' || '0' <= c && c <= '9' || strings.HasPrefix(p.Root.Name, sentinel)
}

// sentinel is how the names of errors begin that package variables have.
const sentinel = "error "

// signals reports whether some return of f gives a constant for result i of which the
// comparison s is true, as -1 or "": that is a signal then, which no other value is
// taken for.
func (f *Func) signals(i int, s *Sel) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind != syncapi.Return || i >= len(op.Args) || !op.Args[i].isConst() {
				continue
			}
			if is, ok := (Path{op.Args[i].Root, s}).fixed(); ok && is {
				return true
			}
		}
	}
	return false
}

// compares reports whether s compares what stands before it with a constant.
func (s *Sel) compares() bool {
	return s != nil && s.Owner == nil && s.Name != "<-" &&
		(strings.HasPrefix(s.Name, "==") || s.Name[0] == '<' || s.Name[0] == '>')
}

// decides returns what the comparison q of a value with a constant comes to if p, another
// one of the same value, holds or does not; not ok if that does not say.
func (p Path) decides(holds bool, q Path) (value, ok bool) {
	if p.Sel.Name[:2] == "==" && q.Sel.Name[:2] == "==" {
		return false, holds
	}
	if !isInteger(p.Root.Type) {
		return false, false
	}
	lo, hi, ok := p.Sel.interval(holds)
	from, to, also := q.Sel.interval(true)
	switch {
	case !ok || !also:
		return false, false
	case from <= lo && hi <= to:
		return true, true
	case hi < from || to < lo:
		return false, true
	}
	return false, false
}

// interval returns the least and the greatest integer of which the comparison s holds, or
// does not if that is not wanted; not ok if that is no interval.
func (s *Sel) interval(holds bool) (lo, hi int64, ok bool) {
	op := s.Name[:1]
	k, err := strconv.ParseInt(strings.TrimLeft(s.Name, "=<>"), 10, 64)
	if err != nil || k == math.MinInt64 || k == math.MaxInt64 {
		return 0, 0, false
	}
	switch {
	case op == "=":
		return k, k, holds
	case op == "<" && holds:
		return math.MinInt64, k - 1, true
	case op == "<":
		return k, math.MaxInt64, true
	case holds:
		return k + 1, math.MaxInt64, true
	}
	return math.MinInt64, k, true
}

func isInteger(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0 && b.Info()&types.IsUntyped == 0
}

// compare notes that branches compare the result r as s does.
func (r *Root) compare(s *Sel) {
	if s.compares() && s.Up == nil && !slices.Contains(r.compared, s) {
		r.compared = append(r.compared, s)
		slices.SortFunc(r.compared, func(a, b *Sel) int { return strings.Compare(a.Name, b.Name) })
	}
}

// compareReturned notes the comparisons of a result that a callee has from a callee of its
// own with the result of that one.
func compareReturned(funcs []*Func) {
	var work []*Root
	of := make(map[*Root]*Op)
	for _, f := range funcs {
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				for _, r := range op.Results {
					if of[r] = op; len(r.compared) > 0 {
						work = append(work, r)
					}
				}
			}
		}
	}
	for len(work) > 0 {
		r := work[len(work)-1]
		work = work[:len(work)-1]
		for _, inner := range of[r].returned(r) {
			n := len(inner.compared)
			for _, s := range r.compared {
				inner.compare(s)
			}
			if len(inner.compared) > n && of[inner] != nil {
				work = append(work, inner)
			}
		}
	}
}

// returned returns the results of callees that are the result r of the call op.
func (op *Op) returned(r *Root) []*Root {
	i := slices.Index(op.Results, r)
	var inner []*Root
	for _, t := range op.Targets {
		for _, b := range t.Func.Blocks {
			for _, ret := range b.Ops {
				if ret.Kind == syncapi.Return && i < len(ret.Args) && ret.Args[i].Sel == nil && ret.Args[i].Root.Kind == Result {
					inner = append(inner, ret.Args[i].Root)
				}
			}
		}
	}
	return inner
}
