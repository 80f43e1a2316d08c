package lockset

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// balance is the fact of a package: the functions that may leave a lock in another
// state than they found it in, by [skeleton.Func.From], each list sorted. A package
// that has none has no fact.
type balance struct {
	Takes, Gives, Drops []string // see Locks
}

// AFact marks balance as a fact.
func (*balance) AFact() {}

// String tells how many functions the fact has.
func (b *balance) String() string {
	return fmt.Sprintf("%d functions take locks, %d release them, %d may panic with one", len(b.Takes), len(b.Gives), len(b.Drops))
}

// export exports what is known of the functions of the package.
func (l *Locks) export(pass *analysis.Pass) {
	b := new(balance)
	for _, kind := range []struct {
		names *[]string
		funcs map[*skeleton.Func]bool
	}{{&b.Takes, l.takes}, {&b.Gives, l.gives}, {&b.Drops, l.drops}} {
		for f, holds := range kind.funcs {
			if holds && !f.Imported() {
				*kind.names = append(*kind.names, f.Name)
			}
		}
		slices.Sort(*kind.names)
	}
	if len(b.Takes)+len(b.Gives)+len(b.Drops) > 0 {
		pass.ExportPackageFact(b)
	}
}

// imported notes what the package of f has found out about it.
func (l *Locks) imported(pass *analysis.Pass, facts map[*types.Package]*balance, f *skeleton.Func) {
	pkg, name := f.From()
	b, ok := facts[pkg]
	if !ok {
		b = new(balance)
		pass.ImportPackageFact(pkg, b)
		facts[pkg] = b
	}
	for _, kind := range []struct {
		names []string
		funcs map[*skeleton.Func]bool
	}{{b.Takes, l.takes}, {b.Gives, l.gives}, {b.Drops, l.drops}} {
		if _, found := slices.BinarySearch(kind.names, name); found {
			kind.funcs[f] = true
		}
	}
}
