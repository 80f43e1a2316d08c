package suggest_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/suggest"
)

func TestHint(t *testing.T) {
	t.Parallel()
	known := []string{"json", "lockleak", "lockorder", "c"}
	for name, want := range map[string]string{
		"locklek":     " (did you mean -lockleak?)",
		"lockordre":   " (did you mean -lockorder?)",
		"jsn":         " (did you mean -json?)",
		"x":           "",
		"nothinglike": "",
	} {
		if got := suggest.Hint(name, known, "-"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := suggest.Hint("json", nil, ""); got != "" {
		t.Errorf("of no names, %q is suggested", got)
	}
}
