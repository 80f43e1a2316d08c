package front

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/multichecker"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/concurrencyvet/concurrencyvet/internal/borrowed"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// Tool answers the go command, which calls the program as a vet tool: it
// describes the program's flags, or its version, or checks the one package
// that the last argument describes. It returns only when all is done and well.
func (s *Suite) Tool(argv []string) {
	if len(argv) == 2 && strings.TrimLeft(argv[1], "-") == "V=full" {
		if err := printContentID(os.Stdout); err != nil {
			log.Fatalf("%s: %v", progname, err)
		}
		return
	}
	// Unitchecker knows -all, as a flag without effect; these it would not let pass.
	// The effect of all of them is that of toolArgs.
	flag.Bool("preview", false, "run the preview checks as well")
	flag.Bool("pedantic", false, "run the pedantic checks as well")
	flag.Bool("borrowed", false, "run analyzers of golang.org/x/tools as well")
	flag.Bool("doubles", false, "mark what a check finds as well, instead of leaving it out")
	flag.String("roots", "", "told apart by the cache: which packages are named")

	unit := argv[len(argv)-1]
	if !strings.HasSuffix(unit, ".cfg") {
		os.Args = argv
		unitchecker.Main(analyzers(s.all())...)
	}
	cfg := readUnit(unit)
	tuneCollector(cfg)
	if cfg.VetxOnly && cfg.isLocal() && slices.Contains(argv, localRoots) && !cfg.hasTests() {
		// The go command keeps what this unit leaves for later runs which name the
		// package, and gives them no chance to find more.
		if whole, err := asked(unit); err == nil {
			unit, cfg.VetxOnly = whole, false
		}
	}
	switch {
	case cfg.VetxOnly:
		// Facts do not depend on which checks were chosen, and the checks of
		// a dependency would only cost time.
		producers := s.factProducers(argv[1 : len(argv)-1])
		s.prepare(producers)
		os.Args = []string{argv[0], unit}
		unitchecker.Main(producers...)
	default:
		checks, args := s.toolArgs(argv[1 : len(argv)-1])
		// Prerequisites run as roots: then an error of one of them is in the
		// output, and not just that it failed.
		combine := borrowed.Beside
		if slices.Contains(args, markDoubles) {
			combine = borrowed.Marked
		}
		list := withPrerequisites(combine(analyzers(checks)))
		s.prepare(list)
		if asksMore(args) {
			list = s.tellMore(list)
		}
		os.Args = append(append([]string{argv[0]}, args...), unit)
		unitchecker.Main(list...)
	}
}

// factProducers returns what is run where only facts are wanted: what the checks share
// and, as no check does, what the borrowings that the arguments choose need.
func (s *Suite) factProducers(args []string) []*analysis.Analyzer {
	chosen, _ := s.toolArgs(args)
	producers := slices.Clone(s.FactProducers)
	for _, a := range withPrerequisites(analyzers(slices.DeleteFunc(chosen, func(check passes.Check) bool {
		return check.Status != passes.Borrowed
	}))) {
		if len(a.FactTypes) > 0 && !slices.Contains(producers, a) {
			producers = append(producers, a)
		}
	}
	return producers
}

// tellMore makes the analyzers tell what the front alone wants to know.
func (s *Suite) tellMore(list []*analysis.Analyzer) []*analysis.Analyzer {
	for _, a := range list {
		a.Run = report.Telling(a.Run)
	}
	if m := s.newMeter(); m != nil {
		return m.measure(list)
	}
	return list
}

// A unitConfig is the part of the description of a unit that matters here.
type unitConfig struct {
	VetxOnly   bool // only the facts are wanted
	GoFiles    []string
	Dir        string
	ModulePath string // empty for the standard library
}

// isLocal reports whether the unit is part of a module that is being worked on, not
// of the standard library, the module cache or a vendor directory.
func (cfg unitConfig) isLocal() bool {
	dir := filepath.ToSlash(cfg.Dir) + "/"
	return cfg.ModulePath != "" && !strings.Contains(dir, "@") && !strings.Contains(dir, "/vendor/")
}

