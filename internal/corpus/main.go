// Command corpus runs the suite over the standard library and over the modules
// pinned in testdata/corpus, and compares what it finds with what is known.
//
// Usage, at the root of the module:
//
//	go run ./internal/corpus [flags] [module...]
//
// A module is named by its path or by the end of it ("raft"), the standard
// library by "std"; with none named, all are analysed. For each check the
// command prints how many of its findings are true, false and benign by the
// labels of testdata/corpus/findings, and then what is new, gone or changed. It
// exits with status 1 if there is any of these, or a finding without a label of a
// check that is not pedantic, and with status 2 if the suite itself failed.
//
// The flags are:
//
//	-update       write the findings to the golden files, keeping the labels
//	-show CHECK   print the findings of a check ("all" for every one) with
//	              their source, instead of comparing
//	-label LABEL  with -show: only the findings with this label
//	-mark FILE    label findings: lines of "CHECK FILE:LINE[:COL] LABEL REASON"
//	              from FILE, or from the standard input if FILE is "-"
//	-list         print the packages of the modules
//	-pin          require the modules that the tests of the corpus need
//	-race         build concurrencyvet with the race detector
//	-tool FILE    use this binary of concurrencyvet instead of building one
//	-context N    with -show: lines of source around each position
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

type options struct {
	update  bool
	show    string
	label   string
	mark    string
	list    bool
	pin     bool
	race    bool
	tool    string
	context int
	modules []string
}

func main() {
	var o options
	flag.BoolVar(&o.update, "update", false, "write the findings to the golden files, keeping the labels")
	flag.StringVar(&o.show, "show", "", "print the findings of `check` with their source")
	flag.StringVar(&o.label, "label", "", "with -show: only the findings with this `label`")
	flag.StringVar(&o.mark, "mark", "", "label findings as `file` says")
	flag.BoolVar(&o.list, "list", false, "print the packages of the modules")
	flag.BoolVar(&o.pin, "pin", false, "require the modules that the tests of the corpus need")
	flag.BoolVar(&o.race, "race", false, "build concurrencyvet with the race detector")
	flag.StringVar(&o.tool, "tool", "", "use this `binary` of concurrencyvet instead of building one")
	flag.IntVar(&o.context, "context", 4, "with -show: `lines` of source around each position")
	flag.Parse()
	o.modules = flag.Args()

	clean, err := run(os.Stdout, o)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(2)
	case !clean:
		os.Exit(1)
	}
}

// run does what the options ask for. It reports whether the findings are the
// golden ones, all labelled.
func run(w io.Writer, o options) (clean bool, err error) {
	root, err := moduleRoot()
	if err != nil {
		return false, err
	}
	dir := filepath.Join(root, "testdata", "corpus")
	golden := filepath.Join(dir, "findings")
	if o.mark != "" {
		return true, mark(golden, o.mark)
	}
	c, err := readCorpus(dir)
	if err != nil {
		return false, err
	}
	if err := c.choose(o.modules); err != nil {
		return false, err
	}
	switch {
	case o.pin:
		return true, c.pin()
	case o.list:
		pkgs, err := c.list()
		for _, pkg := range pkgs {
			fmt.Fprintln(w, pkg)
		}
		return err == nil, err
	}

	start := time.Now()
	r, err := analyse(c, root, o)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(w, "%d findings in %d modules, found in %s\n\n",
		len(r.findings), len(c.modules), time.Since(start).Round(time.Second))

	known, err := readGolden(golden)
	if err != nil {
		return false, err
	}
	d := compare(c, known, r.findings)
	failed := r.failure()
	switch {
	case o.show != "":
		show(w, c, d.now, o)
		return true, failed
	case o.update && failed != nil:
		return false, fmt.Errorf("nothing written: %w", failed)
	case o.update:
		if err := writeGolden(golden, d.merged()); err != nil {
			return false, err
		}
		printStats(w, d.now)
		fmt.Fprintf(w, "\nwritten: %d new, %d gone, %d changed, %d moved\n",
			len(d.added), len(d.gone), len(d.changed), d.moved)
		return true, nil
	}
	printStats(w, d.now)
	return printDiff(w, c, d), failed
}

// moduleRoot returns the directory above the working one that has the corpus.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "testdata", "corpus", "modules.txt")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("not in the module of concurrencyvet")
		}
		dir = filepath.Dir(dir)
	}
}
