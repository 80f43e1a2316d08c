package syncapi_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

func TestEntries(t *testing.T) {
	pkgs := loadTypes(t, "sync", "sync/atomic")
	for name, want := range map[string][2]bool{
		"Map.Load": {true, false}, "Map.Store": {false, true}, "Map.Delete": {false, true},
		"Map.LoadOrStore": {}, "Map.CompareAndSwap": {}, "Mutex.Lock": {},
	} {
		fn := declared(pkgs["sync"])[name]
		if got := [2]bool{syncapi.LooksUpEntry(fn), syncapi.ReplacesEntry(fn)}; fn == nil || got != want {
			t.Errorf("%s: looks up, replaces = %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]bool{"SwapInt32": true, "Bool.Swap": true, "CompareAndSwapInt32": false, "Int32.Add": false} {
		fn := declared(pkgs["sync/atomic"])[name]
		if got := syncapi.IsSwap(fn); fn == nil || got != want {
			t.Errorf("IsSwap(%s) = %v, want %v", name, got, want)
		}
	}
}
