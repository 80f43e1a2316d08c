package checktest

import (
	"go/ast"
	"go/token"
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
			if d.Category == report.CategoryDirective {
				continue // about a directive, which names the check
			}
			check := func(kind string, pos, end token.Pos, message string) {
				at := lineOf(act.Package.Fset, pos)
				if end <= pos {
					problems.add("%s: the %s has no end: %s", at, kind, message)
				}
				for _, fault := range faults(message, act.Analyzer.Name, idents) {
					problems.add("%s: the message of the %s %s: %s", at, kind, fault, message)
				}
			}
			check("finding", d.Pos, d.End, d.Message)
			for _, r := range d.Related {
				check("related position", r.Pos, r.End, r.Message)
			}
			for _, fix := range d.SuggestedFixes {
				if !isVerbPhrase(fix.Message) {
					problems.add("%s: the fix is not named by a capitalized verb phrase: %q",
						lineOf(act.Package.Fset, d.Pos), fix.Message)
				}
			}
		}
	}
}

// isVerbPhrase reports whether the message of a fix has the form of one.
func isVerbPhrase(message string) bool {
	first, _ := utf8.DecodeRuneInString(message)
	return unicode.IsUpper(first) && !strings.HasSuffix(message, ".") && !strings.Contains(message, "\n")
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
