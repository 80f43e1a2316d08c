package syncapi_test

import (
	"go/types"
	"maps"
	"slices"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// TestIONames checks that each function of which the model knows what it waits
// for exists, and has the operands that decide it.
func TestIONames(t *testing.T) {
	known := make(map[string][]string)
	for path, key := range syncapi.IONames {
		known[path] = append(known[path], key)
	}
	loaded := loadTypes(t, slices.Sorted(maps.Keys(known))...)
	for path, keys := range known {
		funcs := declared(loaded[path])
		for _, key := range keys {
			fn := funcs[key]
			if fn == nil {
				t.Errorf("package %s declares no function %s", path, key)
				continue
			}
			operands := operandsOf(fn)
			for _, i := range syncapi.IOOperands(fn) {
				if i >= len(operands) || !types.IsInterface(operands[i]) {
					t.Errorf("operand %d of %s.%s is no reader or writer", i, path, key)
				}
			}
			if syncapi.IOOf(fn) == syncapi.NoIO && syncapi.IOOperands(fn) == nil {
				t.Errorf("what %s.%s waits for is not found", path, key)
			}
		}
	}
}

// TestIOTypes checks that the types of what is read and written are known.
func TestIOTypes(t *testing.T) {
	want := map[string]map[string]syncapi.IO{
		"os":         {"File": syncapi.Disk, "Process": syncapi.NoIO},
		"net":        {"Conn": syncapi.Network, "TCPConn": syncapi.Network, "IPNet": syncapi.NoIO},
		"crypto/tls": {"Conn": syncapi.Network},
		"net/http":   {"ResponseWriter": syncapi.Network, "Request": syncapi.NoIO},
		"bytes":      {"Buffer": syncapi.NoIO},
	}
	for path, pkg := range loadTypes(t, slices.Sorted(maps.Keys(want))...) {
		for name, io := range want[path] {
			typ := pkg.Scope().Lookup(name).Type()
			if got := syncapi.IOType(typ); got != io {
				t.Errorf("IOType(%s) is %d, want %d", typ, got, io)
			}
		}
	}
}
