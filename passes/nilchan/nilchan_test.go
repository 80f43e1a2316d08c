package nilchan_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/nilchan"
)

func Test(t *testing.T) { checktest.Run(t, nilchan.Analyzer) }
