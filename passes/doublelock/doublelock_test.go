package doublelock_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/doublelock"
)

func Test(t *testing.T) { checktest.Run(t, doublelock.Analyzer) }
