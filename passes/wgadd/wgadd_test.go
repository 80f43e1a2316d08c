package wgadd_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/wgadd"
)

func Test(t *testing.T) { checktest.Run(t, wgadd.Analyzer) }
