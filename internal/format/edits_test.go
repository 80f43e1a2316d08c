package format

import "testing"

func TestLineEdit(t *testing.T) {
	for _, test := range []struct{ before, after, replaced, by string }{
		{"a\nb\nc\n", "a\nx\nc\n", "b", "x"},
		{"a\nb\nc\n", "a\nx\nb\nc\n", "b", "x\nb"},
		{"a\nb\nc\n", "a\nc\n", "b\nc", "c"},
		{"a\nb\n", "a\n", "a\nb", "a"},
		{"a\nb\n", "a\nb\nc\n", "b", "b\nc"},
		{"a\nb\n", "x\na\nb\n", "a", "x\na"},
		{"a\na\n", "a\na\na\n", "a", "a\na"},
		{"a\nb\nc\nd\n", "x\nb\nc\ny\n", "a\nb\nc\nd", "x\nb\nc\ny"},
	} {
		e := lineEdit("", test.before, test.after)
		if got := test.before[:e.Start] + e.New + test.before[e.End:]; got != test.after {
			t.Errorf("the edit makes %q of %q, want %q", got, test.before, test.after)
		}
		if got := test.before[e.Start:e.End]; got != test.replaced || e.New != test.by {
			t.Errorf("to make %q of %q, %q is replaced by %q, want %q by %q", test.after, test.before, got, e.New, test.replaced, test.by)
		}
	}
}
