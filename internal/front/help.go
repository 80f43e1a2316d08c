package front

import (
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/borrowed"
	"github.com/concurrencyvet/concurrencyvet/internal/suggest"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

const usage = `concurrencyvet finds concurrency faults in Go packages.

Usage:

	concurrencyvet [flags] [packages]
	concurrencyvet config [flags]
	concurrencyvet merge [-o FILE] FILE.sarif ...
	concurrencyvet help [check]
	concurrencyvet version
%s
No package named means the one in the current directory.

Which checks run:

	-NAME        run only the checks so named
	-NAME=false  leave the check out
	-preview     run the preview checks as well
	-pedantic    run the pedantic checks as well
	-all         run all checks
	-borrowed    run the analyzers of golang.org/x/tools at the end of this text
	             as well, which go vet has; what a check finds too is shown once

What becomes of the findings:

	-c N         show N lines of source around each position
	-json        print the JSON that go vet -json prints
	-format F    write the findings in the format F, which is one of
	             %s;
	             F=FILE writes to a file, as a whole or not at all; several
	             formats have commas between them, and at most one goes to
	             standard output: -format text,sarif=out.sarif
	-stats       on standard error, count findings by check and package, and
	             tell the slowest checks and packages, and which searches
	             were given up; what comes from the cache has no times
	-fix         apply the fixes of the findings, and report nothing; a fix that
	             conflicts with another one, or after which the package, its
	             tests or what imports it would not compile, is left out
	-fix -diff   print the fixes as a patch, and apply nothing
	-test=false  leave out findings in test files

Which findings count:

	-fail-on correctness|suspicious|any
	             exit with status 1 for findings of that group or a graver
	             one only; the others are shown all the same
	-baseline F  leave out the findings that the file F has
	-write-baseline
	             write the findings to the baseline, and report nothing
	-prune-baseline
	             remove from the baseline what is not found any more
	-new-from R  leave out the findings that there were at the git revision R,
	             wherever they are now
	-new-from-merge-base R
	             the same with the last common ancestor of R and HEAD
	-new-lines-only
	             with these two, show instead what is on changed lines
	-suppressed=false
	             leave out of SARIF what directives and the baseline suppress:
	             GitHub's code scanning does not heed that, and shows it
	-add-ignores "REASON"
	             write ignore directives for the findings

Settings are taken from concurrencyvet.toml or .concurrencyvet.toml in the
directory or the nearest one above it within the repository; what the command
line says counts more. 'concurrencyvet config' prints what is in force.

	-config F    take them from the file F; off for none

How packages are loaded:

	-C dir       run in dir, and print paths relative to it
	-standalone  load packages into this process, without go vet and its
	             cache; the exit status is multichecker's, and with -json,
	             -fix or a flag for profiling the output is, too; of the
	             settings only those of checks and tests count
	-mod, -modfile, -overlay, -race, -tags and the other build flags are
	those of the go command; -trimpath has no effect

Findings go to standard output, errors to standard error. The exit status is
0 if there is no finding, 1 if there are findings (or, with -diff, a patch),
2 if the command line or a file that it names is wrong, and 3 if a package did
not load or compile, a check failed, or a file could not be written. Findings of
the other packages are printed all the same.

The checks, those on by default marked by a star:

`

// help prints the help on the command or on a check, and returns the exit
// status.
func (s *Suite) help(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		s.overview(stdout)
		return ExitClean
	}
	status := ExitClean
	for _, name := range args {
		if err := s.helpOn(name, stdout); err != nil {
			status = misuse(stderr, err)
		}
	}
	return status
}

// overview prints the help on the command.
func (s *Suite) overview(w io.Writer) {
	var commands strings.Builder
	for _, c := range s.Commands {
		fmt.Fprintf(&commands, "\tconcurrencyvet %s %s\n", c.Name, c.Summary)
	}
	fmt.Fprintf(w, usage, commands.String(), formatList())
	list(w, s.Checks)
	if len(s.Borrowings) > 0 {
		fmt.Fprint(w, "\nThe analyzers that -borrowed adds, under the names that they have in go vet; -all\ndoes not run them:\n\n")
		list(w, s.Borrowings)
	}
	fmt.Fprintf(w, "\nRun '%s help NAME' for more on a check.\n", progname)
}

// list lists checks.
func list(w io.Writer, checks []passes.Check) {
	width := 0
	for _, check := range checks {
		width = max(width, len(check.Analyzer.Name))
	}
	for _, check := range checks {
		mark := ' '
		if check.DefaultOn() {
			mark = '*'
		}
		fmt.Fprintf(w, "\t%c %-*s  %s (%s, %s)\n", mark, width, check.Analyzer.Name, summary(check.Analyzer.Doc), check.Group, check.Status)
	}
}

// formatList lists the formats, in two lines.
func formatList() string {
	names := formatNames()
	first, second := names[:len(names)/2+2], names[len(names)/2+2:]
	return strings.Join(first, ", ") + ",\n\t             " + strings.Join(second, ", ")
}

// summary returns the first line of the documentation, without the name that
// it may begin with.
func summary(doc string) string {
	line, _, _ := strings.Cut(doc, "\n")
	if name, rest, ok := strings.Cut(line, ": "); ok && !strings.Contains(name, " ") {
		return rest
	}
	return line
}

// helpOn prints the help on a check.
func (s *Suite) helpOn(name string, w io.Writer) error {
	var known []string
	for _, check := range s.all() {
		a := check.Analyzer
		if a.Name != name {
			known = append(known, a.Name)
			continue
		}
		_, body, _ := strings.Cut(a.Doc, "\n")
		fmt.Fprintf(w, "%s: %s\n", a.Name, summary(a.Doc))
		if body = strings.Trim(body, "\n"); body != "" {
			fmt.Fprintf(w, "\n%s\n", body)
		}
		state := "off by default"
		if check.DefaultOn() {
			state = "on by default"
		}
		fmt.Fprintf(w, "\nGroup %s, status %s, since %s, %s.\n", check.Group, check.Status, check.Since, state)
		if ours := borrowed.Covering(name); ours != "" && check.Status == passes.Borrowed {
			fmt.Fprintf(w, "What %s finds as well, when it runs, is shown as its finding.\n", ours)
		}
		if a.URL != "" {
			fmt.Fprintf(w, "%s\n", a.URL)
		}
		a.Flags.VisitAll(func(f *flag.Flag) {
			fmt.Fprintf(w, "\n\t-%s.%s\n\t\t%s (default %q)\n", a.Name, f.Name, f.Usage, f.DefValue)
		})
		return nil
	}
	return fmt.Errorf("no check is named %s%s", name, suggest.Hint(name, known, ""))
}

// printVersion prints the version that the go command built in.
func printVersion(w io.Writer) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		fmt.Fprintln(w, progname, "(unknown version)")
		return
	}
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	fmt.Fprintf(w, "%s %s %s", progname, version, info.GoVersion)
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			fmt.Fprintf(w, " %s", setting.Value)
		}
	}
	fmt.Fprintln(w)
}
