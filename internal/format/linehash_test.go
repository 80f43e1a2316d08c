package format

import (
	"slices"
	"strings"
	"testing"
)

// TestLineHashes has what GitHub's own implementation gives.
func TestLineHashes(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"", []string{"c129715d7a2bc9a3:1"}},
		{"a\nb\n\t\tc\n d", []string{"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"}},
		{" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", []string{
			"8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1",
			"c6805c5e1288b612:1", "b86d3392aea1be30:1", "e6ceba753e1a442:1",
		}},
	} {
		if got := lineHashes([]byte(test.text)); !slices.Equal(got, test.want) {
			t.Errorf("hashes of %q are %q, want %q", test.text, got, test.want)
		}
		crlf := strings.ReplaceAll(test.text, "\n", "\r\n")
		if got := lineHashes([]byte(crlf)); !slices.Equal(got, test.want) {
			t.Errorf("hashes of %q are %q, want %q", crlf, got, test.want)
		}
	}
	same := lineHashes([]byte(strings.Repeat("x\n", 300)))
	if first, _, _ := strings.Cut(same[0], ":"); same[200] != first+":201" {
		t.Errorf("line 200 of lines that are the same has the hash %s, the first %s", same[200], same[0])
	}
}
