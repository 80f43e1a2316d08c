package checkthenact_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/checkthenact"
)

func Test(t *testing.T) { checktest.Run(t, checkthenact.Analyzer) }
