package sleepsync_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/sleepsync"
)

func Test(t *testing.T) { checktest.Run(t, sleepsync.Analyzer) }
