package format

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// markdownRows is the most findings that a table shows: GitHub refuses summaries of
// more than a mebibyte.
const markdownRows = 500

// Markdown writes a report as a summary in Markdown.
func Markdown(w io.Writer, r *Report) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "## %s\n\n%s\n", Tool, r.markdownVerdict())
	if len(r.Findings) > 0 {
		fmt.Fprint(b, "\n| finding | at | check | group |\n|---|---|---|---|\n")
	}
	for i, f := range r.Findings {
		if i == markdownRows {
			break
		}
		rule, _ := r.rule(f.Check)
		check := "`" + f.Check + "`"
		if rule.URL != "" {
			check = "[" + check + "](" + rule.URL + ")"
		}
		text := []string{f.Message}
		for _, n := range f.Related {
			text = append(text, fmt.Sprintf("%s:%d: %s", r.rel(n.Pos.File), n.Pos.Line, n.Message))
		}
		fmt.Fprintf(b, "| %s | %s:%d | %s | %s |\n", markdownText.Replace(strings.Join(text, "\n")), markdownText.Replace(r.rel(f.Pos.File)), f.Pos.Line, check, rule.Group)
	}
	if more := len(r.Findings) - markdownRows; more > 0 {
		fmt.Fprintf(b, "\nThe table leaves out %s.\n", Plural(more, "finding"))
	}
	for _, f := range r.Failures {
		fmt.Fprintf(b, "\nCheck `%s` failed on package `%s`: %s\n", f.Check, f.Package, markdownText.Replace(f.Reason))
	}
	for _, text := range r.Errors {
		fmt.Fprintf(b, "\n```\n%s\n```\n", strings.ReplaceAll(text, "```", "'''"))
	}
	return b.Flush()
}

// markdownVerdict says in a line what was found.
func (r *Report) markdownVerdict() string {
	text := "No findings."
	if n := len(r.Findings); n > 0 {
		text = Plural(n, "finding") + "."
	}
	if r.Failed {
		text += " Not all packages could be checked."
	}
	return text
}

// markdownText escapes what is no text in a cell of a table.
var markdownText = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "|", `\|`, "[", `\[`, "]", `\]`, "<", "&lt;", "&", "&amp;", "\r", "", "\n", "<br>",
)

// Plural returns a number of things.
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
