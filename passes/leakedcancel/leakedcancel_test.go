package leakedcancel_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/leakedcancel"
)

func Test(t *testing.T) { checktest.Run(t, leakedcancel.Analyzer) }
