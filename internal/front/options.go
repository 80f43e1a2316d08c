package front

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/suggest"
)

// buildFlags are the flags of go vet that the front passes on, each with
// whether it is boolean. They choose files, modules, or how the go command
// goes about its work. Three of go vet's build flags are not among them:
// -C and -trimpath, which the front itself interprets, and -n, with which
// nothing would be checked.
var buildFlags = []struct {
	name    string
	boolean bool
}{
	{"a", true},
	{"asan", true},
	{"asmflags", false},
	{"buildmode", false},
	{"buildvcs", true},
	{"compiler", false},
	{"debug-actiongraph", false},
	{"debug-runtime-trace", false},
	{"debug-trace", false},
	{"gccgoflags", false},
	{"gcflags", false},
	{"installsuffix", false},
	{"ldflags", false},
	{"linkshared", true},
	{"mod", false},
	{"modcacherw", true},
	{"modfile", false},
	{"msan", true},
	{"overlay", false},
	{"p", false},
	{"pgo", false},
	{"pkgdir", false},
	{"race", true},
	{"tags", false},
	{"toolexec", false},
	{"v", true},
	{"work", true},
	{"x", true},
}

// profileFlags are the flags of multichecker about itself.
var profileFlags = []string{"cpuprofile", "debug", "memprofile", "trace"}

// Options are what the command line says.
type options struct {
	choice     choice
	checkFlags []string // -NAME.FLAG=VALUE, in the order of the table
	build      []string // build flags, in the order given
	profile    []string // flags of multichecker about itself
	dir        string   // -C
	tests      bool     // report findings in test files
	json       bool
	outputs    []output // of -format
	stats      bool
	fix        bool
	diff       bool
	context    int // lines of context; -1 for none
	standalone bool
	help       bool
	version    bool
	patterns   []string
	gate       gateOptions
	config     configuration
}

// A recorder is the value of a flag that is to be handed on.
type recorder struct {
	name    string
	boolean bool
	list    *[]string
}

// Set records the flag with its value.
func (r *recorder) Set(value string) error {
	*r.list = append(*r.list, "-"+r.name+"="+value)
	return nil
}

// String is the default value, which is not known here.
func (r *recorder) String() string { return "" }

// IsBoolFlag reports whether the flag can stand without a value.
func (r *recorder) IsBoolFlag() bool { return r.boolean }

// parse interprets the command line.
func (s *Suite) parse(args []string) (*options, error) {
	opts := &options{choice: choice{named: make(map[string]bool)}}
	fs := s.flagSet(opts)
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return &options{help: true}, nil
		}
		return nil, s.explain(err)
	}
	opts.patterns = fs.Args()
	if err := s.configure(fs, opts); err != nil {
		return nil, err
	}
	opts.checkFlags = s.checkFlags(fs, opts.choice)
	return opts, opts.validate()
}

// flagSet returns the flags of the command, bound to opts.
func (s *Suite) flagSet(opts *options) *flag.FlagSet {
	fs := flag.NewFlagSet(progname, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}

	fs.BoolVar(&opts.choice.preview, "preview", false, "")
	fs.BoolVar(&opts.choice.pedantic, "pedantic", false, "")
	fs.BoolVar(&opts.choice.all, "all", false, "")
	fs.BoolVar(&opts.choice.borrowed, "borrowed", false, "")
	fs.BoolVar(&opts.json, "json", false, "")
	fs.Func("format", "", func(value string) error {
		list, err := parseOutputs(value)
		opts.outputs = append(opts.outputs, list...)
		return err
	})
	fs.BoolVar(&opts.stats, "stats", false, "")
	fs.BoolVar(&opts.fix, "fix", false, "")
	fs.BoolVar(&opts.diff, "diff", false, "")
	fs.IntVar(&opts.context, "c", -1, "")
	fs.BoolVar(&opts.tests, "test", true, "")
	fs.StringVar(&opts.dir, "C", "", "")
	fs.Bool("trimpath", false, "")
	fs.BoolVar(&opts.standalone, "standalone", false, "")
	fs.BoolVar(&opts.version, "V", false, "")
	opts.config.register(fs)
	opts.gate.register(fs)

	for _, f := range buildFlags {
		fs.Var(&recorder{f.name, f.boolean, &opts.build}, f.name, "")
	}
	for _, name := range profileFlags {
		fs.Var(&recorder{name, false, &opts.profile}, name, "")
	}
	for _, check := range s.all() {
		name := check.Analyzer.Name
		fs.BoolFunc(name, "", func(value string) error {
			on, err := strconv.ParseBool(value)
			if err != nil {
				return errors.New("want true or false")
			}
			opts.choice.named[name] = on
			return nil
		})
		check.Analyzer.Flags.VisitAll(func(f *flag.Flag) {
			fs.Var(f.Value, name+"."+f.Name, "")
		})
	}
	return fs
}

// checkFlags returns the flags of the chosen checks that were set,
// in the order of the table.
func (s *Suite) checkFlags(fs *flag.FlagSet, c choice) []string {
	set := make(map[string]string)
	fs.Visit(func(f *flag.Flag) { set[f.Name] = f.Value.String() })
	var list []string
	for _, check := range s.choose(c) {
		check.Analyzer.Flags.VisitAll(func(f *flag.Flag) {
			name := check.Analyzer.Name + "." + f.Name
			if value, ok := set[name]; ok {
				list = append(list, "-"+name+"="+value)
			}
		})
	}
	return list
}

// validate reports what makes no sense together.
func (opts *options) validate() error {
	for _, pattern := range opts.patterns {
		if strings.HasPrefix(pattern, "-") {
			return fmt.Errorf("flag %s stands after a package: flags come first", pattern)
		}
	}
	switch {
	case opts.context < -1:
		return fmt.Errorf("invalid value %d for flag -c: want a number of lines", opts.context)
	case opts.diff && !opts.fix:
		return errors.New("-diff needs -fix")
	case opts.fix && opts.json:
		return errors.New("-fix and -json cannot be used together")
	case opts.fix && (len(opts.outputs) > 0 || opts.stats):
		return errors.New("-fix reports nothing: it cannot be used together with -format or -stats")
	case opts.standalone && (len(opts.outputs) > 0 || opts.stats):
		return errors.New("-format and -stats need go vet: they cannot be used together with -standalone")
	case opts.fix && opts.context >= 0:
		return errors.New("-fix and -c cannot be used together")
	case opts.fix && !opts.standalone && slices.ContainsFunc(opts.build, func(f string) bool { return strings.HasPrefix(f, "-overlay=") }):
		return errors.New("-fix and -overlay cannot be used together: what is not on disk cannot be fixed there")
	case len(opts.profile) > 0 && !opts.standalone:
		return fmt.Errorf("%s needs -standalone", opts.profile[0])
	}
	if err := opts.validateOutputs(); err != nil {
		return err
	}
	return opts.validateGate()
}

// explain turns an error of package flag into one for the user.
func (s *Suite) explain(err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return err
	}
	if base, _, ok := strings.Cut(name, "="); ok {
		name = base
	}
	var known []string
	s.flagSet(&options{}).VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
	return fmt.Errorf("no flag or check is named -%s%s", name, suggest.Hint(name, known, "-"))
}
