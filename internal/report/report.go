// Package report is the one way in which a check reports.
//
// A check wraps its run function with [Run] and hands each finding to
// [Report]. Between the two stand the rules that hold for every check:
// findings in generated files and in files that no user wrote are dropped,
// directives silence the findings they name, what is left comes out sorted and
// without duplicates, and a directive that silences nothing is itself a finding.
// It all happens around the pass and not in a driver, so that every host of the
// analyzers behaves alike.
package report

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// CategoryDirective is the category of a finding about a directive, as
// opposed to one about the code.
const CategoryDirective = "directive"

// Report reports a finding of a check that is run by [Run].
//
// It panics if the finding has no position, for it could not be shown. A
// missing end is set to the position, and related positions that are not valid
// are left out.
func Report(pass *analysis.Pass, d analysis.Diagnostic) {
	if !d.Pos.IsValid() {
		panic(fmt.Sprintf("finding without a position: %s", d.Message))
	}
	d.End = max(d.End, d.Pos)
	d.Related = slices.DeleteFunc(slices.Clone(d.Related), func(r analysis.RelatedInformation) bool {
		return !r.Pos.IsValid()
	})
	for i := range d.Related {
		d.Related[i].End = max(d.Related[i].End, d.Related[i].Pos)
	}
	pass.Report(d)
}

// Run returns the run function of an analyzer whose findings, made by run, are
// filtered and ordered as the package comment says.
//
// If run panics, the analyzer fails with an error that names it and the package,
// and the findings of other analyzers stand.
func Run(run func(*analysis.Pass) (any, error)) func(*analysis.Pass) (any, error) {
	return RunBeside(run, nil)
}

// A Doubled reports whether another analyzer has found a fault as well.
type Doubled func(analysis.Diagnostic) bool

// RunBeside is like [Run] for an analyzer that leaves to others what they find as well:
// of what they doubled, nothing is reported. A directive that silences it is of use all
// the same. If beside is nil, all findings are its own.
func RunBeside(run func(*analysis.Pass) (any, error), beside func(*analysis.Pass) Doubled) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (any, error) {
		var found []analysis.Diagnostic
		shadow := *pass
		shadow.Report = func(d analysis.Diagnostic) { found = append(found, d) }
		result, err := guarded(run, &shadow)
		if err != nil {
			return nil, err
		}
		if to, ok := pass.ResultOf[foundMarker].(*Found); ok {
			to.Diagnostics = found
		}
		c := newCollection(pass)
		if beside != nil {
			c.doubled = beside(pass)
		}
		for _, d := range found {
			c.add(d)
		}
		c.addStale()
		for _, d := range c.sorted() {
			pass.Report(d)
		}
		return result, nil
	}
}

// guarded calls run and makes an error of a panic.
func guarded(run func(*analysis.Pass) (any, error), pass *analysis.Pass) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("internal error in check %s at package %s: %v%s",
				pass.Analyzer.Name, pass.Pkg.Path(), r, stack())
		}
	}()
	return run(pass)
}

// stack returns the innermost frames of a recovered panic, one a line.
func stack() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var b strings.Builder
	for n := 0; n < 8; {
		frame, more := frames.Next()
		if frame.Function != "" && !strings.HasPrefix(frame.Function, "runtime.") {
			fmt.Fprintf(&b, "\n\t%s:%d", frame.Function, frame.Line)
			n++
		}
		if !more {
			break
		}
	}
	return b.String()
}

// A collection holds the findings of one pass that are to be reported.
type collection struct {
	pass       *analysis.Pass
	files      map[*token.File]*file
	directives []*directive // those that name this check
	doubled    Doubled      // nil if it doubles nothing
	telling    bool         // what they hide is to be told
	kept       []analysis.Diagnostic
}

// A file is what reporting needs to know of a file of the package.
type file struct {
	syntax    *ast.File
	generated bool // by a program of the user's
	cgo       bool // by the go command, from a file of the user's or from nothing
}

func newCollection(pass *analysis.Pass) *collection {
	c := &collection{pass: pass, files: make(map[*token.File]*file)}
	_, c.telling = pass.ResultOf[tellingMarker]
	_, nolintIsHosts := pass.ResultOf[foldedMarker]
	for _, syntax := range pass.Files {
		f := newFile(syntax)
		c.files[pass.Fset.File(syntax.FileStart)] = f
		if f.generated {
			continue
		}
		for _, d := range directivesOf(pass.Fset, syntax) {
			if d.tool == nolint && nolintIsHosts {
				continue
			}
			if d.names(pass.Analyzer.Name) && c.isUsers(d.pos) {
				c.directives = append(c.directives, d)
			}
		}
	}
	return c
}

