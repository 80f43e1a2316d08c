package syncapi

import "go/types"

// LooksUpEntry reports whether fn reads an entry of a concurrent map, the key of
// which is its first argument.
func LooksUpEntry(fn *types.Func) bool { return ofSync(fn, "Map.Load") }

// ReplacesEntry reports whether fn replaces or deletes an entry of a concurrent
// map, the key of which is its first argument, whatever the entry is.
func ReplacesEntry(fn *types.Func) bool { return ofSync(fn, "Map.Store") || ofSync(fn, "Map.Delete") }

// ClaimsEntry reports whether fn changes an entry of a concurrent map, the key of which
// is its first argument, and tells its caller what the entry was: of several callers one
// learns that it is the one who has changed it.
func ClaimsEntry(fn *types.Func) bool {
	for _, name := range []string{"Map.LoadOrStore", "Map.LoadAndDelete", "Map.Swap", "Map.CompareAndSwap", "Map.CompareAndDelete"} {
		if ofSync(fn, name) {
			return true
		}
	}
	return false
}

// IsSwap reports whether fn sets an atomic variable and returns what it was.
func IsSwap(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "sync/atomic" {
		return false
	}
	name := fn.Name()
	return len(name) >= 4 && name[:4] == "Swap"
}
