package signalmisuse_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/signalmisuse"
)

func Test(t *testing.T) { checktest.Run(t, signalmisuse.Analyzer) }
