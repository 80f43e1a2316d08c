package timerdrain_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/timerdrain"
)

func Test(t *testing.T)      { checktest.Run(t, timerdrain.Analyzer) }
func TestGo122(t *testing.T) { checktest.RunArchive(t, timerdrain.Analyzer, "go122.txtar") }
