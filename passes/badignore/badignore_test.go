package badignore_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/badignore"
)

func Test(t *testing.T) { checktest.Run(t, badignore.Analyzer) }
