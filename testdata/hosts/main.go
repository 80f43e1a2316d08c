// Command hosts checks the files by which code hosts and other programs use
// concurrencyvet: the GitHub action, the template for GitLab, the hooks of
// pre-commit, the configuration of GoReleaser, and the examples in the documentation.
//
// Usage, in this directory:
//
//	go run . [-tool concurrencyvet]
//
// With -tool, what the action does to run the command is done with that one, on a
// module with a finding and on one without.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// root is the root of the repository, seen from here.
const root = "../.."

func main() {
	tool := flag.String("tool", "", "the command, to try the action with")
	flag.Parse()
	checks := []struct {
		name string
		run  func() error
	}{
		{"action.yml", checkAction},
		{"README.md and docs", checkDocs},
		{"ci/gitlab.yml", checkGitLab},
		{".pre-commit-hooks.yaml", checkHooks},
		{".goreleaser.yaml", checkReleaser},
		{"Dockerfile", checkDockerfile},
	}
	if *tool != "" {
		path, err := filepath.Abs(*tool)
		if err != nil {
			path = *tool
		}
		checks = append(checks, struct {
			name string
			run  func() error
		}{"action.yml, run", func() error { return runAction(path) }})
	}
	status := 0
	for _, check := range checks {
		if err := check.run(); err != nil {
			fmt.Fprintf(os.Stderr, "hosts: %s: %v\n", check.name, err)
			status = 1
		}
	}
	os.Exit(status)
}

// read reads a file of the repository.
func read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
}
