package front

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/concurrencyvet/concurrencyvet/internal/baseline"
	"github.com/concurrencyvet/concurrencyvet/internal/finding"
	"github.com/concurrencyvet/concurrencyvet/internal/revision"
)

// A newFromOptions are the flags by which only new findings are shown.
type newFromOptions struct {
	ref       string
	mergeBase string
	linesOnly bool
}

// register defines the flags.
func (o *newFromOptions) register(fs *flag.FlagSet) {
	fs.StringVar(&o.ref, "new-from", "", "")
	fs.StringVar(&o.mergeBase, "new-from-merge-base", "", "")
	fs.BoolVar(&o.linesOnly, "new-lines-only", false, "")
}

// validate reports what makes no sense together.
func (o *newFromOptions) validate() error {
	switch {
	case o.ref != "" && o.mergeBase != "":
		return errors.New("-new-from and -new-from-merge-base cannot be used together")
	case o.linesOnly && o.ref == "" && o.mergeBase == "":
		return errors.New("-new-lines-only needs -new-from or -new-from-merge-base")
	}
	return nil
}

// find looks up the commit that the flags name, nil if they name none.
func (o *newFromOptions) find(ctx context.Context, dir string) (*revision.Base, error) {
	if o.mergeBase != "" {
		return revision.Find(ctx, dir, o.mergeBase, true)
	}
	if o.ref == "" {
		return nil, nil
	}
	return revision.Find(ctx, dir, o.ref, false)
}

// untilInterrupted returns a context that ends when the user interrupts the program.
func untilInterrupted() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}

// byRevision returns the findings that were not there at the revision asked for.
func (g *gate) byRevision(ctx context.Context, all []identified) ([]identified, verdict) {
	if g.base == nil || len(all)+len(g.hidden) == 0 {
		return all, verdict{}
	}
	kept, err := g.newOf(ctx, all)
	switch {
	case ctx.Err() != nil || errors.Is(err, errInterrupted):
		return nil, verdict{final: true, status: ExitSignal}
	case err != nil:
		return nil, g.fail(err)
	}
	return kept, verdict{}
}

// newOf returns the findings that are new, and keeps of the hidden ones those that are.
func (g *gate) newOf(ctx context.Context, all []identified) ([]identified, error) {
	changes, err := g.base.Changes(ctx)
	if err != nil {
		return nil, err
	}
	if g.opts.gate.newFrom.linesOnly {
		unchanged := func(f identified) bool {
			rel, _ := g.files.Rel(f.Pos.File)
			return !changes.Lines[rel][f.Pos.Line]
		}
		g.hidden = slices.DeleteFunc(g.hidden, unchanged)
		return slices.DeleteFunc(slices.Clone(all), unchanged), nil
	}
	before, hidden, err := g.before(ctx)
	if err != nil {
		return nil, err
	}
	// What was hidden and is not any more is new, and not the other way about.
	g.hidden = g.unknown(g.hidden, slices.Concat(before, hidden), changes.Renamed)
	return g.unknown(all, before, changes.Renamed), nil
}

// unknown returns the findings that were not there before files were renamed.
func (g *gate) unknown(all []identified, before []finding.Identity, names map[string]string) []identified {
	var entries []baseline.Entry
	for _, id := range before {
		entries = append(entries, baseline.EntryOf(renamed(id, names)))
	}
	known := baseline.Compare(entries, identities(all), baseline.Scope{
		Looked: func(baseline.Entry) bool { return true },
		Gone:   g.gone,
	}).Known
	var kept []identified
	for i, f := range all {
		if !known[i] {
			kept = append(kept, f)
		}
	}
	return kept
}

// renamed returns the identity that a finding has after files were renamed. A message
// names files by their last elements.
func renamed(id finding.Identity, names map[string]string) finding.Identity {
	for from, to := range names {
		if path.Base(from) != path.Base(to) && strings.Contains(id.Message, path.Base(from)) {
			id.Message = replaceWord(id.Message, path.Base(from), path.Base(to))
		}
	}
	if to, ok := names[id.File]; ok {
		id.File = to
	}
	return id
}

// replaceWord replaces the name of a file where it is not the end of a longer one.
func replaceWord(text, from, to string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, from)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if before == "" || strings.HasSuffix(before, " ") || strings.HasSuffix(before, "(") {
			b.WriteString(to)
		} else {
			b.WriteString(from)
		}
		text = after
	}
}

// errInterrupted says that the user interrupted the go command.
var errInterrupted = errors.New("interrupted")

// before returns the identities of the findings at the revision, and of those that
// directives hide there, made by the same checks in a work tree of their own.
func (g *gate) before(ctx context.Context) (ids, hidden []finding.Identity, err error) {
	tree, err := g.base.CheckOut(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, tree.Remove()) }()
	dir := filepath.Join(tree.Dir, filepath.FromSlash(g.base.Prefix))
	opts := *g.opts
	opts.stats = false // the times are those of the run itself
	opts.patterns = g.patternsAt(tree, dir)
	if len(opts.patterns) == 0 || !g.moduleAt(tree) || ctx.Err() != nil {
		return nil, nil, nil
	}
	restore, err := g.enterWorkspace(tree)
	if err != nil {
		return nil, nil, err
	}
	defer restore()
	out, err := g.suite.vet(dir, &opts, g.stderr)
	if err != nil {
		return nil, nil, err
	}
	if out.signal {
		return nil, nil, errInterrupted
	}
	units, _, err := decode(out.stdout)
	if err != nil {
		return nil, nil, err
	}
	if units, err = named(units, dir, &opts); err != nil {
		return nil, nil, err
	}
	findings, failures := read(units)
	if out.status != 0 || len(failures) > 0 {
		g.warnOf(out, failures)
	}
	files := finding.NewFiles(dir)
	ids = finding.Identify(files, findings)
	return ids, identities(hide(files, readHidden(units), ids)), nil
}

