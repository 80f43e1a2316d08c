package front

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/build"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/concurrencyvet/concurrencyvet/internal/borrowed"
	"github.com/concurrencyvet/concurrencyvet/internal/config"
	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// An outcome is what a run of go vet left.
type outcome struct {
	stdout []byte
	status int // of the go command
	blocks []string
	notes  string // what else the go command said on standard error
	signal bool   // a signal ended it
	began  time.Time
	vetted time.Duration // how long go vet took
	asked  string        // the value of the variable that asks for times, empty if none did
}

// explained reports whether the go command has said why it failed.
func (o *outcome) explained() bool { return len(o.blocks) > 0 || strings.TrimSpace(o.notes) != "" }

// run runs go vet and shows what it found.
func (s *Suite) run(opts *options, stdout, stderr io.Writer) int {
	dir, err := workingDir(opts.dir)
	if err != nil {
		return misuse(stderr, err)
	}
	g, err := s.newGate(opts, dir, stderr)
	if err != nil {
		return misuse(stderr, err)
	}
	out, err := s.vet(dir, opts, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", progname, err)
		return ExitFailure
	}
	return s.show(out, g, stdout, stderr)
}

// vet runs go vet in a directory.
func (s *Suite) vet(dir string, opts *options, stderr io.Writer) (*outcome, error) {
	args, err := s.vetArgs(opts)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	var env []string
	asked := ""
	if opts.stats {
		asked = rand.Text()
		env = []string{measured + "=" + asked}
	}
	out, err := goVet(dir, append(args, opts.patterns...), env, stderr)
	if err != nil {
		return nil, err
	}
	if out.status == 1 && !out.signal && len(bytes.TrimSpace(out.stdout)) == 0 {
		// An import that cannot be resolved stops go vet before it has
		// checked anything. Check the packages that have none such.
		if good := loadable(dir, opts); len(good) > 0 {
			again, err := goVet(dir, append(args, good...), env, stderr)
			if err == nil {
				again.blocks = append(again.blocks, out.blocks...)
				again.notes = out.notes + again.notes
				again.status = max(again.status, out.status)
				out = again
			}
		}
	}
	out.began, out.vetted, out.asked = began, time.Since(began), asked
	return out, nil
}

// workingDir returns the directory in which the go command is to run.
func workingDir(dir string) (string, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if dir == "" {
		return cwd, nil
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(cwd, dir)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", fmt.Errorf("flag -C: %w", err)
	}
	if !info.IsDir() {
		return "", fmt.Errorf("flag -C: %s is not a directory", dir)
	}
	return dir, nil
}

// vetArgs returns the arguments of the go command, but for the packages. The
// go command caches results by the flags, so these have one canonical order.
func (s *Suite) vetArgs(opts *options) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("cannot find the own executable: %w", err)
	}
	args := []string{"vet", "-vettool=" + self, "-json"}
	// Under -trimpath, which GOFLAGS may contain, a cache shared by two
	// checkouts replays the paths of one for the other.
	args = append(args, "-trimpath=false")
	args = append(args, opts.build...)
	chosen := s.choose(opts.choice)
	for _, check := range chosen {
		args = append(args, "-"+check.Analyzer.Name)
	}
	if len(chosen) == 0 {
		for _, check := range s.Checks {
			args = append(args, "-"+check.Analyzer.Name+"=false")
		}
	}
	args = append(args, opts.checkFlags...)
	if ruledByPath(chosen, opts.config.file.Rules) {
		args = append(args, markDoubles)
	}
	return append(args, rootsFlag(opts.patterns), "--"), nil
}

// markDoubles is the flag by which what two find is left to the gate to fold, which knows
// the rules for paths.
const markDoubles = "-doubles"

// ruledByPath reports whether a check that covers a chosen borrowing is on in some files
// and off in others.
func ruledByPath(chosen []passes.Check, rules []config.Rule) bool {
	return slices.ContainsFunc(chosen, func(check passes.Check) bool {
		ours := borrowed.Covering(check.Analyzer.Name)
		return ours != "" && slices.ContainsFunc(rules, func(r config.Rule) bool {
			_, named := r.Checks[ours]
			return named
		})
	})
}

// localRoots is the flag for packages that are named by their directories.
const localRoots = "-roots=local"

// rootsFlag returns a flag by which the go command keeps the results of runs apart.
// It keeps what the tool leaves for a package without regard to whether its diagnostics
// were wanted: a package that was a dependency once would have none for ever, and one
// that was named once would be reported again as a dependency. In the modules being
// worked on, Suite.Tool and named see to that; other packages can be named by import
// path alone, and then the names are in the flag.
func rootsFlag(patterns []string) string {
	if !slices.ContainsFunc(patterns, func(p string) bool { return !isLocal(p) && !isFile(p) }) {
		return localRoots
	}
	return fmt.Sprintf("-roots=%x", sha256.Sum256([]byte(strings.Join(patterns, "\n"))))
}

