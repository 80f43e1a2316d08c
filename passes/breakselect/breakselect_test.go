package breakselect_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/breakselect"
)

func Test(t *testing.T) { checktest.Run(t, breakselect.Analyzer) }
