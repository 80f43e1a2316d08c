package falsesharing_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/falsesharing"
)

func Test(t *testing.T) { checktest.Run(t, falsesharing.Analyzer) }
