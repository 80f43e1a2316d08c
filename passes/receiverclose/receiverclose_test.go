package receiverclose_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/receiverclose"
)

func Test(t *testing.T) { checktest.Run(t, receiverclose.Analyzer) }
