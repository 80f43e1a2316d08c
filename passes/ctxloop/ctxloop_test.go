package ctxloop_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxloop"
)

func Test(t *testing.T) { checktest.Run(t, ctxloop.Analyzer) }
