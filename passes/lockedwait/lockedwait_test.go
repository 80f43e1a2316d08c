package lockedwait_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/lockedwait"
)

func Test(t *testing.T) { checktest.Run(t, lockedwait.Analyzer) }
