package spinloop_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/spinloop"
)

func Test(t *testing.T) { checktest.Run(t, spinloop.Analyzer) }
