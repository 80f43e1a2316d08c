package format

import (
	"encoding/xml"
	"io"
)

type checkstyleReport struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

var checkstyleSeverities = [...]string{Error: "error", Warning: "warning", Notice: "info"}

// Checkstyle writes a report as XML of Checkstyle. Columns are in bytes.
func Checkstyle(w io.Writer, r *Report) error {
	out := checkstyleReport{Version: "5.0"}
	for _, f := range r.Findings { // sorted by file
		name := r.Files.Near(f.Pos.File)
		if n := len(out.Files); n == 0 || out.Files[n-1].Name != name {
			out.Files = append(out.Files, checkstyleFile{Name: name})
		}
		last := &out.Files[len(out.Files)-1]
		last.Errors = append(last.Errors, checkstyleError{
			Line: f.Pos.Line, Column: f.Pos.Col,
			Severity: checkstyleSeverities[r.level(f)],
			Message:  f.Message,
			Source:   Tool + "." + f.Check,
		})
	}
	return writeXML(w, out)
}
