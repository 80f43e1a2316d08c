package timerleak_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/timerleak"
)

func Test(t *testing.T)           { checktest.Run(t, timerleak.Analyzer) }
func TestGo122(t *testing.T)      { checktest.RunArchive(t, timerleak.Analyzer, "go122.txtar") }
func TestGo122Clean(t *testing.T) { checktest.RunArchive(t, timerleak.Analyzer, "go122clean.txtar") }
func TestVersions(t *testing.T)   { checktest.RunArchive(t, timerleak.Analyzer, "versions.txtar") }
