// Package gclplugin registers the checks of concurrencyvet with golangci-lint,
// as module plugins: each under its own name, and all that are on by default
// together as "concurrencyvet".
//
// Their own names are what golangci-lint knows in nolint directives, in
// exclusion and severity rules, and in the rule identifiers of its output: an
// analyzer of a plugin with another name is none to it.
//
// In the configuration of golangci-lint,
//
//	linters:
//	  enable: [concurrencyvet, ctxfield]
//	  settings:
//	    custom:
//	      concurrencyvet:
//	        type: module
//	        settings:
//	          preview: true
//	          without: [busyselect]
//	      ctxfield:
//	        type: module
//
// The settings of a check are its flags. An unknown one is an error.
//
// The analyzers that the command can run beside the checks, those of -borrowed, are not
// among the plugins: golangci-lint has them in its linter govet.
package gclplugin

import (
	"fmt"
	"maps"
	"slices"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// suite is the name of the plugin that runs the default checks together.
const suite = "concurrencyvet"

// The program that imports this package calls nothing of it: golangci-lint asks
// the registry, which can only be filled on initialization.
func init() {
	register.Plugin(suite, newSuite)
	for _, check := range passes.Checks {
		register.Plugin(check.Analyzer.Name, func(conf any) (register.LinterPlugin, error) {
			return newCheck(check, conf)
		})
	}
}

// A plugin is some of the checks.
type plugin []passes.Check

// BuildAnalyzers returns the analyzers of the checks, in the form in which
// golangci-lint shows the whole of a finding.
func (p plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	list := make([]*analysis.Analyzer, 0, len(p))
	for _, check := range p {
		list = append(list, report.Folded(check.Analyzer))
	}
	return list, nil
}

// GetLoadMode returns what the checks need: types, but not the whole program.
func (p plugin) GetLoadMode() string { return register.LoadModeTypesInfo }

// newCheck makes the plugin of one check. Its settings are the check's flags.
func newCheck(check passes.Check, conf any) (register.LinterPlugin, error) {
	settings, err := register.DecodeSettings[map[string]any](conf)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", check.Analyzer.Name, err)
	}
	if err := set(check, settings); err != nil {
		return nil, err
	}
	return plugin{check}, nil
}

// set sets flags of a check.
func set(check passes.Check, settings map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if err := check.Analyzer.Flags.Set(name, fmt.Sprint(settings[name])); err != nil {
			return fmt.Errorf("%s: setting %s: %w", check.Analyzer.Name, name, err)
		}
	}
	return nil
}

// suiteSettings are the settings of the plugin that runs checks together.
type suiteSettings struct {
	Preview  bool                      `json:"preview"`  // those in preview as well
	Pedantic bool                      `json:"pedantic"` // the pedantic ones as well
	All      bool                      `json:"all"`      // every check
	Without  []string                  `json:"without"`  // but for these
	Checks   map[string]map[string]any `json:"checks"`   // flags of single checks
}

// includes reports whether the check is chosen. It chooses as the command does.
func (s suiteSettings) includes(check passes.Check) bool {
	switch {
	case slices.Contains(s.Without, check.Analyzer.Name):
		return false
	case s.All:
		return true
	}
	return (check.Status == passes.Stable || s.Preview) && (check.Group != passes.Pedantic || s.Pedantic)
}

// newSuite makes the plugin that runs the default checks together.
func newSuite(conf any) (register.LinterPlugin, error) {
	settings, err := register.DecodeSettings[suiteSettings](conf)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", suite, err)
	}
	known := make(map[string]passes.Check)
	for _, check := range passes.Checks {
		known[check.Analyzer.Name] = check
	}
	for _, name := range slices.Concat(settings.Without, slices.Sorted(maps.Keys(settings.Checks))) {
		if _, ok := known[name]; !ok {
			return nil, fmt.Errorf("%s: no check is named %q", suite, name)
		}
		if err := set(known[name], settings.Checks[name]); err != nil {
			return nil, err
		}
	}
	var chosen plugin
	for _, check := range passes.Checks {
		if settings.includes(check) {
			chosen = append(chosen, check)
		}
	}
	return chosen, nil
}
