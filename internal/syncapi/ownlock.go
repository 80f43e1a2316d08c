package syncapi

import (
	"go/types"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
)

// lockName matches the names of what is done to a lock, such as RWLock or unlockSlow, not
// Block, Locked or Locker.
var lockName = lazyregexp.New(`(?:Lock|(?:^|[^bcBC])lock)(?:$|[^a-z])`)

// NamesLock reports whether fn is a method that takes or releases a lock, or tries to, by
// its name and what it returns. What stands for a lock that a program builds of its own is
// told by that alone where its code is not seen.
func NamesLock(fn *types.Func) bool {
	if fn == nil || fn.Signature().Recv() == nil || !lockName().MatchString(fn.Name()) {
		return false
	}
	for v := range fn.Signature().Results().Variables() {
		switch t := v.Type().Underlying().(type) {
		case *types.Basic:
			if t.Info()&types.IsBoolean == 0 {
				return false
			}
		case *types.Signature:
		case *types.Interface:
			if !IsError(v.Type()) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// TakesLock reports whether fn takes a lock by its name, or tries to.
func TakesLock(fn *types.Func) bool {
	return NamesLock(fn) && !strings.Contains(strings.ToLower(fn.Name()), "unlock")
}
