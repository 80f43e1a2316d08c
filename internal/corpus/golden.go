package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A golden file holds the findings of one check, in order of module and place:
//
//	github.com/hashicorp/raft raft.go:812:3
//		the text of that line, its white space collapsed
//		the message
//		true: why
//
// Lines that begin with # are comments, written anew each time.
const header = `# Findings of %s on the corpus, written by "go run ./internal/corpus -update". Edit
# only the last line of an entry: "true: WHY", "false: WHY", "benign: WHY" or "unlabelled".
`

// readGolden reads the golden files of a directory.
func readGolden(dir string) ([]*finding, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	var all []*finding
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		check := strings.TrimSuffix(filepath.Base(file), ".txt")
		findings, err := parseGolden(check, string(data))
		if err != nil {
			return nil, fmt.Errorf("%s:%w", filepath.Base(file), err)
		}
		all = append(all, findings...)
	}
	return all, nil
}

// parseGolden reads the findings of one check. Its errors begin with a line
// number.
func parseGolden(check, text string) ([]*finding, error) {
	var all []*finding
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if lines[i] == "" || strings.HasPrefix(lines[i], "#") {
			continue
		}
		if i+3 >= len(lines) {
			return nil, fmt.Errorf("%d: an entry has four lines", i+1)
		}
		f, err := parseEntry(check, lines[i:i+4])
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
		all = append(all, f)
		i += 3
	}
	return all, nil
}

// parseEntry reads the four lines of one finding.
func parseEntry(check string, lines []string) (*finding, error) {
	mod, posn, ok := strings.Cut(lines[0], " ")
	if !ok {
		return nil, fmt.Errorf("%q is not a module and a position", lines[0])
	}
	file, line, col, err := splitPosn(posn)
	if err != nil {
		return nil, err
	}
	for _, l := range lines[1:] {
		if !strings.HasPrefix(l, "\t") {
			return nil, fmt.Errorf("%q does not begin with a tab", l)
		}
	}
	f := &finding{
		check: check, module: mod, file: file, line: line, col: col,
		code: lines[1][1:], says: lines[2][1:],
	}
	verdict, reason, _ := strings.Cut(lines[3][1:], ":")
	return f, f.mark(verdict, strings.TrimSpace(reason))
}

// mark gives the finding its label.
func (f *finding) mark(verdict, reason string) error {
	switch l := label(verdict); l {
	case labelTrue, labelFalse, labelBenign:
		if reason == "" {
			return fmt.Errorf("the label %s needs a reason", l)
		}
		f.label, f.reason = l, reason
	case labelUnlabelled:
		f.label, f.reason = l, ""
	default:
		return fmt.Errorf("%q is no label", verdict)
	}
	return nil
}

// writeGolden writes the golden files, and removes those of checks that find
// nothing.
func writeGolden(dir string, findings []*finding) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	byCheck := make(map[string][]*finding)
	for _, f := range findings {
		byCheck[f.check] = append(byCheck[f.check], f)
	}
	old, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return err
	}
	for _, file := range old {
		if byCheck[strings.TrimSuffix(filepath.Base(file), ".txt")] == nil {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	for check, list := range byCheck {
		file := filepath.Join(dir, check+".txt")
		if err := os.WriteFile(file, []byte(formatGolden(check, list)), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// formatGolden is the inverse of parseGolden.
func formatGolden(check string, findings []*finding) string {
	findings = slices.SortedFunc(slices.Values(findings), (*finding).compare)
	var b strings.Builder
	fmt.Fprintf(&b, header, check)
	for _, f := range findings {
		fmt.Fprintf(&b, "\n%s %s:%d:%d\n\t%s\n\t%s\n\t%s", f.module, f.file, f.line, f.col, f.code, f.says, f.label)
		if f.reason != "" {
			fmt.Fprintf(&b, ": %s", f.reason)
		}
		b.WriteString("\n")
	}
	return b.String()
}
