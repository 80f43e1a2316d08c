package front

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/concurrencyvet/concurrencyvet/passes"
)

// showConfig prints what is in force with the given flags, in the form of a
// configuration file, each value with the place where it comes from.
func (s *Suite) showConfig(args []string, stdout, stderr io.Writer) int {
	opts, err := s.parse(args)
	if err != nil {
		return misuse(stderr, err)
	}
	if len(opts.patterns) > 0 {
		return misuse(stderr, fmt.Errorf("config takes flags only, not %s", opts.patterns[0]))
	}
	dir, err := workingDir(opts.dir)
	if err != nil {
		return misuse(stderr, err)
	}
	p := configPrinter{tabwriter.NewWriter(stdout, 0, 8, 1, ' ', 0), opts}
	for _, file := range opts.config.file.Files {
		p.line("# %s", shortPath(dir, file))
	}
	p.settings()
	p.line("\n[checks]")
	for _, check := range s.all() {
		name := check.Analyzer.Name
		p.value(name, strconv.FormatBool(opts.choice.on(check)), p.checkOrigin(check))
	}
	for _, check := range s.all() {
		p.options(check)
	}
	p.rules(dir)
	p.w.Flush()
	return ExitClean
}

// A configPrinter prints a configuration.
type configPrinter struct {
	w    *tabwriter.Writer
	opts *options
}

func (p configPrinter) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

// value prints a key with its value and the origin of that.
func (p configPrinter) value(key, value, origin string) {
	p.line("%s = %s\t# %s", key, value, origin)
}

// origin returns the origin of the value of a flag.
func (p configPrinter) origin(name string) string {
	if origin, ok := p.opts.config.origins[name]; ok {
		return origin
	}
	return "default"
}

// settings prints what stands at the top.
func (p configPrinter) settings() {
	o := p.opts
	for _, s := range []struct {
		key   string
		value bool
	}{{"default", !o.choice.noDefault}, {"preview", o.choice.preview}, {"pedantic", o.choice.pedantic}, {"all", o.choice.all}, {"borrowed", o.choice.borrowed}, {"test", o.tests}} {
		p.value(s.key, strconv.FormatBool(s.value), p.origin(s.key))
	}
	p.value("fail-on", strconv.Quote(o.gate.failOn), p.origin("fail-on"))
	if o.gate.baseline.file != "" {
		p.value("baseline", strconv.Quote(o.gate.baseline.file), p.origin("baseline"))
	}
	var formats []string
	for _, s := range o.config.file.Settings {
		if s.Name == "format" && p.origin("format") != fromFlag {
			formats = append(formats, strconv.Quote(s.Value))
		}
	}
	if len(formats) > 0 {
		p.value("format", "["+strings.Join(formats, ", ")+"]", p.origin("format"))
	}
}

// checkOrigin returns what turned a check on or off.
func (p configPrinter) checkOrigin(check passes.Check) string {
	c := p.opts.choice
	name := check.Analyzer.Name
	if _, named := c.named[name]; named || c.anyNamed() {
		return fromFlag
	}
	if origin, ok := p.opts.config.checks[name]; ok {
		return origin
	}
	switch {
	case check.Status == passes.Borrowed && !c.borrowed:
		return "default"
	case check.Status == passes.Borrowed:
		return "borrowed, " + p.origin("borrowed")
	case c.all:
		return "all, " + p.origin("all")
	case check.DefaultOn():
		return p.origin("default")
	case check.Status == passes.Preview && c.preview:
		return "preview, " + p.origin("preview")
	case check.Group == passes.Pedantic && c.pedantic:
		return "pedantic, " + p.origin("pedantic")
	}
	return "default"
}

// options prints the options of a check.
func (p configPrinter) options(check passes.Check) {
	first := true
	check.Analyzer.Flags.VisitAll(func(f *flag.Flag) {
		if first {
			p.line("\n[options.%s]", check.Analyzer.Name)
			first = false
		}
		p.value(f.Name, strconv.Quote(f.Value.String()), p.origin(check.Analyzer.Name+"."+f.Name))
	})
}

// rules prints the rules for paths.
func (p configPrinter) rules(dir string) {
	for _, r := range p.opts.config.file.Rules {
		p.line("\n[[paths]] # %s:%d", shortPath(dir, r.File), r.Line)
		p.line("glob = %q", r.Glob)
		if r.Ignore != nil {
			p.line("ignore = %v", *r.Ignore)
		}
		for _, name := range slices.Sorted(maps.Keys(r.Checks)) {
			p.line("checks.%s = %v", name, r.Checks[name])
		}
	}
}
