package config

import (
	"fmt"
	"os"
	"path/filepath"
)

// Find returns the configuration file that is nearest to dir: in it, or in a
// directory above it up to the root of the repository or, outside of one, of the
// module. It returns an empty name if there is none.
func Find(dir string) (string, error) {
	root := rootOf(dir)
	for {
		name, err := in(dir)
		if name != "" || err != nil || dir == root {
			return name, err
		}
		dir = filepath.Dir(dir)
	}
}

// in returns the configuration file in a directory, empty if there is none.
func in(dir string) (string, error) {
	found := ""
	for _, name := range Names {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil || info.IsDir() {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("there are both %s and %s in %s: one must go", filepath.Base(found), name, dir)
		}
		found = path
	}
	return found, nil
}

// rootOf returns the directory at which the search upward from dir ends.
func rootOf(dir string) string {
	module := ""
	for d := dir; ; d = filepath.Dir(d) {
		if exists(filepath.Join(d, ".git")) {
			return d
		}
		if module == "" && exists(filepath.Join(d, "go.mod")) {
			module = d
		}
		if d == filepath.Dir(d) {
			break
		}
	}
	if module == "" {
		return dir
	}
	return module
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
