package ctxfirst_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxfirst"
)

func Test(t *testing.T) { checktest.Run(t, ctxfirst.Analyzer) }
