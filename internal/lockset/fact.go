package lockset

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// balance is the fact of a package: the functions that may leave a lock in another
// state than they found it in, those of other packages among them that it calls, by
// fullName, each list sorted. A package that has none has no fact.
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
			if holds {
				*kind.names = append(*kind.names, fullName(pass, f))
			}
		}
		slices.Sort(*kind.names)
	}
	if len(b.Takes)+len(b.Gives)+len(b.Drops) > 0 {
		pass.ExportPackageFact(b)
	}
}

// fullName names a function and its package.
func fullName(pass *analysis.Pass, f *skeleton.Func) string {
	pkg, name := f.From()
	if pkg == nil {
		pkg = pass.Pkg
	}
	return pkg.Path() + "." + name
}

// importBalance notes what the packages that are imported have found out about a function
// of another package.
func (l *Locks) importBalance(pass *analysis.Pass, facts []*balance, f *skeleton.Func) {
	name := fullName(pass, f)
	for _, b := range facts {
		for _, kind := range []struct {
			names []string
			funcs map[*skeleton.Func]bool
		}{{b.Takes, l.takes}, {b.Gives, l.gives}, {b.Drops, l.drops}} {
			if _, found := slices.BinarySearch(kind.names, name); found {
				kind.funcs[f] = true
			}
		}
	}
}

// balances returns the facts of the packages that are imported.
func balances(pass *analysis.Pass) []*balance {
	var facts []*balance
	for _, pkg := range pass.Pkg.Imports() {
		if b := new(balance); pass.ImportPackageFact(pkg, b) {
			facts = append(facts, b)
		}
	}
	return facts
}
