package ctxkey_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/ctxkey"
)

func Test(t *testing.T) { checktest.Run(t, ctxkey.Analyzer) }
