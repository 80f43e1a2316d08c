package front

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
	"github.com/concurrencyvet/concurrencyvet/internal/ignores"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// An ignoreOptions is the flag to write ignore directives.
type ignoreOptions struct {
	add    bool
	reason string
}

// register defines the flag.
func (o *ignoreOptions) register(fs *flag.FlagSet) {
	fs.Func("add-ignores", "", func(reason string) error {
		o.add, o.reason = true, strings.TrimSpace(reason)
		return ignores.CheckReason(reason)
	})
}

// addIgnores writes directives for the findings, and returns those that have none.
func (g *gate) addIgnores(findings []identified) (left []identified, v verdict) {
	own, err := g.mainModules()
	if err != nil {
		return nil, g.fail(err)
	}
	byFile := make(map[string][]identified)
	var files []string // in order
	for _, f := range findings {
		path := f.Pos.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(g.dir, path)
		}
		switch {
		case f.Category == report.CategoryDirective:
			left = g.leave(left, f, "it is about a directive")
		case !isFile(path):
			left = g.leave(left, f, "the file is not one of Go")
		case !isBelow(own, path):
			left = g.leave(left, f, "the file is not in the main module")
		default:
			if byFile[path] == nil {
				files = append(files, path)
			}
			byFile[path] = append(byFile[path], f)
		}
	}
	for _, path := range files {
		if left, err = g.addIgnoresTo(path, byFile[path], left); err != nil {
			return nil, g.fail(err)
		}
	}
	slices.SortStableFunc(left, func(a, b identified) int { return finding.Compare(a.Finding, b.Finding) })
	if n := len(findings) - len(left); n > 0 {
		g.say("%s ignored now", number(n, "finding is", "findings are"))
	}
	return left, verdict{}
}

// number returns a number with the form that it takes.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// leave says why a finding is not ignored, and adds it to those that are left.
func (g *gate) leave(left []identified, f identified, why string) []identified {
	g.say("%s:%d: %s is not ignored: %s", g.short(f.Pos.File), f.Pos.Line, f.Check, why)
	return append(left, f)
}

// addIgnoresTo writes directives into one file, and adds the findings that have none
// to those that are left.
func (g *gate) addIgnoresTo(path string, findings, left []identified) ([]identified, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	marks := make([]ignores.Mark, len(findings))
	for i, f := range findings {
		marks[i] = ignores.Mark{Line: f.Pos.Line, Col: f.Pos.Col, Check: f.Check}
	}
	out, whys := ignores.Add(src, marks, g.opts.gate.ignores.reason)
	for i, why := range whys {
		if why != "" {
			left = g.leave(left, findings[i], why)
		}
	}
	if string(out) == string(src) {
		return left, nil
	}
	return left, os.WriteFile(path, out, 0o666)
}

// mainModules returns the directories of the modules that are being worked on.
func (g *gate) mainModules() ([]string, error) {
	args := append([]string{"list", "-m", "-f", "{{if .Main}}{{.Dir}}{{end}}"}, g.opts.build...)
	cmd, err := goCommand(g.dir, args)
	if err != nil {
		return nil, err
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("finding the main module: %w", err)
	}
	return slices.DeleteFunc(strings.Split(string(out), "\n"), func(s string) bool { return s == "" }), nil
}

// isBelow reports whether a file is in one of the modules, and not vendored there.
func isBelow(modules []string, path string) bool {
	return slices.ContainsFunc(modules, func(dir string) bool {
		rel, err := filepath.Rel(dir, path)
		return err == nil && filepath.IsLocal(rel) && !slices.Contains(strings.Split(filepath.ToSlash(rel), "/"), "vendor")
	})
}
