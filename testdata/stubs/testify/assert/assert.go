// Package assert is a stub: it has a part of the API of
// github.com/stretchr/testify/assert, and the behaviour that goes with it.
package assert

// A TestingT is what the functions need of a *testing.T.
type TestingT interface {
	Errorf(format string, args ...any)
}

func check(t TestingT, ok bool, what string) bool {
	if !ok {
		t.Errorf("%s", what)
	}
	return ok
}

// NoError marks the test as failed if err is not nil.
func NoError(t TestingT, err error, _ ...any) bool { return check(t, err == nil, "unexpected error") }

// Equal marks the test as failed if the values differ.
func Equal(t TestingT, want, got any, _ ...any) bool { return check(t, want == got, "not equal") }

// True marks the test as failed if the value is false.
func True(t TestingT, value bool, _ ...any) bool { return check(t, value, "not true") }
