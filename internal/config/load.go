package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/pelletier/go-toml/v2"

	"github.com/concurrencyvet/concurrencyvet/internal/suggest"
)

// Load reads a configuration file and those that it extends. An error that is
// due to what stands in them is of type [Errors].
func Load(path string, known Known) (*Config, error) {
	return load(path, known, nil)
}

// load reads a file that is extended by the given ones.
func load(path string, known Known, by []string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &reader{path: path, known: known, lines: linesOf(data)}
	dec := toml.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r.file); err != nil {
		return nil, r.explain(err)
	}
	c := r.config()
	if len(r.errs) > 0 {
		slices.SortStableFunc(r.errs, func(a, b Error) int { return cmp.Compare(a.Line, b.Line) })
		return nil, r.errs
	}
	if r.file.Extends == "" {
		return c, nil
	}
	base := r.relative(r.file.Extends)
	by = append(by, path)
	if slices.Contains(by, base) {
		return nil, Errors{{r.origin("extends"), fmt.Sprintf("%s extends itself", r.file.Extends)}}
	}
	extended, err := load(base, known, by)
	if errors.Is(err, os.ErrNotExist) {
		return nil, Errors{{r.origin("extends"), fmt.Sprintf("there is no file %s", r.file.Extends)}}
	} else if err != nil {
		return nil, err
	}
	extended.merge(c)
	return extended, nil
}

// A reader interprets one file.
type reader struct {
	path  string
	known Known
	lines lines
	file  File
	errs  Errors
}

// origin returns the place of a key.
func (r *reader) origin(key string) Origin { return Origin{r.path, r.lines[key]} }

// fail notes that something is wrong at a key.
func (r *reader) fail(key, format string, args ...any) {
	r.errs = append(r.errs, Error{r.origin(key), fmt.Sprintf(format, args...)})
}

// relative returns a path that is relative to the file.
func (r *reader) relative(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(filepath.Dir(r.path), path)
}

// explain turns an error of the decoder into one for the user.
func (r *reader) explain(err error) error {
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		var errs Errors
		for i := range strict.Errors {
			e := &strict.Errors[i]
			line, _ := e.Position()
			errs = append(errs, Error{Origin{r.path, line}, unknownKey(e.Key())})
		}
		return errs
	}
	if decode, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := decode.Position()
		return Errors{{Origin{r.path, line}, strings.TrimPrefix(decode.Error(), "toml: ")}}
	}
	return Errors{{Origin{File: r.path}, err.Error()}}
}

// unknownKey says that a key does not exist.
func unknownKey(key []string) string {
	form := reflect.TypeFor[File]()
	if key[0] == "paths" && len(key) > 1 {
		form = reflect.TypeFor[Path]()
	}
	var keys []string
	for field := range form.Fields() {
		keys = append(keys, field.Tag.Get("toml"))
	}
	name := key[len(key)-1]
	return fmt.Sprintf("no key is named %s%s", strings.Join(key, "."), suggest.Hint(name, keys, ""))
}

// config returns what the file says, without what it extends.
func (r *reader) config() *Config {
	f := &r.file
	c := &Config{Files: []string{r.path}}
	set := func(name, value string) {
		c.Settings = append(c.Settings, Setting{name, value, r.origin(name)})
	}
	for _, b := range []struct {
		name  string
		value *bool
	}{{"default", f.Default}, {"preview", f.Preview}, {"pedantic", f.Pedantic}, {"all", f.All}, {"borrowed", f.Borrowed}, {"test", f.Test}} {
		if b.value != nil {
			set(b.name, strconv.FormatBool(*b.value))
		}
	}
	if f.FailOn != nil {
		set("fail-on", *f.FailOn)
	}
	if f.Baseline != nil {
		set("baseline", r.relative(*f.Baseline))
	}
	for _, format := range f.Format {
		set("format", format)
	}
	c.Settings = append(c.Settings, r.options()...)
	for _, name := range r.checks("checks", f.Checks) {
		c.Checks = append(c.Checks, Switch{name, f.Checks[name], r.origin("checks." + name)})
	}
	c.Rules = r.rules()
	return c
}

// checks returns the sorted names of the checks that are keys of a table.
func (r *reader) checks(table string, on map[string]bool) []string {
	list := slices.Sorted(maps.Keys(on))
	for _, name := range list {
		r.isCheck(table+"."+name, name)
	}
	return list
}

// isCheck reports whether a key is the name of a check, and notes it if not.
func (r *reader) isCheck(key, name string) bool {
	if _, ok := r.known.Options[name]; ok {
		return true
	}
	r.fail(key, "no check is named %s%s", name, suggest.Hint(name, slices.Sorted(maps.Keys(r.known.Options)), ""))
	return false
}

// options returns the options of checks.
func (r *reader) options() []Setting {
	var list []Setting
	for _, check := range slices.Sorted(maps.Keys(r.file.Options)) {
		if !r.isCheck("options."+check, check) {
			continue
		}
		options := r.file.Options[check]
		for _, name := range slices.Sorted(maps.Keys(options)) {
			key := "options." + check + "." + name
			if known := r.known.Options[check]; !slices.Contains(known, name) {
				r.fail(key, "check %s has no option %s%s", check, name, suggest.Hint(name, known, ""))
				continue
			}
			switch value := options[name].(type) {
			case string, bool, int64, float64:
				list = append(list, Setting{check + "." + name, fmt.Sprint(value), r.origin(key)})
			default:
				r.fail(key, "option %s of check %s is neither text nor a number nor a truth value", name, check)
			}
		}
	}
	return list
}

// rules returns the rules for paths.
func (r *reader) rules() []Rule {
	var list []Rule
	for i, p := range r.file.Paths {
		key := fmt.Sprintf("paths[%d]", i)
		r.checks(key+".checks", p.Checks)
		switch {
		case p.Glob == "":
			r.fail(key, "a rule for paths has no glob")
		case !doublestar.ValidatePattern(p.Glob):
			r.fail(key+".glob", "glob %q is malformed", p.Glob)
		case p.Ignore == nil && len(p.Checks) == 0:
			r.fail(key, "the rule for %s says nothing: it has neither ignore nor checks", p.Glob)
		}
		list = append(list, Rule{filepath.Dir(r.path), p.Glob, p.Ignore, p.Checks, r.origin(key)})
	}
	return list
}
