package report

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Directives returns an analyzer that reports the directives of ours which can
// never silence anything: those that name no check, or one that is not among
// names, and those that are misspelt. A check itself reports the directives
// that name it in vain, so this analyzer need know nothing but the names.
func Directives(names []string) *analysis.Analyzer {
	known := slices.Clone(names)
	return &analysis.Analyzer{
		Name: "directives",
		Doc: "report directives of concurrencyvet that name no known check\n\n" +
			"A comment of the form //concurrencyvet:ignore NAME reason silences the check\n" +
			"NAME. One that names an unknown check, or is misspelt, silences nothing.",
		URL: "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/internal/report#Directives",
		Run: Run(func(pass *analysis.Pass) (any, error) {
			for _, syntax := range pass.Files {
				for _, group := range syntax.Comments {
					for _, comment := range group.List {
						checkDirective(pass, known, comment)
					}
				}
			}
			return nil, nil
		}),
	}
}

// spaced matches a comment that looks like a directive and is none.
var spaced = regexp.MustCompile(`^//\s+concurrencyvet:(ignore|file-ignore)\s`)

// checkDirective reports what is wrong with a comment, if it is meant as a
// directive of ours.
func checkDirective(pass *analysis.Pass, known []string, comment *ast.Comment) {
	report := func(pos token.Pos, length int, format string, args ...any) {
		Report(pass, analysis.Diagnostic{
			Pos:      pos,
			End:      pos + token.Pos(length),
			Category: CategoryDirective,
			Message:  fmt.Sprintf(format, args...),
		})
	}
	if spaced.MatchString(comment.Text) {
		report(comment.Pos(), len("//"), "space after // makes a plain comment of this directive")
		return
	}
	rest, ok := strings.CutPrefix(comment.Text, prefix)
	if !ok {
		return
	}
	d := parseDirective(comment)
	switch {
	case d == nil:
		verb, _, _ := strings.Cut(rest, " ")
		report(comment.Pos(), len(prefix)+len(verb), "unknown directive %s%s", prefix, verb)
	case len(d.checks) == 0:
		report(comment.Pos(), len(strings.TrimSpace(comment.Text)), "directive names no check")
	default:
		for _, check := range d.checks {
			if !slices.Contains(known, check.text) {
				report(check.pos, len(check.text), "directive names %s, which is not a check", check.text)
			}
		}
	}
}
