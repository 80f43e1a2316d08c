package front

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// showFix renders what go vet -fix left and returns the exit status.
func showFix(out *outcome, dir string, opts *options, stdout, stderr io.Writer) int {
	io.WriteString(stderr, out.notes)
	if !opts.diff {
		stderr.Write(out.stdout)
		complain(out, stderr)
		return status(out, 0, 0)
	}
	patches := splitPatches(out.stdout, dir)
	if !opts.tests {
		patches = slices.DeleteFunc(patches, func(p patch) bool { return strings.HasSuffix(p.file, "_test.go") })
	}
	patches = slices.DeleteFunc(patches, func(p patch) bool {
		return opts.config.file.Ignores(filepath.Join(dir, filepath.FromSlash(p.file)))
	})
	for _, p := range patches {
		io.WriteString(stdout, p.text)
	}
	if out.status == 1 && len(out.stdout) > 0 && !out.explained() {
		out.status = 0 // it is the patch that makes it 1
	}
	complain(out, stderr)
	return status(out, len(patches), 0)
}

// A patch is a unified diff of one file.
type patch struct {
	file string
	text string
}

// splitPatches splits the diffs by file and sorts them. The paths in their
// headers become those that git apply and patch -p1 expect.
func splitPatches(data []byte, dir string) []patch {
	var patches []patch
	var header string
	for line := range bytes.Lines(data) {
		text := string(line)
		if name, ok := diffHeader(text, "--- ", " (old)"); ok {
			header = name
			name = slashed(shortPath(dir, name))
			patches = append(patches, patch{name, "--- a/" + name + "\n"})
			continue
		}
		if len(patches) == 0 {
			continue
		}
		last := &patches[len(patches)-1]
		if name, ok := diffHeader(text, "+++ ", " (new)"); ok && name == header {
			text = "+++ b/" + last.file + "\n"
		}
		last.text += text
	}
	slices.SortFunc(patches, func(a, b patch) int {
		if c := strings.Compare(a.file, b.file); c != 0 {
			return c
		}
		return strings.Compare(a.text, b.text)
	})
	return slices.Compact(patches)
}

// diffHeader returns the file that a header line of a diff names.
func diffHeader(line, prefix, suffix string) (string, bool) {
	name, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), prefix)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, suffix)
}
