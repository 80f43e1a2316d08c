package ctxdropped_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxdropped"
)

func Test(t *testing.T) { checktest.Run(t, ctxdropped.Analyzer) }
