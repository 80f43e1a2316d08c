// Package dep has helpers for tests.
package dep

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Check ends the test if err is not nil.
func Check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// CheckDeep does so by another helper.
func CheckDeep(t *testing.T, err error) { Check(t, err) }

// Require does so by an assertion.
func Require(t require.TestingT, err error) { require.NoError(t, err) }

// Note does not.
func Note(t testing.TB, err error) {
	if err != nil {
		t.Error(err)
	}
}

// Start runs f on another goroutine.
func Start(f func()) { go f() }

// A Harness has a test.
type Harness struct{ T *testing.T }

// Must ends the test if err is not nil.
func (h *Harness) Must(err error) {
	if err != nil {
		h.T.Fatal(err)
	}
}
