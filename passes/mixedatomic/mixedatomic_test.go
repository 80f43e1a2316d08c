package mixedatomic_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/mixedatomic"
)

func Test(t *testing.T) { checktest.Run(t, mixedatomic.Analyzer) }
