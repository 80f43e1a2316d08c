// Package config reads the configuration file of the command.
//
// What comes out is flat: settings, each under the name of the flag that says
// the same, and rules for paths. Each carries the place where it was read, so
// that whoever finds it wrong can say where it stands. Every key that is not
// known is an error; so is a check or an option that does not exist.
package config

import (
	"fmt"
	"slices"
	"strings"
)

// Names are the names that a configuration file may have, one to a directory.
var Names = []string{"concurrencyvet.toml", ".concurrencyvet.toml"}

// A File is the form of a configuration file. Its tags are what the schema for
// editors is made from.
type File struct {
	Extends  string                    `toml:"extends"   doc:"Path of a configuration file, relative to this one, whose settings hold where this one says nothing."`
	Default  *bool                     `toml:"default"   doc:"Whether the checks that are on by default run. Default true."`
	Preview  *bool                     `toml:"preview"   doc:"Whether the preview checks run as well."`
	Pedantic *bool                     `toml:"pedantic"  doc:"Whether the pedantic checks run as well."`
	All      *bool                     `toml:"all"       doc:"Whether all checks run. Those that borrowed adds are not among them."`
	Borrowed *bool                     `toml:"borrowed"  doc:"Whether analyzers of golang.org/x/tools run as well, as in go vet."`
	Test     *bool                     `toml:"test"      doc:"Whether findings in test files are reported. Default true."`
	FailOn   *string                   `toml:"fail-on"   doc:"The groups whose findings make the exit status 1: suspicious means correctness as well. Default any." enum:"correctness,suspicious,any"`
	Baseline *string                   `toml:"baseline"  doc:"Path of the baseline, relative to this file."`
	Format   []string                  `toml:"format"    doc:"How findings are written, as the flag -format has it; the path in FORMAT=FILE is relative to the working directory."`
	Checks   map[string]bool           `toml:"checks"    doc:"Single checks to run, or not to run, beside those of the groups above."`
	Options  map[string]map[string]any `toml:"options"   doc:"The options of checks, by the name of the check."`
	Paths    []Path                    `toml:"paths"     doc:"Rules for some of the files. Of two that match a file, the later one holds."`
}

// A Path is a rule for the files that a pattern matches.
type Path struct {
	Glob   string          `toml:"glob"   doc:"Pattern of the files, or of a directory above them, relative to this file; ** stands for any number of directories."`
	Ignore *bool           `toml:"ignore" doc:"Whether nothing at all is reported in these files."`
	Checks map[string]bool `toml:"checks" doc:"Checks that are on, or off, in these files."`
}

// An Origin is the place of a key in a configuration file.
type Origin struct {
	File string
	Line int
}

// A Setting is the value of one flag.
type Setting struct {
	Name  string // of the flag, such as fail-on or NAME.OPTION
	Value string
	Origin
}

// A Switch says whether a check is on.
type Switch struct {
	Check string
	On    bool
	Origin
}

// A Config is what a configuration file says, with the files that it extends.
type Config struct {
	Files    []string // that were read, the most specific one first
	Settings []Setting
	Checks   []Switch
	Rules    []Rule // in the order in which they apply
}

// Known are the names that a configuration file may use.
type Known struct {
	Options map[string][]string // of each check
}

// Errors are what is wrong with configuration files.
type Errors []Error

// An Error is something wrong at a place in a configuration file.
type Error struct {
	Origin
	Text string
}

// Error returns the errors, one a line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.String()
	}
	return strings.Join(lines, "\n")
}

// String returns the error with its place.
func (e Error) String() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Text)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text)
}

// merge adds what a file says to what the files that it extends say.
func (c *Config) merge(over *Config) {
	c.Files = append(over.Files, c.Files...)
	c.Settings = replace(c.Settings, over.Settings, func(s Setting) string { return s.Name })
	c.Checks = replace(c.Checks, over.Checks, func(s Switch) string { return s.Check })
	c.Rules = append(c.Rules, over.Rules...)
}

// replace returns the elements of base whose keys over does not have, and those
// of over.
func replace[E any](base, over []E, key func(E) string) []E {
	keys := make(map[string]bool)
	for _, e := range over {
		keys[key(e)] = true
	}
	return append(slices.DeleteFunc(base, func(e E) bool { return keys[key(e)] }), over...)
}
