package syncapi_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// TestContexts checks what the model says of functions that take contexts.
func TestContexts(t *testing.T) {
	pkgs := loadTypes(t, "context", "log/slog", "golang.org/x/sync/errgroup")
	for _, test := range []struct {
		path, name     string
		values, groups bool
	}{
		{"context", "WithoutCancel", true, false},
		{"context", "Context.Value", true, false},
		{"context", "Context.Done", false, false},
		{"context", "WithCancel", false, false},
		{"log/slog", "InfoContext", true, false},
		{"golang.org/x/sync/errgroup", "WithContext", false, true},
		{"golang.org/x/sync/errgroup", "Group.Go", false, false},
	} {
		fn := declared(pkgs[test.path])[test.name]
		if fn == nil {
			t.Errorf("no function %s.%s", test.path, test.name)
			continue
		}
		if got := syncapi.ReadsValues(fn); got != test.values {
			t.Errorf("%s.%s reads values: %v", test.path, test.name, got)
		}
		if got := syncapi.MakesGroup(fn); got != test.groups {
			t.Errorf("%s.%s makes a group: %v", test.path, test.name, got)
		}
	}
}