// isLocal reports whether a pattern names a directory.
func isLocal(pattern string) bool { return build.IsLocalImport(pattern) || filepath.IsAbs(pattern) }

// goVet runs the go command with more variables in its environment. What it says about
// its progress goes to stderr at once, the errors of packages into the outcome.
func goVet(dir string, args, env []string, stderr io.Writer) (*outcome, error) {
	cmd, err := goCommand(dir, args)
	if err != nil {
		return nil, err
	}
	if len(env) > 0 {
		cmd.Env = append(cmd.Environ(), env...)
	}
	var stdout bytes.Buffer
	progress := newProgress(stderr)
	sorter := &blockSorter{progress: progress}
	cmd.Stdout = io.MultiWriter(&stdout, &counter{progress: progress})
	cmd.Stderr = sorter
	progress.start()
	interrupted, err := runPassingSignals(cmd)
	progress.stop()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("running the go command: %w", err)
	}
	sorter.flush()
	return &outcome{
		stdout: stdout.Bytes(),
		status: cmd.ProcessState.ExitCode(),
		blocks: sorter.blocks,
		notes:  sorter.notes.String(),
		signal: interrupted,
	}, nil
}

// goCommand prepares a run of the go command.
func goCommand(dir string, args []string) (*exec.Cmd, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, errors.New("cannot find the go command, which loads the packages: install Go, or add it to PATH")
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	return cmd, nil
}

// runPassingSignals runs the command. It passes on a signal to end the
// program, and lets the command end by itself.
func runPassingSignals(cmd *exec.Cmd) (interrupted bool, err error) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return false, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			return interrupted, err
		case sig := <-signals:
			interrupted = true
			_ = cmd.Process.Signal(sig) // it may have ended by itself
		}
	}
}

// loadable returns the packages that the patterns name and that load, if
// these are some but not all of them.
func loadable(dir string, opts *options) []string {
	if slices.ContainsFunc(opts.patterns, isFile) {
		return nil
	}
	const format = "{{if or .Error .DepsErrors .Incomplete}}-{{else}}{{.ImportPath}}{{end}}"
	args := append([]string{"list", "-e", "-f", format}, opts.build...)
	cmd, err := goCommand(dir, append(append(args, "--"), opts.patterns...))
	if err != nil {
		return nil
	}
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	all := strings.Fields(string(out))
	good := slices.DeleteFunc(slices.Clone(all), func(p string) bool { return p == "-" })
	if len(good) == len(all) {
		return nil
	}
	return good
}

// A blockSorter receives the standard error of the go command. Errors of a
// package stand in a block headed by "# package"; blocks come in the order in
// which packages finished, so they are kept back to be sorted. Everything
// before the first block passes at once.
type blockSorter struct {
	progress io.Writer
	partial  []byte
	block    []string
	blocks   []string
	notes    strings.Builder
}

// Write receives a part of the stream.
func (b *blockSorter) Write(p []byte) (int, error) {
	b.partial = append(b.partial, p...)
	for {
		i := bytes.IndexByte(b.partial, '\n')
		if i < 0 {
			return len(p), nil
		}
		b.line(string(b.partial[:i+1]))
		b.partial = b.partial[i+1:]
	}
}

var progressLine = lazyregexp.New(`^go: (downloading|finding|extracting|warning:) `)

// line receives a line.
func (b *blockSorter) line(line string) {
	switch {
	case strings.HasPrefix(line, "# ["):
		// The header of a test variant, below that of its package.
	case strings.HasPrefix(line, "# "):
		b.endBlock()
		b.block = []string{line}
	case progressLine().MatchString(line):
		io.WriteString(b.progress, line)
	case b.block != nil:
		b.block = append(b.block, strings.TrimPrefix(line, "vet: "))
	default:
		b.notes.WriteString(line)
	}
}

// endBlock keeps the current block.
func (b *blockSorter) endBlock() {
	if len(b.block) > 1 {
		b.blocks = append(b.blocks, strings.Join(b.block, ""))
	}
	b.block = nil
}

// flush receives the end of the stream.
func (b *blockSorter) flush() {
	if len(b.partial) > 0 {
		b.line(string(b.partial) + "\n")
		b.partial = nil
	}
	b.endBlock()
	slices.Sort(b.blocks)
	b.blocks = slices.Compact(b.blocks)
}
