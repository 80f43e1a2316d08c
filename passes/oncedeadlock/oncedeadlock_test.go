package oncedeadlock_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/oncedeadlock"
)

func Test(t *testing.T) { checktest.Run(t, oncedeadlock.Analyzer) }