// hasTests reports whether the package surely has tests within it: then it is named
// together with them, which is another unit, and this one never is. It errs to false:
// files are taken that no build constraint can leave out.
func (cfg unitConfig) hasTests() bool {
	if len(cfg.GoFiles) == 0 {
		return false
	}
	name := packageName(cfg.GoFiles[0])
	tests, err := filepath.Glob(filepath.Join(cfg.Dir, "*_test.go"))
	return err == nil && name != "" && slices.ContainsFunc(tests, func(test string) bool {
		words := strings.Count(filepath.Base(test), "_") // the last ones may name a platform
		data, err := os.ReadFile(test)
		return err == nil && words == 1 && !bytes.Contains(data, []byte("build")) && packageName(test) == name
	})
}

// packageName returns the name in the package clause of a file, empty if that cannot
// be read.
func packageName(file string) string {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return f.Name.Name
}

// asked writes a description of the unit beside the given one by which its
// diagnostics are wanted, and returns its name.
func asked(unit string) (string, error) {
	data, err := os.ReadFile(unit)
	if err != nil {
		return "", err
	}
	var cfg map[string]json.RawMessage
	if err := json.Unmarshal(data, &cfg); err != nil {
		return "", err
	}
	cfg["VetxOnly"] = json.RawMessage("false")
	if data, err = json.Marshal(cfg); err != nil {
		return "", err
	}
	whole := strings.TrimSuffix(unit, ".cfg") + ".whole.cfg"
	return whole, os.WriteFile(whole, data, 0o666)
}

// readUnit reads the description of a unit. One that cannot be read is left to
// unitchecker to report.
func readUnit(unit string) (cfg unitConfig) {
	data, err := os.ReadFile(unit)
	if err != nil || json.Unmarshal(data, &cfg) != nil {
		return unitConfig{}
	}
	return cfg
}

// toolArgs takes from the arguments all that chooses checks. It returns the
// checks chosen and the other arguments, without the flags of other checks.
func (s *Suite) toolArgs(args []string) (chosen []passes.Check, rest []string) {
	c := choice{named: make(map[string]bool)}
	wide := map[string]*bool{"preview": &c.preview, "pedantic": &c.pedantic, "all": &c.all, "borrowed": &c.borrowed}
	byName := make(map[string]*analysis.Analyzer)
	for _, check := range s.all() {
		byName[check.Analyzer.Name] = check.Analyzer
	}
	for _, arg := range args {
		arg = current(arg)
		name, on := boolFlag(arg)
		if p, ok := wide[name]; ok {
			*p = on
		} else if byName[name] != nil {
			c.named[name] = on
		} else {
			rest = append(rest, arg)
		}
	}
	chosen = s.choose(c)
	for _, check := range chosen {
		delete(byName, check.Analyzer.Name)
	}
	return chosen, withoutFlagsOf(byName, rest)
}

// formerNames are flags of go vet that unitchecker knows by other names, and lists as
// flags of this program. One of an analyzer that does not run it would not let pass.
var formerNames = map[string]string{
	"rangeloops":          "loopclosure",
	"unusedfuncs":         "unusedresult.funcs",
	"unusedstringmethods": "unusedresult.stringmethods",
}

// current returns an argument with the name that its flag has now.
func current(arg string) string {
	name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	now, ok := formerNames[name]
	switch {
	case !ok || !strings.HasPrefix(arg, "-"):
		return arg
	case hasValue:
		return "-" + now + "=" + value
	}
	return "-" + now
}

// boolFlag splits an argument into the name and the value of a boolean flag.
// The name is empty if the argument cannot be one.
func boolFlag(arg string) (name string, on bool) {
	name, ok := strings.CutPrefix(arg, "-")
	if !ok {
		return "", false
	}
	name = strings.TrimPrefix(name, "-")
	name, value, ok := strings.Cut(name, "=")
	if !ok {
		return name, true
	}
	on, err := strconv.ParseBool(value)
	if err != nil {
		return "", false
	}
	return name, on
}

// withoutFlagsOf returns the arguments without -NAME.FLAG of the analyzers.
func withoutFlagsOf(byName map[string]*analysis.Analyzer, args []string) []string {
	var rest []string
	for i := 0; i < len(args); i++ {
		name, _, hasValue := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		prefix, flagName, ok := strings.Cut(name, ".")
		if !ok || byName[prefix] == nil || !strings.HasPrefix(args[i], "-") {
			rest = append(rest, args[i])
			continue
		}
		f := byName[prefix].Flags.Lookup(flagName)
		if f != nil && !hasValue && !isBool(f) {
			i++ // the value is the next argument
		}
	}
	return rest
}

