package revision

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// Workspace returns the value of GOWORK for the work tree, if the go command uses the
// given go.work in the present one: the same file at the commit or, if it lies outside
// of the repository, a copy that has the directories of the work tree for those of the
// present one. The copy is in a directory that the caller removes, empty if none was
// made.
func (b *Base) Workspace(w *WorkTree, work string) (gowork, temporary string, err error) {
	if work == "" || work == "off" {
		return work, "", nil
	}
	if moved, ok := b.Moved(w, work); ok {
		if _, err := os.Stat(moved); errors.Is(err, os.ErrNotExist) {
			return "off", "", nil // there was no workspace yet
		}
		return moved, "", nil
	}
	data, err := os.ReadFile(work)
	if err != nil {
		return "", "", err
	}
	file, err := modfile.ParseWork(work, data, nil)
	if err != nil {
		return "", "", err
	}
	if err := b.rewrite(w, file, filepath.Dir(work)); err != nil {
		return "", "", err
	}
	temporary, err = os.MkdirTemp("", "concurrencyvet-work-")
	if err != nil {
		return "", "", err
	}
	gowork = filepath.Join(temporary, "go.work")
	err = os.WriteFile(gowork, modfile.Format(file.Syntax), 0o666)
	if sums, errSums := os.ReadFile(work + ".sum"); errSums == nil && err == nil {
		err = os.WriteFile(gowork+".sum", sums, 0o666)
	}
	return gowork, temporary, err
}

// rewrite makes the paths in a go.work absolute, and those in the present work tree
// ones in the other. A module that was not there at the commit is left out.
func (b *Base) rewrite(w *WorkTree, file *modfile.WorkFile, dir string) error {
	target := func(path string) string {
		if path = filepath.FromSlash(path); !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if moved, ok := b.Moved(w, path); ok {
			return moved
		}
		return path
	}
	for _, use := range file.Use {
		if use.Path == "" {
			continue
		}
		path, name := target(use.Path), use.ModulePath
		if err := file.DropUse(use.Path); err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
			if err := file.AddUse(filepath.ToSlash(path), name); err != nil {
				return err
			}
		}
	}
	for _, r := range file.Replace {
		if r.New.Version != "" || !modfile.IsDirectoryPath(r.New.Path) {
			continue
		}
		if err := file.AddReplace(r.Old.Path, r.Old.Version, filepath.ToSlash(target(r.New.Path)), ""); err != nil {
			return fmt.Errorf("go.work: %w", err)
		}
	}
	file.Cleanup()
	return nil
}

// Moved returns the path in the work tree for one in the present tree, and whether it
// is one.
func (b *Base) Moved(w *WorkTree, path string) (string, bool) {
	rel, ok := b.Rel(path)
	return filepath.Join(w.Dir, filepath.FromSlash(rel)), ok
}

// Rel returns the path of a file of the present tree relative to the root, with
// slashes, and whether it is below that.
func (b *Base) Rel(path string) (string, bool) {
	rel, err := filepath.Rel(b.Top, path)
	if err != nil || !filepath.IsLocal(rel) {
		if real, errReal := filepath.EvalSymlinks(path); errReal == nil {
			rel, err = filepath.Rel(b.Top, real)
		}
	}
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}
