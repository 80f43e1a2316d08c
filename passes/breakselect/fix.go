package breakselect

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
)

// fix returns the fix that labels the loop and names it in the break. What
// stands behind the loop is then reached, so a function that has results must
// not end with it.
func (c *checker) fix(s *site) []analysis.SuggestedFix {
	label := s.label()
	var edits []analysis.TextEdit
	if label == "" {
		if c.endsFunction(s) {
			return nil
		}
		if label = c.labelFor(s); label == "" {
			return nil
		}
		edits = append(edits, c.labelEdit(s, label))
	}
	end := s.brk.End()
	edits = append(edits, analysis.TextEdit{Pos: end, End: end, NewText: []byte(" " + label)})
	return []analysis.SuggestedFix{{Message: "Break out of the loop", TextEdits: edits}}
}

// labelEdit puts the label on a line of its own, where gofmt would.
func (c *checker) labelEdit(s *site, label string) analysis.TextEdit {
	pos := s.loop.Pos()
	file := c.pass.Fset.File(pos)
	start := file.LineStart(file.Line(pos))
	column := int(pos - start)
	var src []byte
	if c.pass.ReadFile != nil { // nogo has none
		src, _ = c.pass.ReadFile(file.Name())
	}
	if file.Offset(pos) <= len(src) {
		if lead := string(src[file.Offset(start):file.Offset(pos)]); strings.Trim(lead, "\t") == "" && column > 0 {
			return analysis.TextEdit{Pos: start, End: start, NewText: []byte(lead[1:] + label + ":\n")}
		}
	}
	return analysis.TextEdit{Pos: pos, End: pos, NewText: []byte(label + ":\n")}
}

// endsFunction reports whether the loop may be what ends a function with
// results, which the compiler accepts of an endless loop without a break.
func (c *checker) endsFunction(s *site) bool {
	if !s.endless() {
		return false
	}
	kind, i := s.cur.ParentEdge()
	list, ok := s.cur.Parent().Node().(*ast.BlockStmt)
	if kind == edge.BlockStmt_List && ok && i < len(list.List)-1 {
		return false
	}
	for encl := range s.cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		var t types.Type
		switch f := encl.Node().(type) {
		case *ast.FuncDecl:
			t = c.pass.TypesInfo.Defs[f.Name].Type()
		case *ast.FuncLit:
			t = c.pass.TypesInfo.TypeOf(f)
		}
		sig, ok := t.(*types.Signature)
		return !ok || sig.Results().Len() > 0
	}
	return true
}

// labelFor returns a label for the loop of s that the function around it does not
// have: the same for each break, and another one for each loop.
func (c *checker) labelFor(s *site) string {
	if label := c.labels[s.loop]; label != "" {
		return label
	}
	for encl := range s.cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		used := c.used[encl.Node()]
		if used == nil {
			used = labelsIn(encl.Node())
			c.used[encl.Node()] = used
		}
		for _, name := range []string{"loop", "outer", "feed"} {
			if !used[name] {
				used[name] = true
				c.labels[s.loop] = name
				return name
			}
		}
		break
	}
	return ""
}

func labelsIn(fn ast.Node) map[string]bool {
	used := make(map[string]bool)
	ast.Inspect(fn, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			used[l.Label.Name] = true
		}
		return true
	})
	return used
}
