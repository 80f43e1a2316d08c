package errgroupmisuse_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/errgroupmisuse"
)

func Test(t *testing.T) { checktest.Run(t, errgroupmisuse.Analyzer) }
