package unboundedgo_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/unboundedgo"
)

func Test(t *testing.T) { checktest.Run(t, unboundedgo.Analyzer) }
