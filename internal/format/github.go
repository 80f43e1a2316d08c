package format

import (
	"fmt"
	"io"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// githubShown is how many annotations of a level GitHub shows of a step.
const githubShown = 10

var githubCommands = [...]string{Error: "error", Warning: "warning", Notice: "notice"}

// GitHub writes a report as workflow commands of GitHub Actions, which become
// annotations of the changed files. What is beyond the number that GitHub shows is
// left out, and the last command says so.
func GitHub(w io.Writer, r *Report) error {
	var all [len(githubCommands)]int
	for _, f := range r.Findings {
		all[r.level(f)]++
	}
	limits := [len(githubCommands)]int{githubShown, githubShown, githubShown}
	if max(all[Error], all[Warning], all[Notice]) > githubShown {
		limits[Notice]-- // the last command is one
	}
	var written [len(githubCommands)]int
	for _, f := range r.Findings {
		level := r.level(f)
		if written[level] == limits[level] {
			continue
		}
		written[level]++
		if _, err := fmt.Fprintln(w, r.githubCommand(githubCommands[level], f)); err != nil {
			return err
		}
	}
	var left []string
	for level, n := range all {
		if n -= written[level]; n > 0 {
			left = append(left, Plural(n, githubCommands[level]))
		}
	}
	if len(left) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "::notice title=%s::not shown here: %s; GitHub shows %d of a kind\n", Tool, strings.Join(left, ", "), githubShown)
	return err
}

// githubCommand returns the command for a finding.
func (r *Report) githubCommand(command string, f finding.Finding) string {
	s := r.utf16(f.Pos.File, r.spanOf(f.Pos, f.End))
	props := []string{"file=" + githubProperty.Replace(r.rel(f.Pos.File))}
	if s.startLine > 0 {
		props = append(props, fmt.Sprintf("line=%d,endLine=%d", s.startLine, s.endLine))
	}
	if s.startCol > 0 && s.startLine == s.endLine { // else GitHub takes no columns
		props = append(props, fmt.Sprintf("col=%d,endColumn=%d", s.startCol, s.endCol))
	}
	props = append(props, "title="+githubProperty.Replace(Tool+" "+f.Check))
	text := []string{f.Message}
	for _, n := range f.Related {
		text = append(text, fmt.Sprintf("%s:%d: %s", r.rel(n.Pos.File), n.Pos.Line, n.Message))
	}
	return fmt.Sprintf("::%s %s::%s", command, strings.Join(props, ","), githubText.Replace(strings.Join(text, "\n")))
}

var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
