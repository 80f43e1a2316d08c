// Package fixes makes the fixes of findings, as many of them as go together and leave
// packages that compile.
//
// It changes no file: it returns what the files would be.
package fixes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/scanner"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/edits"
	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// A File is one that fixes change.
type File struct {
	Name          string
	Before, After []byte
}

// A Result is what becomes of fixes.
type Result struct {
	Files []File   // sorted by name
	Whys  []string // for each fix, why it is not made; empty for one that is
}

// Make makes the fixes that go together and leave packages that compile. The patterns
// are those of the packages that have files which the fixes edit; they are loaded in
// dir with the build flags. The tests of these packages must compile as well, and if
// the fixes change what they offer to others, so must those of the packages named by
// importers which import them. Few fixes change that, so these are not loaded before.
//
// Where two fixes exclude each other, the first is made. Imports that are used no more
// go with the fix.
func Make(ctx context.Context, dir string, flags, patterns, importers []string, list []finding.Fix) (*Result, error) {
	c, err := newChecker(ctx, dir, flags, patterns)
	if err != nil {
		return nil, fmt.Errorf("loading the packages to fix: %w", err)
	}
	p := &plan{checker: c, fixes: list, whys: make([]string, len(list)), data: make(map[string][]byte)}
	var sound []int
	for i, fix := range list {
		if p.whys[i] = p.refuse(fix); p.whys[i] == "" {
			sound = append(sound, i)
		}
	}
	p.add(sound)
	if len(importers) > 0 && p.changesExported() {
		c.patterns = append(slices.Clip(c.patterns), importers...)
		if err := c.load(); err != nil {
			return nil, fmt.Errorf("loading what imports the packages to fix: %w", err)
		}
		p.made, p.contents = edits.Set{}, nil
		for _, i := range sound {
			p.whys[i] = ""
		}
		p.add(sound)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	result := &Result{Whys: p.whys}
	for _, name := range p.made.Files() {
		if after := p.contents[name]; !bytes.Equal(p.data[name], after) {
			result.Files = append(result.Files, File{name, p.data[name], after})
		}
	}
	return result, nil
}

// A plan is of which fixes are made.
type plan struct {
	*checker
	fixes    []finding.Fix
	whys     []string
	data     map[string][]byte // of the files as they are
	made     edits.Set
	contents map[string][]byte // of the files as made leaves them
}

// refuse returns why a fix cannot be made by itself.
func (p *plan) refuse(fix finding.Fix) string {
	set, ok := edits.Set{}.With(fix)
	if !ok || len(fix.Edits) == 0 {
		return "its edits do not go together"
	}
	for _, name := range set.Files() {
		if p.data[name] == nil {
			data, err := os.ReadFile(name)
			if err != nil {
				return err.Error()
			}
			p.data[name] = data
		}
		if _, ok := edits.Merge(p.data[name], set.Edits(name)); !ok {
			return "its edits do not go together"
		}
		if !p.compiles(name) {
			return "whether the fixed package compiles cannot be told"
		}
	}
	return ""
}

// add makes fixes beside those that are made. If what they leave does not compile, it
// adds the first half of them, and then the other one.
func (p *plan) add(list []int) {
	if len(list) == 0 || p.config.Context.Err() != nil {
		return
	}
	set := p.made
	var excluded []int
	for _, i := range list {
		with, ok := set.With(p.fixes[i])
		if !ok {
			excluded = append(excluded, i)
			continue
		}
		set = with
	}
	contents, err := p.compile(set)
	switch {
	case err == nil:
		p.made, p.contents = set, contents
		for _, i := range excluded {
			p.whys[i] = "it conflicts with another fix; run again once that is made"
		}
	case len(list) == 1:
		what := "the package"
		if e, ok := errors.AsType[*importerError](err); ok {
			what = "package " + e.path + ", which imports it,"
		}
		p.whys[list[0]] = what + " would not compile: " + describe(err)
	default:
		p.add(list[:len(list)/2])
		p.add(list[len(list)/2:])
	}
}

// changesExported reports whether the fixes that are made change what the packages offer
// to others.
func (p *plan) changesExported() bool {
	before := make(map[string][]byte)
	for name := range p.contents {
		before[name] = p.data[name]
	}
	return len(before) > 0 && !maps.Equal(p.exported(before), p.exported(p.contents))
}

// compile returns what files are after the edits of a set, or why they do not compile.
func (p *plan) compile(set edits.Set) (map[string][]byte, error) {
	contents := make(map[string][]byte)
	for _, name := range set.Files() {
		whole, ok := edits.Merge(p.data[name], set.Edits(name))
		if !ok {
			return nil, errors.New("the edits do not go together")
		}
		contents[name], _ = edits.Apply(p.data[name], whole)
	}
	for {
		errs := p.check(contents)
		if len(errs) == 0 {
			return contents, nil
		}
		fewer, changed := p.withoutUnused(contents, errs)
		if !changed {
			return nil, errs[0]
		}
		contents = fewer
		for name, data := range contents {
			contents[name], _ = edits.Format(p.data[name], data)
		}
	}
}

// describe returns what an error says, with the last element of the name of its file:
// the place there is one that no one can look up.
func describe(err error) string {
	var checking types.Error
	var parsing scanner.ErrorList
	switch {
	case errors.As(err, &checking):
		return filepath.Base(checking.Fset.Position(checking.Pos).Filename) + ": " + checking.Msg
	case errors.As(err, &parsing) && len(parsing) > 0:
		return filepath.Base(parsing[0].Pos.Filename) + ": " + parsing[0].Msg
	}
	return err.Error()
}
