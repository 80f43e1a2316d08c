package syncapi_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

func TestEntries(t *testing.T) {
	pkgs := loadTypes(t, "sync", "sync/atomic")
	for name, want := range map[string][3]bool{
		"Map.Load": {true, false, false}, "Map.Store": {false, true, false}, "Map.Delete": {false, true, false},
		"Map.LoadOrStore": {false, false, true}, "Map.CompareAndSwap": {false, false, true}, "Mutex.Lock": {},
	} {
		fn := declared(pkgs["sync"])[name]
		if got := [3]bool{syncapi.LooksUpEntry(fn), syncapi.ReplacesEntry(fn), syncapi.ClaimsEntry(fn)}; fn == nil || got != want {
			t.Errorf("%s: looks up, replaces, claims = %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]bool{"SwapInt32": true, "Bool.Swap": true, "CompareAndSwapInt32": false, "Int32.Add": false} {
		fn := declared(pkgs["sync/atomic"])[name]
		if got := syncapi.IsSwap(fn); fn == nil || got != want {
			t.Errorf("IsSwap(%s) = %v, want %v", name, got, want)
		}
	}
}
