package semleak_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/semleak"
)

func Test(t *testing.T) { checktest.Run(t, semleak.Analyzer) }
