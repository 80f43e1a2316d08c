package lockedio_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/lockedio"
)

func Test(t *testing.T) { checktest.Run(t, lockedio.Analyzer) }
