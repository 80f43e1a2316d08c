package front

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/config"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// A configuration is what the configuration file says, and where each value that
// is in force comes from.
type configuration struct {
	flag    string // -config
	file    *config.Config
	origins map[string]string // of flags that were set, by their names
	checks  map[string]string // of checks that the file turns on or off
}

// noConfig is the value of -config for no file at all.
const noConfig = "off"

// fromFlag is the origin of what the command line says.
const fromFlag = "flag"

// register defines the flag for the configuration file.
func (c *configuration) register(fs *flag.FlagSet) {
	fs.StringVar(&c.flag, "config", "", "")
	c.file = &config.Config{}
	c.origins = make(map[string]string)
	c.checks = make(map[string]string)
}

// configure sets the flags that the command line does not have to what the
// configuration file says.
func (s *Suite) configure(fs *flag.FlagSet, opts *options) error {
	c := &opts.config
	fs.Visit(func(f *flag.Flag) { c.origins[f.Name] = fromFlag })
	if c.flag == noConfig || opts.help || opts.version {
		return nil
	}
	dir, err := workingDir(opts.dir)
	if err != nil {
		return err
	}
	path := c.flag
	switch {
	case path == "":
		if path, err = config.Find(dir); err != nil || path == "" {
			return err
		}
	case !filepath.IsAbs(path):
		path = filepath.Join(dir, path)
	}
	file, err := config.Load(path, s.known())
	if err != nil {
		return shortErrors(err, dir)
	}
	c.file = file
	return s.apply(fs, opts, dir)
}

// isBorrowed reports whether a name is that of a borrowing.
func (s *Suite) isBorrowed(name string) bool {
	check, ok := s.check(name)
	return ok && check.Status == passes.Borrowed
}

// known returns the names of the checks and of their options.
func (s *Suite) known() config.Known {
	known := config.Known{Options: make(map[string][]string)}
	for _, check := range s.all() {
		options := []string{}
		check.Analyzer.Flags.VisitAll(func(f *flag.Flag) { options = append(options, f.Name) })
		known.Options[check.Analyzer.Name] = options
	}
	return known
}

// shortErrors returns the error with the paths of files relative to dir.
func shortErrors(err error, dir string) error {
	errs, ok := errors.AsType[config.Errors](err)
	if !ok {
		return fmt.Errorf("configuration: %w", err)
	}
	errs = slices.Clone(errs)
	for i := range errs {
		errs[i].File = shortPath(dir, errs[i].File)
	}
	return errs
}

// apply sets the flags. Of what the command line says otherwise, the file is
// overruled.
func (s *Suite) apply(fs *flag.FlagSet, opts *options, dir string) error {
	c := &opts.config
	given := func(name string) bool { return c.origins[name] == fromFlag }
	place := func(o config.Origin) string { return fmt.Sprintf("%s:%d", shortPath(dir, o.File), o.Line) }
	for _, setting := range c.file.Settings {
		name := setting.Name
		overruled := given(name)
		if name == "format" {
			overruled = overruled || slices.ContainsFunc([]string{"json", "fix", "standalone"}, given)
		}
		switch {
		case overruled:
			continue
		case name == "default":
			opts.choice.noDefault = setting.Value == "false"
		case fs.Lookup(name) == nil:
			return config.Errors{{Origin: config.Origin{File: shortPath(dir, setting.File), Line: setting.Line}, Text: "there is no flag -" + name}}
		default:
			if err := fs.Set(name, setting.Value); err != nil {
				text := fmt.Sprintf("invalid value %q for %s: %v", setting.Value, name, err)
				return config.Errors{{Origin: config.Origin{File: shortPath(dir, setting.File), Line: setting.Line}, Text: text}}
			}
		}
		c.origins[name] = place(setting.Origin)
	}
	if !opts.standalone { // where no rule for paths is applied
		opts.choice.somewhere = c.file.SomewhereOn()
	}
	opts.choice.switched = make(map[string]bool)
	for _, check := range c.file.Checks {
		if given("all") && opts.choice.all && !s.isBorrowed(check.Check) {
			continue
		}
		opts.choice.switched[check.Check] = check.On
		c.checks[check.Check] = place(check.Origin)
	}
	return nil
}
