package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"
)

// An action is the part of action.yml that is looked at here.
type action struct {
	Name        string
	Description string
	Author      string
	Branding    map[string]string
	Inputs      map[string]struct {
		Description string
		Default     *string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []map[string]any
	}
}

func readAction() (*action, error) {
	data, err := read("action.yml")
	if err != nil {
		return nil, err
	}
	var a action
	return &a, strict(data, &a)
}

// strict reads YAML that has no other keys than the value.
func strict(data []byte, v any) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	return dec.Decode(v)
}

// checkAction checks the action by itself, and its steps as those of a workflow whose
// inputs are the action's, which is all that actionlint knows of expressions.
func checkAction() error {
	a, err := readAction()
	if err != nil {
		return err
	}
	if a.Runs.Using != "composite" || a.Name == "" || a.Description == "" || len(a.Branding) != 2 {
		return errors.New("not a composite action with a name, a description and branding")
	}
	inputs := make(map[string]any)
	for name, input := range a.Inputs {
		if input.Description == "" || input.Default == nil {
			return fmt.Errorf("the input %s has no description or no default", name)
		}
		inputs[name] = map[string]any{"description": input.Description, "default": *input.Default, "type": "string"}
	}
	steps := a.Runs.Steps
	for name, output := range a.Outputs {
		if output.Description == "" {
			return fmt.Errorf("the output %s has no description", name)
		}
		steps = append(steps, map[string]any{"run": "echo \"$X\"", "env": map[string]any{"X": output.Value}})
	}
	for _, step := range steps {
		_, runs := step["run"]
		_, shell := step["shell"]
		if runs && !shell && step["env"] == nil {
			return fmt.Errorf("the step %v names no shell", step["name"])
		}
	}
	workflow, err := yaml.Marshal(map[string]any{
		"on": map[string]any{"workflow_dispatch": map[string]any{"inputs": inputs}},
		"jobs": map[string]any{"check": map[string]any{
			"runs-on":     "ubuntu-latest",
			"permissions": map[string]any{"security-events": "write"},
			"steps":       steps,
		}},
	})
	if err != nil {
		return err
	}
	return lint("action.yml", workflow)
}

// lint checks a workflow of a repository that has our action at its root.
func lint(name string, workflow []byte) error {
	dir, err := os.MkdirTemp("", "hosts")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data, err := read("action.yml")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, ".github", "workflows", "workflow.yml")
	for _, sub := range []string{".git", ".github/workflows"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			return err
		}
	}
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "action.yml"), data, 0o666), os.WriteFile(path, workflow, 0o666)); err != nil {
		return err
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: dir})
	if err != nil {
		return err
	}
	faults, err := linter.LintFile(path, nil)
	if err != nil {
		return err
	}
	var errs []error
	for _, fault := range faults {
		errs = append(errs, fmt.Errorf("%s:%d: %s (%s)", name, fault.Line, fault.Message, fault.Kind))
	}
	return errors.Join(errs...)
}

// runAction does what the action does to run the command: in a module with a finding
// and in one without, with arguments that are wrong, and with a revision where there is no git.
func runAction(tool string) error {
	a, err := readAction()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(a.Runs.Steps, func(step map[string]any) bool { return step["id"] == "check" })
	if i < 0 {
		return errors.New("no step is named check")
	}
	script, _ := a.Runs.Steps[i]["run"].(string)
	for _, test := range []struct {
		name, source, args, newFrom string
		status                      int
		sarif                       bool
		want                        string
	}{
		{"clean", "", "./...", "", 0, true, ""},
		{"a finding", fault, "-leakedcancel\n./...", "", 1, true, "::error file=m.go,line=6,"},
		{"wrong arguments", fault, "-nonesuch", "", 2, false, "nonesuch"},
		{"broken", "func f() {", "./...", "", 3, true, "m.go:"},
		{"a revision", fault, "./...", "HEAD", 2, false, "not in a git work tree"},
	} {
		out, status, sarif, err := step(script, tool, test.source, test.args, test.newFrom)
		if err != nil {
			return err
		}
		if status != test.status || sarif != test.sarif || !strings.Contains(out, test.want) {
			return fmt.Errorf("%s: status %d, SARIF %v, printed:\n%s", test.name, status, sarif, out)
		}
	}
	return nil
}

const fault = `import "context"

func f() context.Context {
	ctx, _ := context.WithCancel(context.Background())
	return ctx
}
`

// step runs the script of a step with the tool, in a module with the source. It returns
// what was printed, the exit status, and whether the output of the step names a file.
func step(script, tool, source, args, newFrom string) (out string, status int, sarif bool, err error) {
	dir, err := os.MkdirTemp("", "hosts")
	if err != nil {
		return "", 0, false, err
	}
	defer os.RemoveAll(dir)
	output := filepath.Join(dir, "output")
	bin := filepath.Join(dir, "concurrencyvet-bin")
	if err := errors.Join(
		os.Mkdir(bin, 0o777),
		os.Symlink(tool, filepath.Join(bin, "concurrencyvet")),
		os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module m\n\ngo 1.26\n"), 0o666),
		os.WriteFile(filepath.Join(dir, "m.go"), []byte("package m\n\n"+source), 0o666),
		os.WriteFile(output, nil, 0o666),
	); err != nil {
		return "", 0, false, err
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+dir, "GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary"),
		"ARGS="+args, "NEW_FROM="+newFrom, "NEW_FROM_MERGE_BASE=", "GOWORK=off", "GOFLAGS=")
	data, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		return "", 0, false, err
	}
	told, err := os.ReadFile(output)
	return string(data), cmd.ProcessState.ExitCode(), strings.HasPrefix(string(told), "sarif="), err
}
