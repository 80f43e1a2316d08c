package report

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// A tool is the owner of a kind of directive.
type tool uint8

const (
	ours        tool = iota // //concurrencyvet:ignore NAME[,NAME] reason
	staticcheck             // //lint:ignore NAME[,NAME] reason
	nolint                  // //nolint:NAME[,NAME] // why
)

// The names of our own directives, after "//concurrencyvet:".
const (
	verbIgnore     = "ignore"
	verbFileIgnore = "file-ignore"
)

// Prefix begins each directive of ours.
const Prefix = "//concurrencyvet:"

// A directive is a comment that silences checks over some extent of a file.
type directive struct {
	tool      tool
	pos       token.Pos // of the comment
	checks    []Name
	reason    string
	wholeFile bool
	extents   []extent
	used      bool // it covers a finding
}

// A Name is the name of a check as a directive spells it.
type Name struct {
	Text string
	Pos  token.Pos
}

// An extent is the part of a file from start to end, both included.
type extent struct{ start, end token.Pos }

func (d *directive) posOf(name string) token.Pos {
	i := slices.IndexFunc(d.checks, func(c Name) bool { return c.Text == name })
	if i < 0 {
		return token.NoPos
	}
	return d.checks[i].Pos
}

func (d *directive) names(name string) bool { return d.posOf(name).IsValid() }

func (d *directive) lacksReason() bool { return d.reason == "" && d.tool != nolint }

func (d *directive) covers(pos token.Pos) bool {
	return slices.ContainsFunc(d.extents, func(e extent) bool { return e.start <= pos && pos <= e.end })
}

// directivesOf returns the directives of a file, in order, with the extents
// that they cover:
//
//   - at the end of a line of code, what starts on that line, and the
//     statement, declaration or field that ends there;
//   - on a line of its own directly above code, what starts on the next
//     line of code, and the whole of the largest statement, declaration,
//     field or expression that begins there;
//   - in its file-wide form, the file.
func directivesOf(fset *token.FileSet, syntax *ast.File) []*directive {
	var found []*directive
	for _, group := range syntax.Comments {
		for _, comment := range group.List {
			d := parseDirective(comment)
			if d == nil {
				continue
			}
			found = append(found, d)
			if d.wholeFile {
				d.extents = []extent{{syntax.FileStart, syntax.FileEnd}}
			} else {
				d.extents = extentsOf(fset.File(syntax.FileStart), syntax, group, comment)
			}
		}
	}
	return found
}

// Ignored returns the names of the checks that a comment tells us to ignore,
// and whether it is a well-formed directive of ours.
func Ignored(comment *ast.Comment) (names []Name, ok bool) {
	if d := parseDirective(comment); d != nil && d.tool == ours {
		return d.checks, true
	}
	return nil, false
}

// parseDirective returns the directive that a comment is, or nil.
func parseDirective(comment *ast.Comment) *directive {
	text, remark, _ := strings.Cut(comment.Text, " //") // a remark on the directive
	d := &directive{pos: comment.Pos()}
	var rest string
	switch {
	case strings.HasPrefix(text, Prefix):
		d.tool, rest = ours, text[len(Prefix):]
	case strings.HasPrefix(text, "//lint:"):
		d.tool, rest = staticcheck, text[len("//lint:"):]
	case strings.HasPrefix(text, "//nolint:"):
		d.tool, rest = nolint, text[len("//nolint:"):]
		d.checks = splitNames(rest, d.pos+token.Pos(len(text)-len(rest)))
		d.reason = strings.TrimSpace(remark)
		return d
	default:
		return nil
	}
	verb, rest, _ := strings.Cut(rest, " ")
	switch verb {
	case verbIgnore:
	case verbFileIgnore:
		d.wholeFile = true
	default:
		return nil
	}
	rest = strings.TrimLeft(rest, " \t")
	list, reason, _ := strings.Cut(rest, " ")
	d.checks = splitNames(list, d.pos+token.Pos(len(text)-len(rest)))
	d.reason = strings.TrimSpace(reason)
	return d
}

// splitNames splits a list of names at its commas; pos is where it starts.
func splitNames(list string, pos token.Pos) []Name {
	var names []Name
	for part := range strings.SplitSeq(list, ",") {
		name := strings.TrimLeft(part, " \t")
		start := pos + token.Pos(len(part)-len(name))
		if name = strings.TrimRight(name, " \t"); name != "" {
			names = append(names, Name{name, start})
		}
		pos += token.Pos(len(part) + 1)
	}
	return names
}

// extentsOf returns what a directive covers by the place where it stands.
func extentsOf(tokFile *token.File, syntax *ast.File, group *ast.CommentGroup, comment *ast.Comment) []extent {
	line := tokFile.PositionFor(comment.Pos(), false).Line
	before, after := neighbours(syntax, tokFile.LineStart(line), comment.Pos(), group.End())
	if before.code {
		extents := []extent{lineExtent(tokFile, line)}
		if before.node != nil {
			extents = append(extents, extent{before.node.Pos(), before.node.End()})
		}
		return extents
	}
	below := tokFile.PositionFor(group.End(), false).Line + 1
	if below > tokFile.LineCount() {
		return nil
	}
	extents := []extent{lineExtent(tokFile, below)}
	if after != nil && tokFile.PositionFor(after.Pos(), false).Line == below {
		extents = append(extents, extent{after.Pos(), after.End()})
	}
	return extents
}

func lineExtent(tokFile *token.File, line int) extent {
	end := token.Pos(tokFile.Base() + tokFile.Size())
	if line < tokFile.LineCount() {
		end = tokFile.LineStart(line+1) - 1
	}
	return extent{tokFile.LineStart(line), end}
}

// A before is what precedes a comment on its own line.
type before struct {
	code bool     // there is any code
	node ast.Node // the largest node that ends last on that line, before the comment
}

// neighbours returns what stands before a comment on its line, which starts
// at lineStart, and the largest node that begins first after its group.
func neighbours(syntax *ast.File, lineStart, comment, groupEnd token.Pos) (b before, after ast.Node) {
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.File:
			return true
		}
		pos, end := n.Pos(), n.End()
		if within(lineStart, pos, comment) || within(lineStart+1, end, comment) {
			b.code = true
		}
		if within(lineStart+1, end, comment) && endsOwn(n) && (b.node == nil || end > b.node.End()) {
			b.node = n
		}
		// The first node met at a position is the largest that begins there.
		if pos >= groupEnd && (after == nil || pos < after.Pos()) {
			after = n
		}
		return end >= lineStart
	})
	// A keyword or brace may be all that stands on the line.
	b.code = b.code || syntax.Package >= lineStart && syntax.Package < comment
	return b, after
}

func within(lo, pos, hi token.Pos) bool { return lo <= pos && pos <= hi }

// endsOwn reports whether a node that ends with a line may be meant by a
// directive there. A clause ends with its last statement, which is meant.
func endsOwn(n ast.Node) bool {
	switch n.(type) {
	case *ast.CaseClause, *ast.CommClause:
		return false
	case ast.Stmt, ast.Decl, ast.Spec, *ast.Field:
		return true
	}
	return false
}
