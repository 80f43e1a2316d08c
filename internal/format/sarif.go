package format

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// sarifRoot is the symbol for the root of the repository, which is not spelled out:
// what is written is the same wherever the repository lies.
const sarifRoot = "%SRCROOT%"

// sarifFingerprint is the name of the identity of a finding, as [finding.Identity]
// has it, among the fingerprints of a result.
const sarifFingerprint = Tool + "/v1"

// sarifColumns is the unit in which columns are counted.
const sarifColumns = "utf16CodeUnits"

var (
	sarifLevels     = [...]string{Error: "error", Warning: "warning", Notice: "note"}
	sarifSeverities = [...]string{Error: "error", Warning: "warning", Notice: "recommendation"}
)

// SARIF writes a report as SARIF 2.1.0, with what GitHub's code scanning wants to see.
// Columns are in UTF-16 code units.
func SARIF(w io.Writer, r *Report) error {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name:            Tool,
			Version:         cmp.Or(r.Version, "(devel)"),
			SemanticVersion: strings.TrimPrefix(r.Version, "v"),
			InformationURI:  Home,
			Rules:           []sarifRule{},
		}},
		Invocations:       []sarifInvocation{r.sarifInvocation()},
		AutomationDetails: sarifAutomation{fmt.Sprintf("%s/%s-%s/", Tool, r.OS, r.Arch)},
		BaseIDs: map[string]sarifArtifact{
			sarifRoot: {Description: &sarifText{Text: "The root of the repository."}},
		},
		ColumnKind: sarifColumns,
		Results:    []sarifResult{},
	}
	for _, rule := range r.Rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule.sarif())
	}
	hashes := make(map[string][]string)
	for i, f := range r.Findings {
		run.Results = append(run.Results, r.sarifResult(f, r.Identities[i], hashes))
	}
	for i, h := range r.Hidden {
		result := r.sarifResult(h.Finding, r.HiddenIDs[i], hashes)
		result.Suppressions = []sarifSuppression{{sarifExternal, h.Reason}}
		if h.InSource {
			result.Suppressions[0].Kind = sarifInSource
		}
		run.Results = append(run.Results, result)
	}
	evenSuppressions(run.Results)
	return writeJSON(w, sarifLog{sarifSchema, sarifVersion, []sarifRun{run}})
}

// The kinds of suppressions.
const (
	sarifInSource = "inSource"
	sarifExternal = "external"
)

// evenSuppressions tells of all results whether they are suppressed, if it is told of
// one: the standard wants it of all or none.
func evenSuppressions(results []sarifResult) {
	if !slices.ContainsFunc(results, func(r sarifResult) bool { return r.Suppressions != nil }) {
		return
	}
	for i := range results {
		if results[i].Suppressions == nil {
			results[i].Suppressions = []sarifSuppression{}
		}
	}
}

// sarif returns the rule.
func (rule Rule) sarif() sarifRule {
	precision := "medium" // not measured
	if rule.Trusted {
		precision = "very-high"
	}
	text, markdown := rule.help()
	return sarifRule{
		ID:      rule.Name,
		Short:   sarifText{Text: sentence(rule.summary())},
		Full:    sarifText{Text: rule.why()},
		Help:    sarifText{Text: text, Markdown: markdown},
		HelpURI: rule.URL,
		Config:  sarifRuleConfig{sarifLevels[rule.Level]},
		Props: sarifRuleProps{
			Tags:      []string{"concurrency", rule.Group, rule.Status},
			Precision: precision,
			Severity:  sarifSeverities[rule.Level],
		},
	}
}

// whyLimit is the longest text that GitHub takes for a description.
const whyLimit = 1024

// why returns what the documentation says before the first example, on why the fault
// is one: so many of its paragraphs as GitHub takes.
func (rule Rule) why() string {
	_, body, _ := strings.Cut(rule.Doc, "\n\n")
	body, _, _ = strings.Cut(body, "\n\nFor example:")
	var text string
	for paragraph := range strings.SplitSeq(strings.Trim(body, "\n"), "\n\n") {
		if !strings.HasPrefix(paragraph, "\t") {
			paragraph = strings.Join(strings.Fields(paragraph), " ")
		}
		if len(text)+len("\n\n")+len(paragraph) > whyLimit {
			break
		}
		text = strings.TrimPrefix(text+"\n\n"+paragraph, "\n\n")
	}
	if text == "" {
		return sentence(rule.summary())
	}
	return text
}

// help returns the documentation as text and as Markdown.
func (rule Rule) help() (text, markdown string) {
	_, body, _ := strings.Cut(rule.Doc, "\n\n")
	text = strings.TrimSpace(sentence(rule.summary()) + "\n\n" + body)
	page, err := docs.Parse(rule.Doc)
	if err != nil {
		return text, text
	}
	return text, strings.Join([]string{
		sentence(rule.summary()), page.Why,
		"## Reported", page.Bad, "## Correct", page.Good, "## Limits", page.Limits,
	}, "\n\n")
}

