package config

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// A Rule says what is reported in some of the files.
type Rule struct {
	Dir    string // the pattern is relative to it
	Glob   string
	Ignore *bool           // nil if the rule does not say
	Checks map[string]bool // on or off
	Origin
}

// Matches reports whether the rule is for a file: its pattern matches the path
// of the file or of a directory above it.
func (r Rule) Matches(file string) bool {
	rel, err := filepath.Rel(r.Dir, file)
	if err != nil {
		return false
	}
	rel = filepath.ToSlash(rel)
	if rel == ".." || strings.HasPrefix(rel, "../") {
		return false
	}
	glob := strings.TrimSuffix(r.Glob, "/")
	for ; rel != "."; rel = path.Dir(rel) {
		if ok, err := doublestar.Match(glob, rel); ok && err == nil {
			return true
		}
	}
	return glob == "."
}

// Reports reports whether findings of a check are reported in a file, if on says
// whether they are where no rule speaks of it.
func (c *Config) Reports(check, file string, on bool) bool {
	ignored := false
	for _, r := range c.Rules {
		isOn, named := r.Checks[check]
		if !named && r.Ignore == nil || !r.Matches(file) {
			continue
		}
		if named {
			on = isOn
		}
		if r.Ignore != nil {
			ignored = *r.Ignore
		}
	}
	return on && !ignored
}

// Ignores reports whether nothing at all is reported in a file.
func (c *Config) Ignores(file string) bool { return !c.Reports("", file, true) }

// SomewhereOn returns the checks that a rule turns on in some files.
func (c *Config) SomewhereOn() map[string]bool {
	checks := make(map[string]bool)
	for _, r := range c.Rules {
		for name, on := range r.Checks {
			if on {
				checks[name] = true
			}
		}
	}
	return checks
}
