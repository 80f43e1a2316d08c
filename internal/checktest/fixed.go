package checktest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/txtar"
)

const golden = ".golden"

// checkFixed checks the code that fixes leave, which the golden files hold
// and analysistest has compared with them: it compiles, no fix remains to be
// applied, and no finding is new.
func checkFixed(t *testing.T, root, dir string, a *analysis.Analyzer, pattern string, results []*analysistest.Result) {
	t.Helper()
	fixable := make(map[string]bool) // files that a fix edits
	before := make(map[string]bool)  // findings, by file and message without numbers
	for _, result := range results {
		fset := result.Action.Package.Fset
		for _, d := range result.Action.Diagnostics {
			before[kindOf(lineOf(fset, d.Pos).file, d)] = true
			for _, fix := range d.SuggestedFixes {
				for _, edit := range fix.TextEdits {
					fixable[lineOf(fset, edit.Pos).file] = true
				}
			}
		}
	}
	// By the message of the fixes applied; "" stands for all of them.
	overlays := make(map[string]map[string][]byte)
	for _, path := range filesBelow(t, dir, golden) {
		source := strings.TrimSuffix(path, golden)
		if !fixable[source] {
			t.Errorf("%s: the check offers no fix for the source of this file", path)
		}
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for message, content := range sections(archive) {
			if overlays[message] == nil {
				overlays[message] = make(map[string][]byte)
			}
			overlays[message][source] = content
		}
	}
	for message, overlay := range overlays {
		checkOverlay(t, root, a, pattern, message, overlay, before)
	}
}

// sections returns the contents of a golden file by the message of the fixes
// that make them.
func sections(archive *txtar.Archive) map[string][]byte {
	if len(archive.Files) == 0 {
		return map[string][]byte{"": archive.Comment}
	}
	contents := make(map[string][]byte)
	for _, file := range archive.Files {
		contents[file.Name] = file.Data
	}
	return contents
}

func checkOverlay(t *testing.T, root string, a *analysis.Analyzer, pattern, message string,
	overlay map[string][]byte, before map[string]bool,
) {
	t.Helper()
	for _, act := range Analyze(t, load(t, root, overlay, pattern), a) {
		for _, d := range act.Diagnostics {
			at := lineOf(act.Package.Fset, d.Pos)
			if _, fixed := overlay[at.file]; !fixed {
				continue
			}
			remains := slices.ContainsFunc(d.SuggestedFixes, func(fix analysis.SuggestedFix) bool {
				return message == "" || fix.Message == message
			})
			if remains {
				t.Errorf("%s%s:%d: the fix leaves this finding: %s", at.file, golden, at.line, d.Message)
			} else if !before[kindOf(at.file, d)] {
				t.Errorf("%s%s:%d: the fix makes a new finding: %s", at.file, golden, at.line, d.Message)
			}
		}
	}
}

var digits = regexp.MustCompile(`[0-9]+`)

// kindOf identifies a finding by what stays the same when lines move.
func kindOf(file string, d analysis.Diagnostic) string {
	return file + ": " + digits.ReplaceAllString(d.Message, "0")
}
