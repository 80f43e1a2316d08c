package mainexit_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/mainexit"
)

func Test(t *testing.T) { checktest.Run(t, mainexit.Analyzer) }
