package sharedrace_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/sharedrace"
)

func Test(t *testing.T) { checktest.Run(t, sharedrace.Analyzer) }
