package lockorder_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/lockorder"
)

func Test(t *testing.T) { checktest.Run(t, lockorder.Analyzer) }
