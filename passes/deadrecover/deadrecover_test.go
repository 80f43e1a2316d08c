package deadrecover_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/deadrecover"
)

func Test(t *testing.T) { checktest.Run(t, deadrecover.Analyzer) }
