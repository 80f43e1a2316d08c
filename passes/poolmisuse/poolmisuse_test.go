package poolmisuse_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/poolmisuse"
)

func Test(t *testing.T) { checktest.Run(t, poolmisuse.Analyzer) }
