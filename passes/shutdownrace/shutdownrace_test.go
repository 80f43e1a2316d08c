package shutdownrace_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/shutdownrace"
)

func Test(t *testing.T) { checktest.Run(t, shutdownrace.Analyzer) }
