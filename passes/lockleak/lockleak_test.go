package lockleak_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/lockleak"
)

func Test(t *testing.T) { checktest.Run(t, lockleak.Analyzer) }
