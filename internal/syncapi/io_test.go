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

func TestFills(t *testing.T) {
	pkg := types.NewPackage("example.org/p", "p")
	bytes, errType := types.NewSlice(types.Typ[types.Byte]), types.Universe.Lookup("error").Type()
	vars := func(ts ...types.Type) *types.Tuple {
		var vs []*types.Var
		for _, typ := range ts {
			vs = append(vs, types.NewVar(0, pkg, "", typ))
		}
		return types.NewTuple(vs...)
	}
	recv := types.NewVar(0, pkg, "r", types.NewNamed(types.NewTypeName(0, pkg, "R", nil), types.NewStruct(nil, nil), nil))
	for _, test := range []struct {
		name            string
		recv            *types.Var
		params, results *types.Tuple
		want            bool
	}{
		{"Read", recv, vars(bytes), vars(types.Typ[types.Int], errType), true},
		{"Read", recv, vars(bytes), vars(types.Typ[types.Int]), false},
		{"Read", recv, vars(types.Typ[types.String]), vars(types.Typ[types.Int], errType), false},
		{"Write", recv, vars(bytes), vars(types.Typ[types.Int], errType), false},
		{"Read", nil, vars(bytes), vars(types.Typ[types.Int], errType), false},
	} {
		fn := types.NewFunc(0, pkg, test.name, types.NewSignatureType(test.recv, nil, nil, test.params, test.results, false))
		if arg, ok := syncapi.Fills(fn); ok != test.want || ok && arg != 1 {
			t.Errorf("Fills(%v) = %d, %v; want %v", fn, arg, ok, test.want)
		}
	}
}
