package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"go.yaml.in/yaml/v3"
)

// block is a block of code in Markdown, with its language and its content.
var block = regexp.MustCompile("(?ms)^( *)```(\\w+)\n(.*?)^ *```$")

// checkDocs checks that the YAML and the JSON in the documentation can be read, and
// that the workflows in it are right. A list of steps alone is taken as one of a job.
func checkDocs() error {
	names, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		return err
	}
	var errs []error
	for _, path := range append(names, filepath.Join(root, "README.md")) {
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		data, err := read(rel)
		if err != nil {
			return err
		}
		for _, m := range block.FindAllSubmatchIndex(data, -1) {
			lang, text := string(data[m[4]:m[5]]), data[m[6]:m[7]]
			if indent := m[3] - m[2]; indent > 0 {
				text = regexp.MustCompile(`(?m)^ {`+fmt.Sprint(indent)+`}`).ReplaceAll(text, nil)
			}
			at := fmt.Sprintf("%s:%d", filepath.ToSlash(rel), 1+bytes.Count(data[:m[6]], []byte("\n")))
			if err := checkBlock(at, lang, text); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

func checkBlock(at, lang string, text []byte) error {
	switch lang {
	case "json":
		if !json.Valid(text) {
			return fmt.Errorf("%s: not JSON", at)
		}
	case "yaml":
		var doc map[string]any
		if err := yaml.Unmarshal(text, &doc); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		if workflow := workflowOf(doc, text); workflow != "" {
			return lint(at, []byte(ours.ReplaceAllString(workflow, "uses: ./")))
		}
	}
	return nil
}

// ours is the use of our action by those who have it not at the root.
var ours = regexp.MustCompile(`uses: concurrencyvet/concurrencyvet@\S+`)

// workflowOf returns the workflow of GitHub that the text is, or is a part of.
func workflowOf(doc map[string]any, text []byte) string {
	if doc["jobs"] != nil {
		return string(text)
	}
	if doc["steps"] == nil {
		return ""
	}
	return "on: pull_request\njobs:\n  check:\n    runs-on: ubuntu-latest\n    " +
		strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\n    ") + "\n"
}

func checkGitLab() error {
	data, err := read("ci/gitlab.yml")
	if err != nil {
		return err
	}
	var file struct {
		Variables map[string]string
		Job       struct {
			Image, Stage string
			Rules        []map[string]string
			Variables    map[string]string
			Cache        struct {
				Key   string
				Paths []string
			}
			Script    []string
			Artifacts struct {
				When    string
				Reports map[string]string
			}
		} `yaml:"concurrencyvet"`
	}
	if err := strict(data, &file); err != nil {
		return err
	}
	for name := range file.Variables {
		if !strings.Contains(strings.Join(file.Job.Script, "\n"), "$"+name) {
			return fmt.Errorf("the script does not use the variable %s", name)
		}
	}
	return nil
}

func checkHooks() error {
	data, err := read(".pre-commit-hooks.yaml")
	if err != nil {
		return err
	}
	var hooks []struct {
		ID, Name, Description, Entry, Language string
		Args, Types                            []string
		PassFilenames                          *bool `yaml:"pass_filenames"`
		RequireSerial                          bool  `yaml:"require_serial"`
	}
	if err := strict(data, &hooks); err != nil {
		return err
	}
	for _, hook := range hooks {
		if hook.ID == "" || hook.Name == "" || hook.Language != "golang" || !hook.RequireSerial ||
			!strings.HasPrefix(hook.Entry+" ", "concurrencyvet ") || len(hook.Args) == 0 || hook.PassFilenames == nil || *hook.PassFilenames {
			return fmt.Errorf("the hook %q is not as it is meant", hook.ID)
		}
	}
	return nil
}

func checkReleaser() error {
	data, err := read(".goreleaser.yaml")
	if err != nil {
		return err
	}
	_, err = config.LoadReader(bytes.NewReader(data))
	if errors.Is(err, io.EOF) {
		err = errors.New("the file is empty")
	}
	return err
}

// goVersion is what the image of a build step is of, or what go.mod asks for.
var goVersion = regexp.MustCompile(`(?m)^(?:FROM golang:|  image: golang:|go )(\d+\.\d+)`)

// checkDockerfile checks that the images are of the release of Go that go.mod names.
func checkDockerfile() error {
	mod, err := read("go.mod")
	if err != nil {
		return err
	}
	want := string(goVersion.FindSubmatch(mod)[1])
	for _, name := range []string{"Dockerfile", "ci/gitlab.yml"} {
		data, err := read(name)
		if err != nil {
			return err
		}
		found := goVersion.FindAllSubmatch(data, -1)
		if len(found) == 0 {
			return fmt.Errorf("%s names no image of Go", name)
		}
		for _, m := range found {
			if got := string(m[1]); got != want {
				return fmt.Errorf("%s is of Go %s, and go.mod of %s", name, got, want)
			}
		}
	}
	return nil
}
