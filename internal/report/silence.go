package report

import (
	"go/ast"
	"go/token"
)

// Directive returns the comment that silences checks, at the place where it stands.
func Directive(checks, reason string) string {
	return Prefix + verbIgnore + " " + checks + " " + reason
}

// Silences reports whether a directive in a file silences a check at a position.
func Silences(fset *token.FileSet, syntax *ast.File, pos token.Pos, check string) bool {
	for _, d := range directivesOf(fset, syntax) {
		if d.names(check) && !d.lacksReason() && d.covers(pos) {
			return true
		}
	}
	return false
}
