package gclplugin

import (
	"slices"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/passes"
)

// build makes a plugin as golangci-lint does.
func build(t *testing.T, name string, conf any) ([]string, error) {
	t.Helper()
	newPlugin, err := register.GetPlugin(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlugin(conf)
	if err != nil {
		return nil, err
	}
	if mode := p.GetLoadMode(); mode != register.LoadModeTypesInfo {
		t.Errorf("%s loads %s", name, mode)
	}
	list, err := p.BuildAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	if err := analysis.Validate(list); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	var names []string
	for _, a := range list {
		names = append(names, a.Name)
	}
	return names, nil
}

func TestEachCheck(t *testing.T) {
	for _, check := range passes.Checks {
		name := check.Analyzer.Name
		got, err := build(t, name, nil)
		if err != nil || !slices.Equal(got, []string{name}) {
			t.Errorf("plugin %s has %v, %v", name, got, err)
		}
		if _, err := build(t, name, map[string]any{"no-such-flag": true}); err == nil {
			t.Errorf("plugin %s accepts any setting", name)
		}
	}
}

func TestSuite(t *testing.T) {
	var all, defaults []string
	for _, check := range passes.Checks {
		all = append(all, check.Analyzer.Name)
		if check.DefaultOn() {
			defaults = append(defaults, check.Analyzer.Name)
		}
	}
	if got, err := build(t, suite, nil); err != nil || !slices.Equal(got, defaults) {
		t.Errorf("the suite has %v, %v; want %v", got, err, defaults)
	}
	if got, err := build(t, suite, map[string]any{"all": true}); err != nil || !slices.Equal(got, all) {
		t.Errorf("all of the suite are %v, %v; want %v", got, err, all)
	}
	both := map[string]any{"preview": true, "pedantic": true, "without": all[:1]}
	if got, err := build(t, suite, both); err != nil || !slices.Equal(got, all[1:]) {
		t.Errorf("all but %s are %v, %v", all[0], got, err)
	}
}

func TestSuiteErrors(t *testing.T) {
	for _, conf := range []map[string]any{
		{"previews": true},
		{"preview": "perhaps"},
		{"without": []string{"no-such-check"}},
		{"checks": map[string]any{"no-such-check": map[string]any{}}},
		{"checks": map[string]any{passes.Checks[0].Analyzer.Name: map[string]any{"no-such-flag": 1}}},
	} {
		if _, err := build(t, suite, conf); err == nil {
			t.Errorf("the suite accepts %v", conf)
		}
	}
}
