package report

import (
	"fmt"
	"go/token"
	"path/filepath"
)

// Place spells pos for a message that stands at from: "line 7", or "f.go:7" if
// it is in another file.
func Place(fset *token.FileSet, pos, from token.Pos) string {
	p, q := fset.Position(pos), fset.Position(from)
	if p.Filename == q.Filename {
		return fmt.Sprintf("line %d", p.Line)
	}
	return fmt.Sprintf("%s:%d", filepath.Base(p.Filename), p.Line)
}
