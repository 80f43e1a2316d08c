package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Log is a SARIF file of this program, read back.
type Log struct{ runs []sarifRun }

// ReadSARIF reads what [SARIF] or [MergeSARIF] wrote. Anything else is an error: what
// is not understood would be lost when it is written again.
func ReadSARIF(data []byte) (*Log, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("the file is empty")
	}
	if err := checkHead(data); err != nil {
		return nil, err
	}
	var log sarifLog
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&log); err != nil {
		return nil, fmt.Errorf("not as %s writes it: %s", Tool, strings.TrimPrefix(err.Error(), "json: "))
	}
	for i := range log.Runs {
		if err := log.Runs[i].check(); err != nil {
			return nil, err
		}
	}
	return &Log{log.Runs}, nil
}

// checkHead checks that data is one JSON value, and SARIF of this program.
func checkHead(data []byte) error {
	var head struct {
		Version string
		Runs    []struct {
			Tool struct{ Driver struct{ Name string } }
		}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&head); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the file ends within the JSON")
		}
		return fmt.Errorf("not SARIF: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("not SARIF: something follows the JSON")
	}
	switch {
	case head.Version == "":
		return errors.New("not SARIF: there is no version")
	case head.Version != sarifVersion:
		return fmt.Errorf("the file is of SARIF %s, not %s", head.Version, sarifVersion)
	case len(head.Runs) == 0:
		return errors.New("the file has no run")
	}
	for _, run := range head.Runs {
		if name := run.Tool.Driver.Name; name != Tool {
			return fmt.Errorf("the file is of the tool %q, not %s", name, Tool)
		}
	}
	return nil
}

// check checks what the merging of runs relies on.
func (run *sarifRun) check() error {
	switch {
	case run.ColumnKind != sarifColumns:
		return fmt.Errorf("columns are counted in %q, not %s", run.ColumnKind, sarifColumns)
	case len(run.Invocations) == 0:
		return errors.New("a run does not tell how it ended")
	case run.Results == nil:
		return errors.New("a run has no list of results")
	}
	for _, inv := range run.Invocations {
		for _, n := range inv.Notifications {
			if n.Rule != nil && !run.hasRule(n.Rule.ID, n.Rule.Index) {
				return fmt.Errorf("a notification is of rule %d, which is not %q", n.Rule.Index, n.Rule.ID)
			}
		}
	}
	for i, result := range run.Results {
		if err := run.checkResult(result); err != nil {
			return fmt.Errorf("result %d: %w", i, err)
		}
	}
	return nil
}

// checkResult checks that a result has what tells it from others.
func (run *sarifRun) checkResult(result sarifResult) error {
	switch {
	case result.RuleID == "":
		return errors.New("there is no ruleId")
	case result.RuleIndex != nil && !run.hasRule(result.RuleID, *result.RuleIndex):
		return fmt.Errorf("it is of rule %d, which is not %q", *result.RuleIndex, result.RuleID)
	case len(result.Locations) != 1:
		return fmt.Errorf("there are %d locations, not one", len(result.Locations))
	case result.Locations[0].Physical.Artifact.URI == "":
		return errors.New("its location is in no file")
	case result.Fingerprints[sarifFingerprint] == "":
		return fmt.Errorf("there is no fingerprint %s", sarifFingerprint)
	}
	return nil
}

// hasRule reports whether the rule with the index is the one with the name.
func (run *sarifRun) hasRule(id string, index int) bool {
	rules := run.Tool.Driver.Rules
	return 0 <= index && index < len(rules) && rules[index].ID == id
}
