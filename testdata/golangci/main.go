// Command golangci is golangci-lint with the checks of concurrencyvet in it, as
// "golangci-lint custom" would build it, but from the module proxy alone.
package main

import (
	"os"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/concurrencyvet/concurrencyvet/gclplugin" // the checks
)

func main() {
	// golangci-lint keys its cache by this version, or by a digest of its own
	// binary if that is "(devel)": a changed check must not find old results.
	info := commands.BuildInfo{Version: "(devel)"}
	if err := commands.Execute(info); err != nil {
		os.Exit(exitcodes.Failure) // it has said why
	}
}
