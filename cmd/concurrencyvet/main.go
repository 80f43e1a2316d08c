// Command concurrencyvet finds concurrency faults in Go code.
//
// Run "concurrencyvet help" for its use. Package internal/front is the
// program; this file only decides which way in was taken.
package main

import (
	"os"

	"github.com/concurrencyvet/concurrencyvet/internal/front"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton/show"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// commands are the subcommands beside those of the front.
var commands = []front.Command{
	{Name: "skeleton", Summary: "[-memory] PACKAGE[.FUNC]", Run: show.Main},
}

func main() {
	suite := &front.Suite{
		Checks:        passes.Checks,
		Borrowings:    passes.Borrowings,
		FactProducers: passes.FactProducers,
		Commands:      commands,
		Cuts:          skeleton.Cuts,
	}
	switch args := os.Args[1:]; front.WayIn(args) {
	case front.Tool:
		suite.Tool(os.Args)
	case front.Standalone:
		suite.Standalone(os.Args)
	default:
		os.Exit(suite.Main(args, os.Stdout, os.Stderr))
	}
}
