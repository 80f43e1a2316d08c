package format

import (
	"io"
)

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

var gitlabSeverities = [...]string{Error: "major", Warning: "minor", Notice: "info"}

// GitLab writes a report as GitLab's code quality report. GitLab drops issues with
// equal fingerprints; here no two are equal.
func GitLab(w io.Writer, r *Report) error {
	issues := []gitlabIssue{}
	for i, f := range r.Findings {
		s := r.spanOf(f.Pos, f.End)
		issues = append(issues, gitlabIssue{
			Description: f.Message,
			CheckName:   f.Check,
			Fingerprint: r.Identities[i].Fingerprint(),
			Severity:    gitlabSeverities[r.level(f)],
			Location:    gitlabLocation{r.rel(f.Pos.File), gitlabLines{max(s.startLine, 1), max(s.endLine, 1)}},
		})
	}
	return writeJSON(w, issues)
}
