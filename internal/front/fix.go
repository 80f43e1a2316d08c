package front

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
	"github.com/concurrencyvet/concurrencyvet/internal/fixes"
	"github.com/concurrencyvet/concurrencyvet/internal/format"
)

// fix makes the fixes of the findings, or prints them as a patch, and returns the exit
// status. Of a finding with several fixes it takes the first.
func (g *gate) fix(findings []identified, out *outcome, failures int, stdout io.Writer) int {
	findings = slices.DeleteFunc(slices.Clone(findings), func(f identified) bool { return len(f.Fixes) == 0 })
	ctx, stop := untilInterrupted()
	defer stop()
	findings, own, err := g.fixable(findings)
	if err != nil {
		return g.fail(err).status
	}
	made, err := g.makeFixes(ctx, findings, own)
	switch {
	case ctx.Err() != nil:
		return ExitSignal
	case err != nil:
		return g.fail(err).status
	}
	count := 0
	for i, why := range made.Whys {
		if why == "" {
			count++
		} else {
			g.leaveFix(findings[i], why)
		}
	}
	if g.opts.diff {
		if err := g.writePatch(stdout, made.Files); err != nil {
			return g.fail(err).status
		}
		return status(out, len(made.Files), failures)
	}
	for _, f := range made.Files {
		if err := g.replace(f); err != nil {
			return g.fail(err).status
		}
	}
	if count > 0 {
		g.say("%s fixed in %s", format.Plural(count, "finding"), format.Plural(len(made.Files), "file"))
	}
	return status(out, 0, failures)
}

// writePatch writes what becomes of files as a patch for git apply and patch -p1.
func (g *gate) writePatch(w io.Writer, files []fixes.File) error {
	for _, f := range files {
		name := slashed(g.short(f.Name))
		if _, err := io.WriteString(w, udiff.Unified("a/"+name, "b/"+name, string(f.Before), string(f.After))); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file, if it is still what the fixes were made of.
func (g *gate) replace(f fixes.File) error {
	now, err := os.ReadFile(f.Name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.Before) {
		return fmt.Errorf("%s has changed meanwhile: it is left as it is", g.short(f.Name))
	}
	return writeFile(g.dir, f.Name, f.After)
}

// leaveFix says why a fix is not made.
func (g *gate) leaveFix(f identified, why string) {
	g.say("%s:%d: %s is not fixed: %s", g.short(f.Pos.File), f.Pos.Line, f.Check, why)
}

// makeFixes makes fixes in the packages that they are for, which those of the main
// modules may import.
func (g *gate) makeFixes(ctx context.Context, findings []identified, own []string) (*fixes.Result, error) {
	if len(findings) == 0 {
		return &fixes.Result{}, nil
	}
	var list []finding.Fix
	patterns := make(map[string]bool)
	for _, f := range findings {
		list = append(list, f.Fixes[0])
		for _, e := range f.Fixes[0].Edits {
			patterns[filepath.Dir(e.File)] = true
		}
	}
	if slices.ContainsFunc(g.opts.patterns, isFile) {
		return fixes.Make(ctx, g.dir, g.opts.build, g.opts.patterns, nil, list)
	}
	var all []string
	for _, dir := range own {
		all = append(all, filepath.Join(dir, "..."))
	}
	return fixes.Make(ctx, g.dir, g.opts.build, slices.Sorted(maps.Keys(patterns)), all, list)
}

// fixable returns the findings whose fixes edit only files that are to be edited, and
// the directories of the main modules. It tells of the other findings.
func (g *gate) fixable(findings []identified) (kept []identified, own []string, err error) {
	if len(findings) == 0 {
		return nil, nil, nil
	}
	if own, err = g.mainModules(); err != nil {
		return nil, nil, err
	}
	whys := make(map[string]string)
	for _, f := range findings {
		why := ""
		for _, e := range f.Fixes[0].Edits {
			if _, ok := whys[e.File]; !ok {
				whys[e.File] = g.protected(e.File, own)
			}
			if why == "" {
				why = whys[e.File]
			}
		}
		if why != "" {
			g.leaveFix(f, why)
			continue
		}
		kept = append(kept, f)
	}
	return kept, own, nil
}

// protected returns why a file is not to be edited, empty if it is. The directories are
// those of the main modules.
func (g *gate) protected(file string, own []string) string {
	short := g.short(file)
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return err.Error()
	case !isFile(file):
		return short + " is not a file of Go"
	case slices.Contains(strings.Split(filepath.ToSlash(short), "/"), "vendor"):
		return short + " is vendored"
	case !isBelow(own, file):
		return short + " is not in the main module"
	case isGenerated(file):
		return short + " is generated"
	case info.Mode().Perm()&0o200 == 0:
		return short + " is read-only"
	case !g.opts.tests && strings.HasSuffix(file, "_test.go"):
		return short + " is a test file"
	case g.opts.config.file.Ignores(file):
		return "the settings leave out " + short
	}
	return ""
}

// isGenerated reports whether a file says that it is generated.
func isGenerated(name string) bool {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly|parser.ParseComments)
	return err == nil && ast.IsGenerated(file)
}
