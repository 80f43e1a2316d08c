package report

import (
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Commented reports whether a comment begins between two positions of one file,
// from which a fix had better not take away the code.
func Commented(pass *analysis.Pass, from, to token.Pos) bool {
	for _, f := range pass.Files {
		if f.FileStart > from || from >= f.FileEnd {
			continue
		}
		for _, g := range f.Comments {
			if from <= g.Pos() && g.Pos() < to {
				return true
			}
		}
	}
	return false
}

// EndOfLine returns pos, or the end of the comment behind it on its line.
func EndOfLine(pass *analysis.Pass, pos token.Pos) token.Pos {
	line := pass.Fset.PositionFor(pos, false).Line
	for _, f := range pass.Files {
		if f.FileStart > pos || pos >= f.FileEnd {
			continue
		}
		for _, g := range f.Comments {
			for _, comment := range g.List {
				if comment.Pos() >= pos && pass.Fset.PositionFor(comment.Pos(), false).Line == line {
					return comment.End()
				}
			}
		}
	}
	return pos
}

// Indent returns the tabs before a statement.
func Indent(pass *analysis.Pass, pos token.Pos) string {
	return strings.Repeat("\t", pass.Fset.PositionFor(pos, false).Column-1)
}

// Line returns the extent of the lines that stmt, of block, has for itself, for a fix to take
// away; ok is false if it shares them with others, or with a comment.
func Line(pass *analysis.Pass, block *ast.BlockStmt, stmt ast.Stmt) (from, to token.Pos, ok bool) {
	file := pass.Fset.File(stmt.Pos())
	first, last := file.PositionFor(stmt.Pos(), false).Line, file.PositionFor(stmt.End(), false).Line
	if last >= file.LineCount() {
		return 0, 0, false
	}
	from, to = file.LineStart(first), file.LineStart(last+1)
	shares := func(pos token.Pos) bool { return from <= pos && pos < to }
	for _, s := range block.List {
		if s != stmt && (shares(s.Pos()) || shares(s.End())) {
			return 0, 0, false
		}
	}
	return from, to, !shares(block.Lbrace) && !shares(block.Rbrace) && !Commented(pass, from, to)
}