// warnOf says that not all is known of the revision.
func (g *gate) warnOf(out *outcome, failures []finding.Failure) {
	g.say("warning: not all packages could be checked at %s; what they have may be shown as new:", g.base.Name)
	reasons := slices.Clone(out.blocks)
	if out.notes != "" {
		reasons = append(reasons, out.notes)
	}
	for _, f := range failures {
		reasons = append(reasons, "check "+f.Check+" failed on package "+f.Package+": "+f.Reason)
	}
	for line := range strings.Lines(strings.Join(reasons, "")) {
		io.WriteString(g.stderr, "\t"+strings.TrimSuffix(line, "\n")+"\n")
	}
}

// patternsAt returns the patterns without those that name a file or a package which
// is not in the other work tree, where dir is the working directory.
func (g *gate) patternsAt(tree *revision.WorkTree, dir string) []string {
	if _, err := os.Stat(dir); err != nil {
		return nil
	}
	patterns := g.opts.patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	dirs := g.dirsOf(patterns)
	var kept []string
	for _, pattern := range patterns {
		path := filepath.FromSlash(pattern)
		switch own := dirs[pattern]; {
		case own != "": // an import path
			if moved, ok := g.base.Moved(tree, own); ok && !hasPackages(moved) {
				continue
			}
		case !isLocal(pattern) && !isFile(pattern):
			// A wildcard, or the name of what is not here either.
		case filepath.IsAbs(path):
			moved, ok := g.base.Moved(tree, path)
			if !ok || !hasPackages(moved) {
				continue
			}
			pattern = moved
		case !hasPackages(filepath.Join(dir, path)):
			continue
		}
		kept = append(kept, pattern)
	}
	return kept
}

// dirsOf returns the present directories of the packages that are named by their
// import paths.
func (g *gate) dirsOf(patterns []string) map[string]string {
	paths := slices.DeleteFunc(slices.Clone(patterns), func(p string) bool {
		return isLocal(p) || isFile(p) || strings.Contains(p, "...")
	})
	if len(paths) == 0 {
		return nil
	}
	args := append([]string{"list", "-e", "-find", "-f", "{{.ImportPath}}\t{{.Dir}}"}, g.opts.build...)
	cmd, err := goCommand(g.dir, append(append(args, "--"), paths...))
	if err != nil {
		return nil
	}
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	dirs := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			dirs[path] = dir
		}
	}
	return dirs
}

// hasPackages reports whether a pattern can match a package: the file is there, the
// directory has Go files or, where a wildcard begins, is there.
func hasPackages(pattern string) bool {
	pattern = filepath.ToSlash(pattern)
	before, _, wild := strings.Cut(pattern, "...")
	if wild {
		pattern = before[:strings.LastIndexByte(before, '/')+1]
	}
	info, err := os.Stat(filepath.FromSlash(pattern))
	if err != nil || wild || !info.IsDir() {
		return err == nil
	}
	files, err := filepath.Glob(filepath.FromSlash(pattern + "/*.go"))
	return err == nil && len(files) > 0
}

// moduleAt reports whether the module or workspace of the working directory was there
// at the revision. If not, there was nothing that could have findings.
func (g *gate) moduleAt(tree *revision.WorkTree) bool {
	for _, name := range []string{"GOMOD", "GOWORK"} {
		file := g.goEnv(name)
		rel, ok := g.base.Rel(file)
		if file == "" || !filepath.IsAbs(file) || !ok {
			continue
		}
		_, err := os.Stat(filepath.Join(tree.Dir, filepath.FromSlash(rel)))
		return err == nil
	}
	return true
}

// goEnv returns a variable of the go command's in the working directory, empty if it
// has none.
func (g *gate) goEnv(name string) string {
	cmd, err := goCommand(g.dir, []string{"env", name})
	if err != nil {
		return ""
	}
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// enterWorkspace sets GOWORK to what it is for the other work tree, until restore is
// called.
func (g *gate) enterWorkspace(tree *revision.WorkTree) (restore func(), err error) {
	gowork, temporary, err := g.base.Workspace(tree, g.goEnv("GOWORK"))
	if err != nil {
		return nil, err
	}
	old, set := os.LookupEnv("GOWORK")
	if gowork != "" {
		if err := os.Setenv("GOWORK", gowork); err != nil {
			return nil, err
		}
	}
	return func() {
		if temporary != "" {
			_ = os.RemoveAll(temporary)
		}
		if set {
			_ = os.Setenv("GOWORK", old)
		} else {
			_ = os.Unsetenv("GOWORK")
		}
	}, nil
}
