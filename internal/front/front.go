// Package front is the concurrencyvet command.
//
// The program can be entered in three ways. Called as the go command calls a
// vet tool, it checks one package ([Suite.Tool]). Called with -standalone, it
// loads and checks packages in one process ([Suite.Standalone]). Called in any
// other way, it is the front ([Suite.Main]): it runs go vet with itself as the
// vet tool, reads the JSON that go vet prints, and renders it. So the cache,
// the parallelism and the loading of packages are the go command's own.
//
// All three choose the checks to run by the same rules, which are those of
// [Suite.choose].
package front

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/passes"
)

// progname begins the messages of the program about itself.
const progname = "concurrencyvet"

// The exit statuses of the front.
const (
	ExitClean    = 0   // no finding
	ExitFindings = 1   // findings, or with -fix -diff a patch
	ExitMisuse   = 2   // a flag or a name that does not exist, or a bad value
	ExitFailure  = 3   // a package did not load or compile, or a check failed
	ExitSignal   = 130 // interrupted
)

// A Suite is what the command runs.
type Suite struct {
	Checks        []passes.Check       // the table, in alphabetical order
	Borrowings    []passes.Check       // run beside the checks only if they are asked for
	FactProducers []*analysis.Analyzer // what is run on a package when only its facts are wanted
	Commands      []Command            // subcommands beside those of the front itself
	Cuts          func() int           // how many searches of checks have met their bound so far; may be nil
}

// all returns the checks and the borrowings, in this order.
func (s *Suite) all() []passes.Check { return slices.Concat(s.Checks, s.Borrowings) }

// A Command is a subcommand, named by the first argument.
type Command struct {
	Name    string
	Summary string // what follows the name in the help
	Run     func(args []string, stdout, stderr io.Writer) int
}

// A Way is a way into the program.
type Way int

// The ways into the program.
const (
	Front      Way = iota // called by a user
	Tool                  // called by the go command, as a vet tool
	Standalone            // called by a user who wants no go vet
)

// WayIn reports which way in the arguments of the program ask for.
func WayIn(args []string) Way {
	if len(args) == 0 {
		return Front
	}
	if strings.HasSuffix(args[len(args)-1], ".cfg") {
		return Tool
	}
	for _, arg := range args {
		switch arg {
		case "-V=full", "--V=full", "-flags", "--flags":
			return Tool
		case "-standalone", "--standalone", "-standalone=true", "--standalone=true":
			return Standalone
		}
	}
	return Front
}

// Main runs the command as a user calls it and returns its exit status.
// The arguments do not include the program's name.
func (s *Suite) Main(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "help":
			return s.help(args[1:], stdout, stderr)
		case "version":
			printVersion(stdout)
			return ExitClean
		case "config":
			return s.showConfig(args[1:], stdout, stderr)
		case "merge":
			return merge(args[1:], stdout, stderr)
		}
		if i := slices.IndexFunc(s.Commands, func(c Command) bool { return c.Name == args[0] }); i >= 0 {
			return s.Commands[i].Run(args[1:], stdout, stderr)
		}
	}
	opts, err := s.parse(args)
	switch {
	case err != nil:
		return misuse(stderr, err)
	case opts.help:
		return s.help(nil, stdout, stderr)
	case opts.version:
		printVersion(stdout)
		return ExitClean
	}
	return s.run(opts, stdout, stderr)
}

// misuse reports that the program was called wrongly.
func misuse(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "%s: %v\nRun '%s help' for usage.\n", progname, err, progname)
	return ExitMisuse
}
