package front

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/baseline"
	"github.com/concurrencyvet/concurrencyvet/internal/borrowed"
	"github.com/concurrencyvet/concurrencyvet/internal/finding"
	"github.com/concurrencyvet/concurrencyvet/internal/revision"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// gateOptions are the flags that say which findings count.
type gateOptions struct {
	failOn     string // the least group that makes the exit status 1
	suppressed bool   // SARIF tells of findings that are not shown
	baseline   baselineOptions
	newFrom    newFromOptions
	ignores    ignoreOptions
}

// failAny is the value of -fail-on by which all findings count.
const failAny = "any"

// register defines the flags.
func (g *gateOptions) register(fs *flag.FlagSet) {
	g.failOn = failAny
	fs.BoolVar(&g.suppressed, "suppressed", true, "")
	g.baseline.register(fs)
	g.newFrom.register(fs)
	g.ignores.register(fs)
	fs.Func("fail-on", "", func(value string) error {
		values := []string{string(passes.Correctness), string(passes.Suspicious), failAny}
		if !slices.Contains(values, value) {
			return errors.New("want " + strings.Join(values, ", "))
		}
		g.failOn = value
		return nil
	})
}

// The flags that make no sense with -standalone or -fix, if the command line has them;
// what the configuration file has is left alone.
var (
	gateFlags = []string{"fail-on", "baseline", "write-baseline", "prune-baseline", "new-from", "new-from-merge-base", "new-lines-only", "add-ignores"}
	noFix     = []string{"fail-on", "write-baseline", "prune-baseline", "add-ignores"}
)

// validateGate reports what makes no sense together.
func (opts *options) validateGate() error {
	for _, name := range gateFlags {
		if opts.config.origins[name] != fromFlag {
			continue
		}
		switch {
		case opts.standalone:
			return fmt.Errorf("-%s and -standalone cannot be used together", name)
		case opts.fix && slices.Contains(noFix, name):
			return fmt.Errorf("-%s and -fix cannot be used together", name)
		}
	}
	if err := errors.Join(opts.gate.baseline.validate(), opts.gate.newFrom.validate()); err != nil {
		return err
	}
	if o := opts.gate; (o.baseline.write || o.baseline.prune) && (o.newFrom.ref != "" || o.newFrom.mergeBase != "") {
		return errors.New("the baseline is of all findings: it cannot be written with -new-from")
	}
	if opts.gate.ignores.add && opts.gate.baseline.write {
		return errors.New("-add-ignores and -write-baseline cannot be used together")
	}
	return nil
}

// A gate holds back the findings that are not to be shown.
type gate struct {
	suite  *Suite
	opts   *options
	dir    string // in which the go command runs
	stderr io.Writer
	files  *finding.Files

	baseline string // the file, empty for none
	known    []baseline.Entry
	hidden   []identified   // what only SARIF tells of; set by pass
	base     *revision.Base // what is there is not shown; nil for none
}

// An identified finding is one that is known again.
type identified struct {
	finding.Finding
	id     finding.Identity
	hidden *finding.Hidden // why it is not shown; nil if it is
}

// identities returns the identities of the findings.
func identities(list []identified) []finding.Identity {
	ids := make([]finding.Identity, len(list))
	for i, f := range list {
		ids[i] = f.id
	}
	return ids
}

// findingsOf returns the findings without their identities.
func findingsOf(list []identified) []finding.Finding {
	findings := make([]finding.Finding, len(list))
	for i, f := range list {
		findings[i] = f.Finding
	}
	return findings
}

// A verdict is what a gate says beside the findings that pass.
type verdict struct {
	final  bool // nothing is to be shown
	status int
}

// newGate returns the gate that the options ask for. An error is one of the user's.
func (s *Suite) newGate(opts *options, dir string, stderr io.Writer) (*gate, error) {
	g := &gate{suite: s, opts: opts, dir: dir, stderr: stderr, files: finding.NewFiles(dir)}
	if file := opts.gate.baseline.file; file != "" {
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		known, err := readBaseline(file, dir, opts.gate.baseline)
		if err != nil {
			return nil, err
		}
		g.baseline, g.known = file, known
	}
	ctx, stop := untilInterrupted()
	defer stop()
	base, err := opts.gate.newFrom.find(ctx, dir)
	if err != nil {
		return nil, err
	}
	g.base = base
	return g, nil
}

// identify returns the findings, with their identities where these are asked for. They must be all that there
// are: who looks at the output of a run knows a finding by its identity, which must not
// depend on what the gate holds back.
func (g *gate) identify(findings []finding.Finding) []identified {
	all := make([]identified, len(findings))
	for i, f := range findings {
		all[i].Finding = f
	}
	if g.recognises() {
		for i, id := range finding.Identify(g.files, findings) {
			all[i].id = id
		}
	}
	return all
}

