package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A finding is one diagnostic, placed by module and not by machine.
type finding struct {
	check  string
	module string
	file   string // slash-separated, in the module
	line   int
	col    int
	code   string // the text of the line
	says   string // the message
	label  label
	reason string // why the label

	pos     string    // file:line:col on this machine
	related []related // what else the diagnostic points to
}

type related struct {
	pos  string
	says string
}

// A label is the verdict of a reader on a finding.
type label string

const (
	labelTrue       label = "true"       // some run of the program goes wrong as the message says
	labelFalse      label = "false"      // none does, and the code is right to be so
	labelBenign     label = "benign"     // the message is right, but no harm comes of it
	labelUnlabelled label = "unlabelled" // nobody has looked yet
)

func (f *finding) compare(g *finding) int {
	return cmp.Or(
		cmp.Compare(f.check, g.check),
		cmp.Compare(f.module, g.module),
		cmp.Compare(f.file, g.file),
		cmp.Compare(f.line, g.line),
		cmp.Compare(f.col, g.col),
		cmp.Compare(f.says, g.says),
	)
}

// A result is what the suite made of the corpus.
type result struct {
	findings []*finding // sorted
	failures []string   // what went wrong in the suite itself
}

// failure returns an error if the suite failed anywhere.
func (r *result) failure() error {
	if len(r.failures) == 0 {
		return nil
	}
	return fmt.Errorf("the suite failed:\n%s", strings.Join(r.failures, "\n"))
}

// buildTool builds the command in a directory, and returns its file name.
func buildTool(root, dir string, race bool) (string, error) {
	tool := filepath.Join(dir, "concurrencyvet")
	args := []string{"build", "-buildvcs=false", "-o", tool, "-race=" + strconv.FormatBool(race)}
	build := exec.Command("go", append(args, "./cmd/concurrencyvet")...)
	build.Dir = root
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("building concurrencyvet: %w", err)
	}
	return tool, nil
}

// analyse runs the suite over the corpus. Where it fails on some packages,
// the findings in the others are in the result all the same.
func analyse(c *corpus, root string, o options) (*result, error) {
	pkgs, err := c.list()
	if err != nil {
		return nil, err
	}
	tool := o.tool
	if tool == "" {
		tmp, err := os.MkdirTemp("", "corpus")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(tmp)
		if tool, err = buildTool(root, tmp, o.race); err != nil {
			return nil, err
		}
	} else if tool, err = filepath.Abs(tool); err != nil {
		return nil, err
	}

	cmd := exec.Command(tool, append([]string{"-all", "-json"}, pkgs...)...)
	cmd.Dir = c.dir
	cmd.Env = environ()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	exit, exited := errors.AsType[*exec.ExitError](err)
	if err != nil && !exited {
		return nil, err
	}
	r, err := decode(c, &stdout)
	if err != nil {
		return nil, err
	}
	// Status 1 says that there are findings.
	failed := exited && exit.ExitCode() != 1 || bytes.Contains(stderr.Bytes(), []byte("panic:"))
	if failed {
		r.failures = append(r.failures, fmt.Sprintf("exit status %d\n%s", cmd.ProcessState.ExitCode(), brief(stderr.String())))
	}
	return r, nil
}

// brief shortens the traces of goroutines in a text to what begins them: for
// each package, which the go command heads by #, some lines.
func brief(text string) string {
	const enough = 25
	var b strings.Builder
	n := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "# ") {
			n = 0
		}
		if n++; n <= enough {
			b.WriteString(line)
		}
	}
	return b.String()
}

// A diagnostic is as the JSON of go vet has it.
type diagnostic struct {
	Posn    string       `json:"posn"`
	Message string       `json:"message"`
	Related []diagnostic `json:"related"`
}

// decode reads the JSON of go vet: any number of objects, from package to check
// to a list of diagnostics or to an object that tells an error. A package may be
// there more than once, as a variant for tests.
func decode(c *corpus, r io.Reader) (*result, error) {
	var failures []string
	lines := sources{}
	seen := make(map[string]*finding)
	for dec := json.NewDecoder(r); ; {
		var tree map[string]map[string]json.RawMessage
		if err := dec.Decode(&tree); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading the suite's JSON: %w", err)
		}
		for a, raw := range actions(tree) {
			var diags []diagnostic
			if err := json.Unmarshal(raw, &diags); err != nil {
				failures = append(failures, fmt.Sprintf("%s failed on %s: %s", a.check, a.pkg, raw))
			}
			for _, d := range diags {
				f, err := place(c, lines, a.check, d)
				if err != nil {
					return nil, err
				}
				seen[a.check+" "+d.Posn+" "+d.Message] = f
			}
		}
	}
	slices.Sort(failures)
	return &result{slices.SortedFunc(maps.Values(seen), (*finding).compare), failures}, nil
}

// An action is the run of a check on a package.
type action struct{ pkg, check string }

// actions ranges over what each action gave.
func actions(tree map[string]map[string]json.RawMessage) iter.Seq2[action, json.RawMessage] {
	return func(yield func(action, json.RawMessage) bool) {
		for pkg, checks := range tree {
			for check, raw := range checks {
				if !yield(action{pkg, check}, raw) {
					return
				}
			}
		}
	}
}

// place turns a diagnostic into a finding.
func place(c *corpus, lines sources, check string, d diagnostic) (*finding, error) {
	file, line, col, err := splitPosn(d.Posn)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", check, err)
	}
	mod, rel, ok := c.locate(file)
	if !ok {
		return nil, fmt.Errorf("%s: %s is in no module of the corpus", check, d.Posn)
	}
	f := &finding{
		check: check, module: mod, file: rel, line: line, col: col,
		code: strings.Join(strings.Fields(lines.line(file, line)), " "),
		says: strings.ReplaceAll(d.Message, "\n", " "),
		pos:  d.Posn, label: labelUnlabelled,
	}
	for _, r := range d.Related {
		f.related = append(f.related, related{pos: r.Posn, says: r.Message})
	}
	return f, nil
}

var posnForm = regexp.MustCompile(`^(.*?):(\d+)(?::(\d+))?$`)

// splitPosn splits file:line:col; the column may be missing.
func splitPosn(posn string) (file string, line, col int, err error) {
	m := posnForm.FindStringSubmatch(posn)
	if m == nil {
		return "", 0, 0, fmt.Errorf("%q is no position", posn)
	}
	line, err = strconv.Atoi(m[2])
	if err == nil && m[3] != "" {
		col, err = strconv.Atoi(m[3])
	}
	return m[1], line, col, err
}

// sources holds the lines of the files that findings are in.
type sources map[string][]string

// line returns a line of a file, or nothing if there is none such.
func (s sources) line(file string, line int) string {
	lines, ok := s[file]
	if !ok {
		data, err := os.ReadFile(file)
		if err == nil {
			lines = strings.Split(string(data), "\n")
		}
		s[file] = lines
	}
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSuffix(lines[line-1], "\r")
}
