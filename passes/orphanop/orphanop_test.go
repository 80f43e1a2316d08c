package orphanop_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/orphanop"
)

func Test(t *testing.T) { checktest.Run(t, orphanop.Analyzer) }
