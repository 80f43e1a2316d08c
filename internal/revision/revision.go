// Package revision looks at another state of a repository: it checks it out beside
// the present one, and tells what changed between the two in files and lines.
//
// The present state is what is on disk, whether git knows of it or not. Everything
// git is asked is read-only for the repository, but for the record of the work tree
// that [Base.CheckOut] makes and its cleanup removes.
package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A Base is a commit that the present state is compared with.
type Base struct {
	Name   string // as the user spelled it
	Commit string
	Top    string // the root of the present work tree
	Prefix string // of the directory asked from, relative to the root; with slashes
	gitDir string // of all work trees
}

// Find returns the commit of a name, or the best common ancestor of that and HEAD,
// in the repository that dir is in. An error is one of the user's.
func Find(ctx context.Context, dir, name string, mergeBase bool) (*Base, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, errors.New("cannot find git, which knows of other revisions")
	}
	out, err := git(ctx, dir, nil, "rev-parse", "--show-toplevel", "--git-common-dir", "--show-prefix")
	if err != nil {
		return nil, fmt.Errorf("%s is not in a git work tree: %w", dir, err)
	}
	lines := append(strings.Split(out, "\n"), "", "")
	b := &Base{Name: name, Top: filepath.FromSlash(lines[0]), Prefix: strings.TrimSuffix(lines[2], "/")}
	if b.gitDir = filepath.FromSlash(lines[1]); !filepath.IsAbs(b.gitDir) {
		b.gitDir = filepath.Join(dir, b.gitDir)
	}
	b.Commit, err = git(ctx, dir, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("there is no commit %s in this repository%s", name, hint(ctx, dir, name))
	}
	if mergeBase {
		b.Commit, err = git(ctx, dir, nil, "merge-base", b.Commit, "HEAD")
		if err != nil {
			return nil, fmt.Errorf("%s and HEAD have no common ancestor in this repository%s", name, hint(ctx, dir, ""))
		}
	}
	return b, nil
}

// hint says what can be done to have what is missing. Name is that of a missing
// commit, empty if what is missing is its past.
func hint(ctx context.Context, dir, name string) string {
	shallow, err := git(ctx, dir, nil, "rev-parse", "--is-shallow-repository")
	isShallow := err == nil && shallow == "true"
	remote, branch, ok := strings.Cut(strings.TrimPrefix(name, "refs/remotes/"), "/")
	if remotes, err := git(ctx, dir, nil, "remote"); ok && err == nil && slices.Contains(strings.Fields(remotes), remote) {
		depth := ""
		if isShallow {
			depth = "--depth=1 "
		}
		return fmt.Sprintf(": run 'git fetch %s%s +%s:refs/remotes/%s/%s'", depth, remote, branch, remote, branch)
	}
	if isShallow {
		return ", which is a shallow clone: run 'git fetch --unshallow'"
	}
	return ""
}

// git runs git in a directory and returns what it printed, without the last newline.
// Variables by which a hook of git's tells of its own repository and index are not
// passed on.
func git(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(local, name)
	})
	cmd.Env = append(append(cmd.Env, "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C"), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return "", errors.New(text)
		}
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSuffix(stdout.String(), "\n"), nil
}

// local are the variables that git rev-parse --local-env-vars lists and a hook has.
var local = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_IMPLICIT_WORK_TREE", "GIT_INTERNAL_SUPER_PREFIX",
}
