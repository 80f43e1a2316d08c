package fixes

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// exported returns by path what the packages that have one of the files offer to those
// that import them, as text that is equal if that is. The contents replace files.
//
// It errs to a difference, which costs time alone: the name of a parameter counts too.
func (c *checker) exported(contents map[string][]byte) map[string]string {
	if len(c.check(contents)) > 0 {
		return nil
	}
	apis := make(map[string]string)
	for pkg, checked := range c.checked {
		if c.plain[pkg.PkgPath] == pkg && hasOne(pkg, contents) {
			apis[pkg.PkgPath] = offered(checked)
		}
	}
	return apis
}

// offered returns what a package offers: the exported objects, and all types, since
// these can be reached by way of others, with their exported methods.
func offered(pkg *types.Package) string {
	var b strings.Builder
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		tn, isType := obj.(*types.TypeName)
		if !isType && !obj.Exported() {
			continue
		}
		fmt.Fprintln(&b, obj)
		if k, ok := obj.(*types.Const); ok {
			fmt.Fprintln(&b, k.Val().ExactString()) // that of the object may be cut short
		}
		if !isType {
			continue
		}
		if named, ok := tn.Type().(*types.Named); ok && !tn.IsAlias() {
			var methods []string
			for m := range named.Methods() {
				if m.Exported() {
					methods = append(methods, m.String())
				}
			}
			slices.Sort(methods)
			fmt.Fprintln(&b, strings.Join(methods, "\n"))
		}
	}
	return b.String()
}
