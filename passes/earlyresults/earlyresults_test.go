package earlyresults_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/earlyresults"
)

func Test(t *testing.T) { checktest.Run(t, earlyresults.Analyzer) }
