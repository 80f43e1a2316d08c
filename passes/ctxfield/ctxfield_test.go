package ctxfield_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxfield"
)

func Test(t *testing.T) { checktest.Run(t, ctxfield.Analyzer) }