// recognises reports whether identities are asked for, by the gate or by a format:
// for them the files with findings are parsed.
func (g *gate) recognises() bool {
	return g.baseline != "" || g.base != nil || slices.ContainsFunc(g.opts.allOutputs(), func(o output) bool {
		return o.format != formatText && o.format != formatJSON
	})
}

// tellsHidden reports whether findings that are not shown are to be told of: SARIF has a
// place for them.
func (g *gate) tellsHidden() bool {
	return g.opts.gate.suppressed && slices.ContainsFunc(g.opts.allOutputs(), func(o output) bool { return o.format == formatSARIF })
}

// hide identifies what directives hide, beside the findings. Of findings that are alike
// those which are not hidden have the lower numbers, which do not depend on what is.
func hide(files *finding.Files, list []finding.Hidden, findings []finding.Identity) []identified {
	taken := make(map[finding.Identity]bool)
	for _, id := range findings {
		taken[id] = true
	}
	all := make([]identified, len(list))
	plain := make([]finding.Finding, len(list))
	for i, h := range list {
		plain[i] = h.Finding
	}
	for i, id := range finding.Identify(files, plain) {
		for taken[id] {
			id.Index++
		}
		taken[id] = true
		all[i] = identified{plain[i], id, &list[i]}
	}
	return all
}

// pass returns the findings that are to be shown.
func (g *gate) pass(out *outcome, all []finding.Finding, hidden []finding.Hidden, failures []finding.Failure) ([]identified, verdict) {
	findings := g.identify(all)
	if g.tellsHidden() {
		g.hidden = g.byFile(hide(g.files, hidden, identities(findings)))
	}
	findings = g.byFile(findings)
	if g.baseline != "" || g.base != nil {
		complete := out.status == 0 && len(failures) == 0
		var v verdict
		if findings, v = g.byHistory(findings, complete); v.final {
			return nil, v
		}
	}
	if g.opts.gate.ignores.add {
		return g.addIgnores(findings)
	}
	return findings, verdict{}
}

// byHistory returns the findings that are not known from the baseline or a revision.
func (g *gate) byHistory(findings []identified, complete bool) ([]identified, verdict) {
	findings, v := g.byBaseline(findings, complete)
	if v.final {
		return nil, v
	}
	ctx, stop := untilInterrupted()
	defer stop()
	return g.byRevision(ctx, findings)
}

// say writes a message.
func (g *gate) say(format string, args ...any) {
	fmt.Fprintf(g.stderr, progname+": "+format+"\n", args...)
}

// fail says that the run cannot go on.
func (g *gate) fail(err error) verdict {
	g.say("%v", err)
	return verdict{final: true, status: ExitFailure}
}

// short returns the path of a file as it is shown.
func (g *gate) short(file string) string { return shortPath(g.dir, file) }

// byFile returns the findings in files of which they are wanted.
func (g *gate) byFile(findings []identified) []identified {
	findings = g.byPath(findings)
	if !g.opts.tests {
		findings = slices.DeleteFunc(findings, func(f identified) bool { return strings.HasSuffix(f.Pos.File, "_test.go") })
	}
	return findings
}

// byPath returns the findings that the rules for paths let pass, and of those that two
// have one.
func (g *gate) byPath(findings []identified) []identified {
	rules := g.opts.config.file
	if len(rules.Rules) == 0 {
		return findings
	}
	var kept []identified
	for _, f := range findings {
		file := f.Pos.File
		if !filepath.IsAbs(file) {
			file = filepath.Join(g.dir, file)
		}
		reports := func(check string) bool { return rules.Reports(check, file, g.suite.on(check, g.opts.choice)) }
		if f.Category == borrowed.CategoryDoubled && reports(borrowed.Covering(f.Check)) {
			continue
		}
		if reports(f.Check) {
			kept = append(kept, f)
		}
	}
	return kept
}

// on reports whether a check reports where no rule for paths speaks of it.
func (s *Suite) on(name string, c choice) bool {
	check, ok := s.check(name)
	return !ok || c.on(check)
}

// check returns the check of a name.
func (s *Suite) check(name string) (passes.Check, bool) {
	all := s.all()
	i := slices.IndexFunc(all, func(c passes.Check) bool { return c.Analyzer.Name == name })
	if i < 0 {
		return passes.Check{}, false
	}
	return all[i], true
}

// counted returns how many findings make the exit status 1.
func (g *gate) counted(findings []identified) int {
	n := 0
	for _, f := range findings {
		if g.suite.counts(f.Check, g.opts.gate.failOn) {
			n++
		}
	}
	return n
}

// counts reports whether findings of a check make the exit status 1.
func (s *Suite) counts(name, failOn string) bool {
	check, ok := s.check(name)
	switch {
	case failOn == failAny || !ok:
		return true
	case failOn == string(passes.Suspicious):
		return check.Group != passes.Pedantic
	}
	return check.Group == passes.Correctness
}
