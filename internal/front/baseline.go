package front

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/baseline"
	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// A baselineOptions are the flags about the baseline.
type baselineOptions struct {
	file  string
	write bool
	prune bool
}

// register defines the flags.
func (o *baselineOptions) register(fs *flag.FlagSet) {
	fs.StringVar(&o.file, "baseline", "", "")
	fs.BoolVar(&o.write, "write-baseline", false, "")
	fs.BoolVar(&o.prune, "prune-baseline", false, "")
}

// validate reports what makes no sense together.
func (o *baselineOptions) validate() error {
	switch {
	case o.write && o.file == "":
		return errors.New("-write-baseline needs -baseline FILE, or a baseline in the configuration file")
	case o.prune && o.file == "":
		return errors.New("-prune-baseline needs -baseline FILE, or a baseline in the configuration file")
	case o.write && o.prune:
		return errors.New("-write-baseline and -prune-baseline cannot be used together: writing leaves out what is stale")
	}
	return nil
}

// readBaseline reads the baseline. One that is to be written need not exist.
func readBaseline(file, dir string, o baselineOptions) ([]baseline.Entry, error) {
	data, err := os.ReadFile(file)
	short := shortPath(dir, file)
	switch {
	case errors.Is(err, os.ErrNotExist) && o.write:
		return nil, nil
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("there is no baseline %s: -write-baseline makes one", short)
	case err != nil:
		return nil, fmt.Errorf("baseline: %w", err)
	}
	entries, err := baseline.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("baseline %s: %w", short, err)
	}
	return entries, nil
}

// byBaseline returns the findings that are not in the baseline, and brings that up
// to date if it was asked for.
func (g *gate) byBaseline(findings []identified, complete bool) ([]identified, verdict) {
	o := g.opts.gate.baseline
	if o.file == "" {
		return findings, verdict{}
	}
	ids := identities(findings)
	s := &scope{gate: g}
	if o.write {
		entries := baseline.Update(g.known, ids, s.scope())
		if s.err != nil {
			return nil, g.fail(s.err)
		}
		return g.writeBaseline(findings, entries, complete)
	}
	match := baseline.Compare(g.known, ids, s.scope())
	if s.err != nil {
		return nil, g.fail(s.err)
	}
	var kept []identified
	for i, f := range findings {
		if !match.Known[i] {
			kept = append(kept, f)
		} else if g.tellsHidden() {
			rel, _ := g.files.Rel(g.baseline)
			f.hidden = &finding.Hidden{Finding: f.Finding, Reason: "it is in the baseline " + rel}
			g.hidden = append(g.hidden, f)
		}
	}
	switch {
	case !complete && o.prune:
		g.say("the baseline is left as it is, since not all packages could be checked")
	case !complete:
		// What was not found may be in what could not be checked.
	case o.prune:
		return kept, g.pruneBaseline(match)
	case len(match.Stale) > 0:
		g.say("the baseline %s has what is not found any more; -prune-baseline removes it:", g.short(g.baseline))
		for _, e := range match.Stale {
			fmt.Fprintf(g.stderr, "\t%s\n", e)
		}
	}
	return kept, verdict{}
}

// writeBaseline writes the baseline, with which the run ends.
func (g *gate) writeBaseline(findings []identified, entries []baseline.Entry, complete bool) ([]identified, verdict) {
	if !complete {
		g.say("the baseline is not written, since not all packages could be checked")
		return findings, verdict{}
	}
	if err := os.WriteFile(g.baseline, baseline.Format(entries), 0o666); err != nil {
		return nil, g.fail(err)
	}
	g.say("%s has %s now", g.short(g.baseline), number(len(entries), "finding", "findings"))
	return nil, verdict{final: true, status: ExitClean}
}

// pruneBaseline writes the baseline without what is stale.
func (g *gate) pruneBaseline(match baseline.Match) verdict {
	data := baseline.Format(match.Kept)
	if old, err := os.ReadFile(g.baseline); err == nil && string(old) == string(data) {
		return verdict{}
	}
	if err := os.WriteFile(g.baseline, data, 0o666); err != nil {
		return g.fail(err)
	}
	g.say("pruned %s: %s removed", g.short(g.baseline), number(len(match.Stale), "entry", "entries"))
	return verdict{}
}

// A scope is what the run looked at: the files of the packages that were named, for
// the checks that ran. It is found out when it is first asked for.
type scope struct {
	*gate
	ran    map[string]bool // checks
	looked map[string]bool // files, as they stand in identities
	err    error
}

func (s *scope) scope() baseline.Scope { return baseline.Scope{Looked: s.lookedFor, Gone: s.gone} }

// gone reports whether the file of an entry is not there.
func (g *gate) gone(e baseline.Entry) bool {
	_, err := os.Stat(filepath.Join(g.files.Root(), filepath.FromSlash(e.File)))
	return errors.Is(err, os.ErrNotExist)
}

// lookedFor reports whether the run would have found what an entry is about.
func (s *scope) lookedFor(e baseline.Entry) bool {
	if s.ran == nil {
		s.ran = make(map[string]bool)
		for _, check := range s.suite.choose(s.opts.choice) {
			s.ran[check.Analyzer.Name] = true
		}
		s.looked, s.err = s.lookedAt()
	}
	_, known := s.suite.check(e.Check)
	switch {
	case known && !s.ran[e.Check]:
		return false
	case !s.opts.tests && strings.HasSuffix(e.File, "_test.go"):
		return false
	}
	return s.looked[e.File] || s.gone(e) && s.named(path.Dir(e.File))
}

// lookedAt returns the files of the packages that the patterns name, as they stand
// in identities.
func (g *gate) lookedAt() (map[string]bool, error) {
	args := append([]string{"list", "-e", "-find", "-json=Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles"}, g.opts.build...)
	cmd, err := goCommand(g.dir, append(append(args, "--"), g.opts.patterns...))
	if err != nil {
		return nil, err
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages: %w", err)
	}
	looked := make(map[string]bool)
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			Dir                                          string
			GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			return looked, nil
		} else if err != nil {
			return nil, fmt.Errorf("listing the packages: %w", err)
		}
		for _, files := range [][]string{pkg.GoFiles, pkg.CgoFiles, pkg.TestGoFiles, pkg.XTestGoFiles} {
			for _, name := range files {
				rel, _ := g.files.Rel(filepath.Join(pkg.Dir, name))
				looked[rel] = true
			}
		}
	}
}

// named reports whether a directory below the root, which need not exist, is one
// that the patterns name. It errs to false: import paths are not looked up.
func (g *gate) named(dir string) bool {
	patterns := g.opts.patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	abs := filepath.Join(g.files.Root(), filepath.FromSlash(dir))
	for _, pattern := range patterns {
		if !isLocal(pattern) {
			continue
		}
		base, below := strings.CutSuffix(filepath.ToSlash(pattern), "...")
		base = filepath.FromSlash(base)
		if !filepath.IsAbs(base) {
			base = filepath.Join(g.dir, base)
		}
		rel, err := filepath.Rel(base, abs)
		if err == nil && (rel == "." || below && filepath.IsLocal(rel)) {
			return true
		}
	}
	return false
}
