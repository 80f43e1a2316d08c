package condwait_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/condwait"
)

func Test(t *testing.T) { checktest.Run(t, condwait.Analyzer) }
