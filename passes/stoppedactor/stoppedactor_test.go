package stoppedactor_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/stoppedactor"
)

func Test(t *testing.T) { checktest.Run(t, stoppedactor.Analyzer) }