// isBool reports whether the flag can stand without a value.
func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// prepare readies the analyzers about to run. Facts of analyzers that do not
// run can be met in what an imported package exported, so they all are
// registered. And an analyzer that panics must not take down the others, so
// its panic becomes an error.
func (s *Suite) prepare(running []*analysis.Analyzer) {
	known := withPrerequisites(append(analyzers(s.all()), s.FactProducers...))
	for _, a := range known {
		for _, fact := range a.FactTypes {
			gob.Register(fact)
		}
	}
	for _, a := range withPrerequisites(running) {
		a.Run = recovering(a)
	}
}

// recovering returns the analyzer's function, with panics turned into errors.
func recovering(a *analysis.Analyzer) func(*analysis.Pass) (any, error) {
	run := a.Run
	return func(pass *analysis.Pass) (result any, err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("panic: %v%s", r, panicSite())
			}
		}()
		return run(pass)
	}
}

// panicSite names the functions of the analyzer in which a recovered panic
// arose, without the addresses that would differ from run to run.
func panicSite() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var site strings.Builder
	panicking, shown := false, 0
	for {
		frame, more := frames.Next()
		if panicking && strings.HasSuffix(frame.File, "/front/tool.go") {
			return site.String() // what is above is the driver
		}
		if panicking && !strings.HasPrefix(frame.Function, "runtime.") {
			fmt.Fprintf(&site, "\n\t%s (%s:%d)", frame.Function, path.Base(frame.File), frame.Line)
			shown++
		}
		panicking = panicking || frame.Function == "runtime.gopanic"
		if !more || shown == 8 {
			return site.String()
		}
	}
}

// Standalone loads the packages into this process and checks them, without
// go vet and without its cache. It does not return. Its exit status is that
// of multichecker: 3 for findings, 1 for errors.
//
// Findings are written as text as the front writes them. With -json or -fix, and with a
// flag about the process itself, such as -cpuprofile, it is multichecker that loads,
// checks and writes, in its own way.
func (s *Suite) Standalone(argv []string) {
	opts, err := s.parse(argv[1:])
	if err != nil {
		os.Exit(misuse(os.Stderr, err))
	}
	if opts.help {
		os.Exit(s.help(nil, os.Stdout, os.Stderr))
	}
	log.SetFlags(0)
	log.SetPrefix(progname + ": ")
	if opts.dir != "" {
		if err := os.Chdir(opts.dir); err != nil {
			log.Print(err)
			os.Exit(ExitMisuse)
		}
	}
	// The loader takes build flags from the environment only.
	if len(opts.build) == 0 {
		// Leave what go env -w has set.
	} else if err := os.Setenv("GOFLAGS", goflags(os.Getenv("GOFLAGS"), opts.build)); err != nil {
		log.Fatal(err)
	}
	list := borrowed.Beside(analyzers(s.choose(opts.choice)))
	s.prepare(list)
	if !opts.json && !opts.fix && len(opts.profile) == 0 {
		os.Exit(s.standalone(opts, list, os.Stdout, os.Stderr))
	}
	os.Args = append([]string{argv[0]}, opts.multicheckerArgs()...)
	multichecker.Main(list...)
}

// goflags adds flags to a value of GOFLAGS.
func goflags(value string, add []string) string {
	list := []string{value}
	for _, f := range add {
		if strings.ContainsAny(f, " \t\n'\"") {
			quote := "'"
			if strings.Contains(f, "'") {
				quote = `"`
			}
			f = quote + f + quote
		}
		list = append(list, f)
	}
	return strings.TrimSpace(strings.Join(list, " "))
}

// multicheckerArgs returns the options in multichecker's form.
func (opts *options) multicheckerArgs() []string {
	args := append([]string{}, opts.profile...)
	args = append(args, opts.checkFlags...)
	args = append(args,
		fmt.Sprintf("-json=%v", opts.json),
		fmt.Sprintf("-fix=%v", opts.fix),
		fmt.Sprintf("-diff=%v", opts.diff),
		fmt.Sprintf("-test=%v", opts.tests),
		fmt.Sprintf("-c=%d", opts.context))
	if len(opts.patterns) == 0 {
		return append(args, ".")
	}
	return append(args, opts.patterns...)
}
