package loopcapture_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/loopcapture"
)

func Test(t *testing.T)           { checktest.Run(t, loopcapture.Analyzer) }
func TestGo121(t *testing.T)      { checktest.RunArchive(t, loopcapture.Analyzer, "go121.txtar") }
func TestGo121Clean(t *testing.T) { checktest.RunArchive(t, loopcapture.Analyzer, "go121clean.txtar") }

func TestVersions(t *testing.T) { checktest.RunArchive(t, loopcapture.Analyzer, "versions.txtar") }
