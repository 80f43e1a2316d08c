package leakedsend_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/leakedsend"
)

func Test(t *testing.T) { checktest.Run(t, leakedsend.Analyzer) }
