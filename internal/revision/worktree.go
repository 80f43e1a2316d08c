package revision

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// A WorkTree is a checkout of a commit in a temporary directory.
type WorkTree struct {
	Dir   string // its root
	admin string // what git keeps of it
	once  sync.Once
	err   error
}

// CheckOut makes a work tree of the commit. The caller removes it.
//
// Its directory has the same name each time, unless one is there: the go command
// caches what it found in a package by the directory of the package.
func (b *Base) CheckOut(ctx context.Context) (*WorkTree, error) {
	key := fmt.Sprintf("%x", sha256.Sum256([]byte(b.Top+"\x00"+b.Commit)))[:16]
	dir := filepath.Join(os.TempDir(), "concurrencyvet-"+key)
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, os.ErrExist) {
		dir, err = os.MkdirTemp("", "concurrencyvet-"+key+"-")
	}
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real // as the go command will name it
	}
	w := &WorkTree{Dir: dir, admin: filepath.Join(b.gitDir, "worktrees", filepath.Base(dir))}
	// A hook of the repository's has no business here.
	if _, err := git(ctx, b.Top, []string{"GIT_LFS_SKIP_SMUDGE=1"}, "-c", "core.hooksPath="+os.DevNull, "worktree", "add", "--force", "--detach", dir, b.Commit); err != nil {
		return nil, errors.Join(err, w.Remove())
	}
	if admin, err := git(ctx, dir, nil, "rev-parse", "--absolute-git-dir"); err == nil {
		w.admin = filepath.FromSlash(admin)
	}
	return w, nil
}

// Remove removes the work tree and what git keeps of it. It runs no git, which the
// signal that ended the run may have ended as well.
func (w *WorkTree) Remove() error {
	w.once.Do(func() {
		w.err = os.RemoveAll(w.Dir)
		worktrees := filepath.Dir(w.admin)
		if filepath.Base(worktrees) == "worktrees" {
			w.err = errors.Join(w.err, os.RemoveAll(w.admin))
			_ = os.Remove(worktrees) // if it was the last one
		}
	})
	return w.err
}
