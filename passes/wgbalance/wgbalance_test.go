package wgbalance_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes/wgbalance"
)

func Test(t *testing.T) { checktest.Run(t, wgbalance.Analyzer) }

func TestBeforeGo(t *testing.T) { checktest.RunArchive(t, wgbalance.Analyzer, "go124.txtar") }
