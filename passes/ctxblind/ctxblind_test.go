package ctxblind_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxblind"
)

func Test(t *testing.T) { checktest.Run(t, ctxblind.Analyzer) }
