package doubleclose_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/doubleclose"
)

func Test(t *testing.T) { checktest.Run(t, doubleclose.Analyzer) }
