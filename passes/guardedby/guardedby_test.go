package guardedby_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/guardedby"
)

func Test(t *testing.T) { checktest.Run(t, guardedby.Analyzer) }
