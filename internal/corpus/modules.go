package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A corpus is the set of modules that the suite is measured on.
type corpus struct {
	dir     string   // the module that pins them
	modules []module // "std" among them
	sameGo  bool     // the go command is the release whose std was labelled
}

// A module is the standard library, or one module of the corpus.
type module struct {
	path    string
	without []string // directories left out, slash-separated
	dir     string   // where its source is
	version string   // which one is pinned
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
	out, err := c.output("env", "GOROOT", "GOVERSION")
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
func matches(modpath, name string) bool {
	if modpath == name || strings.HasSuffix(modpath, "/"+name) {
		return true
	}
	i := strings.LastIndex(modpath, "/v")
	return i > 0 && strings.HasSuffix(modpath[:i], "/"+name)
}

// list returns the import paths of the modules' packages, and "std". It notes
// where each module is. A pattern such as google.golang.org/grpc/... is not
// used: it makes the go command ask for every module with that prefix.
func (c *corpus) list() ([]string, error) {
	if err := c.download(); err != nil {
		return nil, err
	}
	args := []string{"list", "-e", "-find", "-f", "{{if or .GoFiles .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}"}
	fixed := len(args)
	for i := range c.modules {
		m := &c.modules[i]
		if m.path == "std" {
			continue
		}
		pkgs, err := m.candidates()
		if err != nil {
			return nil, err
		}
		args = append(args, pkgs...)
	}
	out := ""
	if len(args) > fixed {
		var err error
		if out, err = c.output(args...); err != nil {
			return nil, err
		}
	}
	pkgs := strings.Fields(out)
	if c.chosen("std") {
		pkgs = append(pkgs, "std")
	}
	return pkgs, nil
}

// download notes where each module is, and gets those that are not there.
func (c *corpus) download() error {
	index := make(map[string]*module)
	args := []string{"mod", "download", "-json"}
	for i := range c.modules {
		if m := &c.modules[i]; m.path != "std" {
			index[m.path] = m
			args = append(args, m.path)
		}
	}
	if len(index) == 0 {
		return nil
	}
	out, err := c.output(args...)
	if err != nil {
		return err
	}
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var info struct{ Path, Version, Dir string }
		if err := dec.Decode(&info); err != nil {
			return fmt.Errorf("go mod download: %w", err)
		}
		if m := index[info.Path]; m != nil {
			m.dir, m.version = info.Dir, info.Version
		}
	}
	return nil
}

// candidates returns the import paths of the module's directories that have Go
// files, but for those that are left out. Some may be for other platforms only.
func (m *module) candidates() ([]string, error) {
	var pkgs []string
	err := filepath.WalkDir(m.dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if file != m.dir && ignored(file, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		rel, err := filepath.Rel(m.dir, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg := path.Join(m.path, filepath.ToSlash(rel))
		if m.has(pkg) && (len(pkgs) == 0 || pkgs[len(pkgs)-1] != pkg) {
			pkgs = append(pkgs, pkg)
		}
		return nil
	})
	slices.Sort(pkgs)
	return slices.Compact(pkgs), err
}

// ignored reports whether the go command does not look into a directory, or
// takes it for another module.
func ignored(dir, name string) bool {
	if name == "testdata" || name == "vendor" || name[0] == '.' || name[0] == '_' {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
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
func (c *corpus) chosen(modpath string) bool {
	return slices.ContainsFunc(c.modules, func(m module) bool { return m.path == modpath })
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
		for _, pkg := range pkgs {
			if (pkg == m.path || strings.HasPrefix(pkg, m.path+"/")) && m.has(pkg) {
				args = append(args, pkg+"@"+m.version)
			}
		}
	}
	_, err = c.output(args...)
	return err
}

// output runs the go command in the corpus and returns what it printed.
func (c *corpus) output(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = c.dir
	cmd.Env = environ()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, stderr.Bytes())
	}
	return string(out), nil
}
