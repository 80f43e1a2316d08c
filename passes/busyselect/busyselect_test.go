package busyselect_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/busyselect"
)

func Test(t *testing.T) { checktest.Run(t, busyselect.Analyzer) }
