package front

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// show renders what go vet left and returns the exit status.
func (s *Suite) show(out *outcome, g *gate, stdout, stderr io.Writer) int {
	dir, opts := g.dir, g.opts
	if why := tooOld(out, dir); why != "" {
		fmt.Fprintf(stderr, "%s: %s\n", progname, why)
		return ExitFailure
	}
	slices.Sort(out.blocks)
	for _, block := range slices.Compact(out.blocks) {
		io.WriteString(stderr, block)
	}
	if out.signal {
		io.WriteString(stderr, out.notes)
		return ExitSignal
	}
	if complaint := rejected(out); complaint != nil {
		return misuse(stderr, complaint)
	}
	io.WriteString(stderr, out.notes)
	units, text, err := decode(out.stdout)
	stderr.Write(text)
	work := workOf(units, out.asked)
	if err == nil {
		units, err = named(units, dir, opts)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", progname, err)
		return ExitFailure
	}
	findings, failures := read(units)
	kept, verdict := g.pass(out, findings, readHidden(units), failures)
	if verdict.final {
		return verdict.status
	}
	if opts.fix {
		status := g.fix(kept, out, len(failures), stdout)
		explain(out, failures, stderr)
		return status
	}
	if len(kept) < len(findings) {
		units = without(units, others(kept))
	}
	res := &results{kept, failures, units, work, out, status(out, g.counted(kept), len(failures))}
	if err := s.write(res, g, stdout); err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", progname, err)
		res.status = ExitFailure
	}
	explain(out, failures, stderr)
	s.summarize(res, opts, stderr)
	return res.status
}

// rejected returns what the go command objects to in a flag, nil if it does not.
func rejected(out *outcome) error {
	complaint, _, ok := strings.Cut(out.notes, "usage: go vet")
	if !ok || out.status != 2 {
		return nil
	}
	return errors.New(strings.TrimSpace(complaint))
}

// status returns the exit status for a run.
func status(out *outcome, findings, failures int) int {
	switch {
	case out.status != 0 || failures > 0:
		return ExitFailure
	case findings > 0:
		return ExitFindings
	}
	return ExitClean
}

// explain says what could not be checked.
func explain(out *outcome, failures []finding.Failure, stderr io.Writer) {
	for _, f := range failures {
		fmt.Fprintf(stderr, "%s: check %s failed on package %s: %s\n", progname, f.Check, f.Package, f.Reason)
	}
	complain(out, stderr)
}

// complain reports that the go command failed, if it has not said so itself.
func complain(out *outcome, stderr io.Writer) {
	if out.status != 0 && !out.explained() {
		fmt.Fprintf(stderr, "%s: go vet failed with exit status %d and gave no reason\n", progname, out.status)
	}
}

// tooOld says that the go command is too old, if that is what went wrong.
// Before Go 1.26 the JSON came on standard error, and was not cached.
func tooOld(out *outcome, dir string) string {
	if len(bytes.TrimSpace(out.stdout)) > 0 {
		return ""
	}
	// The front passes on only flags that go vet knows since Go 1.26.
	unknownFlag := out.status == 2 && strings.Contains(out.notes, "flag provided but not defined")
	misplaced := func(text string) bool {
		return strings.HasPrefix(text, "{") || strings.Contains(text, "\n{")
	}
	if !unknownFlag && !misplaced(out.notes) && !slices.ContainsFunc(out.blocks, misplaced) {
		return ""
	}
	version := "the go command in PATH"
	if cmd, err := goCommand(dir, []string{"env", "GOVERSION"}); err == nil {
		if data, err := cmd.Output(); err == nil {
			version = strings.TrimSpace(string(data))
		}
	}
	return version + " is too old to run the checks: concurrencyvet needs Go 1.26 or later"
}
