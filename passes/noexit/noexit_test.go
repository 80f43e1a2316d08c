package noexit_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/noexit"
)

func Test(t *testing.T) { checktest.Run(t, noexit.Analyzer) }
