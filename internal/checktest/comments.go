package checktest

import (
	"go/ast"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis/analysistest"
)

// A relation is a related position that was shown, or is expected.
type relation struct {
	at   line
	text string // the message, or the pattern
}

// checkComments compares the related positions with the "related" comments,
// both ways, and checks that all patterns match whole messages.
//
// What is shown is a set: a position may be shown by several findings, and by
// a package as well as its test variant.
func checkComments(problems *problems, results []*analysistest.Result) {
	shown := make(map[relation]bool) // the value tells whether it was expected
	expected := make(map[relation]*regexp.Regexp)
	for _, result := range results {
		pkg := result.Action.Package
		for _, d := range result.Action.Diagnostics {
			for _, r := range d.Related {
				shown[relation{lineOf(pkg.Fset, r.Pos), r.Message}] = false
			}
		}
		for _, syntax := range pkg.Syntax {
			for _, group := range syntax.Comments {
				for _, comment := range group.List {
					at := lineOf(pkg.Fset, comment.Pos())
					readComment(problems, expected, at, comment)
				}
			}
		}
	}
	for want, rx := range expected {
		met := false
		for got := range shown {
			if got.at == want.at && rx.MatchString(got.text) {
				met = true
				shown[got] = true
			}
		}
		if !met {
			problems.add("%s: no related position matches %#q", want.at, want.text)
		}
	}
	for got, met := range shown {
		if !met {
			problems.add("%s: unexpected related position: %s", got.at, got.text)
		}
	}
}

// readComment adds what a comment expects of related positions, and checks
// the patterns that it has of any kind.
func readComment(problems *problems, expected map[relation]*regexp.Regexp, at line, comment *ast.Comment) {
	text := strings.TrimLeft(strings.TrimSuffix(comment.Text, "*/"), "/* ")
	if rest, ok := strings.CutPrefix(text, "related "); ok {
		rest, want, _ := strings.Cut(rest, "// want ")
		for _, pattern := range patterns(problems, at, rest) {
			rx, err := regexp.Compile(pattern)
			if err != nil {
				problems.add("%s: %v", at, err)
				continue
			}
			expected[relation{at, pattern}] = rx
		}
		patterns(problems, at, want)
		return
	}
	if rest, ok := strings.CutPrefix(text, "want "); ok {
		patterns(problems, at, rest)
	} else if _, rest, ok := strings.Cut(text, "// want "); ok {
		patterns(problems, at, rest)
	}
}

// patterns returns the string literals in the text, and checks that each is
// anchored at both ends.
func patterns(problems *problems, at line, text string) []string {
	var list []string
	for {
		i := strings.IndexAny(text, "`\"")
		if i < 0 {
			return list
		}
		quoted, err := strconv.QuotedPrefix(text[i:])
		if err != nil {
			problems.add("%s: malformed pattern in comment", at)
			return list
		}
		text = text[i+len(quoted):]
		pattern, err := strconv.Unquote(quoted)
		if err != nil {
			problems.add("%s: malformed pattern in comment: %v", at, err)
			return list
		}
		if !strings.HasPrefix(pattern, "^") || !strings.HasSuffix(pattern, "$") {
			problems.add("%s: the pattern %#q does not match a whole message: it lacks ^ or $", at, pattern)
		}
		list = append(list, pattern)
	}
}