// cgoHeader is the first comment of what cmd/cgo makes of a file.
const cgoHeader = "// Code generated by cmd/cgo; DO NOT EDIT."

func newFile(syntax *ast.File) *file {
	f := &file{syntax: syntax}
	if !ast.IsGenerated(syntax) {
		return f
	}
	// The header of cgo's says nothing of the file that it was made from,
	// whose comments follow.
	rest := *syntax
	rest.Comments = nil
	for _, group := range syntax.Comments {
		kept := &ast.CommentGroup{}
		for _, comment := range group.List {
			if comment.Text == cgoHeader {
				f.cgo = true
			} else {
				kept.List = append(kept.List, comment)
			}
		}
		if len(kept.List) > 0 {
			rest.Comments = append(rest.Comments, kept)
		}
	}
	f.generated = ast.IsGenerated(&rest)
	return f
}

// isUsers reports whether a position lies in a file that the user can read:
// one of the package's that is not cgo's, or mapped to one by a line directive.
func (c *collection) isUsers(pos token.Pos) bool {
	tokFile := c.pass.Fset.File(pos)
	if tokFile == nil {
		return false
	}
	if f := c.files[tokFile]; f == nil || !f.cgo {
		return true
	}
	return tokFile.PositionFor(pos, true).Filename != tokFile.Name()
}

// add keeps a finding unless it is in the wrong file or silenced.
func (c *collection) add(d analysis.Diagnostic) {
	f := c.files[c.pass.Fset.File(d.Pos)]
	if f == nil || f.generated || !c.isUsers(d.Pos) {
		return
	}
	var silencer *directive
	for _, dir := range c.directives {
		if dir.covers(d.Pos) {
			dir.used = true
			if silencer == nil && !dir.lacksReason() {
				silencer = dir
			}
		}
	}
	if c.doubled != nil && c.doubled(d) {
		return
	}
	if silencer != nil {
		if !c.telling {
			return
		}
		d.Category, d.SuggestedFixes = hiddenPrefix+silencer.reason, nil
	}
	d.Related = slices.DeleteFunc(slices.Clone(d.Related), func(r analysis.RelatedInformation) bool {
		return !c.isUsers(r.Pos)
	})
	if f.cgo {
		d.SuggestedFixes = nil // its edits are offsets into cgo's file
	}
	c.kept = append(c.kept, d)
}

// addStale keeps a finding for each directive of ours that names the check in vain.
func (c *collection) addStale() {
	name := c.pass.Analyzer.Name
	for _, dir := range c.directives {
		if dir.tool != ours {
			continue
		}
		var message string
		switch {
		case dir.lacksReason():
			message = fmt.Sprintf("directive to ignore %s gives no reason", name)
		case !dir.used:
			message = fmt.Sprintf("directive ignores %s, which reports nothing here", name)
		default:
			continue
		}
		pos := dir.posOf(name)
		c.kept = append(c.kept, analysis.Diagnostic{
			Pos:      pos,
			End:      pos + token.Pos(len(name)),
			Category: CategoryDirective,
			Message:  message,
		})
	}
}

// sorted returns what was kept, in the order of position, each finding once.
func (c *collection) sorted() []analysis.Diagnostic {
	// Not by token.Pos: a driver may parse the files in any order.
	slices.SortStableFunc(c.kept, func(x, y analysis.Diagnostic) int {
		px, py := c.pass.Fset.Position(x.Pos), c.pass.Fset.Position(y.Pos)
		return cmp.Or(
			cmp.Compare(px.Filename, py.Filename),
			cmp.Compare(px.Line, py.Line),
			cmp.Compare(px.Column, py.Column),
			cmp.Compare(x.End-x.Pos, y.End-y.Pos),
			cmp.Compare(x.Message, y.Message),
		)
	})
	return slices.CompactFunc(c.kept, func(x, y analysis.Diagnostic) bool {
		return x.Pos == y.Pos && x.End == y.End && x.Message == y.Message
	})
}
