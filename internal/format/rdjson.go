package format

import (
	"io"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

type rdResult struct {
	Source      rdSource       `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdSource struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
	Related     []rdRelated    `json:"related_locations,omitempty"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

type rdRange struct {
	Start rdPosition  `json:"start"`
	End   *rdPosition `json:"end,omitempty"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column,omitempty"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

type rdRelated struct {
	Message  string     `json:"message"`
	Location rdLocation `json:"location"`
}

var rdSeverities = [...]string{Error: "ERROR", Warning: "WARNING", Notice: "INFO"}

// RDJSON writes a report as JSON of reviewdog. Columns are in bytes, as reviewdog
// wants them; paths are relative to the directory of the run, as it takes them.
func RDJSON(w io.Writer, r *Report) error {
	out := rdResult{Source: rdSource{Tool, Home}, Diagnostics: []rdDiagnostic{}}
	for _, f := range r.Findings {
		rule, _ := r.rule(f.Check)
		d := rdDiagnostic{
			Message:     f.Message,
			Location:    r.rdLocation(f.Pos, f.End),
			Severity:    rdSeverities[rule.Level],
			Code:        rdCode{f.Check, rule.URL},
			Suggestions: r.rdSuggestions(f),
		}
		for _, n := range f.Related {
			d.Related = append(d.Related, rdRelated{n.Message, r.rdLocation(n.Pos, n.End)})
		}
		out.Diagnostics = append(out.Diagnostics, d)
	}
	return writeJSON(w, out)
}

// rdLocation returns the place from pos to end.
func (r *Report) rdLocation(pos, end finding.Position) rdLocation {
	loc := rdLocation{Path: r.Files.Near(pos.File)}
	if pos.Line > 0 {
		loc.Range = rdRangeOf(r.spanOf(pos, end))
	}
	return loc
}

// rdRangeOf returns the range that a span is.
func rdRangeOf(s span) *rdRange {
	return &rdRange{rdPosition{s.startLine, s.startCol}, &rdPosition{s.endLine, s.endCol}}
}

// rdSuggestions returns the first fix of a finding, if its edits all are in the file
// of the finding: a suggestion has no file of its own. Several edits become one, since
// reviewdog offers each suggestion by itself, and part of a fix is none.
func (r *Report) rdSuggestions(f finding.Finding) []rdSuggestion {
	if len(f.Fixes) == 0 {
		return nil
	}
	e, ok := r.merged(f.Fixes[0].Edits)
	if !ok || e.File != f.Pos.File {
		return nil
	}
	s, ok := r.editSpan(e)
	if !ok {
		return nil
	}
	return []rdSuggestion{{*rdRangeOf(s), e.New}}
}
