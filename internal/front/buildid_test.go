package front

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuildID(t *testing.T) {
	t.Parallel()
	const id = "abcdefghijklmnopqrst/abcdefghijklmnopqrs_/abcdefghijklmnopqr-0/ABCDEFGHIJKLMNOPQRST"
	for _, test := range []struct{ name, start, want string }{
		{"note", "\x7fELF" + strings.Repeat("\x00", 100) + "\x04\x00\x00\x00\x53\x00\x00\x00\x04\x00\x00\x00Go\x00\x00" + id + "\x00rest", id},
		{"another note of Go", "\x7fELF" + "\x05\x00\x00\x00\x53\x00\x00\x00\x04\x00\x00\x00Go\x00\x00" + id, ""},
		{"note cut off", "\x7fELF" + "\x04\x00\x00\x00\x53\x00\x00\x00\x04\x00\x00\x00Go\x00\x00" + id[:40], ""},
		{"note at the very start", "\x04\x00\x00\x00Go\x00\x00" + id, ""},
		{"text", "MZ" + "\xff Go build ID: \"" + id + "\"\n \xff\xcc\xcc", id},
		{"text cut off", "MZ" + "\xff Go build ID: \"" + id, ""},
		{"neither", "MZ" + id, ""},
		{"empty", "", ""},
	} {
		if got := buildID([]byte(test.start)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	for text, want := range map[string]bool{id: true, "": false, "v1": false, "a/b/c/d": false, id + "/" + id: false} {
		if madeByGo(text) != want {
			t.Errorf("madeByGo(%q) is %t", text, !want)
		}
	}
}

// TestContentID has programs whose ID is of no use told apart by all they contain.
func TestContentID(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if id, err := contentID(self); err != nil || id == "" {
		t.Errorf("this program has the ID %q, %v", id, err)
	}
	dir := t.TempDir()
	same := strings.Repeat("x", 40<<10)
	seen := make(map[string]string)
	for name, content := range map[string]string{"a": same + "1", "b": same + "2", "c": "x"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		id, err := contentID(file)
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case seen[id] != "":
			t.Errorf("%s and %s have the same ID", name, seen[id])
		}
		seen[id] = name
	}
}
