// Package badignore defines an analyzer that reports ignore directives which
// name no check.
//
// # Analyzer badignore
//
// badignore: report ignore directives that name no check
//
// A comment of the form
//
//	//concurrencyvet:ignore NAME[,NAME] reason
//
// silences the checks that it names, on its line or in the statement or
// declaration below. If a name is misspelt, the finding that it was meant for
// stays, or appears one day to someone who believes that it was dealt with.
//
// For example:
//
//	wg.Add(1) //concurrencyvet:ignore wgad counted by the caller as well
//
// The correct code names a check of the suite, and gives a reason:
//
//	wg.Add(1) //concurrencyvet:ignore wgadd counted by the caller as well
//
// The analyzer does not report the directives of other tools. A directive
// that names a check which reports nothing there, or that gives no reason, is
// reported by that check.
package badignore

import _ "embed"

//go:embed doc.go
var doc string
