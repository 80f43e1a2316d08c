package capturerace_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/capturerace"
)

func Test(t *testing.T) { checktest.Run(t, capturerace.Analyzer) }
