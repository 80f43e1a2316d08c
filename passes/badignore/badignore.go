package badignore

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// Analyzer reports ignore directives that name no check.
var Analyzer = &analysis.Analyzer{
	Name: "badignore",
	Doc:  docs.MustExtract(doc, "badignore"),
	URL:  "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/badignore",
	Run:  report.Run(run),
}

func run(pass *analysis.Pass) (any, error) {
	for _, file := range pass.Files {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				check(pass, comment)
			}
		}
	}
	return nil, nil
}

// spaced matches a comment that looks like a directive and is none.
var spaced = lazyregexp.New(`^//\s+concurrencyvet:(ignore|file-ignore)\s`)

// check reports what is wrong with a comment, if it is meant as a directive.
func check(pass *analysis.Pass, comment *ast.Comment) {
	if spaced().MatchString(comment.Text) {
		reportAt(pass, comment.Pos(), len("//"), "space after // makes a plain comment of this directive")
		return
	}
	rest, ok := strings.CutPrefix(comment.Text, report.Prefix)
	if !ok {
		return
	}
	names, ok := report.Ignored(comment)
	if !ok {
		verb, _, _ := strings.Cut(rest, " ")
		reportAt(pass, comment.Pos(), len(report.Prefix)+len(verb), "unknown directive %s%s", report.Prefix, verb)
		return
	}
	if len(names) == 0 {
		reportAt(pass, comment.Pos(), len(comment.Text), "this directive names no check")
	}
	for _, name := range names {
		if !slices.Contains(known, name.Text) {
			reportAt(pass, name.Pos, len(name.Text), "directive names %s, which is not a check", name.Text)
		}
	}
}

func reportAt(pass *analysis.Pass, pos token.Pos, length int, format string, args ...any) {
	report.Report(pass, analysis.Diagnostic{
		Pos:     pos,
		End:     pos + token.Pos(length),
		Message: fmt.Sprintf(format, args...),
	})
}
