package ctxafter_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxafter"
)

func Test(t *testing.T) { checktest.Run(t, ctxafter.Analyzer) }
