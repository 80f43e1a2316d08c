package testgoroutine_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/testgoroutine"
)

func Test(t *testing.T) { checktest.Run(t, testgoroutine.Analyzer) }
