package revision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sourcegraph/go-diff/diff"
)

// Changes are what differs in files from the commit to what is on disk. Names are
// relative to the root of the repository, with slashes.
type Changes struct {
	// Renamed has the old name of each renamed file, by which its new one is found.
	Renamed map[string]string
	// Lines has the numbers of the lines that were changed or added, by the file.
	Lines map[string]map[int]bool
}

// Changes returns what changed since the commit. A file that git does not know yet
// counts as added, unless git is told to ignore it.
func (b *Base) Changes(ctx context.Context) (*Changes, error) {
	index, err := os.CreateTemp("", "concurrencyvet-index-")
	if err != nil {
		return nil, err
	}
	name := index.Name()
	defer os.Remove(name)
	defer os.Remove(name + ".lock")
	if err := index.Close(); err != nil {
		return nil, err
	}
	env, err := b.copyIndex(ctx, name)
	if err != nil {
		return nil, err
	}
	// Entries without content, in the copy: git diff then shows those files, too.
	if _, err := git(ctx, b.Top, env, "add", "--intent-to-add", "--ignore-errors", "--", "."); err != nil {
		return nil, fmt.Errorf("listing new files: %w", err)
	}
	text, err := git(ctx, b.Top, env, "-c", "core.quotePath=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames",
		"--unified=0", "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=all", b.Commit, "--", "*.go")
	if err != nil {
		return nil, fmt.Errorf("comparing with %s: %w", b.Name, err)
	}
	return parse(text)
}

// copyIndex copies the index to a file, and returns the environment with which git
// uses that.
func (b *Base) copyIndex(ctx context.Context, name string) ([]string, error) {
	env := []string{"GIT_INDEX_FILE=" + name}
	own, err := git(ctx, b.Top, nil, "rev-parse", "--git-path", "index")
	if err != nil {
		return nil, err
	}
	if own = filepath.FromSlash(own); !filepath.IsAbs(own) {
		own = filepath.Join(b.Top, own)
	}
	data, err := os.ReadFile(own)
	if errors.Is(err, os.ErrNotExist) {
		return env, os.Remove(name) // git makes one
	} else if err != nil {
		return nil, err
	}
	return env, os.WriteFile(name, data, 0o600)
}

// parse interprets a diff without context, whose names begin with a/ and b/.
func parse(text string) (*Changes, error) {
	files, err := diff.ParseMultiFileDiff([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("git printed a diff that cannot be read: %w", err)
	}
	c := &Changes{Renamed: make(map[string]string), Lines: make(map[string]map[int]bool)}
	for _, f := range files {
		name, ok := strings.CutPrefix(f.NewName, "b/")
		if !ok {
			continue // the file is gone
		}
		if old, ok := strings.CutPrefix(f.OrigName, "a/"); ok && old != name {
			c.Renamed[old] = name
		}
		lines := make(map[int]bool)
		for _, hunk := range f.Hunks {
			for i := range hunk.NewLines {
				lines[int(hunk.NewStartLine+i)] = true
			}
		}
		c.Lines[name] = lines
	}
	return c, nil
}
