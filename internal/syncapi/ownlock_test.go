package syncapi_test

import (
	"go/token"
	"go/types"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

func TestTakesLock(t *testing.T) {
	pkg := types.NewPackage("example.com/p", "p")
	recv := types.NewVar(token.NoPos, pkg, "l", types.NewStruct(nil, nil))
	method := func(name string, result types.Type) *types.Func {
		var results *types.Tuple
		if result != nil {
			results = types.NewTuple(types.NewVar(token.NoPos, pkg, "", result))
		}
		return types.NewFunc(token.NoPos, pkg, name, types.NewSignatureType(recv, nil, nil, nil, results, false))
	}
	for name, want := range map[string][2]bool{
		"Lock": {true, true}, "RWLock": {true, true}, "TryLock": {true, true}, "rwlock": {true, true}, "lockSlow": {true, true},
		"Unlock": {true, false}, "rwunlock": {true, false}, "unlockSlow": {true, false},
		"Block": {}, "block": {}, "Clock": {}, "unblock": {}, "isLocked": {}, "putLocked": {}, "Locker": {}, "Close": {},
	} {
		fn := method(name, nil)
		if got := [2]bool{syncapi.NamesLock(fn), syncapi.TakesLock(fn)}; got != want {
			t.Errorf("%s: names a lock, takes it = %v, want %v", name, got, want)
		}
	}
	for _, result := range []types.Type{types.Typ[types.Bool], types.Universe.Lookup("error").Type()} {
		if !syncapi.TakesLock(method("Lock", result)) {
			t.Errorf("Lock that returns %s does not take a lock", result)
		}
	}
	if syncapi.TakesLock(method("getLock", types.NewPointer(types.NewStruct(nil, nil)))) {
		t.Error("getLock, which returns an object, takes a lock")
	}
}

func TestIsBeneathSync(t *testing.T) {
	for path, want := range map[string]bool{
		"runtime": true, "internal/runtime/maps": true, "internal/sync": false, "sync": false, "runtime/debug": false, "example.com/runtime": false,
	} {
		if got := syncapi.IsBeneathSync(path); got != want {
			t.Errorf("IsBeneathSync(%s) = %v, want %v", path, got, want)
		}
	}
}
