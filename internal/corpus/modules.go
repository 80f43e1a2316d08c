package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A corpus is the set of modules that the suite is measured on.
type corpus struct {
	dir      string   // the module that pins them
	modules  []module // "std" among them
	packages int      // how many packages were analysed
	sameGo   bool     // the go command is the release whose std was labelled
}

// A module is the standard library, or one module of the corpus.
type module struct {
	path    string
	without []string // directories left out, slash-separated
	dir     string   // where its source is
}

// environ is the environment in which the corpus is loaded. The findings
// depend on the platform, so it is fixed.
func environ() []string {
	return append(os.Environ(),
		"GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=", "GOEXPERIMENT=")
}

// readCorpus reads modules.txt: a module a line, "std" with the Go release that
// its labels are of.
func readCorpus(dir string) (*corpus, error) {
	data, err := os.ReadFile(filepath.Join(dir, "modules.txt"))
	if err != nil {
		return nil, err
	}
	c := &corpus{dir: dir}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		m := module{path: fields[0]}
		if m.path == "std" {
			if err := c.std(&m, fields[1:]); err != nil {
				return nil, err
			}
		} else {
			for _, f := range fields[1:] {
				m.without = append(m.without, strings.TrimPrefix(f, "-"))
			}
		}
		c.modules = append(c.modules, m)
	}
	return c, nil
}

// std completes the standard library's entry, which names a Go release.
func (c *corpus) std(m *module, fields []string) error {
	if len(fields) != 1 {
		return errors.New("modules.txt: std needs the Go release that its labels are of")
	}
	out, err := c.output("go", "env", "GOROOT", "GOVERSION")
	if err != nil {
		return err
	}
	env := strings.Fields(out)
	if len(env) != 2 {
		return fmt.Errorf("go env GOROOT GOVERSION: %q", out)
	}
	m.dir = filepath.Join(env[0], "src")
	c.sameGo = env[1] == fields[0]
	return nil
}

// choose keeps the modules that are named, by path or by the end of it.
func (c *corpus) choose(names []string) error {
	if len(names) == 0 {
		return nil
	}
	var chosen []module
	for _, m := range c.modules {
		if slices.ContainsFunc(names, func(name string) bool { return matches(m.path, name) }) {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("no module of the corpus is named %s", strings.Join(names, ", "))
	}
	c.modules = chosen
	return nil
}

// matches reports whether name is the module's path, or its last element but
// for the major version.
func matches(path, name string) bool {
	if path == name || strings.HasSuffix(path, "/"+name) {
		return true
	}
	i := strings.LastIndex(path, "/v")
	return i > 0 && strings.HasSuffix(path[:i], "/"+name)
}

// list returns the import paths of the modules' packages, and notes where each
// module is. A pattern such as google.golang.org/grpc/... matches packages of
// other modules too, so the packages are chosen by their module.
func (c *corpus) list() ([]string, error) {
	index := make(map[string]*module)
	args := []string{"list", "-f", "{{with .Module}}{{.Path}}\t{{.Dir}}{{else}}std\t{{end}}\t{{.ImportPath}}"}
	for i := range c.modules {
		m := &c.modules[i]
		index[m.path] = m
		pattern := m.path
		if m.path != "std" {
			pattern += "/..."
		}
		args = append(args, pattern)
	}
	out, err := c.output("go", args...)
	if err != nil {
		return nil, err
	}
	var pkgs []string
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 3 || index[f[0]] == nil || !index[f[0]].has(f[2]) {
			continue
		}
		if f[0] != "std" {
			index[f[0]].dir = f[1]
		}
		pkgs = append(pkgs, f[2])
	}
	c.packages = len(pkgs)
	return pkgs, nil
}

// has reports whether the module's package pkg is not left out.
func (m *module) has(pkg string) bool {
	rel := strings.TrimPrefix(strings.TrimPrefix(pkg, m.path), "/")
	return !slices.ContainsFunc(m.without, func(dir string) bool {
		return rel == dir || strings.HasPrefix(rel, dir+"/")
	})
}

// locate splits a file name into its module and the path in it.
func (c *corpus) locate(file string) (mod, rel string, ok bool) {
	for _, m := range c.modules {
		if m.dir == "" {
			continue
		}
		if rel, ok := strings.CutPrefix(file, m.dir+string(filepath.Separator)); ok {
			return m.path, filepath.ToSlash(rel), true
		}
	}
	return "", "", false
}

// chosen reports whether the module of that path is analysed.
func (c *corpus) chosen(path string) bool {
	return slices.ContainsFunc(c.modules, func(m module) bool { return m.path == path })
}

// pin adds to go.mod what the tests of the modules need, at the versions that
// are chosen already. The go command vets a package together with its tests.
func (c *corpus) pin() error {
	c.modules = slices.DeleteFunc(c.modules, func(m module) bool { return m.path == "std" })
	pkgs, err := c.list()
	if err != nil {
		return err
	}
	args := []string{"get", "-t"}
	for _, m := range c.modules {
		version, err := c.output("go", "list", "-m", "-f", "{{.Version}}", m.path)
		if err != nil {
			return err
		}
		for _, pkg := range pkgs {
			if (pkg == m.path || strings.HasPrefix(pkg, m.path+"/")) && m.has(pkg) {
				args = append(args, pkg+"@"+strings.TrimSpace(version))
			}
		}
	}
	_, err = c.output("go", args...)
	return err
}

// output runs a command in the corpus and returns what it printed.
func (c *corpus) output(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir
	cmd.Env = environ()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, args[0], err, stderr.Bytes())
	}
	return string(out), nil
}
