package syncapi_test

import (
	"go/types"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// TestContexts checks what the model says of functions that take contexts.
func TestContexts(t *testing.T) {
	pkgs := loadTypes(t, "context", "log/slog", "golang.org/x/sync/errgroup")
	for _, test := range []struct {
		path, name      string
		values, groups  bool
		detaches, timed bool
	}{
		{"context", "WithoutCancel", true, false, true, false},
		{"context", "Context.Value", true, false, false, false},
		{"context", "Context.Done", false, false, false, false},
		{"context", "WithCancel", false, false, false, false},
		{"context", "AfterFunc", false, false, true, false},
		{"context", "WithTimeout", false, false, false, true},
		{"context", "WithDeadlineCause", false, false, false, true},
		{"log/slog", "InfoContext", true, false, false, false},
		{"golang.org/x/sync/errgroup", "WithContext", false, true, false, false},
		{"golang.org/x/sync/errgroup", "Group.Go", false, false, false, false},
	} {
		fn := declared(pkgs[test.path])[test.name]
		if fn == nil {
			t.Errorf("no function %s.%s", test.path, test.name)
			continue
		}
		if got := syncapi.ReadsValues(fn); got != test.values {
			t.Errorf("%s.%s reads values: %v", test.path, test.name, got)
		}
		if got := syncapi.Detaches(fn); got != test.detaches {
			t.Errorf("%s.%s detaches: %v", test.path, test.name, got)
		}
		if got := syncapi.IsTimed(fn); got != test.timed {
			t.Errorf("%s.%s is timed: %v", test.path, test.name, got)
		}
		if got := syncapi.MakesGroup(fn); got != test.groups {
			t.Errorf("%s.%s makes a group: %v", test.path, test.name, got)
		}
	}
}

// TestContextEnd checks which errors contexts end with.
func TestContextEnd(t *testing.T) {
	pkg := loadTypes(t, "context")["context"]
	for _, name := range []string{"Canceled", "DeadlineExceeded"} {
		if obj := pkg.Scope().Lookup(name); obj == nil || !syncapi.IsContextEnd(obj) {
			t.Errorf("context.%s is not known", name)
		}
	}
	if syncapi.IsContextEnd(pkg.Scope().Lookup("Background")) {
		t.Error("context.Background is no error")
	}
}

// TestIsRequest checks what handlers are handed.
func TestIsRequest(t *testing.T) {
	pkg := loadTypes(t, "net/http")["net/http"]
	for name, want := range map[string]bool{"Request": true, "Response": false} {
		if got := syncapi.IsRequest(types.NewPointer(pkg.Scope().Lookup(name).Type())); got != want {
			t.Errorf("*http.%s is a request: %v", name, got)
		}
	}
}
