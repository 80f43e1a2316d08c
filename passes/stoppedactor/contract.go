package stoppedactor

import (
	"regexp"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- what comments ask of callers --

// forbidden is how the comment of a function says that nobody calls it after another one.
var forbidden = lazyregexp.New(`(?i)\b(must|may|should|can|do) ?not\b.*\b(after|once)\b|\b(only|must be called) before\b`)

// told reports whether comments say in what order f, and what stops the loops at, are
// called: that of f that it does not come behind, or that of a function that stops one that
// it comes behind f.
func (c *checker) told(f *skeleton.Func, at []stop) bool {
	if forbidden().MatchString(c.comment(f)) {
		return true
	}
	if f.Obj == nil {
		return false
	}
	after := regexp.MustCompile(`(?i)\bafter\b.*\b` + regexp.QuoteMeta(f.Obj.Name()) + `\b`)
	return slices.ContainsFunc(c.view.Funcs, func(stops *skeleton.Func) bool {
		return slices.ContainsFunc(stops.Ops(), func(op *skeleton.Op) bool {
			return op.Is(syncapi.Send, syncapi.Close) && slices.ContainsFunc(at, func(s stop) bool {
				v := c.holder(s.end)
				return v != nil && c.holder(op) == v
			})
		}) && after.MatchString(c.comment(stops))
	})
}

// comment returns the comment of f's declaration.
func (c *checker) comment(f *skeleton.Func) string {
	decl := c.root.Decl(f.Obj)
	if decl == nil {
		return ""
	}
	return strings.ReplaceAll(decl.Doc.Text(), "\n", " ")
}
