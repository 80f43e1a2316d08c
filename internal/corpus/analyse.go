package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// analyse runs the suite over the corpus.
func analyse(c *corpus, root, tool string) ([]*finding, error) {
	if tool == "" {
		tmp, err := os.MkdirTemp("", "corpus")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(tmp)
		tool = filepath.Join(tmp, "concurrencyvet")
		build := exec.Command("go", "build", "-buildvcs=false", "-o", tool, "./cmd/concurrencyvet")
		build.Dir = root
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return nil, fmt.Errorf("building concurrencyvet: %w", err)
		}
	} else if abs, err := filepath.Abs(tool); err == nil {
		tool = abs
	}
	pkgs, err := c.list()
	if err != nil {
		return nil, err
	}

	cmd := exec.Command(tool, append([]string{"-all", "-json"}, pkgs...)...)
	cmd.Dir = c.dir
	cmd.Env = environ()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		err = nil // it found something
	}
	if err != nil || bytes.Contains(stderr.Bytes(), []byte("panic:")) {
		return nil, fmt.Errorf("the suite failed: %v\n%s", err, stderr.Bytes())
	}
	return decode(c, &stdout)
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
func decode(c *corpus, r io.Reader) ([]*finding, error) {
	lines := sources{}
	seen := make(map[string]*finding)
	for dec := json.NewDecoder(r); ; {
		var tree map[string]map[string]json.RawMessage
		if err := dec.Decode(&tree); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading the suite's JSON: %w", err)
		}
		for pkg, checks := range tree {
			for check, raw := range checks {
				var diags []diagnostic
				if err := json.Unmarshal(raw, &diags); err != nil {
					return nil, fmt.Errorf("%s failed on %s: %s", check, pkg, raw)
				}
				for _, d := range diags {
					f, err := place(c, lines, check, d)
					if err != nil {
						return nil, err
					}
					seen[check+" "+d.Posn+" "+d.Message] = f
				}
			}
		}
	}
	return slices.SortedFunc(maps.Values(seen), (*finding).compare), nil
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
