package closedsend_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/closedsend"
)

func Test(t *testing.T) { checktest.Run(t, closedsend.Analyzer) }
