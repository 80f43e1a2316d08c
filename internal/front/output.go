package front

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
	"github.com/concurrencyvet/concurrencyvet/internal/format"
	"github.com/concurrencyvet/concurrencyvet/internal/suggest"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// An output is a format, and the file that it goes to, empty for standard output.
type output struct{ format, file string }

// The formats that the front itself writes, and one that it knows more of.
const (
	formatText  = "text"
	formatJSON  = "json"
	formatSARIF = "sarif"
)

// formatNames returns the names of all formats.
func formatNames() []string {
	names := []string{formatText, formatJSON}
	for _, f := range format.Formats {
		names = append(names, f.Name)
	}
	return names
}

// parseOutputs interprets a value of -format: FORMAT or FORMAT=FILE, several with
// commas between.
func parseOutputs(value string) ([]output, error) {
	var list []output
	for item := range strings.SplitSeq(value, ",") {
		name, file, toFile := strings.Cut(item, "=")
		if names := formatNames(); !slices.Contains(names, name) {
			return nil, fmt.Errorf("no format is named %q%s", name, suggest.Hint(name, names, ""))
		}
		if toFile && file == "" {
			return nil, fmt.Errorf("no file is named after %q", item)
		}
		list = append(list, output{name, file})
	}
	return list, nil
}

// allOutputs returns the outputs asked for. -json is another way to ask for one, and
// text is what is written when nothing is asked for.
func (opts *options) allOutputs() []output {
	list := slices.Clone(opts.outputs)
	if opts.json {
		list = append(list, output{format: formatJSON})
	}
	if len(list) == 0 {
		list = append(list, output{format: formatText})
	}
	return list
}

// validateOutputs reports outputs that exclude one another.
func (opts *options) validateOutputs() error {
	seen := make(map[string]string)
	for _, o := range opts.allOutputs() {
		name, other := o.file, seen[o.file]
		switch {
		case other != "" && name == "":
			return fmt.Errorf("both %s and %s would go to standard output: write -format %s=FILE for one of them", other, o.format, o.format)
		case other != "":
			return fmt.Errorf("both %s and %s would go to %s", other, o.format, name)
		}
		seen[name] = o.format
	}
	return nil
}

// A results is what is left of a run to be written.
type results struct {
	findings []identified
	failures []finding.Failure
	units    []unit
	work     work
	out      *outcome
	status   int
}

// write writes the results in the formats asked for. The error tells of all outputs
// that could not be written.
func (s *Suite) write(res *results, g *gate, stdout io.Writer) error {
	dir, opts := g.dir, g.opts
	outputs := opts.allOutputs()
	report := s.report(res, g)
	if slices.ContainsFunc(outputs, func(o output) bool { return o.format == formatSARIF }) {
		report.OS, report.Arch = platform(dir)
	}
	var errs []error
	for _, o := range outputs {
		var err error
		if o.file == "" {
			err = s.writeTo(stdout, styleOf(stdout), o.format, res, report, g)
		} else {
			var b bytes.Buffer
			if err = s.writeTo(&b, look{}, o.format, res, report, g); err == nil {
				err = writeFile(dir, o.file, b.Bytes())
			}
		}
		if err == nil && o.format == "github" {
			err = appendSummary(report)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("cannot write the findings as %s: %w", o.format, err))
		}
	}
	return errors.Join(errs...)
}

// textPrinter returns a printer for w that knows where the checks are documented.
func (s *Suite) textPrinter(w io.Writer, style look, g *gate) *printer {
	p := newPrinter(w, g.files, g.dir, g.opts.context, style)
	for _, check := range s.all() {
		p.urls[check.Analyzer.Name] = check.Analyzer.URL
	}
	return p
}

// writeTo writes the results in a format.
func (s *Suite) writeTo(w io.Writer, style look, name string, res *results, report *format.Report, g *gate) error {
	switch name {
	case formatText:
		return s.textPrinter(w, style, g).print(findingsOf(res.findings))
	case formatJSON:
		return writeUnits(w, res.units)
	}
	i := slices.IndexFunc(format.Formats, func(f format.Format) bool { return f.Name == name })
	return format.Formats[i].Write(w, report)
}

// levels are the groups as other programs know them.
var levels = map[passes.Group]format.Level{
	passes.Correctness: format.Error,
	passes.Suspicious:  format.Warning,
	passes.Pedantic:    format.Notice,
}

// hiddenOf returns why findings are hidden.
func hiddenOf(list []identified) []finding.Hidden {
	hidden := make([]finding.Hidden, len(list))
	for i, f := range list {
		hidden[i] = *f.hidden
	}
	return hidden
}

// report returns the results as the writers of formats want them.
func (s *Suite) report(res *results, g *gate) *format.Report {
	r := &format.Report{
		Findings:   findingsOf(res.findings),
		Identities: identities(res.findings),
		Hidden:     hiddenOf(g.hidden),
		HiddenIDs:  identities(g.hidden),
		Failures:   res.failures,
		Files:      g.files,
		Version:    version(),
		ExitStatus: res.status,
		Failed:     res.status == ExitFailure,
	}
	for _, check := range s.choose(g.opts.choice) {
		r.Rules = append(r.Rules, format.Rule{
			Name:    check.Analyzer.Name,
			Doc:     check.Analyzer.Doc,
			URL:     check.Analyzer.URL,
			Group:   string(check.Group),
			Status:  string(check.Status),
			Trusted: check.Status == passes.Stable,
			Level:   levels[check.Group],
		})
	}
	for _, block := range res.out.blocks {
		r.Errors = append(r.Errors, strings.TrimSpace(block))
	}
	if notes := strings.TrimSpace(res.out.notes); notes != "" && res.out.status != 0 {
		r.Errors = append(r.Errors, notes)
	}
	return r
}

// version returns the version that the go command built in, empty if it is none.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(info.Main.Version, "v") {
		return info.Main.Version
	}
	return ""
}

// platform returns for which system packages in dir are built.
func platform(dir string) (goos, goarch string) {
	if cmd, err := goCommand(dir, []string{"env", "GOOS", "GOARCH"}); err == nil {
		if data, err := cmd.Output(); err == nil {
			if fields := strings.Fields(string(data)); len(fields) == 2 {
				return fields[0], fields[1]
			}
		}
	}
	return runtime.GOOS, runtime.GOARCH
}

// appendSummary appends the findings to the summary of the step of GitHub Actions in
// which the program runs, if it does.
func appendSummary(report *format.Report) error {
	name := os.Getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	return errors.Join(format.Markdown(file, report), file.Close())
}

// writeFile writes a file as a whole or not at all: who reads it meanwhile sees the
// old content or the new. A relative name is one in dir. What is no regular file, such
// as a pipe, is written to as it is.
func writeFile(dir, name string, data []byte) error {
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	mode := os.FileMode(0o666)
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a directory", name)
	case err == nil && !info.Mode().IsRegular():
		return os.WriteFile(name, data, mode)
	case err == nil:
		mode = info.Mode().Perm()
	}
	temp := fmt.Sprintf("%s.%s.tmp", name, rand.Text())
	file, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	if info != nil {
		err = file.Chmod(mode) // what umask has taken away
	}
	if err == nil {
		_, err = file.Write(data)
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}