// sarifInvocation tells how the run went.
func (r *Report) sarifInvocation() sarifInvocation {
	inv := sarifInvocation{Successful: !r.Failed, ExitCode: r.ExitStatus}
	for _, text := range r.Errors {
		inv.Notifications = append(inv.Notifications, sarifNotification{Level: "error", Message: sarifText{Text: text}})
	}
	for _, f := range r.Failures {
		n := sarifNotification{
			Level:   "error",
			Message: sarifText{Text: fmt.Sprintf("check %s failed on package %s: %s", f.Check, f.Package, f.Reason)},
		}
		if _, i := r.rule(f.Check); i >= 0 {
			n.Rule = &sarifRuleRef{f.Check, i}
		}
		inv.Notifications = append(inv.Notifications, n)
	}
	return inv
}

// sarifResult returns the result that a finding is. The hashes are those of the lines of
// files, which are made when they are first asked for.
func (r *Report) sarifResult(f finding.Finding, id finding.Identity, hashes map[string][]string) sarifResult {
	result := r.sarifPlain(f)
	if _, ok := hashes[f.Pos.File]; !ok {
		hashes[f.Pos.File] = lineHashes(r.Files.Data(f.Pos.File))
	}
	result.Fingerprints = map[string]string{sarifFingerprint: id.Fingerprint()}
	if list := hashes[f.Pos.File]; 0 < f.Pos.Line && f.Pos.Line <= len(list) {
		result.Fingerprints["primaryLocationLineHash"] = list[f.Pos.Line-1]
	}
	return result
}

// sarifPlain returns the result that a finding is, but for its fingerprints.
func (r *Report) sarifPlain(f finding.Finding) sarifResult {
	result := sarifResult{
		RuleID:    f.Check,
		Level:     sarifLevels[r.level(f)],
		Message:   sarifText{Text: linked(f)},
		Locations: []sarifLocation{{Physical: r.sarifPlace(f.Pos, f.End)}},
	}
	if _, i := r.rule(f.Check); i >= 0 {
		result.RuleIndex = &i
	}
	for i, n := range f.Related {
		id := i + 1
		result.Related = append(result.Related, sarifLocation{
			ID: &id, Physical: r.sarifPlace(n.Pos, n.End), Message: &sarifText{Text: bracketless.Replace(n.Message)},
		})
	}
	if len(f.Related) > 0 {
		var flow sarifThreadFlow
		for i, step := range r.Files.Steps(f) {
			flow.Locations = append(flow.Locations, sarifFlowLocation{
				Location: sarifLocation{
					Physical: r.sarifPlace(step.Pos, step.End),
					Message:  &sarifText{Text: bracketless.Replace(step.Message)},
				},
				Order: i + 1,
			})
		}
		result.CodeFlows = []sarifCodeFlow{{[]sarifThreadFlow{flow}}}
	}
	for _, fix := range f.Fixes {
		if changes, ok := r.sarifChanges(fix); ok {
			result.Fixes = append(result.Fixes, sarifFix{sarifText{Text: fix.Message}, changes})
		}
	}
	return result
}

// bracketless escapes what would be a link in a message.
var bracketless = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)

// linked returns the message of a finding, with a link to each of its notes.
func linked(f finding.Finding) string {
	text := bracketless.Replace(f.Message)
	if len(f.Related) == 0 {
		return text
	}
	text += "."
	for i, n := range f.Related {
		text += fmt.Sprintf(" [%s](%d).", bracketless.Replace(n.Message), i+1)
	}
	return text
}

// sarifPlace returns the place from pos to end. The region is within one line: GitHub
// shows an alert on a change only if all its lines are part of that.
func (r *Report) sarifPlace(pos, end finding.Position) sarifPhysical {
	p := sarifPhysical{Artifact: r.sarifFile(pos.File)}
	if pos.Line > 0 {
		s := r.utf16(pos.File, r.oneLine(pos.File, r.spanOf(pos, end)))
		p.Region = &sarifRegion{s.startLine, s.startCol, s.endLine, s.endCol}
	}
	return p
}

// sarifFile returns the location of a file: relative to the root of the repository, of
// one that is not in it the absolute one.
func (r *Report) sarifFile(name string) sarifArtifact {
	rel, inside := r.Files.Rel(name)
	if inside {
		return sarifArtifact{URI: (&url.URL{Path: rel}).String(), BaseID: sarifRoot}
	}
	if filepath.VolumeName(filepath.FromSlash(rel)) != "" {
		rel = "/" + rel
	}
	return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: rel}).String()}
}

// sarifChanges returns what a fix changes, a file at a time, and whether all of it is
// known.
func (r *Report) sarifChanges(fix finding.Fix) (changes []sarifChange, ok bool) {
	for _, edits := range byFile(fix.Edits) {
		e, ok := r.merged(edits)
		if !ok {
			return nil, false
		}
		s, ok := r.editSpan(e)
		if !ok {
			return nil, false
		}
		s = r.utf16(e.File, s)
		replacement := sarifReplacement{Deleted: sarifRegion{s.startLine, s.startCol, s.endLine, s.endCol}}
		if e.New != "" {
			replacement.Inserted = &sarifText{Text: e.New}
		}
		changes = append(changes, sarifChange{r.sarifFile(e.File), []sarifReplacement{replacement}})
	}
	return changes, len(changes) > 0
}

// sentence makes a phrase a sentence.
func sentence(phrase string) string {
	if phrase == "" {
		return "No description."
	}
	return strings.ToUpper(phrase[:1]) + strings.TrimSuffix(phrase[1:], ".") + "."
}
