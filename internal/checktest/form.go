package checktest

import (
	"go/ast"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// checkForm holds the findings to the conventions: a message is a fact about
// the user's code, in one line, and every position has an end.
func checkForm(problems *problems, results []*analysistest.Result) {
	for _, result := range results {
		act := result.Action
		idents := identsOf(act.Package.Syntax)
		for _, d := range act.Diagnostics {
			at := lineOf(act.Package.Fset, d.Pos)
			if d.Category == report.CategoryDirective {
				continue // about a directive, which names the check
			}
			if d.End <= d.Pos {
				problems.add("%s: the finding has no end: %s", at, d.Message)
			}
			for _, fault := range faults(d.Message, act.Analyzer.Name, idents) {
				problems.add("%s: message %s: %s", at, fault, d.Message)
			}
			for _, r := range d.Related {
				if r.End <= r.Pos {
					problems.add("%s: the related position has no end: %s", lineOf(act.Package.Fset, r.Pos), r.Message)
				}
				for _, fault := range faults(r.Message, act.Analyzer.Name, idents) {
					problems.add("%s: related message %s: %s", lineOf(act.Package.Fset, r.Pos), fault, r.Message)
				}
			}
			for _, fix := range d.SuggestedFixes {
				first, _ := utf8.DecodeRuneInString(fix.Message)
				if !unicode.IsUpper(first) || strings.HasSuffix(fix.Message, ".") || strings.Contains(fix.Message, "\n") {
					problems.add("%s: the fix is not named by a capitalized verb phrase: %q", at, fix.Message)
				}
			}
		}
	}
}

var (
	firstWord = regexp.MustCompile(`^[\pL_][\pL\pN_]*`)
	advice    = regexp.MustCompile(`(?i)\b(should|possible|possibly|consider|please)\b`)
)

// faults returns what is wrong with the form of a message.
func faults(message, check string, idents map[string]bool) []string {
	var list []string
	first, _ := utf8.DecodeRuneInString(message)
	switch {
	case strings.TrimSpace(message) != message || message == "":
		list = append(list, "is empty, or has space around it")
	case unicode.IsUpper(first) && !idents[firstWord.FindString(message)]:
		list = append(list, "begins with a capital")
	}
	if strings.Contains(message, "\n") {
		list = append(list, "has more than one line")
	}
	if strings.HasSuffix(message, ".") {
		list = append(list, "ends with a period")
	}
	if word := advice.FindString(message); word != "" {
		list = append(list, "says "+word)
	}
	if regexp.MustCompile(`\b`+check+`\b`).MatchString(message) && !idents[check] {
		list = append(list, "names the analyzer")
	}
	return list
}

// identsOf returns the identifiers in the files.
func identsOf(files []*ast.File) map[string]bool {
	idents := make(map[string]bool)
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				idents[id.Name] = true
			}
			return true
		})
	}
	return idents
}
