package front

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/concurrencyvet/concurrencyvet/internal/format"
)

const mergeUsage = `usage: concurrencyvet merge [-o FILE] FILE.sarif ...

Merge makes one SARIF file of several that -format sarif=FILE has written: of a
build matrix (GOOS, tags), or of packages that were checked in several parts. A
finding of several files is shown once, and the failures of all are kept. It
goes to standard output, or with -o to a file, which is written as a whole or
not at all.

The exit status is 0 if the files were merged, whatever they have, 2 if the
command line is wrong, and 3 if a file could not be read, is not SARIF of this
program, or could not be written.
`

// merge merges SARIF files and returns the exit status. If one of the files cannot be
// used, nothing is written.
func merge(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("merge", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	out := flags.String("o", "", "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, mergeUsage)
		return ExitClean
	case err != nil:
		return misuse(stderr, fmt.Errorf("merge: %w", err))
	case flags.NArg() == 0:
		fmt.Fprint(stderr, mergeUsage)
		return ExitMisuse
	}
	data, err := mergeFiles(flags.Args())
	if err == nil && *out != "" {
		err = writeFile(".", *out, data)
	} else if err == nil {
		_, err = stdout.Write(data)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: merge: %v\n", progname, err)
		return ExitFailure
	}
	return ExitClean
}

// mergeFiles returns the log that the files make. The error tells of all files that
// cannot be used.
func mergeFiles(names []string) ([]byte, error) {
	var logs []*format.Log
	var errs []error
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			errs = append(errs, err) // it has the name
			continue
		}
		log, err := format.ReadSARIF(data)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		logs = append(logs, log)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	var b bytes.Buffer
	err := format.MergeSARIF(&b, logs)
	return b.Bytes(), err
}
