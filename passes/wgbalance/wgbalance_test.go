package wgbalance_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/wgbalance"
)

func Test(t *testing.T) { checktest.Run(t, wgbalance.Analyzer) }

func TestClean(t *testing.T) { checktest.Clean(t, wgbalance.Analyzer) }
