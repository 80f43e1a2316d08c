// Package docs derives the documentation of the checks from their package
// comments: the text of an analyzer, the pages of the reference and the table
// of the README.
package docs

import (
	"fmt"
	"go/doc/comment"
	"strings"
)

// MustExtract returns the documentation of the analyzer called name from the
// content of a doc.go file: what follows "name:" in the section "# Analyzer
// name" of the package comment. It panics if there is none.
func MustExtract(doc, name string) string {
	text, err := Extract(doc, name)
	if err != nil {
		panic(err)
	}
	return text
}

// Extract is like [MustExtract], but returns an error. All analyzers extract theirs whenever
// the program starts, so it looks for the lines itself and has nothing parsed.
func Extract(doc, name string) (string, error) {
	_, section, found := strings.Cut(doc, "\n// # Analyzer "+name+"\n")
	if !found {
		return "", fmt.Errorf("documentation of %s: no heading %q", name, "# Analyzer "+name)
	}
	var b strings.Builder
	b.Grow(len(section))
	for line := range strings.Lines(section) {
		text, ok := strings.CutPrefix(line, "//")
		text = strings.TrimPrefix(text, " ")
		if !ok || strings.HasPrefix(text, "# ") {
			break
		}
		b.WriteString(text)
	}
	text, found := strings.CutPrefix(strings.TrimSpace(b.String()), name+":")
	if !found {
		return "", fmt.Errorf("documentation of %s: the section does not begin with %q", name, name+": summary")
	}
	return strings.TrimSpace(text), nil
}

// A Page is the documentation of a check in its five parts. All but the
// summary are Markdown.
type Page struct {
	Summary string // what it reports, in one phrase
	Why     string // why that goes wrong
	Bad     string // an example
	Good    string // the correct code for it
	Limits  string // what it does not report, and the code that silences it
}

// The words by which the parts of a documentation are told apart.
const (
	badStart  = "For example:"
	goodStart = "The correct code"
	limits    = "does not report"
)

// Parse divides the documentation of an analyzer into its parts. It fails if
// one of them is missing or out of order.
func Parse(doc string) (Page, error) {
	summary, body, _ := strings.Cut(doc, "\n\n")
	p := Page{Summary: strings.TrimSpace(summary)}
	if p.Summary == "" || strings.Contains(p.Summary, "\n") {
		return p, fmt.Errorf("the summary is not one line: %q", p.Summary)
	}
	parsed := new(comment.Parser).Parse(body)
	parts := make([][]comment.Block, 4) // why, bad, good, limits
	part := 0
	for _, block := range parsed.Content {
		text := plain(block)
		switch {
		case part == 0 && text == badStart:
			part = 1
			continue // the page has a heading instead
		case part == 1 && strings.HasPrefix(text, goodStart):
			part = 2
		case part == 2 && strings.Contains(text, limits):
			part = 3
		}
		parts[part] = append(parts[part], block)
	}
	for i, missing := range []string{"why it goes wrong", badStart, goodStart, limits} {
		if len(parts[i]) == 0 {
			return p, fmt.Errorf("the documentation lacks the part %q, or has it out of order", missing)
		}
	}
	for i, example := range parts[1:3] {
		if !hasCode(example) {
			return p, fmt.Errorf("the part %q has no code", []string{badStart, goodStart}[i])
		}
	}
	p.Why, p.Bad = markdown(parts[0]), markdown(parts[1])
	p.Good, p.Limits = markdown(parts[2]), markdown(parts[3])
	return p, nil
}

// plain returns the text of a paragraph on one line, or "".
func plain(block comment.Block) string {
	if _, ok := block.(*comment.Paragraph); !ok {
		return ""
	}
	doc := &comment.Doc{Content: []comment.Block{block}}
	return strings.Join(strings.Fields(string(new(comment.Printer).Text(doc))), " ")
}

func hasCode(blocks []comment.Block) bool {
	for _, block := range blocks {
		if _, ok := block.(*comment.Code); ok {
			return true
		}
	}
	return false
}

// markdown prints blocks; code is fenced, so that it is shown as Go.
func markdown(blocks []comment.Block) string {
	var b strings.Builder
	for i, block := range blocks {
		if i > 0 {
			b.WriteByte('\n')
		}
		if code, ok := block.(*comment.Code); ok {
			fmt.Fprintf(&b, "```go\n%s```\n", code.Text)
			continue
		}
		doc := &comment.Doc{Content: []comment.Block{block}}
		b.Write(new(comment.Printer).Markdown(doc))
	}
	return strings.TrimSpace(b.String())
}
