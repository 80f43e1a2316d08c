// Package show prints the skeletons of functions, for those who write checks.
package show

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// Main prints the skeletons of the functions that args name, each as
// PACKAGE.FUNC, PACKAGE.TYPE.METHOD or just PACKAGE for all of its functions.
// A first argument -memory asks for the accesses to memory as well. It returns
// the exit status: 0, 2 for misuse, 3 if a package does not load.
func Main(args []string, stdout, stderr io.Writer) int {
	format := (*skeleton.Func).String
	if len(args) > 0 && args[0] == "-memory" {
		format, args = (*skeleton.Func).WithMemory, args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(stderr, "usage: concurrencyvet skeleton [-memory] PACKAGE[.FUNC] ...")
		return 2
	}
	status := 0
	for _, arg := range args {
		if err := print(stdout, arg, format); err != nil {
			fmt.Fprintln(stderr, "concurrencyvet: skeleton:", err)
			status = 3
		}
	}
	return status
}

func print(w io.Writer, arg string, format func(*skeleton.Func) string) error {
	path, name := split(arg)
	cfg := &packages.Config{Mode: packages.LoadAllSyntax}
	pkgs, err := packages.Load(cfg, path)
	if err != nil {
		return err
	}
	if packages.PrintErrors(pkgs) > 0 {
		return fmt.Errorf("package %s does not compile", path)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{skeleton.Analyzer}, pkgs, nil)
	if err != nil {
		return err
	}
	found := false
	for _, act := range graph.Roots {
		if act.Err != nil {
			return act.Err
		}
		for _, f := range act.Result.(*skeleton.View).Funcs {
			if name == "" || matches(f, name) {
				fmt.Fprintln(w, format(f))
				found = true
			}
		}
	}
	if !found {
		return fmt.Errorf("no function %q in %s has a skeleton", name, path)
	}
	return nil
}

// split separates the package's path from the function's name, which begins
// behind the first dot after the last slash.
func split(arg string) (path, name string) {
	slash := strings.LastIndex(arg, "/")
	dot := strings.Index(arg[slash+1:], ".")
	if dot < 0 || strings.HasPrefix(arg[slash+1:], ".") {
		return arg, ""
	}
	return arg[:slash+1+dot], arg[slash+1+dot+1:]
}

// matches reports whether f is the function or method called name, or a
// literal in it.
func matches(f *skeleton.Func, name string) bool {
	plain := strings.NewReplacer("(", "", ")", "", "*", "").Replace(f.Name)
	return plain == name || strings.HasPrefix(plain, name+"$")
}
