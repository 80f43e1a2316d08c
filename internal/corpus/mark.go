package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// mark labels golden findings. The file has lines of
//
//	CHECK FILE:LINE[:COL] LABEL REASON
//
// which is how -show heads a finding, so that its output can be edited into
// one. FILE may have the module's path before it. Nothing is written unless
// every line names findings of one place.
func mark(dir, file string) error {
	text, err := readAll(file)
	if err != nil {
		return err
	}
	known, err := readGolden(dir)
	if err != nil {
		return err
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := markLine(known, line); err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
	}
	return writeGolden(dir, known)
}

func readAll(file string) (string, error) {
	var data []byte
	var err error
	if file == "-" {
		data, err = io.ReadAll(os.Stdin)
	} else {
		data, err = os.ReadFile(file)
	}
	return string(data), err
}

// markLine labels the findings that one line names.
func markLine(known []*finding, line string) error {
	fields := strings.SplitN(line, " ", 4)
	if len(fields) != 4 {
		return fmt.Errorf("want a check, a position, a label and a reason")
	}
	file, num, col, err := splitPosn(fields[1])
	if err != nil {
		return err
	}
	module := ""
	for _, f := range known {
		here := f.file == file || f.module+"/"+f.file == file
		if f.check != fields[0] || !here || f.line != num || col != 0 && f.col != col {
			continue
		}
		if module != "" && module != f.module {
			return fmt.Errorf("%s and %s both have such a finding: write the module before the file", module, f.module)
		}
		module = f.module
		if err := f.mark(fields[2], fields[3]); err != nil {
			return err
		}
	}
	if module == "" {
		return fmt.Errorf("no such finding")
	}
	return nil
}
